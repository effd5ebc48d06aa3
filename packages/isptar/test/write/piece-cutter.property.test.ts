import fc from 'fast-check'
import { expect, it } from 'vitest'
import { nextCut, PIECE_BYTES } from '../../src/write/deflate-piece.ts'
import { PieceCutter } from '../../src/write/piece-cutter.ts'

const seekBytes = fc.oneof(
  fc.constant(0),
  fc.integer({ min: 8, max: 200 }).map((blocks) => blocks * 512),
  fc.constantFrom(PIECE_BYTES, PIECE_BYTES + 512, 3 * PIECE_BYTES - 512, 8 * PIECE_BYTES),
)

it('cuts lie at every seek point, and no piece is longer than a piece', () => {
  fc.assert(
    fc.property(seekBytes, fc.nat({ max: 20 * PIECE_BYTES }), (seek, offset) => {
      const cut = nextCut(offset, seek)
      expect(cut).toBeGreaterThan(offset)
      expect(cut - offset).toBeLessThanOrEqual(PIECE_BYTES)
      expect(nextCut(cut - 1, seek)).toBe(cut)
      if (seek > 0) expect(Math.floor((cut - 1) / seek)).toBe(Math.floor(offset / seek))
    }),
  )
})

it('pieces are the same however the data comes, and from whichever cut on', () => {
  fc.assert(
    fc.property(
      seekBytes,
      fc.integer({ min: 1, max: 5_000_000 }),
      fc.array(fc.integer({ min: 1, max: 1_500_000 }), { minLength: 1, maxLength: 8 }),
      fc.nat({ max: 3 }),
      (seek, sizeBytes, lengths, skipped) => {
        let start = 0
        for (let k = 0; k < skipped && nextCut(start, seek) < sizeBytes; k += 1) start = nextCut(start, seek)
        const cutter = new PieceCutter(start, seek)
        const ends: number[] = []
        let at = start
        const take = (piece: Uint8Array): void => {
          expect(piece.every((byte, k) => byte === byteAt(at + k))).toBe(true)
          at += piece.length
          ends.push(at)
        }
        for (let from = start, k = 0; from < sizeBytes; k += 1) {
          const to = Math.min(from + (lengths[k % lengths.length] ?? 1), sizeBytes)
          for (const piece of cutter.push(bytesFrom(from, to))) take(piece)
          from = to
        }
        take(cutter.rest())
        const expected: number[] = []
        for (let cut = nextCut(start, seek); cut < sizeBytes; cut = nextCut(cut, seek)) expected.push(cut)
        expect(ends).toEqual([...expected, sizeBytes])
      },
    ),
    { numRuns: 25 },
  )
})

function byteAt(offset: number): number {
  return (offset * 31 + (offset >>> 9)) & 0xff
}

function bytesFrom(from: number, to: number): Uint8Array {
  return new Uint8Array(to - from).map((_, k) => byteAt(from + k))
}
