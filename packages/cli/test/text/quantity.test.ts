import { describe, expect, test } from 'vitest'
import { clockTime, grouped, longSize, plural, shortSize } from '../../src/text/quantity.ts'

describe('shortSize is what ls -h prints', () => {
  test.each([
    [0, '0'],
    [1023, '1023'],
    [1024, '1.0K'],
    [1025, '1.1K'],
    [10_137, '9.9K'],
    [10_138, '10K'],
    [1024 * 1023, '1023K'],
    [1024 * 1024 - 1, '1.0M'],
    [5 * 1024 ** 3, '5.0G'],
    [2 ** 53 - 1, '8.0P'],
  ])('%i is %s', (bytes, text) => {
    expect(shortSize(bytes)).toBe(text)
  })
})

describe('longSize', () => {
  test.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.0 KiB'],
    [12_897_485, '12.3 MiB'],
    [2 ** 53 - 1, '8.0 PiB'],
  ])('%i is %s', (bytes, text) => {
    expect(longSize(bytes)).toBe(text)
  })
})

test('grouped puts commas', () => {
  expect([0, 999, 1000, 1234567].map(grouped)).toEqual(['0', '999', '1,000', '1,234,567'])
})

test('plural', () => {
  expect(plural(1, 'entry', 'entries')).toBe('1 entry')
  expect(plural(0, 'file')).toBe('0 files')
})

test('clockTime', () => {
  expect([0, 59.6, 61, 3725].map(clockTime)).toEqual(['0:00', '1:00', '1:01', '1:02:05'])
})
