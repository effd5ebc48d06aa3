/** Copies of some entries: members are moved, hardlinks lead to what is there, and only bases that are needed are. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import {
  type Archive,
  BaseMismatchError,
  type CopyArchiveOptions,
  type Entry,
  flattenArchive,
  mergeArchives,
  MemorySource,
  MemoryTarget,
  openArchive,
  splitArchive,
  withCounter,
} from 'isptar'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { codec } from '#codec'
import { concatBytes } from '../../src/bytes/concat.ts'
import { encodeTarHeader } from '../../src/tar/encode-tar-header.ts'
import { toTarHeader } from '../../src/write/entry-input.ts'
import { expectBytes, sampleBytes } from '../gzip/samples.ts'
import { compareLikeOriginal, readLikeOriginal } from '../original-reader.ts'
import { needs } from '../node/needs.ts'
import { describeEntry } from '../read/archive-content.ts'
import { collect } from '../read/collect.ts'
import { craftArchive } from '../read/craft-archive.ts'
import { craftGroups } from '../read/craft-groups.ts'
import { arbitraryTree } from '../write/arbitrary-entries.ts'
import { buildArchive, SAMPLE_TIME, type SampleEntry } from '../write/build-archive.ts'
import { MarkCountingCodec, open } from './copy-support.ts'
import { openLink, writeLink } from './memory-chain.ts'

const MARK = 'data of a file'
const text = (name: string): string => `${MARK} ${name}\n`.repeat(50)

/** `b` is the file of `h1`, `h2` and, by way of `h2`, `h3`. */
const TREE: readonly SampleEntry[] = [
  { path: 'd', type: 'directory', mode: 0o750 },
  { path: 'd/a', data: text('a') },
  { path: 'd/b', data: text('b'), mode: 0o640, mtime: { seconds: 77, nanoseconds: 5 } },
  { path: 'd/c', data: text('c') },
  { path: 'd/h1', type: 'hardlink', linkTarget: 'd/b' },
  { path: 'd/h2', type: 'hardlink', linkTarget: 'd/b' },
  { path: 'd/h3', type: 'hardlink', linkTarget: 'd/h2' },
  { path: 'd/l', type: 'symlink', linkTarget: 'b' },
  { path: 'd/none', type: 'hardlink', linkTarget: 'nothing' },
]

async function select(
  archive: Archive,
  select: (entry: Entry) => boolean,
  options: CopyArchiveOptions = {},
): Promise<{ copy: Archive; bytes: Uint8Array; codec: MarkCountingCodec }> {
  const codec = new MarkCountingCodec(MARK)
  const target = new MemoryTarget()
  await flattenArchive(archive, target, { codec, ...options, select })
  return { copy: await open(target.bytes()), bytes: target.bytes(), codec }
}

const among =
  (...paths: readonly string[]): ((entry: Entry) => boolean) =>
  ({ path }) =>
    paths.includes(path)

const shown = async (archive: Archive): Promise<string[]> =>
  (await collect(archive.entries())).map(({ path, type, linkTarget }) => `${path} ${type} ${linkTarget ?? ''}`.trim())

