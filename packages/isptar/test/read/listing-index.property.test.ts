/** What is found through the index is what a pass over the listing finds, in trees with odd names, in any order of asking. */
import fc from 'fast-check'
import { type Archive, decodeText, type Entry, MemorySource, openArchive, pakoCodec, withCounter } from 'isptar'
import { zlibCodec } from 'isptar/node'
import { describe, expect, it } from 'vitest'
import { KiB } from '../../src/limits.ts'
import { sampleBytes } from '../gzip/samples.ts'
import { compareLikeOriginal } from '../original-reader.ts'
import { arbitraryPath } from '../write/arbitrary-entries.ts'
import { buildArchive, type SampleEntry } from '../write/build-archive.ts'
import { collect } from './collect.ts'

/** A line of more than 32 KiB, so that a block of the listing has two. */
const HEAVY = new Map([['user.heavy', sampleBytes(24 * KiB)]])

/** Trees of a few folders, whose names begin alike. */
const tree = fc
  .uniqueArray(fc.tuple(fc.constantFrom('', 'a/', 'a b/', 'a/b/', 'é/'), arbitraryPath), {
    minLength: 4,
    maxLength: 14,
    selector: ([folder, path]) => folder + Buffer.from(path).toString('latin1'),
  })
  .map((rows) => rows.map(([folder, path]) => new Uint8Array(Buffer.concat([Buffer.from(folder), path]))))
  .map((paths) => paths.sort(compareLikeOriginal))

const sortedBuild = (paths: readonly Uint8Array[]): Promise<Uint8Array> =>
  buildArchive(paths.map((path): SampleEntry => ({ path, type: 'fifo', xattrs: HEAVY })))

const line = (entry: Entry | undefined): unknown => entry && [entry.path, entry.place.line]

/** Every folder that there is, and some that there are not. */
function foldersOf(paths: readonly string[]): string[] {
  const folders = paths.flatMap((path) => {
    const names = path.split('/')
    return names.map((_, i) => names.slice(0, i + 1).join('/'))
  })
  return [...new Set([...folders, 'none', 'a', '\udcff'])]
}

async function hasIndex(archive: Archive): Promise<boolean> {
  return archive.tail.sections.some(({ name }) => name === 'index')
}

describe.each([pakoCodec, zlibCodec])('with $name', (codec) => {
  it('entries and folders are found as in a pass', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (raw) => {
        await using archive = await openArchive(new MemorySource(await sortedBuild(raw)), { codec })
        const paths = raw.map(decodeText)
        expect((await collect(archive.entries())).map(({ path }) => path)).toEqual(paths)
        for (const [index, path] of paths.entries()) {
          expect(line(await archive.find(path))).toEqual([path, index])
          expect(line(await archive.entryAt(index))).toEqual([path, index])
        }
        for (const folder of foldersOf(paths)) {
          const inside = paths.flatMap((path, i) =>
            path === folder || path.startsWith(`${folder}/`) ? [[path, i]] : [],
          )
          const found = await collect(archive.entries({ under: folder }))
          expect(found.map(line), JSON.stringify(folder)).toEqual(inside)
          if (!paths.includes(folder)) expect(await archive.find(folder)).toBeUndefined()
        }
        expect(await archive.entryAt(paths.length)).toBeUndefined()
        if (paths.length > 4) expect(await hasIndex(archive)).toBe(true)
      }),
      { numRuns: 40 },
    )
  })
})

/** `f000`, `f010` and so on: a name before, between and behind all others is missing. */
const names = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `f${String(i * 10).padStart(5, '0')}`)

describe('with one, two and many blocks', () => {
  const archiveOf = async (count: number): Promise<Uint8Array> =>
    buildArchive(names(count).map((path) => ({ path, type: 'fifo', xattrs: HEAVY })))

  it.each([
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
    [31, 16],
  ])('%i entries, %i blocks', async (count, blocks) => {
    await using archive = await openArchive(new MemorySource(await archiveOf(count)))
    expect(await hasIndex(archive)).toBe(blocks > 1)
    for (const [index, path] of names(count).entries()) {
      expect(line(await archive.find(path))).toEqual([path, index])
      expect(await archive.find(`${path}5`)).toBeUndefined()
    }
    expect(await archive.find('a')).toBeUndefined()
    expect(await archive.find('z')).toBeUndefined()
    expect(await archive.entryAt(-1)).toBeUndefined()
    expect(await archive.entryAt(count)).toBeUndefined()
  })

  it('a lookup reads the index and one block, once for neighbours', async () => {
    const source = withCounter(new MemorySource(await archiveOf(30)))
    await using archive = await openArchive(source, { tailBytes: 39 })
    const opened = source.requests
    await archive.find('f00100')
    expect(source.requests - opened).toBe(2)
    const [index, block] = source.log.slice(opened)
    expect(index?.offset).toBe(archive.tail.sections.find(({ name }) => name === 'index')?.offset)
    expect(block?.lengthBytes).toBeLessThan(archive.tail.listingPackedBytes / 9)
    await Promise.all(['f00100', 'f00101', 'f00110', 'f00115'].map((path) => archive.find(path)))
    expect(source.requests - opened).toBe(2)
  })

  it('a folder reads the blocks that hold it', async () => {
    const inside = (folder: string): string[] => names(9).map((name) => `${folder}/${name}`)
    const paths = ['a', ...inside('b'), 'c', ...inside('d')]
    const source = withCounter(new MemorySource(await buildArchive(paths.map((path) => ({ path, xattrs: HEAVY })))))
    await using archive = await openArchive(source, { tailBytes: 39 })
    await archive.find('z')
    const before = source.requests
    expect((await collect(archive.entries({ under: 'b' }))).length).toBe(9)
    expect(source.requests - before).toBeLessThanOrEqual(6)
  })

  it('what is out of order has no index', async () => {
    const shuffled = names(9).map((path) => ({ path, xattrs: HEAVY }))
    await using archive = await openArchive(new MemorySource(await buildArchive(shuffled.reverse())))
    expect(await hasIndex(archive)).toBe(false)
    expect((await archive.find('f00020'))?.place.line).toBe(6)
  })
})
