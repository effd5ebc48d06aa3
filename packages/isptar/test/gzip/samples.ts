/** Data for the tests of gzip: reproducible, some that packs well and some that does not; and how to compare it. */
import { expect } from 'vitest'

/** Bytes that hardly pack, the same at each call. */
export function sampleBytes(length: number): Uint8Array {
  let state = 0x2545f491
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i += 1) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    bytes[i] = state
  }
  return bytes
}

/** Text that packs well. */
export function repeatedText(length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  for (let i = 0; i < length; i += 1) bytes[i] = 97 + ((i * 7 + (i >> 8)) % 26)
  return bytes
}

/** Cuts bytes at the given places, in any order; leaves out empty pieces. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.filter((place) => place < bytes.length).sort((a, b) => a - b), bytes.length]
  return ends.map((end, i) => bytes.subarray(ends[i - 1] ?? 0, end)).filter((piece) => piece.length > 0)
}

/** Expects equal bytes; on large arrays a thousand times faster than `toEqual`. */
export function expectBytes(actual: Uint8Array, expected: Uint8Array): void {
  expect(actual.length).toBe(expected.length)
  if (Buffer.compare(actual, expected) !== 0) expect(actual).toEqual(expected)
}