describe('a selection', () => {
  it('has its entries as they were, without their folders, and deflates no data', async () => {
    await using archive = await open(await buildArchive(TREE))
    const asked: string[] = []
    const { copy, codec, bytes } = await select(archive, ({ path }) => {
      asked.push(path)
      return ['d/a', 'd/b', 'd/l'].includes(path)
    })
    expect(asked).toEqual(TREE.map(({ path }) => path))
    expect([codec.marked, codec.all > 3]).toEqual([0, true])
    expect(await copy.verify()).toMatchObject({ ok: true, entryCount: 3, problems: [] })
    for (const path of ['d/a', 'd/b', 'd/l']) {
      const [was, is] = [await archive.get(path), await copy.get(path)]
      expect(describeEntry(is)).toBe(describeEntry(was))
      expect([await is.digest(), is.columns]).toEqual([await was.digest(), was.columns])
    }
    expect(copy.createdAt).toBe(archive.createdAt)
    readLikeOriginal(bytes)
  })

  it.each<[string[], string[]]>([
    [
      ['d/b', 'd/h1'],
      ['d/b file', 'd/h1 hardlink d/b'],
    ],
    [['d/h1'], ['d/h1 file']],
    [['d/h3'], ['d/h3 file']],
    [
      ['d/h1', 'd/h2', 'd/h3'],
      ['d/h1 file', 'd/h2 hardlink d/h1', 'd/h3 hardlink d/h1'],
    ],
    [
      ['d/b', 'd/h3'],
      ['d/b file', 'd/h3 hardlink d/b'],
    ],
    [['d/none'], ['d/none hardlink nothing']],
    [[], []],
  ])('of %j has no link to what is not there', async (paths, expected) => {
    await using archive = await open(await buildArchive(TREE))
    const { copy, codec } = await select(archive, among(...paths))
    expect(await shown(copy)).toEqual(expected)
    expect(codec.marked).toBe(0)
    for (const path of paths.filter((each) => each !== 'd/none')) {
      expect(await copy.text(path)).toBe(text('b'))
      expect((await copy.get(path)).mode === 0o640 || (await copy.get(path)).type === 'hardlink').toBe(true)
    }
  })

  it('in an archive out of order, links before their file', async () => {
    await using archive = await open(await buildArchive(TREE.toReversed()))
    const { copy } = await select(archive, among('d/h1', 'd/h2', 'd/b'))
    expect(await shown(copy)).toEqual(['d/h2 hardlink d/b', 'd/h1 hardlink d/b', 'd/b file'])
    const { copy: links } = await select(archive, among('d/h1', 'd/h2'))
    expect(await shown(links)).toEqual(['d/h2 file', 'd/h1 hardlink d/h2'])
  })

  it('leads no link to a path that another line has later on', async () => {
    const older = await open(
      await buildArchive([
        { path: 'l', type: 'hardlink', linkTarget: 'x' },
        { path: 'm', type: 'hardlink', linkTarget: 'x' },
        { path: 'n', type: 'hardlink', linkTarget: 'l' },
        { path: 'x', data: text('x') },
      ]),
    )
    const newer = await open(
      await buildArchive([
        { path: 'l', type: 'hardlink', linkTarget: 'y' },
        { path: 'y', data: text('y') },
      ]),
    )
    const target = new MemoryTarget()
    const inputs = [older, newer].map((archive, n) => ({ name: `part ${n}`, archive }))
    await mergeArchives(inputs, target, { singlePart: true })
    await using both = await open(target.bytes())
    expect(await Promise.all(['l', 'm', 'n'].map(async (path) => both.text(path)))).toEqual(['y', 'x', 'y'].map(text))
    const { copy: links } = await select(both, among('l', 'm', 'n'))
    expect(await Promise.all(['l', 'm', 'n'].map(async (path) => links.text(path)))).toEqual(['y', 'x', 'y'].map(text))
    const again = new MemoryTarget()
    await mergeArchives(inputs, again, { singlePart: true, select: among('l', 'm', 'n', 'y') })
    const merged = await open(again.bytes())
    expect(await Promise.all(['m', 'n'].map(async (path) => merged.text(path)))).toEqual(['x', 'x'].map(text))
    const { copy: withoutLast } = await select(both, ({ path, place }) => path !== 'l' || place.line === 0)
    expect(await Promise.all(['m', 'n'].map(async (path) => withoutLast.text(path)))).toEqual(['x', 'y'].map(text))
  })

  it('passes over lines that are no entries', async () => {
    const lines = ['f\t#0\t#0\t420\tfifo', 'no \\entry', 'l\t#0\t#0\t420\thard\tf']
    await using archive = await open(craftArchive({ listing: `${lines.join('\n')}\n\n` }))
    expect(await shown((await select(archive, among('l'))).copy)).toEqual(['l fifo'])
  })

  it('moves whole groups, and packs anew what it takes of others', async () => {
    await using archive = await open(await buildArchive(TREE, { groupBytes: 100_000 }))
    const all = new MemoryTarget()
    await flattenArchive(archive, all)
    const whole = await select(archive, () => true)
    expect(Buffer.compare(whole.bytes, all.bytes())).toBe(0)
    expect([whole.codec.marked, ((await whole.copy.get('d/c')).location?.plainOffset ?? 0) > 0]).toEqual([0, true])
    const { copy } = await select(archive, among('d/b', 'd/c'))
    expect(await copy.text('d/b')).toBe(text('b'))
    expect(await copy.verify()).toMatchObject({ ok: true, problems: [] })
  })

  it('moves no group in which a link that becomes a file looks like one without data', async () => {
    const block = (path: string, sizeBytes: number): Uint8Array =>
      encodeTarHeader({
        ...toTarHeader({ path }, { seconds: SAMPLE_TIME.getTime() / 1000, nanoseconds: 0 }),
        sizeBytes,
      })
    const data = sampleBytes(512)
    const hostile = concatBytes([block('m', 512), data])
    const tree = [
      { path: 'f', data: sampleBytes(1024) },
      { path: 'l', data: hostile },
    ]
    await using sound = await open(craftGroups(tree, { groupBytes: 1200 }).bytes)
    const { record } = await sound.get('l')
    const columns = new Map([...record.columns, ['crc', codec.crc32(data).toString(16).padStart(8, '0')]])
    const location = { depth: 0, slice: 1, offset: record.location?.offset ?? 0, plainOffset: 1024 }
    const refers = { ...record, pathBytes: Buffer.from('m'), sizeBytes: 512, location, columns }
    const change = (line: string, path: string): string =>
      path === 'l' ? `${line.split('\t').slice(0, 4).join('\t')}\thard\tf` : line
    const crafted = craftGroups([...tree, { refers }], { groupBytes: 1200, change }).bytes
    await using archive = await open(crafted)
    expect(await shown(archive)).toEqual(['f file', 'l hardlink f', 'm file'])
    const { copy } = await select(archive, among('l', 'm'))
    expectBytes(await copy.bytes('l'), sampleBytes(1024))
    expectBytes(await copy.bytes('m'), data)
    expect(await copy.verify()).toMatchObject({ ok: true, problems: [] })
  })

  it('needs only the bases that it refers to', async () => {
    const full = await writeLink('full.tgz', [{ path: 'a', data: text('a') }])
    const link = await writeLink(
      'd1.tgz',
      [
        { kept: 'a' },
        { path: 'b', data: text('b') },
        { path: 'c', data: sampleBytes(3_000_000) },
        { path: 'h', type: 'hardlink', linkTarget: 'a' },
      ],
      { base: full },
    )
    await using alone = await open(link.bytes)
    const { copy } = await select(alone, among('b'))
    expect(await copy.text('b')).toBe(text('b'))
    expect([...copy.serviceInfo.keys()]).not.toContain('base')
    for (const paths of [['a'], ['c', 'h']]) {
      const target = new MemoryTarget()
      const write = vi.spyOn(target, 'write')
      await expect(flattenArchive(alone, target, { select: among(...paths) })).rejects.toThrow(BaseMismatchError)
      expect(write).not.toHaveBeenCalled()
    }
    const { archive } = await openLink(link.name, link.bytes, [full])
    expect(await (await select(archive, among('h'))).copy.text('h')).toBe(text('a'))
  })

  it('says how far it is', async () => {
    await using archive = await open(await buildArchive(TREE))
    const seen: unknown[] = []
    await select(archive, among('d/a', 'd/h1'), { onProgress: (progress) => seen.push(progress) })
    const { length } = text('a')
    expect(seen).toEqual([
      { entryCount: 1, dataBytes: length, path: 'd/a' },
      { entryCount: 2, dataBytes: 2 * length, path: 'd/h1' },
    ])
  })

  it('of one small file reads no more than its member, its digest and the listing', async () => {
    const files = Array.from({ length: 9000 }, (_, n) => ({ path: `f${10_000 + n}`, data: `number ${n}` }))
    const bytes = await buildArchive(files)
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source)
    await collect(archive.paths())
    const before = source.log.length
    await select(archive, among('f12345'))
    const digests = archive.tail.sections.find(({ name }) => name === 'digest')
    const ranges = source.log.slice(before)
    expect(
      ranges.filter(({ offset }) => offset >= (digests?.offset ?? 0)).map(({ lengthBytes }) => lengthBytes),
    ).toEqual([32])
    expect(ranges.length).toBe(2)
  })

  it('of a listing too long to be kept reads it once, and then, by the index, what it needs of it', async () => {
    const files = Array.from({ length: 9000 }, (_, n) => ({ path: `f${10_000 + n}`, data: `number ${n}` }))
    const bytes = await buildArchive(files)
    const wanted = among('f14321', 'f14322')
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source, { residentListingBytes: 0, tailBytes: 39 })
    await archive.find('f12345')
    const before = source.log.length
    const { bytes: some } = await select(archive, wanted)
    await using kept = await open(bytes)
    expectBytes(some, (await select(kept, wanted)).bytes)
    const { listingOffset, listingPackedBytes } = archive.tail
    const ofListing = source.log
      .slice(before)
      .filter(({ offset }) => listingOffset <= offset && offset < listingOffset + listingPackedBytes)
    const [all, ...others] = ofListing.map(({ lengthBytes }) => lengthBytes)
    expect(all).toBeGreaterThanOrEqual(listingPackedBytes)
    // Digests, one by one, lie there too.
    expect(others.reduce((sum, each) => sum + each, 0)).toBeLessThan(listingPackedBytes / 5)
    for (const choice of [among('f10000', 'f14321', 'f18999'), ({ path }: Entry) => path !== 'f12345'])
      expectBytes((await select(archive, choice)).bytes, (await select(kept, choice)).bytes)
  })

  it('what asking throws ends the copy, and nothing is left', async () => {
    await using archive = await open(await buildArchive(TREE))
    const target = new MemoryTarget()
    const asking = flattenArchive(archive, target, {
      select: () => {
        throw new Error('no')
      },
    })
    await expect(asking).rejects.toThrow('no')
    expect(() => target.bytes()).toThrow(TypeError)
  })

  it('of merged archives, and in merging and splitting', async () => {
    const one = await open(await buildArchive(TREE), {}, 'one')
    const two = await open(await buildArchive([{ path: 'd/b', data: text('other') }]), {}, 'two')
    const inputs = [
      { name: 'one', archive: one },
      { name: 'two', archive: two },
    ]
    const merged = new MemoryTarget()
    await mergeArchives(inputs, merged)
    await using both = await open(merged.bytes())
    const { copy } = await select(both, among('d/h1', 'd/b'))
    const { copy: links } = await select(both, among('d/h1'))
    expect(await copy.parts()).toEqual(['one', 'two'])
    expect(await (await copy.part('two')).text('d/b')).toBe(text('other'))
    expect(await (await links.part('one')).text('d/h1')).toBe(text('b'))
    expect((await collect((await links.part('two')).entries())).length).toBe(0)
    const again = new MemoryTarget()
    await mergeArchives(inputs, again, { select: among('d/h2') })
    expect(await (await (await open(again.bytes())).part('one')).text('d/h2')).toBe(text('b'))
    const targets: MemoryTarget[] = []
    await splitArchive(both, () => targets[targets.push(new MemoryTarget()) - 1] ?? again, { select: among('d/c') })
    const split = await Promise.all(targets.map(async (each) => shown(await open(each.bytes()))))
    expect(split).toEqual([['d/c file'], []])
  })
})

