/** What differs between two archives: found without data where listings and digests tell, and never wrongly. */
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import {
  type Archive,
  BaseMismatchError,
  compareArchives,
  type CompareOptions,
  type CreateOptions,
  decodeText,
  FormatError,
  IntegrityError,
  MemorySource,
  openArchive,
  withCounter,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { craftFiles } from '../read/craft-archive.ts'
import { collect } from '../read/collect.ts'
import { arbitraryTree } from '../write/arbitrary-entries.ts'
import { buildArchive, type SampleEntry } from '../write/build-archive.ts'
import { openLink, writeLink } from './memory-chain.ts'

const BASIC: readonly SampleEntry[] = [
  { path: 'd', type: 'directory' },
  { path: 'd/dev', type: 'char', device: { major: 1, minor: 3 } },
  { path: 'd/file', data: 'one', mtime: { seconds: 5, nanoseconds: 7 } },
  { path: 'd/link', type: 'symlink', linkTarget: 'file' },
  { path: 'e', data: 'e' },
]

async function open(entries: readonly SampleEntry[], options?: CreateOptions): Promise<Archive> {
  return openArchive(new MemorySource(await buildArchive(entries, options)))
}

/** A line a difference: `kind path changes`. */
async function compare(a: Archive, b: Archive, options?: CompareOptions): Promise<string[]> {
  const found = await collect(compareArchives(a, b, options))
  return found.map(({ kind, path, changes }) => [kind, path, ...changes].join(' '))
}

/** The tree with one entry changed. */
function change(path: string, to: Partial<SampleEntry>): SampleEntry[] {
  return BASIC.map((entry) => (entry.path === path ? { ...entry, ...to } : entry))
}

describe('two archives', () => {
  it('the same tree has no differences', async () => {
    expect(await compare(await open(BASIC), await open(BASIC))).toEqual([])
    expect(await compare(await open(BASIC), await open(BASIC), { by: 'content' })).toEqual([])
    expect(await compare(await open(BASIC), await open(BASIC), { same: true })).toHaveLength(BASIC.length)
  })

  it('tells what was added and removed, in the order of paths', async () => {
    const after = [...BASIC.filter(({ path }) => path !== 'd/file'), { path: 'd.x', data: '' }, { path: 'z', data: '' }]
    expect(await compare(await open(BASIC), await open(after))).toEqual(['removed d/file', 'added d.x', 'added z'])
    expect(await compare(await open(after), await open(BASIC))).toEqual(['added d/file', 'removed d.x', 'removed z'])
    expect(await compare(await open([]), await open([]))).toEqual([])
  })

  it.each<[string, Partial<SampleEntry>, string]>([
    ['d/file', { data: 'longer' }, 'size'],
    ['d/file', { data: 'two' }, 'content'],
    ['d/file', { mtime: { seconds: 6, nanoseconds: 7 } }, 'mtime'],
    ['d/file', { mtime: { seconds: 5, nanoseconds: 8 } }, 'mtime'],
    ['d/file', { mode: 0o600, uid: 7 }, 'mode owner'],
    ['d/file', { gid: 7 }, 'owner'],
    ['d/file', { userName: 'renamed' }, ''],
    ['d/file', { xattrs: new Map([['user.a', Uint8Array.of(1)]]) }, 'xattrs'],
    ['d/link', { linkTarget: 'other' }, 'link'],
    ['d/link', { type: 'hardlink', linkTarget: 'd/file' }, 'type'],
    ['d/dev', { device: { major: 1, minor: 5 } }, 'device'],
    ['d', { mtime: { seconds: 1, nanoseconds: 0 } }, 'mtime'],
  ])('%s with %j: %s', async (path, to, changes) => {
    const found = await compare(await open(BASIC), await open(change(path, to)))
    expect(found).toEqual(changes === '' ? [] : [`changed ${path} ${changes}`])
  })

  it('passes over what is to be ignored', async () => {
    const after = await open(change('d/file', { data: 'two', mtime: { seconds: 9, nanoseconds: 0 }, mode: 0 }))
    const ignore = new Set(['mtime', 'content'] as const)
    expect(await compare(await open(BASIC), after, { ignore })).toEqual(['changed d/file mode'])
    expect(await compare(await open(BASIC), after, { ignore: new Set([...ignore, 'mode' as const]) })).toEqual([])
  })

  it('gives both entries', async () => {
    const [found] = await collect(compareArchives(await open(BASIC), await open(change('e', { data: 'long' }))))
    expect(found?.before?.sizeBytes).toBe(1)
    expect(found?.after?.sizeBytes).toBe(4)
  })

  it('of several entries of one path the last counts; order and a leading ./ do not matter', async () => {
    const twice = await open([
      { path: 'z', data: 'z' },
      { path: 'a', data: 'first' },
      { path: 'a', data: 'last' },
    ])
    expect(twice.serviceInfo.has('order')).toBe(false)
    const once = await open([
      { path: 'a', data: 'last' },
      { path: 'z', data: 'z' },
    ])
    expect(await compare(twice, once)).toEqual([])
    expect(await compare(twice, once, { by: 'content' })).toEqual([])
    const dots = await openArchive(new MemorySource(craftFiles({ './z': 'z', './a': 'last', '.': '' })))
    expect(await compare(dots, once, { by: 'content', ignore: new Set(['mode', 'mtime', 'owner']) })).toEqual([])
  })

  it('an archive that is not in the order it claims is refused', async () => {
    const info = { format: '2', order: 'path' }
    const liar = await openArchive(new MemorySource(craftFiles({ z: 'z', a: 'a' }, undefined, { info })))
    await expect(compare(liar, await open(BASIC))).rejects.toThrow(FormatError)
    await expect(compare(liar, await open(BASIC))).rejects.toThrow(/in the order of paths, but "a"/)
  })

  it('ends on abort', async () => {
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    await expect(compare(await open(BASIC), await open(BASIC), { signal: controller.signal })).rejects.toThrow('enough')
  })
})

describe('content', () => {
  const noDigest = { digest: 'none' } as const
  const one: SampleEntry[] = [{ path: 'f', data: 'one', mtime: new Date(0) }]
  const two: SampleEntry[] = [{ path: 'f', data: 'two', mtime: new Date(0) }]

  it('is compared by digests, without data', async () => {
    const noise = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255)
    const files = [{ path: 'f.jpg', data: noise }]
    const counters = [await buildArchive(files), await buildArchive(files, { level: 1 })].map((bytes) =>
      withCounter(new MemorySource(bytes)),
    )
    const [a, b] = await Promise.all(counters.map((counter) => openArchive(counter, { tailBytes: 64 })))
    expect(await compare(a as Archive, b as Archive, { by: 'content' })).toEqual([])
    for (const { bytes } of counters) expect(bytes).toBeLessThan(3000)
  })

  it('is read where one has no digest', async () => {
    const options = { by: 'content' } as const
    for (const [a, b] of [
      [{}, noDigest],
      [noDigest, {}],
      [noDigest, noDigest],
    ] as const) {
      expect(await compare(await open(one, a), await open(one, b), options)).toEqual([])
      expect(await compare(await open(one, a), await open(two, b), options)).toEqual(['changed f content'])
    }
  })

  it('damage is an error, not a difference', async () => {
    const bytes = await buildArchive(one, noDigest)
    const { location } = await (await openArchive(new MemorySource(bytes))).get('f')
    const place = (location?.offset ?? 0) + 12
    bytes[place] = (bytes[place] ?? 0) ^ 0x10
    const archive = await openArchive(new MemorySource(bytes))
    const other = await open([{ path: 'a', data: '' }, ...one], noDigest)
    await expect(compare(archive, other, { by: 'content' })).rejects.toThrow(IntegrityError)
  })

  it('what a differential has in a base is the same by its place, without the base', async () => {
    const full = await writeLink('full', one, noDigest)
    const diff = await writeLink('diff', [{ kept: 'f' }], { base: full, ...noDigest })
    const ignore = new Set(['mode'] as const)
    expect(await compare(full.archive, diff.archive, { by: 'content', ignore })).toEqual([])
    // Another archive cannot be compared with data that is not there.
    const other = await open(one, { ...noDigest, level: 1 })
    await expect(compare(other, diff.archive, { by: 'content' })).rejects.toThrow(BaseMismatchError)
    const opened = await openLink('diff', diff.bytes, [full])
    expect(await compare(other, opened.archive, { by: 'content', ignore })).toEqual([])
  })

  it('files of format 1 are read: their places prove nothing', async () => {
    // Their data packs to one length, so that the listings are the same.
    const openOld = (data: string): Promise<Archive> => openArchive(new MemorySource(craftFiles({ f: data })))
    const [x, y, z] = [await openOld('one'), await openOld('two'), await openOld('one')]
    expect(await x.computeIdentity()).toBe(await y.computeIdentity())
    expect(await compare(x, y)).toEqual([])
    expect(await compare(x, y, { by: 'content' })).toEqual(['changed f content'])
    expect(await compare(x, z, { by: 'content' })).toEqual([])
  })
})

