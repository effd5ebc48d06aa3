/** Numbers of listing and service info: one way to write each, and nothing else is read. */
import fc from 'fast-check'
import { FormatError } from 'isptar'
import { describe, expect, it } from 'vitest'
import { parseNumber, parsePlace, parseSigned } from '../../src/tail/number-text.ts'

const count = fc.oneof(fc.nat(), fc.maxSafeNat())

it('every whole number up to 2^53 - 1 is read as it is', () => {
  fc.assert(
    fc.property(count, (value) => {
      expect(parseNumber(String(value), 'n')).toBe(value)
      expect(parsePlace(String(value), 'n')).toBe(value)
      expect(parsePlace(`0x${value.toString(16)}`, 'n')).toBe(value)
      expect(parseSigned(String(value), 'n')).toBe(value)
      if (value > 0) expect(parseSigned(String(-value), 'n')).toBe(-value)
    }),
  )
})

const MALFORMED = [
  ...['', ' ', '-', '+', '+1', '1e9', '1E3', '01', '00', '007', ' 1', '1 ', '1\r', '\t1', '1.0', '1.5', '.5', '1,000'],
  ...[
    'NaN',
    'Infinity',
    '1n',
    '1_000',
    '٣',
    '１',
    '0b1',
    '0o7',
    'x10',
    '0x',
    '9007199254740992',
    '9'.repeat(400),
    '0x-1',
  ],
]

describe('malformed', () => {
  it.each(MALFORMED)('%j', (text) => {
    for (const parse of [parseNumber, parsePlace, parseSigned]) {
      expect(() => parse(text, 'size')).toThrow(FormatError)
      expect(() => parse(text, 'size')).toThrow(/^size is ".*", expected a decimal number/)
    }
  })

  it.each(['-1', '-0', '--1', '- 1', '-01', '-1e9', '-9007199254740992'])(
    '%j, and only mtime may be negative',
    (text) => {
      expect(() => parseNumber(text, 'size')).toThrow(FormatError)
      expect(() => parsePlace(text, 'offset')).toThrow(FormatError)
      if (text !== '-1') expect(() => parseSigned(text, 'mtime')).toThrow(FormatError)
    },
  )

  it.each(['0x4f', '0X4F'])('%j, but in places', (text) => {
    expect(parsePlace(text, 'offset')).toBe(0x4f)
    expect(() => parseNumber(text, 'size')).toThrow(FormatError)
    expect(() => parseSigned(text, 'mtime')).toThrow(FormatError)
  })

  it.each(['0x20000000000000', '0xffffffffffffff', `0x${'0'.repeat(50)}1`, '-0x1'])('%j in places too', (text) => {
    expect(() => parsePlace(text, 'offset')).toThrow(FormatError)
  })

  it('is shown in part when it is long', () => {
    const error = (() => {
      try {
        return parseNumber('9'.repeat(100_000), 'size')
      } catch (caught) {
        return caught
      }
    })()
    expect(String(error).length).toBeLessThan(200)
  })
})
