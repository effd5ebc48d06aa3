/** Moments as decimal seconds, before 1970 too, without ever being a float. */
import fc from 'fast-check'
import { FormatError } from 'isptar'
import { expect, it } from 'vitest'
import { formatTime, parseTime } from '../../src/tail/time-text.ts'

it('every moment comes back', () => {
  const time = fc.record({
    seconds: fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 })),
    nanoseconds: fc.oneof(
      fc.constantFrom(0, 1, 10, 500_000_000, 999_999_999),
      fc.integer({ min: 0, max: 999_999_999 }),
    ),
  })
  fc.assert(
    fc.property(time, (moment) => {
      expect(parseTime(formatTime(moment), 'mtime')).toEqual(moment)
    }),
  )
})

it.each([
  [0, 0, '0'],
  [1_600_000_000, 500_000_000, '1600000000.5'],
  [0, 1, '0.000000001'],
  [-1, 750_000_000, '-0.25'],
  [-1, 0, '-1'],
  [-2, 1, '-1.999999999'],
  [-2, 999_999_999, '-1.000000001'],
])('%i s and %i ns are %s', (seconds, nanoseconds, text) => {
  expect(formatTime({ seconds, nanoseconds })).toBe(text)
  expect(parseTime(text, 'mtime')).toEqual({ seconds, nanoseconds })
})

it.each(['0.50', '-0', '-0.0', '5.000000000'])('%s is read although it is written shorter', (text) => {
  expect(parseTime(text, 'mtime').seconds).toBe(Math.floor(Number(text)) + 0)
})

it.each([
  '',
  '.',
  '1.',
  '.5',
  '+1',
  '1e9',
  '1.0000000001',
  '01',
  '-',
  '--1',
  '1,5',
  ' 1',
  '1 ',
  'NaN',
  '9007199254740992',
])('%j is refused', (text) => {
  expect(() => parseTime(text, 'mtime')).toThrow(FormatError)
})

it('no moment is rounded at the ends of what a number can count', () => {
  expect(() => parseTime('-9007199254740991.5', 'mtime')).toThrow(FormatError)
  expect(parseTime('-9007199254740990.5', 'mtime')).toEqual({ seconds: -9007199254740991, nanoseconds: 500_000_000 })
})
