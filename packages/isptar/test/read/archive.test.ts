/** Entries, lookup, and the ways to their data. */
import {
  type Archive,
  type Codec,
  EntryNotFoundError,
  FormatError,
  MemorySource,
  openArchive,
  pakoCodec,
  UnsupportedError,
  withCounter,
} from 'isptar'
import { describe, expect, it, vi } from 'vitest'
import { INFLATE_BYTES, MiB } from '../../src/limits.ts'
import { expectBytes, sampleBytes } from '../gzip/samples.ts'
import { buildArchive, type SampleEntry, SMALL_TREE } from '../write/build-archive.ts'
import { collect } from './collect.ts'
import { craftArchive, craftFiles, fileLine } from './craft-archive.ts'

const open = (bytes: Uint8Array): Promise<Archive> => openArchive(new MemorySource(bytes))

const openTree = async (entries: readonly SampleEntry[]): Promise<Archive> => open(await buildArchive(entries))

describe('entries under a folder', () => {
  const names = ['a', 'a/b', 'a/b/c', 'a-b', 'ab', 'a\tb', 'a\tb/c', 'a\\', 'a\\/x']
  const tree = names.map((path) => ({ path }))

  it.each([
    ['', names],
    ['.', names],
    ['./', names],
    ['a', ['a', 'a/b', 'a/b/c']],
    ['./a/', ['a', 'a/b', 'a/b/c']],
    ['a/b', ['a/b', 'a/b/c']],
    ['a\tb', ['a\tb', 'a\tb/c']],
    ['a\\', ['a\\', 'a\\/x']],
    ['b', []],
    ['a/', ['a', 'a/b', 'a/b/c']],
  ])('%j', async (under, expected) => {
    await using archive = await openTree(tree)
    const found = await collect(archive.entries({ under }))
    expect(found.map(({ path }) => path)).toEqual(expected)
  })

  it('written as the original writes it, with ./', async () => {
    await using archive = await open(
      craftArchive({ listing: `${fileLine('./d/x', 0, '')}\n${fileLine('./e', 0, '')}\n\n` }),
    )
    const found = await collect(archive.entries({ under: 'd' }))
    expect(found.map(({ path }) => path)).toEqual(['./d/x'])
    for (const path of ['d/x', './d/x', '././d/x/']) expect((await archive.get(path)).path).toBe('./d/x')
  })
})

describe('lookup', () => {
  it('finds exactly the path', async () => {
    await using archive = await openTree(SMALL_TREE)
    expect((await archive.find('d/text'))?.sizeBytes).toBe(540)
    for (const path of ['d/tex', 'd/text/x', 'D/text', 'text', '', '/', '/d/text', 'd//text', 'd/text\0'])
      expect(await archive.find(path), path).toBeUndefined()
  })

  it('says what it did not find', async () => {
    await using archive = await openArchive(new MemorySource(await buildArchive(SMALL_TREE), 'backup.tgz'))
    const error: unknown = await archive.get('d/none').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(EntryNotFoundError)
    expect(error).toMatchObject({ code: 'entry-not-found', path: 'd/none', message: 'no entry "d/none" in backup.tgz' })
    await expect(archive.bytes('d/none')).rejects.toThrow(EntryNotFoundError)
  })

  it('gives the last of several', async () => {
    const tree = ['first', 'second', 'third'].map((data) => ({ path: 'same', data }))
    await using archive = await openTree([...tree, { path: 'z', data: 'z' }])
    expect(await archive.text('same')).toBe('third')
    expect((await collect(archive.entries())).length).toBe(4)
  })

  it('is not misled by lines that are no entries', async () => {
    const archive = await open(craftFiles({ a: 'data' }, (line) => `a\tnothing\n${line}\na\troot#0\troot#0\t420\tdoor`))
    expect(await archive.text('a')).toBe('data')
    expect((await collect(archive.entries())).length).toBe(1)
  })

  it('takes names that are not UTF-8', async () => {
    const path = Uint8Array.of(0xff, 0x2f, 0xc3, 0xa9)
    await using archive = await openTree([{ path, data: 'odd' }])
    expect(await archive.text('\udcff/é')).toBe('odd')
  })
})