/** Trees whose hardlinks lead to files of theirs. */
const linkedTree = fc.tuple(arbitraryTree, fc.infiniteStream(fc.nat(99))).map(([tree, picks]) => {
  const files = tree.filter(({ type = 'file' }) => type === 'file')
  const entries = tree.flatMap((entry): SampleEntry[] => {
    const file = files[Number(picks.next().value) % Math.max(files.length, 1)]
    if (entry.type !== 'hardlink') return [entry]
    return file === undefined ? [] : [{ path: entry.path, type: 'hardlink', linkTarget: file.path }]
  })
  const more = files.flatMap((file, n): SampleEntry[] =>
    n % 2 === 0 ? [] : [1, 2].map((i) => ({ path: `link ${n} ${i}`, type: 'hardlink', linkTarget: file.path })),
  )
  const paths = new Set(entries.map(({ path }) => Buffer.from(path).toString('latin1')))
  return [...entries, ...more.filter(({ path }) => !paths.has(Buffer.from(path).toString('latin1')))].sort((a, b) =>
    compareLikeOriginal(Buffer.from(a.path), Buffer.from(b.path)),
  )
})

it('any selection of any tree has the data that it had, and verifies', async () => {
  const groupBytes = fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 20_000 }))
  await fc.assert(
    fc.asyncProperty(
      linkedTree,
      groupBytes,
      fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
      async (tree, length, chosen) => {
        await using archive = await open(await buildArchive(tree, { groupBytes: length }))
        const isChosen = ({ place }: Entry): boolean => chosen[place.line] ?? true
        const { copy, bytes } = await select(archive, isChosen)
        const expected: string[] = []
        for await (const entry of archive.entries())
          if (isChosen(entry)) expected.push(`${entry.path} ${await dataOf(entry)}`)
        const found: string[] = []
        for await (const entry of copy.entries()) found.push(`${entry.path} ${await dataOf(entry)}`)
        expect(found).toEqual(expected)
        expect((await copy.verify()).problems).toEqual([])
        if (length === 0) readLikeOriginal(bytes)
      },
    ),
    { numRuns: 120 },
  )
})

async function dataOf(entry: Entry): Promise<string> {
  const hasData = entry.type === 'file' || entry.type === 'hardlink'
  return hasData ? Buffer.from(await entry.bytes()).toString('hex') : describeEntry(entry)
}

it('GNU tar unpacks a selection, links and all', async ({ skip }) => {
  needs(skip, spawnSync('tar', ['--version']).status === 0, 'GNU tar is not installed')
  await using archive = await open(await buildArchive(TREE))
  const { bytes } = await select(archive, among('d/c', 'd/h1', 'd/h2', 'd/h3'))
  const folder = mkdtempSync(join(tmpdir(), 'isptar-select-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  execFileSync('tar', ['xzf', '-', '-C', folder], { input: bytes })
  expect(readdirSync(join(folder, 'd')).sort()).toEqual(['c', 'h1', 'h2', 'h3'])
  for (const name of ['h1', 'h2', 'h3']) expect(readFileSync(join(folder, 'd', name), 'utf8')).toBe(text('b'))
  expect(statSync(join(folder, 'd/h1')).nlink).toBe(3)
})