describe('archives of the original program', () => {
  const fixture = (name: string): Promise<Archive> =>
    openArchive(new MemorySource(readFileSync(new URL(`../../../../fixtures/original/${name}`, import.meta.url)), name))

  it('a differential against its base', async () => {
    expect(await compare(await fixture('diff/full.tgz'), await fixture('diff/d2.tgz'))).toEqual([
      'removed d/a',
      'changed d/b size mtime',
      'changed d/c mode',
      'changed d/e size mtime',
      'removed d/gone',
      'changed d/l link',
      'added d/n',
      'changed d/s/x size mtime',
      'changed d/z type',
    ])
  })

  it('against one of ours: what it does not record does not differ', async () => {
    const theirs = await fixture('types/archive.tgz')
    const copies: SampleEntry[] = []
    for await (const entry of theirs.entries())
      copies.push({
        ...entry.record,
        path: entry.pathBytes,
        mtime: { seconds: entry.mtime?.seconds ?? 77, nanoseconds: 5 },
        ...(entry.linkTarget !== undefined && { linkTarget: entry.linkTarget }),
        ...(entry.device && { device: { major: 200, minor: 200 } }),
        ...(entry.type === 'file' && { data: await entry.bytes() }),
      })
    expect(await compare(theirs, await open(copies), { by: 'content' })).toEqual([])
  })
})

