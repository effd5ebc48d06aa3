import { expect, it } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'

it('joins in order, also nothing and empty parts', () => {
  expect(concatBytes([])).toEqual(new Uint8Array(0))
  expect(concatBytes([Uint8Array.of(1, 2), new Uint8Array(0), Uint8Array.of(3)])).toEqual(Uint8Array.of(1, 2, 3))
  expect(concatBytes([Uint8Array.of(1), Uint8Array.of(2)], 2)).toEqual(Uint8Array.of(1, 2))
})

it('gives a single part as it is, without a copy', () => {
  const part = Uint8Array.of(1, 2)
  expect(concatBytes([part])).toBe(part)
})
