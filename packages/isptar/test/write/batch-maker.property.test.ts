import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { codec as pako } from '../../src/gzip/pako-codec.ts'
import { codec } from '../../src/node/zlib-codec.ts'
import { concatBytes } from '../../src/bytes/concat.ts'
import { BatchMaker, HEADERS_BYTES, type MadeMembers, paddedBytes } from '../../src/write/batch-maker.ts'
import { sampleBytes } from '../gzip/samples.ts'

const BLOCK = 512

/** An entry: its header's blocks and, unless it has none, the data. */
interface Item {
  readonly blocks: Uint8Array
  readonly data: Uint8Array | undefined
  readonly isStored: boolean
}

const items = fc.array(
  fc
    .record({
      blockCount: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 70 })),
      byte: fc.integer({ min: 1, max: 255 }),
      sizeBytes: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9000 }), fc.constantFrom(512, 4096, 70_000)),
      shrinks: fc.boolean(),
      isStored: fc.boolean(),
    })
    .map(({ blockCount, byte, sizeBytes, shrinks, isStored }): Item => {
      const blocks = new Uint8Array(blockCount * BLOCK).fill(byte)
      const data = shrinks ? new Uint8Array(sizeBytes).fill(byte) : sampleBytes(sizeBytes)
      return { blocks, data: sizeBytes > 0 ? data : undefined, isStored }
    }),
  { maxLength: 30 },
)

const groups = fc.constantFrom(0, 0, 1, 1024, 4096, 65_536, 1_048_576)

function pad(data: Uint8Array): Uint8Array {
  const padded = new Uint8Array(paddedBytes(data.length))
  padded.set(data)
  return padded
}

/** What a tar holds of the entries. */
function tarOf(entries: readonly Item[]): Uint8Array {
  return concatBytes(entries.flatMap(({ blocks, data }) => (data ? [blocks, pad(data)] : [blocks])))
}

function make(entries: readonly Item[], groupBytes: number, cut = entries.length): MadeMembers {
  const maker = new BatchMaker({ codec, level: 6, groupBytes })
  const takes: MadeMembers[] = []
  for (const [i, { blocks, data, isStored }] of entries.entries()) {
    if (i === cut) takes.push(maker.take())
    if (data) maker.addFile(blocks, pad(data), isStored ? 0 : 6)
    else maker.addHeader(blocks)
  }
  takes.push(maker.take())
  expect(maker.isWhole).toBe(true)
  const bytes = Uint8Array.from(takes.flatMap((take) => [...take.bytes]))
  return { bytes, members: takes.flatMap(({ members }) => members) }
}

describe('a batch', () => {
  it('is what gunzip and tar read, in any groups', () => {
    fc.assert(
      fc.property(items, groups, (entries, groupBytes) => {
        const { bytes: whole } = make(entries, groupBytes)
        expect(Buffer.compare(whole.length > 0 ? gunzipSync(whole) : whole, tarOf(entries))).toBe(0)
      }),
      { numRuns: 60 },
    )
  })

  it('has each file where it says: alone, or in a group with its header before it', () => {
    fc.assert(
      fc.property(items, groups, (entries, groupBytes) => {
        const { bytes: whole, members } = make(entries, groupBytes)
        expect(members).toHaveLength(entries.length)
        for (const [i, { blocks, data, isStored }] of entries.entries()) {
          const member = members[i]
          expect(member === undefined).toBe(data === undefined)
          if (!member || !data) continue
          const plain = gunzipSync(whole.subarray(member.offset, member.offset + member.packedBytes))
          const padded = pad(data)
          const { plainOffset } = member
          expect(Buffer.compare(plain.subarray(plainOffset, plainOffset + padded.length), padded)).toBe(0)
          expect(member.crc32).toBe(codec.crc32(padded))
          const isGrouped = !isStored && padded.length <= groupBytes
          expect(plainOffset > 0).toBe(isGrouped)
          if (!isGrouped) expect(plain.length).toBe(padded.length)
          else expect(Buffer.compare(plain.subarray(plainOffset - blocks.length, plainOffset), blocks)).toBe(0)
          // A group is closed once it is full: its last entry began before that.
          if (isGrouped) expect(plain.length).toBeLessThan(2 * groupBytes + 71 * BLOCK)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('is the same in two parts that are cut behind data, where there are no groups', () => {
    fc.assert(
      fc.property(items, fc.nat({ max: 30 }), (entries, at) => {
        const cut = entries.findLastIndex(({ data }, i) => i < at && data !== undefined) + 1
        const [one, two] = [make(entries, 0), make(entries, 0, cut)].map(({ bytes }) => bytes)
        expect(Buffer.compare(one ?? new Uint8Array(1), two ?? new Uint8Array(2))).toBe(0)
      }),
      { numRuns: 40 },
    )
  })

  it('can be read whichever codec made it', () => {
    const maker = new BatchMaker({ codec: pako, level: 6, groupBytes: 4096 })
    maker.addFile(new Uint8Array(BLOCK).fill(1), new Uint8Array(BLOCK).fill(2), 6)
    maker.addHeader(new Uint8Array(BLOCK).fill(3))
    const { bytes, members } = maker.take()
    expect(gunzipSync(bytes)).toHaveLength(3 * BLOCK)
    expect(members.map((member) => member?.plainOffset)).toEqual([BLOCK, undefined])
  })
})

describe('headers', () => {
  it('without data between them share members of 64 KiB', () => {
    const maker = new BatchMaker({ codec, level: 6, groupBytes: 0 })
    const header = new Uint8Array(BLOCK)
    for (let k = 0; k < HEADERS_BYTES / BLOCK - 1; k += 1) maker.addHeader(header)
    expect([maker.isWhole, maker.byteCount]).toEqual([false, 0])
    maker.addHeader(header)
    expect(maker.isWhole).toBe(true)
    expect(maker.byteCount).toBeGreaterThan(0)
  })

  it('of data that is written apart end the group', () => {
    const maker = new BatchMaker({ codec, level: 6, groupBytes: 65_536 })
    const block = new Uint8Array(BLOCK).fill(7)
    maker.addFile(block, block, 6)
    maker.addBlocks(block)
    const end = maker.byteCount
    const { bytes } = maker.take()
    expect([bytes.subarray(0, end), bytes.subarray(end)].map((part) => gunzipSync(part).length)).toEqual([
      2 * BLOCK,
      BLOCK,
    ])
  })

  it('and data that is given again to be filled with something else are kept', () => {
    const maker = new BatchMaker({ codec, level: 6, groupBytes: 65_536 })
    const data = new Uint8Array(BLOCK).fill(7)
    maker.addFile(new Uint8Array(BLOCK), data, 6)
    data.fill(9)
    expect(gunzipSync(maker.take().bytes).subarray(BLOCK)).toEqual(Buffer.alloc(BLOCK, 7))
  })
})
