/** Where seek points are, what a part costs, and what becomes of seek points that do not fit. */
import { gunzipSync } from 'node:zlib'
import {
  type Archive,
  createArchive,
  FormatError,
  IntegrityError,
  MemorySource,
  MemoryTarget,
  openArchive,
  withCounter,
} from 'isptar'
import { beforeAll, describe, expect, it } from 'vitest'
import { KiB, MiB } from '../../src/limits.ts'
import { expectBytes, sampleBytes } from '../gzip/samples.ts'
import { readLikeOriginal } from '../original-reader.ts'
import { buildArchive } from '../write/build-archive.ts'
import { craftFiles } from './craft-archive.ts'
import { CHUNK, mixedBytes, seekTableOf } from './seekable.ts'

describe('what is read', () => {
  const data = mixedBytes(10 * CHUNK)
  let bytes: Uint8Array

  beforeAll(async () => {
    bytes = await buildArchive([{ path: 'f', data }], { seekBytes: CHUNK })
  })

  it.each([
    [0, 1, 0, 0],
    [0, CHUNK, 0, 0],
    [CHUNK - 1, CHUNK, 0, 0],
    [CHUNK, CHUNK + 1, 1, 1],
    [CHUNK - 1, CHUNK + 1, 0, 1],
    [3 * CHUNK + 5, 6 * CHUNK, 3, 5],
    [10 * CHUNK - 1, 10 * CHUNK, 9, 9],
    [1, 10 * CHUNK, 0, 9],
  ])('bytes %i to %i are in chunks %i to %i, in one range', async (start, end, first, last) => {
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source, { tailBytes: 39 })
    const entry = await archive.get('f')
    const table = await seekTableOf(archive, 'f')
    const before = source.requests
    expectBytes(await entry.bytes({ start, end }), data.subarray(start, end))
    const sum = (chunks: readonly number[] = []): number => chunks.reduce((total, length) => total + length, 0)
    const offset = (entry.location?.offset ?? 0) + 10 + sum(table?.packedBytes.slice(0, first))
    const lengthBytes = sum(table?.packedBytes.slice(first, last + 1))
    expect(source.log.slice(before)).toEqual([{ offset, lengthBytes }])
  })

  it('an empty part costs nothing', async () => {
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source, { tailBytes: 39 })
    const entry = await archive.get('f')
    const before = source.requests
    expect((await entry.bytes({ start: 5000, end: 5000 })).length).toBe(0)
    expect(source.requests).toBe(before)
  })

  it('damage in another chunk does not matter, in this one it is an error', async () => {
    const damaged = bytes.slice()
    await using sound = await openArchive(new MemorySource(bytes))
    const { offset = 0 } = (await sound.get('f')).location ?? {}
    const at = offset + 10 + 100
    damaged[at] = (damaged[at] ?? 0) ^ 1
    await using archive = await openArchive(new MemorySource(damaged))
    expectBytes(await archive.bytes('f', { start: CHUNK }), data.subarray(CHUNK))
    await expect(archive.bytes('f', { start: 0, end: 1 })).rejects.toMatchObject({ code: 'integrity', entry: 'f' })
  })

  it('with checksums ignored the whole member is read', async () => {
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source, { tailBytes: 39 })
    const entry = await archive.get('f')
    const before = source.requests
    expectBytes(await entry.bytes({ start: 5000, end: 5010, ignoreChecksum: true }), data.subarray(5000, 5010))
    expect(source.log.slice(before)).toEqual([{ offset: entry.location?.offset, lengthBytes: entry.packedBytes }])
  })
})

