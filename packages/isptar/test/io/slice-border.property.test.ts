import fc from 'fast-check'
import { expect, it } from 'vitest'
import { MemorySource } from '../../src/io/memory-source.ts'
import { endOfSlice } from '../../src/io/slice-border.ts'
import { SliceSource } from '../../src/io/slice-source.ts'

it('is the first border behind a place', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(20), { minLength: 1, maxLength: 12 }), fc.nat(240), async (sizes, offset) => {
      const source = new SliceSource(
        sizes.map((size) => new MemorySource(new Uint8Array(size))),
        'sliced',
      )
      await source.readTail(0)
      const starts = sizes.map((_, index) => sizes.slice(0, index).reduce((sum, size) => sum + size, 0))
      expect(endOfSlice(source, offset)).toBe(starts.find((start) => start > offset))
    }),
  )
})

it('is none where there are no slices', () => {
  expect(endOfSlice(new MemorySource(new Uint8Array(10)), 5)).toBeUndefined()
})
