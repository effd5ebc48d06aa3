/** Verification holds seek points to the data that they lead into. */
import { crc32 } from 'node:zlib'
import { type Archive, FormatError, IntegrityError, MemorySource, openArchive } from 'isptar'
import { describe, expect, it } from 'vitest'
import { codec } from '../../src/node/zlib-codec.ts'
import { SeekCheck } from '../../src/read/seek-check.ts'
import type { SeekTable } from '../../src/tail/seek-column.ts'
import { cutAt, sampleBytes } from '../gzip/samples.ts'
import { buildArchive } from '../write/build-archive.ts'
import { craftFiles, member } from './craft-archive.ts'
import { CHUNK, mixedBytes } from './seekable.ts'

const data = sampleBytes(2 * 1024 + 512)
const table: SeekTable = {
  chunkBytes: 1024,
  packedBytes: [100, 200, 50],
  crc32s: [0, 1, 2].map((k) => crc32(data.subarray(k * 1024, (k + 1) * 1024))),
}

function check(given: Partial<SeekTable>, pieces: readonly Uint8Array[], packedBytes?: number): void {
  const seek = new SeekCheck({ ...table, ...given }, codec)
  for (const piece of pieces) seek.take(piece)
  seek.finish(packedBytes)
}

it.each([[[]], [[1024]], [[1, 1023, 1025, 2048]], [[2047, 2049, 2559]]])('right in pieces cut at %j', (places) => {
  expect(() => check({}, cutAt(data, places), 368)).not.toThrow()
  expect(() => check({ crc32s: [] }, cutAt(data, places))).not.toThrow()
})

it.each([0, 1, 2])('chunk %i is another', (k) => {
  const crc32s = table.crc32s.map((crc, i) => (i === k ? crc ^ 1 : crc))
  expect(() => check({ crc32s }, [data])).toThrow(IntegrityError)
  expect(() => check({ crc32s }, [data])).toThrow(`chunk ${k} `)
})

it('the chunks are longer than the member', () => {
  expect(() => check({}, [data], 367)).toThrow(FormatError)
  // A writer may leave the end of the stream out of the last chunk.
  expect(() => check({}, [data], 370)).not.toThrow()
})

describe('in a verification', () => {
  const open = (bytes: Uint8Array): Promise<Archive> => openArchive(new MemorySource(bytes))
  const problems = async (columns: (packedBytes: number) => string): Promise<unknown[]> => {
    const text = 'x'.repeat(6000)
    const packedBytes = member(text.padEnd(6144, '\0')).length
    const bytes = craftFiles({ f: text }, (line) => `${line}\t${columns(packedBytes)}`, { info: { format: '2' } })
    await using archive = await open(bytes)
    const report = await archive.verify()
    // It has no tar headers, which is another problem.
    return report.problems.filter(({ message }) => message.includes('chunk')).map(({ code, path }) => [code, path])
  }

  it('every archive that is written here is right', async () => {
    const tree = [1, CHUNK, CHUNK + 1, 3 * CHUNK, 3 * CHUNK - 511].map((size, i) => ({
      path: `f${i}`,
      data: mixedBytes(size),
    }))
    await using archive = await open(await buildArchive(tree, { seekBytes: CHUNK }))
    expect((await archive.verify()).problems).toEqual([])
  })

  it('chunks that are others are found', async () => {
    const found = await problems((packedBytes) => `seek=4096:5,${packedBytes - 23}\tseekcrc=0000000100000002`)
    expect(found).toEqual([['integrity', 'f']])
  })

  it('chunks that are not there are found', async () => {
    expect(await problems((packedBytes) => `seek=4096:1,${packedBytes}`)).toEqual([['format', 'f']])
  })

  it('columns that are malformed are found', async () => {
    expect(await problems(() => 'seek=4096:1')).toEqual([['format', 'f']])
  })
})
