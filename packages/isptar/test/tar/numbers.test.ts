import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormatError } from '../../src/errors.ts'
import { decodeCount, decodeNumber, writeNumber } from '../../src/tar/numbers.ts'
import { bytes } from './samples.ts'

/** A field of its own, with a byte on either side that must stay. */
function encode(value: number, length: 8 | 12): Uint8Array {
  const block = new Uint8Array(length + 2)
  writeNumber(value, block, { offset: 1, length })
  expect([block[0], block.at(-1)]).toEqual([0, 0])
  return block.slice(1, -1)
}

describe('writeNumber', () => {
  test.each([
    [0, 8, '0000000\0'],
    [0o644, 8, '0000644\0'],
    [2_097_151, 8, '7777777\0'],
    [2_097_152, 8, '\x80\0\0\0\0\x20\0\0'],
    [4_294_967_294, 8, '\x80\0\0\0\xff\xff\xff\xfe'],
    [8_589_934_591, 12, '77777777777\0'],
    [8_589_934_592, 12, '\x80\0\0\0\0\0\0\x02\0\0\0\0'],
    [-1, 12, '\xff'.repeat(12)],
    [-256, 12, `${'\xff'.repeat(11)}\0`],
    [Number.MAX_SAFE_INTEGER, 8, '\x80\x1f\xff\xff\xff\xff\xff\xff'],
  ] as const)('writes %d in %d bytes', (value, length, expected) => {
    expect(encode(value, length)).toEqual(bytes(expected))
  })

  test('decodeNumber gives it back', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.maxSafeInteger(), fc.integer()),
        fc.constantFrom(8 as const, 12 as const),
        (value, length) => {
          expect(decodeNumber(encode(value, length), 'the field')).toBe(value)
        },
      ),
    )
  })

  test('refuses what is no safe integer', () => {
    for (const value of [2 ** 53, -(2 ** 53), 0.5, Number.NaN, Infinity]) {
      expect(() => encode(value, 12)).toThrow(RangeError)
    }
  })
})

describe('decodeNumber', () => {
  test.each([
    ['0000644\0', 0o644],
    ['  644 \0\0', 0o644],
    ['    644 ', 0o644],
    ['00000644', 0o644],
    ['\0\0\0\0\0\0\0\0', 0],
    ['        ', 0],
    ['777777777777', 8 ** 12 - 1],
    ['\xff\xff\xff\xff\xff\xff\xff\xfb', -5],
    ['\x80\0\0\0\0\0\0\x05', 5],
    ['\xff\xff\xff\xff\xff\xe0\0\0\0\0\0\x01', -Number.MAX_SAFE_INTEGER],
  ])('reads %j', (field, expected) => {
    expect(decodeNumber(bytes(field), 'the field')).toBe(expected)
  })

  test.each(['-000005\0', '+5', '1e9\0\0\0\0\0', '0x10\0\0\0\0', '8', '12a4567\0', '5-'])('refuses %j', (field) => {
    expect(() => decodeNumber(bytes(field), 'the field')).toThrow(FormatError)
  })

  test.each([
    '\x80\0\0\0\0\x20\0\0\0\0\0\0',
    '\x80\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff',
    '\xff\xff\xff\xff\xff\xe0\0\0\0\0\0\0',
    '\xc0\0\0\0\0\0\0\0\0\0\0\0',
  ])('refuses %j, which is beyond 2^53, and never rounds it', (field) => {
    expect(() => decodeNumber(bytes(field), 'the field')).toThrow(/the field .* beyond 2\^53/)
  })

  test('refuses a negative count', () => {
    expect(() => decodeCount(bytes('\xff'.repeat(12)), 'the size')).toThrow(FormatError)
    expect(decodeCount(bytes('00000000012\0'), 'the size')).toBe(10)
  })
})
