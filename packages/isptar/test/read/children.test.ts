/** What the items of a folder cost, what comes of reads that fail, and when the first of them is there. */
import {
  type Archive,
  type ByteSource,
  type CountedSource,
  isIsptarError,
  MemorySource,
  openArchive,
  StorageError,
  withCounter,
} from 'isptar'
import { beforeAll, describe, expect, it } from 'vitest'
import { KiB, MiB, TAIL_BYTES } from '../../src/limits.ts'
import { sampleBytes } from '../gzip/samples.ts'
import { buildArchive, type SampleEntry } from '../write/build-archive.ts'
import { collect } from './collect.ts'
import { craftArchive, craftIndexed } from './craft-archive.ts'

/** Cuts paths into blocks as a writer does: 64 KiB of text and a line. */
function inBlocks(paths: readonly string[]): string[][] {
  const blocks: string[][] = []
  let textBytes = 64 * KiB
  for (const path of paths) {
    if (textBytes >= 64 * KiB) {
      blocks.push([])
      textBytes = 0
    }
    blocks.at(-1)?.push(path)
    textBytes += path.length + '\t#0\t#0\t420\tfifo\n'.length
  }
  return blocks
}

const digits = (n: number, length: number): string => String(n).padStart(length, '0')

interface Cost {
  readonly names: readonly string[]
  readonly requests: number
  readonly bytes: number
}

async function costOf(archive: Archive, source: CountedSource, folder?: string): Promise<Cost> {
  const [requests, bytes] = [source.requests, source.bytes]
  const names = (await collect(archive.children(folder))).map(({ path }) => path)
  return { names, requests: source.requests - requests, bytes: source.bytes - bytes }
}

describe('a million entries in one folder', () => {
  let archived: Uint8Array
  let blocks: string[][]

  beforeAll(async () => {
    const paths = Array.from(
      { length: 1_000_000 },
      (_, n) => `data/${digits(n, 3)}/entry-${digits((n * 7919) % 1e6, 7)}`,
    )
    paths.sort()
    blocks = inBlocks(['data', ...paths, 'end'])
    archived = await craftIndexed(blocks)
  }, 60_000)

  it('cost the root its first block: the last one came with the tail', async () => {
    const source = withCounter(new MemorySource(archived))
    await using archive = await openArchive(source)
    const index = archive.tail.sections.find(({ name }) => name === 'index')
    expect(blocks.length).toBeGreaterThan(500)
    // The end that was read when it was opened holds the index, and blocks before it.
    expect(archived.length - (index?.offset ?? 0)).toBeLessThan(TAIL_BYTES)
    expect(source.log).toEqual([{ offset: archived.length - TAIL_BYTES, lengthBytes: TAIL_BYTES }])
    const root = await costOf(archive, source)
    expect(root.names).toEqual(['data', 'end'])
    expect(root.requests).toBe(1)
    expect(root.bytes).toBeLessThan(32 * KiB)
    expect(source.log[1]?.offset).toBe(archive.tail.listingOffset + 10)
    expect((await costOf(archive, source)).requests).toBe(0)
  })
})

describe('a million entries in many folders', () => {
  const archiveOf = async (folders: number): Promise<{ bytes: Uint8Array; blocks: readonly string[][] }> => {
    const paths = Array.from({ length: folders }, (_, n) => digits(n, 4)).flatMap((folder) => [
      folder,
      ...Array.from({ length: 1e6 / folders }, (_, n) => `${folder}/f${digits(n, 6)}`),
    ])
    const blocks = inBlocks(paths)
    return { bytes: await craftIndexed(blocks), blocks }
  }

  it('a thousand of a thousand: nearly every block, in few reads', async () => {
    const { bytes, blocks } = await archiveOf(1000)
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source)
    const root = await costOf(archive, source)
    expect(root.names.length).toBe(1000)
    expect(blocks.length).toBeGreaterThan(400)
    // 64, 128, 256 and 512 KiB, then 1 MiB each.
    expect(archive.tail.listingPackedBytes).toBeLessThan(6 * MiB)
    expect(root.requests).toBeLessThanOrEqual(8)
    expect(root.bytes).toBeLessThanOrEqual(archive.tail.listingPackedBytes)
    const before = source.log.length
    const children = archive.children()
    await children.next()
    await children.return()
    expect(source.log.length - before).toBe(1)
    expect(source.log.at(-1)?.lengthBytes).toBeLessThanOrEqual(64 * KiB)
    const one = await costOf(archive, source, '0500')
    expect(one.names.length).toBe(1000)
    expect(one.requests).toBe(1)
    expect(one.bytes).toBeLessThan(64 * KiB)
  }, 60_000)

  it('ten of a hundred thousand: a read for each', async () => {
    const { bytes } = await archiveOf(10)
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source)
    const root = await costOf(archive, source)
    expect(root.names.length).toBe(10)
    expect(root.requests).toBe(10)
    expect(root.bytes).toBeLessThan(128 * KiB)
  }, 60_000)
})

/** A line of more than 32 KiB that does not compress, so that a block has two lines and nothing is near. */
const heavy = (paths: readonly string[]): SampleEntry[] =>
  paths.map((path, n) => ({
    path,
    type: /[0-9]$/.test(path) ? 'fifo' : 'directory',
    xattrs: new Map([['user.heavy', sampleBytes(48 * KiB + n)]]),
  }))

