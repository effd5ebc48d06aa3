/** A seek table stays short: chunks are joined in pairs, and their checksums with them. */
import { crc32 } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { MAX_SEEK_CHUNKS } from '../../src/tail/seek-column.ts'
import { SeekTableBuilder } from '../../src/write/seek-table-builder.ts'
import { sampleBytes } from '../gzip/samples.ts'

/** Adds data chunk by chunk as a member's writer does; each packed byte counts as a plain one. */
function build(data: Uint8Array, chunkBytes: number): SeekTableBuilder {
  const builder = new SeekTableBuilder(chunkBytes)
  for (let from = 0; from < data.length; ) {
    const chunk = data.subarray(from, from + builder.chunkBytes)
    builder.add(chunk.length, crc32(chunk))
    from += chunk.length
    if (from < data.length) builder.makeRoom()
  }
  return builder
}

it('one chunk needs none', () => {
  expect(new SeekTableBuilder(512).table()).toBeUndefined()
  expect(build(sampleBytes(512), 512).table()).toBeUndefined()
})

describe.each([2, 2047, 2048, 2049, 2500, 4096, 5000, 9000])('of %i chunks', (chunks) => {
  const data = sampleBytes(chunks * 512 - 100)
  const table = build(data, 512).table()

  it('stays within bounds', () => {
    expect(table?.packedBytes.length).toBeLessThanOrEqual(MAX_SEEK_CHUNKS)
    expect(table?.crc32s.length).toBe(table?.packedBytes.length)
  })

  it('covers the data, each chunk but the last of one length', () => {
    const { chunkBytes = 0, packedBytes = [] } = table ?? {}
    expect(packedBytes.slice(0, -1).every((length) => length === chunkBytes)).toBe(true)
    expect(packedBytes.reduce((sum, length) => sum + length, 0)).toBe(data.length)
    expect(packedBytes.length).toBe(Math.ceil(data.length / chunkBytes))
  })

  it('has the checksum of each', () => {
    const { chunkBytes = 0, crc32s = [] } = table ?? {}
    const wrong = crc32s.filter((crc, k) => crc !== crc32(data.subarray(k * chunkBytes, (k + 1) * chunkBytes)))
    expect(wrong).toEqual([])
  })
})

it('joins when another chunk follows the last that fits, not before', () => {
  expect(build(new Uint8Array(2048 * 512), 512).chunkBytes).toBe(512)
  expect(build(new Uint8Array(2048 * 512 + 1), 512).chunkBytes).toBe(1024)
  expect(build(new Uint8Array(4096 * 512), 512).chunkBytes).toBe(1024)
  expect(build(new Uint8Array(4096 * 512 + 1), 512).chunkBytes).toBe(2048)
})