describe('seek points', () => {
  it('are none in small files, nor where they are not wanted', async () => {
    const tree = [
      { path: 'large', data: sampleBytes(3 * MiB) },
      { path: 'small', data: sampleBytes(1 * MiB) },
    ]
    await using archive = await openArchive(new MemorySource(await buildArchive(tree)))
    expect(await seekTableOf(archive, 'small')).toBeUndefined()
    expect((await seekTableOf(archive, 'large'))?.chunkBytes).toBe(1 * MiB)
    await using without = await openArchive(new MemorySource(await buildArchive(tree, { seekBytes: 0 })))
    expect(await seekTableOf(without, 'large')).toBeUndefined()
    expectBytes(
      await without.bytes('large', { start: 2 * MiB, end: 2 * MiB + 9 }),
      sampleBytes(3 * MiB).subarray(2 * MiB, 2 * MiB + 9),
    )
  })

  it.each([1, 512, 4095, 4097, -4096, Number.NaN, 2 ** 60])('cannot be %f bytes apart', (seekBytes) => {
    expect(() => createArchive(new MemoryTarget(), { seekBytes })).toThrow(RangeError)
  })

  it('are read over by the original, and by gunzip', async () => {
    const data = mixedBytes(3 * CHUNK + 77)
    const bytes = await buildArchive([{ path: 'f', data }], { seekBytes: CHUNK })
    expectBytes(readLikeOriginal(bytes).entries[0]?.data ?? Buffer.alloc(0), data)
    expectBytes(gunzipSync(bytes).subarray(512, 512 + data.length), data)
  })

  it('are joined where there would be too many', async () => {
    const size = 9 * MiB + 333
    const data = mixedBytes(size)
    const bytes = await buildArchive([{ path: 'f', data: [data] }], { seekBytes: CHUNK, level: 1 })
    await using archive = await openArchive(new MemorySource(bytes))
    const table = await seekTableOf(archive, 'f')
    expect(table?.chunkBytes).toBe(2 * CHUNK)
    expect(table?.packedBytes.length).toBe(Math.ceil(size / (2 * CHUNK)))
    for (const start of [0, 4095, 8191, 8192, 4 * MiB + 17, 2048 * CHUNK - 1, 2048 * CHUNK, size - 5])
      expectBytes(await archive.bytes('f', { start, end: start + 5 }), data.subarray(start, start + 5))
    expectBytes(await archive.bytes('f', { start: 1 }), data.subarray(1))
    expect((await archive.verify()).ok).toBe(true)
  })
})

describe('columns that do not fit', () => {
  /** `f` has 6,000 bytes in one member; its line says otherwise. */
  const crafted = (columns: string, format: string | undefined = '2'): Promise<Archive> =>
    openArchive(
      new MemorySource(
        craftFiles({ f: 'x'.repeat(6000) }, (line) => line + columns, { info: { ...(format && { format }) } }),
      ),
    )
  const read = async (columns: string, format?: string): Promise<string> => {
    await using archive = await crafted(columns, format)
    // The whole does not need them.
    expect(await archive.text('f')).toBe('x'.repeat(6000))
    return archive.text('f', { start: 4096, end: 4100 })
  }
  const crc = 'seekcrc=0000000000000000'

  it.each([
    ['too few chunks', `\tseek=4096:9\t${crc}`, FormatError],
    ['chunks that are too long', `\tseek=4096:10,90000\t${crc}`, FormatError],
    ['chunks that add up beyond 2^53', `\tseek=4096:9007199254740991,9007199254740991\t${crc}`, FormatError],
    ['an empty chunk', `\tseek=4096:0,9\t${crc}`, FormatError],
    ['a checksum too few', '\tseek=4096:5,9\tseekcrc=00000000', FormatError],
    ['what is no number', `\tseek=4096:5,x\t${crc}`, FormatError],
    ['chunks that are none', `\tseek=4096:3,4\t${crc}`, IntegrityError],
  ])('%s: the part is refused', async (_, columns, error) => {
    await expect(read(columns)).rejects.toThrow(error)
    await expect(read(columns)).rejects.toThrow(/^"f": /)
  })

  it('in an archive of the original they mean nothing', async () => {
    expect(await read(`\tseek=4096:3,4\t${crc}`, '')).toBe('xxxx')
  })

  it('without checksums they are not relied on', async () => {
    expect(await read('\tseek=4096:3,4')).toBe('xxxx')
  })
})

it('a source that gives less than it was asked for is an error, one that gives more does not matter', async () => {
  const data = mixedBytes(3 * CHUNK)
  const bytes = await buildArchive([{ path: 'f', data }], { seekBytes: CHUNK })
  class Odd extends MemorySource {
    static more = 0
    override stream(offset: number, lengthBytes: number): AsyncIterable<Uint8Array> {
      return super.stream(offset, lengthBytes + Odd.more)
    }
  }
  const read = async (more: number): Promise<Uint8Array> => {
    Odd.more = more
    await using archive = await openArchive(new Odd(bytes), { tailBytes: 39 })
    return archive.bytes('f', { start: 1 })
  }
  expectBytes(await read(5), data.subarray(1))
  for (const less of [-1, -100]) await expect(read(less)).rejects.toThrow(IntegrityError)
})

it('reads a large part in bounded pieces', async () => {
  const data = mixedBytes(5 * MiB)
  await using archive = await openArchive(new MemorySource(await buildArchive([{ path: 'f', data }])))
  let offset = 300 * KiB
  for await (const piece of archive.stream('f', { start: offset })) {
    expectBytes(piece, data.subarray(offset, offset + piece.length))
    offset += piece.length
  }
  expect(offset).toBe(data.length)
})
