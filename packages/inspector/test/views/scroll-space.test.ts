/** Every row can be scrolled to, however many there are, and no step loses its way. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ScrollSpace } from '../../src/views/scroll-space.ts'

const ROW = 30

function spaceOf(rows: number, view = 600): ScrollSpace {
  const space = new ScrollSpace()
  space.resize(rows * ROW, view)
  return space
}

describe('a scroll space', () => {
  it('is what the browser has, as long as that is enough', () => {
    fc.assert(
      fc.property(fc.nat(400_000), fc.nat(12_000_000), (rows, top) => {
        const space = spaceOf(rows)
        const reachable = Math.min(top, Math.max(rows * ROW - 600, 0))
        expect(space.height).toBe(rows * ROW)
        expect(space.scrolled(reachable)).toBe(reachable)
        expect(space.shift).toBe(0)
      }),
    )
  })

  it('has a height that browsers take, and both ends', () => {
    fc.assert(
      fc.property(fc.integer({ min: 400_001, max: 100_000_000 }), (rows) => {
        const space = spaceOf(rows)
        expect(space.height).toBe(12_000_000)
        expect(space.scrolled(space.height - 600)).toBe(rows * ROW - 600)
        // The last row ends where the element ends.
        expect(rows * ROW + space.shift).toBeCloseTo(space.height, 3)
        expect(space.scrolled(0)).toBe(0)
        expect(space.shift).toBe(0)
      }),
    )
  })

  it('moves rows by small steps as far as the scroller, and stands where it is when it settles', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 400_001, max: 10_000_000 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.array(fc.integer({ min: -500, max: 500 }), { maxLength: 20 }),
        (rows, share, steps) => {
          const space = spaceOf(rows)
          let top = space.place(share * rows * ROW)
          let offset = space.offset
          for (const step of steps) {
            top += step
            expect(space.scrolled(top)).toBeCloseTo(offset + step, 3)
            offset += step
          }
          const settled = space.place(space.offset)
          expect(space.offset).toBeCloseTo(offset, 3)
          // The answer of the browser, rounded, is no step.
          expect(Math.abs(space.scrolled(Math.round(settled)) - offset)).toBeLessThanOrEqual(1)
        },
      ),
    )
  })

  it('sees a row whole, and stays where it does so already', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 2_000_000 }), fc.nat(), fc.nat(), (rows, a, b) => {
        const space = spaceOf(rows)
        space.place((a % rows) * ROW)
        const row = b % rows
        const offset = space.offsetFor(row * ROW, (row + 1) * ROW)
        space.place(offset)
        expect(space.offset).toBe(offset)
        expect(space.offset).toBeLessThanOrEqual(row * ROW)
        expect(space.offset + 600).toBeGreaterThanOrEqual((row + 1) * ROW)
        expect(space.offsetFor(row * ROW, (row + 1) * ROW)).toBe(offset)
      }),
    )
  })
})
