/** The columns `seek` and `seekcrc`: every table comes back, what does not fit the size is refused. */
import fc from 'fast-check'
import { FormatError } from 'isptar'
import { expect, it } from 'vitest'
import { decodeSeekColumns, encodeSeekColumns, type SeekTable } from '../../src/tail/seek-column.ts'

const chunk = fc.record({
  packed: fc.integer({ min: 1, max: 2 ** 40 }),
  crc32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
})

it('every table comes back', () => {
  const table = fc.tuple(
    fc.integer({ min: 1, max: 1 << 20 }).map((blocks) => blocks * 512),
    fc.array(chunk, { minLength: 1, maxLength: 30 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  fc.assert(
    fc.property(table, ([chunkBytes, chunks, share]) => {
      const given: SeekTable = {
        chunkBytes,
        packedBytes: chunks.map(({ packed }) => packed),
        crc32s: chunks.map(({ crc32 }) => crc32),
      }
      const sizeBytes = chunkBytes * (chunks.length - 1) + 1 + Math.floor(share * (chunkBytes - 1))
      expect(decodeSeekColumns(new Map(encodeSeekColumns(given)), sizeBytes)).toEqual(given)
    }),
  )
})

it('is the text of the specification', () => {
  const columns = encodeSeekColumns({ chunkBytes: 4096, packedBytes: [100, 20], crc32s: [1, 0xfedcba98] })
  expect(columns).toEqual([
    ['seek', '4096:100,20'],
    ['seekcrc', '00000001fedcba98'],
  ])
})

it('there is none without the column', () => {
  expect(decodeSeekColumns(new Map([['seekcrc', '00000000']]), 5000)).toBeUndefined()
})

it('without checksums it has none', () => {
  expect(decodeSeekColumns(new Map([['seek', '4096:100,20']]), 5000)?.crc32s).toEqual([])
})

it.each([
  ['nothing', ''],
  ['no chunks', '4096:'],
  ['no colon', '4096'],
  ['chunks of nothing', '0:100,20'],
  ['chunks that are no blocks', '4100:100,20'],
  ['too few chunks', '4096:100'],
  ['too many chunks', '4096:100,20,7'],
  ['a negative length', '4096:100,-20'],
  ['a fraction', '4096:100,2.5'],
  ['a length beyond 2^53', '4096:100,9007199254740993'],
  ['blanks', '4096: 100,20'],
  ['a chunk size that is no number', '0x1000:100,20'],
])('seek with %s is refused', (_, seek) => {
  expect(() => decodeSeekColumns(new Map([['seek', seek]]), 5000)).toThrow(FormatError)
})

it.each([
  ['too few', '00000001'],
  ['too many', '000000010000000200000003'],
  ['half a checksum', '000000010000'],
  ['capitals', '0000000A0000000B'],
  ['what is no hex', '0000000g0000000h'],
])('seekcrc with %s is refused', (_, seekcrc) => {
  const columns = new Map([
    ['seek', '4096:100,20'],
    ['seekcrc', seekcrc],
  ])
  expect(() => decodeSeekColumns(columns, 5000)).toThrow(FormatError)
})

it('of a file without data is refused', () => {
  expect(() => decodeSeekColumns(new Map([['seek', '4096:100']]), 0)).toThrow(FormatError)
})