describe('data', () => {
  it('comes whole, in parts, and as text', async () => {
    const data = sampleBytes(2000)
    await using archive = await openTree([
      { path: 'f', data },
      { path: 't', data: 'grün' },
    ])
    const entry = await archive.get('f')
    for (const [start, end] of [
      [0, 2000],
      [0, 0],
      [2000, 2000],
      [0, 1],
      [1999, 2000],
      [511, 1025],
    ] as const) {
      expectBytes(await archive.bytes('f', { start, end }), data.subarray(start, end))
      expectBytes(await entry.bytes({ start, end }), data.subarray(start, end))
    }
    expectBytes(await entry.bytes({ start: 1500 }), data.subarray(1500))
    expectBytes(await entry.bytes({ end: 500 }), data.subarray(0, 500))
    expect([await archive.text('t'), await (await archive.get('t')).text()]).toEqual(['grün', 'grün'])
    expectBytes(Buffer.concat(await collect(readStream(entry.stream()))), data)
  })

  it.each([
    [-1, 5],
    [0, 2001],
    [6, 5],
    [0.5, 5],
    [0, Number.NaN],
  ])('from %d to %d is refused', async (start, end) => {
    await using archive = await openTree([{ path: 'f', data: sampleBytes(2000) }])
    await expect(archive.bytes('f', { start, end })).rejects.toThrow(RangeError)
  })

  it('larger than what is inflated in one call streams, whole and in parts', async () => {
    const data = sampleBytes(5 * MiB + 17)
    await using archive = await openTree([{ path: 'f', data }])
    expectBytes(await archive.bytes('f'), data)
    const [start, end] = [3 * MiB - 5, 4 * MiB + 9]
    expectBytes(await archive.bytes('f', { start, end }), data.subarray(start, end))
  })

  it('of an empty file is empty and costs nothing', async () => {
    const source = withCounter(new MemorySource(await buildArchive([{ path: 'e' }])))
    await using archive = await openArchive(source)
    expect((await archive.bytes('e')).length).toBe(0)
    expect(source.requests).toBe(1)
  })

  it.each(['d', 'd/null', 'd/pipe', 'soft'])('is not to be had of %s', async (path) => {
    await using archive = await openTree(SMALL_TREE)
    await expect(archive.bytes(path)).rejects.toThrow(UnsupportedError)
    await expect(archive.bytes(path)).rejects.toThrow(/no data/)
  })
})

async function* readStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value
}

describe('hardlinks', () => {
  it('lead to the data, over several too', async () => {
    const link = (path: string, linkTarget: string): SampleEntry => ({ path, type: 'hardlink', linkTarget })
    await using archive = await openTree([
      { path: 'a', data: 'data' },
      link('b', 'a'),
      link('c', 'b'),
      link('d', './c'),
    ])
    for (const path of ['b', 'c', 'd']) expect(await archive.text(path)).toBe('data')
  })

  it('to themselves, in a circle or to nothing are refused', async () => {
    const line = (path: string, target: string): string => `${path}\troot#0\troot#0\t420\thard\t${target}\n`
    await using archive = await open(
      craftArchive({ listing: `${line('a', 'a')}${line('b', 'c')}${line('c', 'b')}${line('d', 'no')}\n` }),
    )
    for (const path of ['a', 'b', 'c']) await expect(archive.bytes(path)).rejects.toThrow(FormatError)
    await expect(archive.bytes('d')).rejects.toThrow(EntryNotFoundError)
  })

  it('to what has no data are refused', async () => {
    await using archive = await openTree([
      { path: 'd', type: 'directory' },
      { path: 'l', type: 'hardlink', linkTarget: 'd' },
    ])
    await expect(archive.bytes('l')).rejects.toThrow(UnsupportedError)
  })
})

