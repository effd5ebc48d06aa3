/** Groups (SPEC 1.1) on their way into other archives: moved whole where all of them is wanted, else packed anew. */
import {
  type Archive,
  BaseMismatchError,
  createArchive,
  type CreateOptions,
  flattenArchive,
  IntegrityError,
  isolateCatalogue,
  mergeArchives,
  MemorySource,
  MemoryTarget,
  openArchive,
  splitArchive,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { openBaseReuse } from '../../src/chain/base-reuse.ts'
import { DataFactsReader } from '../../src/chain/data-facts.ts'
import { describeForWriter } from '../../src/chain/entry-input.ts'
import { encodePax } from '../../src/tar/pax.ts'
import { describeArchive } from '../read/archive-content.ts'
import { collect } from '../read/collect.ts'
import { member } from '../read/craft-archive.ts'
import { craftGroups } from '../read/craft-groups.ts'
import { buildArchive, type SampleEntry } from '../write/build-archive.ts'
import { MarkCountingCodec, open } from './copy-support.ts'
import { type ChainLink, openLink, writeLink } from './memory-chain.ts'

const MARK = 'data of a file'
const text = (name: string): string => `${MARK} ${name}\n`.repeat(20)
const GROUPED: CreateOptions = { groupBytes: 3000 }

/** Two groups, of three and two files, with folders and a link among them; a file of its own; headers at the end. */
const TREE: readonly SampleEntry[] = [
  { path: 'd', type: 'directory' },
  { path: 'd/a', data: text('a'), mtime: { seconds: 5, nanoseconds: 70 } },
  { path: 'd/b', data: text('b'), mode: 0o600 },
  { path: 'd/c', data: text('c') },
  { path: 'd/l', type: 'symlink', linkTarget: 'a' },
  { path: 'd/large', data: text('large').repeat(40) },
  { path: 'e', type: 'directory' },
  { path: 'e/empty' },
  { path: 'e/f', data: text('f') },
  { path: 'e/g', data: text('g') },
  { path: 'h', type: 'hardlink', linkTarget: 'd/b' },
  { path: 'tagged', data: 'x', xattrs: new Map([['user.note', Uint8Array.of(1, 2)]]) },
]

const isGrouped = (archive: Archive, path: string): Promise<boolean> =>
  archive.get(path).then(({ location }) => (location?.plainOffset ?? 0) > 0)

async function flatten(
  archive: Archive,
  options: CreateOptions = {},
): Promise<{ flat: Archive; bytes: Uint8Array; codec: MarkCountingCodec }> {
  const codec = new MarkCountingCodec(MARK)
  const target = new MemoryTarget()
  await flattenArchive(archive, target, { codec, ...options })
  const flat = await open(target.bytes())
  expect(await flat.verify()).toMatchObject({ ok: true, baseCount: 0, problems: [] })
  return { flat, bytes: target.bytes(), codec }
}

it('the tree has files in groups, and one that is not', async () => {
  await using archive = await open(await buildArchive(TREE, GROUPED))
  const grouped = await Promise.all(
    ['d/a', 'd/b', 'd/c', 'd/large', 'e/f', 'e/g'].map((path) => isGrouped(archive, path)),
  )
  expect(grouped).toEqual([true, true, true, false, true, true])
  expect(await archive.verify()).toMatchObject({ ok: true, problems: [] })
})

describe('a full archive with groups', () => {
  it.each([512, 1024, 3000, 65_536])(
    'of %i bytes is flattened to itself, byte for byte, no data deflated',
    async (groupBytes) => {
      const bytes = await buildArchive(TREE, { groupBytes })
      await using archive = await open(bytes)
      const { bytes: flat, codec } = await flatten(archive, { groupBytes })
      expect(Buffer.compare(flat, bytes)).toBe(0)
      expect(codec.marked).toBe(0)
    },
  )

  it('tells its progress entry by entry', async () => {
    await using archive = await open(await buildArchive(TREE, GROUPED))
    const seen: [number, string][] = []
    await flattenArchive(archive, new MemoryTarget(), {
      onProgress: ({ entryCount, path }) => seen.push([entryCount, path]),
    })
    expect(seen).toEqual(TREE.map(({ path }, index) => [index + 1, path]))
  })

  it('is merged and split again without deflating data, and becomes what it was', async () => {
    const inputs = await Promise.all(
      ['one', 'two'].map(async (name, i) => ({ name, bytes: await buildArchive(TREE.slice(i), GROUPED) })),
    )
    const archives = await Promise.all(inputs.map(async ({ name, bytes }) => ({ name, archive: await open(bytes) })))
    const codec = new MarkCountingCodec(MARK)
    const target = new MemoryTarget()
    await mergeArchives(archives, target, { codec })
    await using merged = await open(target.bytes())
    expect(await merged.verify()).toMatchObject({ ok: true, problems: [] })
    for (const { name, archive } of archives)
      expect(await describeArchive(await merged.part(name))).toEqual(await describeArchive(archive))
    const parts: MemoryTarget[] = []
    await splitArchive(merged, (name) => parts[parts.push(new MemoryTarget(name)) - 1] ?? target, { codec })
    expect(parts.map((part, i) => Buffer.compare(part.bytes(), inputs[i]?.bytes ?? Buffer.of()))).toEqual([0, 0])
    expect(codec.marked).toBe(0)
  })

  it('has a catalogue that lists it, stands in for its end, and is a base', async () => {
    const bytes = await buildArchive(TREE, GROUPED)
    const target = new MemoryTarget()
    await isolateCatalogue(await open(bytes), target)
    const catalogue = new MemorySource(target.bytes(), 'catalogue')
    const { listingOffset } = (await open(bytes)).tail
    await using cut = await openArchive(new MemorySource(bytes.subarray(0, listingOffset)), { catalogue })
    expect(await cut.text('d/b')).toBe(text('b'))
    await using alone = await open(target.bytes())
    await expect(alone.bytes('d/b')).rejects.toThrow(/catalogue/)
  })
})

/** A base with groups, and an archive that keeps what is named of it. */
async function makeChain(kept: readonly string[], options: CreateOptions = {}): Promise<ChainLink> {
  const base = await writeLink('base.tgz', TREE, GROUPED)
  const entries = TREE.map((entry) => (kept.includes(String(entry.path)) ? { kept: String(entry.path) } : entry))
  const changed = entries.map((entry) => ('kept' in entry || !entry.data ? entry : { ...entry, data: 'changed' }))
  const later = await writeLink('later.tgz', changed, { base, ...options })
  return openLink(later.name, later.bytes, [base])
}

const FILES = ['d/a', 'd/b', 'd/c', 'd/large', 'e/f', 'e/g']

describe('a differential archive', () => {
  it('refers to files of groups by their place in them, with length and CRC-32', async () => {
    const { archive } = await makeChain(FILES)
    const [base] = archive.bases
    for (const path of FILES) {
      const [entry, before] = [await archive.get(path), await base?.get(path)]
      expect(entry.location).toEqual({ ...before?.location, depth: 1 })
      expect(entry.columns).toEqual(before?.columns)
      expect(await entry.text()).toBe(await before?.text())
    }
    expect(await archive.text('h')).toBe(text('b'))
    expect(await archive.text('d/b', { start: 5, end: 9 })).toBe(text('b').slice(5, 9))
    expect(await archive.verify()).toMatchObject({ ok: true, baseCount: 0, problems: [] })
  })

  it('refuses them without its base', async () => {
    const { bytes } = await makeChain(FILES)
    await using archive = await open(bytes)
    await expect(archive.bytes('d/b')).rejects.toThrow(BaseMismatchError)
  })

  it('is flattened by moving groups of which all is wanted', async () => {
    const { archive } = await makeChain(['d/a', 'd/b', 'd/c', 'd/large'], GROUPED)
    const { flat, codec } = await flatten(archive)
    expect(await describeArchive(flat)).toEqual(await describeArchive(archive))
    expect(codec.marked).toBe(0)
    expect(await isGrouped(flat, 'd/b')).toBe(true)
  })

  it('is flattened by packing anew what is wanted of others, by itself or in new groups', async () => {
    const { archive } = await makeChain(['d/a', 'd/c', 'e/f', 'e/g'])
    for (const groupBytes of [0, 8192]) {
      const { flat, codec } = await flatten(archive, { groupBytes })
      expect(await describeArchive(flat)).toEqual(await describeArchive(archive))
      // Two files of the first group, which what is between them keeps apart; the second is moved.
      expect(codec.marked).toBe(2)
      expect([await isGrouped(flat, 'd/c'), await isGrouped(flat, 'e/g')]).toEqual([groupBytes > 0, true])
    }
  })

  it('with new data under an old header, in a group as well, keeps the new', async () => {
    const base = await writeLink('base.tgz', TREE, GROUPED)
    const entries = TREE.slice(0, 4).map((entry) => {
      if (entry.path === 'd/b') return { ...entry, data: text('X') }
      return entry.data === undefined ? entry : { kept: String(entry.path), mtime: entry.mtime }
    })
    const later = await writeLink('later.tgz', entries, { base, ...GROUPED })
    const { archive } = await openLink(later.name, later.bytes, [base])
    const { flat } = await flatten(archive)
    expect(await Promise.all(['d/a', 'd/b', 'd/c'].map((path) => flat.text(path)))).toEqual(['a', 'X', 'c'].map(text))
  })

  it('whose entries have other headers than in the group is packed anew', async () => {
    const base = await writeLink('base.tgz', TREE, GROUPED)
    const target = new MemoryTarget('later.tgz')
    const bases = [{ identity: base.archive.identity ?? '' }]
    const writer = createArchive(target, { bases })
    for await (const entry of base.archive.entries()) {
      const input = { ...describeForWriter(entry), ...(entry.path === 'd/b' && { mode: 0o640 }) }
      const data = entry.location && { record: entry.record, base: 1, hasColumns: true }
      if (data || entry.type !== 'file') await writer.addReference(input, data)
      else await writer.add(input)
    }
    await writer.close()
    const { archive } = await openLink('later.tgz', target.bytes(), [base])
    const { flat, codec } = await flatten(archive)
    expect(await describeArchive(flat)).toEqual(await describeArchive(archive))
    expect([codec.marked, (await flat.get('d/b')).mode]).toEqual([3, 0o640])
  })
})

describe('dirty files of groups', () => {
  const dirty = [{ path: 'a', data: text('a') }, { path: 'b', sizeBytes: 50, data: MARK }, { path: 'c' }]

  it('stay so, moved or packed anew', async () => {
    const base = await writeLink('base.tgz', dirty, GROUPED)
    const moved = await flatten(base.archive)
    expect([moved.codec.marked, (await moved.flat.get('b')).dirty]).toEqual([0, true])
    const later = await writeLink('later.tgz', [{ kept: 'b' }], { base })
    const { archive } = await openLink(later.name, later.bytes, [base])
    const packed = await flatten(archive)
    expect([packed.codec.marked, (await packed.flat.get('b')).dirty]).toEqual([1, true])
  })

  it('that are empty keep the group from being moved, since a batch cannot say so', async () => {
    const tree = [
      { path: 'a', data: text('a') },
      { path: 'b', data: 'x', sizeBytes: 0 },
    ]
    await using archive = await open(await buildArchive(tree, GROUPED))
    const { flat, codec } = await flatten(archive)
    expect([codec.marked, (await flat.get('b')).dirty]).toEqual([1, true])
  })
})

describe('a group that is not as this library writes them', () => {
  it('with what is no entry in it, is not moved: it would speak of entries behind it', async () => {
    const global = globalHeader()
    const pack = (plain: Uint8Array): Uint8Array => member(Buffer.concat([plain, global]))
    await using archive = await open(craftGroups([{ path: 'a', data: text('a') }], { pack }).bytes)
    const { flat } = await flatten(archive)
    expect(await flat.text('a')).toBe(text('a'))
    expect((await flat.get('a')).packedBytes).toBeLessThan((await archive.get('a')).packedBytes ?? 0)
  })

  it('with more entries than are listed, is not moved', async () => {
    const change = (line: string, path: string): string => (path === 'b' ? '# none' : line)
    const tree = ['a', 'b', 'c'].map((path) => ({ path, data: text(path) }))
    await using archive = await open(craftGroups(tree, { change, info: { entries: '2' } }).bytes)
    const { flat } = await flatten(archive)
    expect((await collect(flat.entries())).map(({ path }) => path)).toEqual(['a', 'c'])
    expect(await flat.text('c')).toBe(text('c'))
  })

  it('that is damaged is an error that names a file of it, and nothing is left', async () => {
    const bytes = await buildArchive(TREE, GROUPED)
    bytes[120] = (bytes[120] ?? 0) ^ 1
    const target = new MemoryTarget()
    await using archive = await open(bytes)
    await expect(flattenArchive(archive, target, { verify: false })).rejects.toThrow(IntegrityError)
    await expect(flattenArchive(archive, new MemoryTarget())).rejects.toThrow(/^"d\/a": /)
  })
})

function globalHeader(): Uint8Array {
  const content = encodePax(new Map([['uid', Buffer.from('7')]]))
  const block = Buffer.alloc(512)
  block.write('global', 0)
  block.write(
    `0000644\x000000000\x000000000\x00${content.length.toString(8).padStart(11, '0')}\x00${'0'.repeat(11)}\x00        g`,
    100,
  )
  block.write('ustar\x0000', 257)
  block.write(
    `${block
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\x00 `,
    148,
  )
  return Buffer.concat([block, content, Buffer.alloc(-content.length & 511)])
}

describe('reuse of a base', () => {
  it('with copied data packs files of groups anew', async () => {
    const base = await open(await buildArchive(TREE, GROUPED))
    const reuse = await openBaseReuse([base], { copyData: true })
    const target = new MemoryTarget()
    const writer = createArchive(target, { bases: reuse.identities })
    for await (const entry of base.entries()) {
      const then = await reuse.at(entry.pathBytes)
      if (then) await reuse.add(writer, describeForWriter(entry), then)
    }
    await writer.close()
    await reuse.close()
    await using copy = await open(target.bytes())
    expect(await describeArchive(copy)).toEqual(await describeArchive(base))
    expect(await copy.verify()).toMatchObject({ ok: true, problems: [] })
    expect(await isGrouped(copy, 'd/b')).toBe(false)
  })

  it('that is of version 1 does not take what lies in a group', async () => {
    const crafted = craftGroups(TREE.slice(0, 4), { versioned: false }).bytes
    const reuse = await openBaseReuse([await open(crafted)])
    expect(await reuse.at(Buffer.from('d/a'))).toBeUndefined()
    expect((await reuse.at(Buffer.from('d')))?.path).toBe('d')
    await reuse.close()
  })
})

it('a reference to a base of version 1 does not take zpos from it, which means nothing there', async () => {
  const change = (line: string): string => line.replace(/(\t0:1:\d+):\d+/, '$1:512')
  const tree = [{ path: 'a', data: text('a') }]
  const base = await open(craftGroups(tree, { groupBytes: 0, versioned: false, change }).bytes)
  const target = new MemoryTarget()
  const writer = createArchive(target, { bases: [{ identity: await base.computeIdentity() }] })
  const { record, sizeBytes } = await base.get('a')
  expect(record.location?.plainOffset).toBe(512)
  await writer.addReference({ path: 'a', sizeBytes }, { record, base: 1, hasColumns: false })
  await writer.close()
  await using archive = await open(target.bytes(), { bases: [base] })
  expect((await archive.get('a')).location?.plainOffset).toBe(0)
  expect(await archive.text('a')).toBe(text('a'))
})

it('files of one group lie in places of their own', async () => {
  const base = await writeLink('base.tgz', TREE, GROUPED)
  const facts = new DataFactsReader({})
  const placeOf = async (archive: Archive, path: string): Promise<string | undefined> =>
    (await facts.read(archive, await archive.get(path))).place
  const places = await Promise.all(['d/a', 'd/b', 'd/c'].map((path) => placeOf(base.archive, path)))
  expect(new Set(places).size).toBe(3)
  const later = await writeLink('later.tgz', [{ kept: 'd/b' }], { base })
  const { archive } = await openLink(later.name, later.bytes, [base])
  expect(await placeOf(archive, 'd/b')).toBe(places[1])
})