const files = (folder: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${folder}/${digits(n, 2)}`)

describe('blocks that are far from each other', () => {
  const tree = ['a', ...files('a', 12), 'b', ...files('b', 12), ...files('c', 12), 'd0', ...files('e', 2)]
  let archived: Uint8Array

  beforeAll(async () => {
    archived = await buildArchive(heavy(tree))
  })

  const ITEMS = [
    ['a', true, true],
    ['b', true, true],
    ['c', false, true],
    ['d0', true, false],
    ['e', false, true],
  ]

  const itemsOf = async (archive: Archive): Promise<unknown[]> =>
    (await collect(archive.children())).map(({ path, entry, isFolder }) => [path, entry !== undefined, isFolder])

  it('are jumped over, and what is near is read at once', async () => {
    const source = withCounter(new MemorySource(archived))
    await using archive = await openArchive(source, { tailBytes: 39 })
    await archive.find('zzz')
    const opened = source.log.length
    expect(await itemsOf(archive)).toEqual(ITEMS)
    const { listingPackedBytes } = archive.tail
    // `a`; the end of `a` and `b`; the end of `b`; `c`, whose first block says that it is there; its end to `e`; and `e`.
    expect(source.log.length - opened).toBe(6)
    const read = source.log.slice(opened).reduce((sum, { lengthBytes }) => sum + lengthBytes, 0)
    expect(read).toBeLessThan(listingPackedBytes / 3)
    expect((await collect(archive.children('b'))).map(({ path }) => path)).toEqual(files('b', 12))
  })

  it('are read when what is in them is asked for, and no sooner', async () => {
    const source = withCounter(new MemorySource(archived))
    await using archive = await openArchive(source, { tailBytes: 39 })
    await archive.find('zzz')
    const opened = source.requests
    const children = archive.children()
    expect((await children.next()).value).toMatchObject({ path: 'a', isFolder: true })
    expect(source.requests - opened).toBe(1)
    await children.return()
    expect(source.requests - opened).toBe(1)
  })

  it.each(['once', 'from then on'])('where the nth read fails %s: right, or the error', async (how) => {
    for (let n = 1; ; n += 1) {
      let calls = 0
      const source = new MemorySource(archived)
      const failing: ByteSource = Object.assign(withCounter(source), {
        read: async (offset: number, lengthBytes: number) => {
          calls += 1
          if (calls !== n && (how === 'once' || calls < n)) return source.read(offset, lengthBytes)
          throw new StorageError('no', { operation: 'read', location: 'memory', kind: 'connection' })
        },
      })
      const archive = await openArchive(failing, { tailBytes: 39 }).catch((error: unknown) => error)
      if (archive instanceof Error) expect(archive).toBeInstanceOf(StorageError)
      if (archive instanceof Error) continue
      const found: unknown = await itemsOf(Object(archive)).catch((error: unknown) => error)
      if (calls < n) expect(found).toEqual(ITEMS)
      else expect(found).toBeInstanceOf(StorageError)
      if (calls >= n && how === 'once') expect(await itemsOf(Object(archive))).toEqual(ITEMS)
      if (calls < n) {
        expect(calls).toBeGreaterThan(4)
        return
      }
    }
  })

  it('where bits are flipped, nothing is given that is wrong', async () => {
    await using sound = await openArchive(new MemorySource(archived))
    const { listingOffset, serviceInfoOffset } = sound.tail
    let refused = 0
    for (let step = 1; step < 60; step += 1) {
      const damaged = archived.slice()
      const at = listingOffset + Math.floor((step * (serviceInfoOffset - listingOffset)) / 60)
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (step % 8))
      await using archive = await openArchive(new MemorySource(damaged))
      const found: unknown = await itemsOf(archive).catch((error: unknown) => error)
      if (found instanceof Error) {
        expect(found).toSatisfy(isIsptarError)
        refused += 1
      } else expect(found).toEqual(ITEMS)
    }
    // The others lie in blocks that are jumped over.
    expect(refused).toBeGreaterThan(10)
    expect(refused).toBeLessThan(40)
  })

  it('of two lines of one path, at the border of two blocks, the last counts', async () => {
    const line = (path: string): string => `${path}\t#0\t#0\t420\tdir\n`
    const bytes = await craftIndexed([['a'], ['a/', 'a/b'], ['c']], (block) => block, line)
    await using archive = await openArchive(new MemorySource(bytes))
    const items = await collect(archive.children())
    expect(items.map(({ path, entry }) => [path, entry?.path])).toEqual([
      ['a', 'a/'],
      ['c', 'c'],
    ])
  })

  it('an aborted signal ends them with its reason, also where nothing has to be read', async () => {
    await using archive = await openArchive(new MemorySource(archived))
    await collect(archive.children('e'))
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(collect(archive.children('e', { signal }))).rejects.toThrow('enough')
  })

  it('lines that are no entries are passed over, whatever their escapes', async () => {
    const line = (path: string): string => `${path}\t#0\t#0\t420\tfifo\n`
    const listing = `${line('a')}no \\entry\n${line('b')}\n`
    await using archive = await openArchive(new MemorySource(craftArchive({ listing })))
    expect((await collect(archive.children())).map(({ path }) => path)).toEqual(['a', 'b'])
    const malformed = `${line('a')}${line('no \\entry')}${line('b')}\n`
    await using damaged = await openArchive(new MemorySource(craftArchive({ listing: malformed })))
    await expect(collect(damaged.children())).rejects.toMatchObject({ code: 'format' })
  })

  it('a folder that does not exist has nothing in it, and neither has a file', async () => {
    await using archive = await openArchive(new MemorySource(archived))
    for (const folder of ['none', 'a/00', 'aa', 'zz', '/']) expect(await collect(archive.children(folder))).toEqual([])
  })
})