describe('random trees', () => {
  /** What differs, worked out from the entries that went in. */
  function expected(a: readonly SampleEntry[], b: readonly SampleEntry[]): Map<string, string> {
    const key = ({ path }: SampleEntry): string => decodeText(path as Uint8Array)
    const describeOf = ({ userName: _user, groupName: _group, path: _path, ...rest }: SampleEntry): string => {
      const sameForAll = {
        type: 'file',
        ...rest,
        xattrs: rest.type === 'hardlink' ? [] : [...(rest.xattrs ?? [])].toSorted(([m], [n]) => (m < n ? -1 : 1)),
      }
      return JSON.stringify(sameForAll, (_, value: unknown) => (value instanceof Uint8Array ? [...value] : value))
    }
    const [left, right] = [a, b].map((tree) => new Map(tree.map((entry) => [key(entry), describeOf(entry)])))
    const result = new Map<string, string>()
    for (const [path, text] of left ?? []) {
      const other = right?.get(path)
      if (other === undefined) result.set(path, 'removed')
      else if (other !== text) result.set(path, 'changed')
    }
    for (const path of right?.keys() ?? []) if (!left?.has(path)) result.set(path, 'added')
    return result
  }

  it('every difference is found, none that is not there, in whatever order archives are', async () => {
    const pair = fc.tuple(arbitraryTree, arbitraryTree).chain(([a, b]) =>
      fc.tuple(
        fc.constant(a),
        fc
          .shuffledSubarray([...a])
          .map((kept) => [...b.filter((x) => !kept.some((k) => sameBytes(k.path, x.path))), ...kept]),
      ),
    )
    await fc.assert(
      fc.asyncProperty(pair, fc.constantFrom('sha256' as const, 'none' as const), async ([a, b], digest) => {
        const found = await collect(compareArchives(await open(a, { digest }), await open(b), { by: 'content' }))
        const kinds = new Map(found.map(({ path, kind }) => [path, kind]))
        expect(Object.fromEntries(kinds)).toEqual(Object.fromEntries(expected(a, b)))
        expect(kinds.size).toBe(found.length)
        const back = await collect(compareArchives(await open(b), await open(a, { digest }), { by: 'content' }))
        expect(back.map(({ path }) => path)).toEqual(found.map(({ path }) => path))
      }),
      { numRuns: 60 },
    )
  })
})

function sameBytes(a: string | Uint8Array, b: string | Uint8Array): boolean {
  return Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0
}