describe('ending early', () => {
  it('a listing left half way is read again from its beginning', async () => {
    await using archive = await openTree(SMALL_TREE)
    for await (const entry of archive.entries()) if (entry.path === 'd/text') break
    expect((await collect(archive.entries())).length).toBe(SMALL_TREE.length)
  })

  it('a stream that is cancelled ends the read', async () => {
    let ended = 0
    const source = new MemorySource(await buildArchive([{ path: 'f', data: sampleBytes(4 * MiB) }]))
    const stream = source.stream.bind(source)
    source.stream = async function* (...range) {
      try {
        yield* stream(...range)
      } finally {
        ended += 1
      }
    }
    await using archive = await openArchive(source)
    await archive.get('f')
    const reader = archive.stream('f').getReader()
    expect((await reader.read()).value?.length).toBeGreaterThan(0)
    const before = ended
    await reader.cancel()
    await vi.waitFor(() => expect(ended).toBe(before + 1))
  })

  it('an aborted signal ends every call with its reason', async () => {
    const reason = new Error('enough')
    const signal = AbortSignal.abort(reason)
    await using archive = await openTree([{ path: 'f', data: sampleBytes(4 * MiB) }])
    const calls = [
      collect(archive.entries({ signal })),
      archive.find('f', { signal }),
      archive.get('f', { signal }),
      archive.bytes('f', { signal }),
      archive.text('f', { signal }),
      collect(readStream(archive.stream('f', { signal }))),
      archive.verify({ signal }),
    ]
    const results = await Promise.allSettled(calls)
    for (const result of results) expect(result).toEqual({ status: 'rejected', reason })
    expect((await archive.bytes('f')).length).toBe(4 * MiB)
  })

  it('a signal aborted half way ends a stream', async () => {
    const controller = new AbortController()
    await using archive = await openTree([{ path: 'f', data: sampleBytes(4 * MiB) }])
    const reader = archive.stream('f', { signal: controller.signal }).getReader()
    await reader.read()
    controller.abort(new Error('enough'))
    const rest = async (): Promise<void> => {
      while (!(await reader.read()).done);
    }
    await expect(rest()).rejects.toThrow('enough')
  })
})

it('many passes and reads at once do not disturb each other', async () => {
  const tree = Array.from({ length: 50 }, (_, i) => ({ path: `f${i}`, data: sampleBytes(i * 997) }))
  const bytes = await buildArchive(tree)
  for (const options of [{}, { tailBytes: 39, residentListingBytes: 0 }]) {
    await using archive = await openArchive(new MemorySource(bytes), options)
    const reads = tree.map(async ({ path, data }) => expectBytes(await archive.bytes(path), data))
    const passes = [1, 2, 3].map(async () => expect((await collect(archive.entries())).length).toBe(50))
    await Promise.all([...reads, ...passes])
  }
})

it('lookups without an index that are made at the same time share one pass', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `${(i * 7919) % 20_011}\t#0\t#0\t420\tfifo\n`)
  const source = withCounter(new MemorySource(craftArchive({ listing: `${lines.join('')}\n` })))
  await using archive = await openArchive(source, { tailBytes: 39 })
  const before = source.requests
  const found = await Promise.all(['0', '7919', 'none', '15838'].map((path) => archive.find(path)))
  expect(found.map((entry) => entry?.place.line)).toEqual([0, 1, undefined, 2])
  expect(source.requests).toBe(before + 1)
})

it('however large a read is, little of it is unfolded at once', async () => {
  let longest = 0
  const watched: Codec = {
    ...pakoCodec,
    createInflater: () => {
      const inflater = pakoCodec.createInflater()
      return {
        push: (chunk) => {
          longest = Math.max(longest, chunk.length)
          return inflater.push(chunk)
        },
        finish: () => inflater.finish(),
        close: () => inflater.close(),
      }
    },
  }
  const data = sampleBytes(3 * MiB)
  const source = new MemorySource(await buildArchive([{ path: 'noise', data }]))
  await using archive = await openArchive(source, { codec: watched })
  const entry = await archive.get('noise')
  expectBytes(await entry.bytes(), data)
  expectBytes(await entry.bytes({ start: 5, end: 2 * MiB }), data.subarray(5, 2 * MiB))
  const packed = await archive.packed(entry)
  if (packed) await collect(packed.chunks)
  expect(longest).toBe(INFLATE_BYTES)
})
