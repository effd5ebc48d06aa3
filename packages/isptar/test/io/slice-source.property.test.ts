import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MemorySource } from '../../src/io/memory-source.ts'
import { SliceSource } from '../../src/io/slice-source.ts'
import { collect } from '../source-suite.ts'

const cutting = fc.uint8Array({ maxLength: 300 }).chain((bytes) =>
  fc.record({
    bytes: fc.constant(bytes),
    cuts: fc.array(fc.nat(bytes.length), { maxLength: 12 }),
    offset: fc.nat(bytes.length),
    length: fc.nat(bytes.length),
    tail: fc.nat(bytes.length + 10),
  }),
)

it('slices, however they are cut, read as the whole does', async () => {
  await fc.assert(
    fc.asyncProperty(cutting, async ({ bytes, cuts, offset, length, tail }) => {
      const borders = [0, ...cuts.toSorted((a, b) => a - b), bytes.length]
      const parts = borders.slice(1).map((end, index) => new MemorySource(bytes.slice(borders[index], end)))
      const sliced = new SliceSource(parts, 'sliced')
      const whole = new MemorySource(bytes)
      const lengthBytes = Math.min(length, bytes.length - offset)
      expect(await sliced.readTail(tail)).toEqual(await whole.readTail(tail))
      expect(await sliced.read(offset, lengthBytes)).toEqual(await whole.read(offset, lengthBytes))
      expect(await collect(sliced.stream(offset, lengthBytes))).toEqual(await whole.read(offset, lengthBytes))
      for (const [index, start] of borders.slice(0, -1).entries()) {
        expect(sliced.locate(index + 1, 0)).toBe(start)
        expect(sliced.locate(index + 1, bytes.length - start)).toBe(bytes.length)
      }
    }),
  )
})
