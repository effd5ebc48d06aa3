import { expect, test } from 'vitest'
import { dateText } from '../../src/text/date-text.ts'

test.each([
  [1_600_000_000, '2020-09-13 12:26'],
  [0, '1970-01-01 00:00'],
  [-1, '1969-12-31 23:59'],
  [253_402_300_800, '10000-01-01 00:00'],
  [-62_167_219_201, '-0001-12-31 23:59'],
  [8_640_000_000_001, '@8640000000001'],
])('%i seconds are %s', (seconds, text) => {
  expect(dateText({ seconds, nanoseconds: 999_999_999 }, true)).toBe(text)
})

test('local time follows the zone, its summer time too', () => {
  const before = process.env['TZ']
  try {
    process.env['TZ'] = 'Asia/Kolkata'
    expect(dateText({ seconds: 0, nanoseconds: 0 }, false)).toBe('1970-01-01 05:30')
    process.env['TZ'] = 'Europe/Berlin'
    expect(dateText({ seconds: 1_720_000_000, nanoseconds: 0 }, false)).toBe('2024-07-03 11:46')
  } finally {
    if (before === undefined) delete process.env['TZ']
    else process.env['TZ'] = before
  }
})
