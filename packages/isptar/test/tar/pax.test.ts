import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FormatError, LimitError } from '../../src/errors.ts'
import { MAX_META_BYTES } from '../../src/limits.ts'
import { decodePax, encodePax } from '../../src/tar/pax.ts'
import {
  decodePaxCount,
  decodePaxTime,
  decodeXattrKey,
  encodePaxTime,
  encodeXattrKey,
} from '../../src/tar/pax-values.ts'
import { bytes } from './samples.ts'

describe('pax records', () => {
  test.each([
    ['a', 0, '5 a=\n'],
    ['a', 4, '9 a=vvvv\n'],
    ['a', 5, '11 a=vvvvv\n'],
    ['a', 93, `99 a=${'v'.repeat(93)}\n`],
    ['a', 94, `101 a=${'v'.repeat(94)}\n`],
  ])('count their own length: %s with %d bytes', (key, length, expected) => {
    expect(encodePax([[key, bytes('v'.repeat(length))]])).toEqual(bytes(expected))
  })

  test('come back, whatever the values hold', () => {
    const key = fc.string({ minLength: 1, unit: 'binary-ascii' }).filter((text) => !/[\0=]/.test(text))
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.uint8Array({ maxLength: 2000 })), { maxLength: 8 }), (records) => {
        expect(decodePax(encodePax(records))).toEqual(new Map(records))
      }),
    )
  })

  test('of one key count the last', () => {
    expect(decodePax(bytes('6 a=1\n6 a=2\n'))).toEqual(new Map([['a', bytes('2')]]))
  })

  test.each([
    'x',
    '6',
    ' a=1\n',
    '6 a=1',
    '6 a=12',
    '7 a=1\n',
    '5 a=1\n',
    '4 a=\n',
    '0 a=1\n',
    '-6 a=1\n',
    '6x a=1\n',
    '999999999 a=1\n',
    '99999999999999999999 a=1\n',
    '5 ab\n6 c=1\n',
    '5 =1\n',
    '7 \0a=1\n',
    '6 a=1\n\0\0\0',
  ])('are refused when ill-formed: %j', (text) => {
    expect(() => decodePax(bytes(text))).toThrow(FormatError)
  })

  test('are refused beyond the bound', () => {
    expect(() => decodePax(new Uint8Array(MAX_META_BYTES + 1))).toThrow(LimitError)
  })

  test.each(['', 'a=b', 'a\0b'])('cannot have the key %j', (key) => {
    expect(() => encodePax([[key, bytes('')]])).toThrow(RangeError)
  })
})

describe('pax times', () => {
  test.each([
    [0, 0, '0'],
    [5, 123_456_789, '5.123456789'],
    [5, 100_000_000, '5.1'],
    [5, 1, '5.000000001'],
    [-5, 0, '-5'],
    [-2, 500_000_000, '-1.5'],
    [-1, 750_000_000, '-0.25'],
    [-1, 1, '-0.999999999'],
    [8_589_934_592, 0, '8589934592'],
  ])('%d s and %d ns is %s', (seconds, nanoseconds, text) => {
    expect(encodePaxTime({ seconds, nanoseconds })).toEqual(bytes(text))
    expect(decodePaxTime(bytes(text), 'mtime')).toEqual({ seconds, nanoseconds })
  })

  test.each([
    ['1.', 1, 0],
    ['1.0000000009', 1, 0],
    ['-1.0000000001', -2, 999_999_999],
    ['-1.9999999999', -2, 0],
    ['-0.0', 0, 0],
  ])('%s is rounded down', (text, seconds, nanoseconds) => {
    expect(decodePaxTime(bytes(text), 'mtime')).toEqual({ seconds, nanoseconds })
  })

  test.each([
    '',
    '-',
    '.5',
    '+1',
    '1e9',
    '0x10',
    ' 1',
    '1,5',
    'NaN',
    '1.-5',
    '9007199254740992',
    '-9007199254740991.5',
  ])('%j is refused', (text) => {
    expect(() => decodePaxTime(bytes(text), 'mtime')).toThrow(FormatError)
  })

  test('of absurd length are refused', () => {
    expect(() => decodePaxTime(bytes(`1.${'0'.repeat(100)}`), 'mtime')).toThrow(FormatError)
  })
})

describe('pax counts', () => {
  test('are decimals', () => {
    expect(decodePaxCount(bytes('9007199254740991'), 'size')).toBe(Number.MAX_SAFE_INTEGER)
  })

  test.each(['', '-1', '+1', '1e9', '0x10', ' 1', '1 ', '9007199254740992', '10000000000000000000000'])(
    '%j is refused',
    (text) => {
      expect(() => decodePaxCount(bytes(text), 'size')).toThrow(FormatError)
    },
  )
})

describe('attribute keys', () => {
  test('escape what a pax key cannot hold', () => {
    expect(encodeXattrKey('user.a=b%3Dc')).toBe('SCHILY.xattr.user.a%3Db%253Dc')
    expect(decodeXattrKey('SCHILY.xattr.user.a%3Db%253Dc')).toBe('user.a=b%3Dc')
  })

  test('need a name', () => {
    expect(() => decodeXattrKey('SCHILY.xattr.')).toThrow(FormatError)
  })
})
