/** Places in a file, as they are typed. */
import { expect, test } from 'vitest'
import { parseByteOffset } from '../../src/text/byte-offset.ts'

test.each([
  ['0', 0],
  [' 1,234 ', 1234],
  ['0x4D2', 1234],
  ['12 b', 12],
  ['1.5 KiB', 1536],
  ['1.2 GiB', Math.floor(1.2 * 2 ** 30)],
  ['3T', 3 * 2 ** 40],
  ['', undefined],
  ['-1', undefined],
  ['0xg', undefined],
  ['1.2.3', undefined],
  ['ten', undefined],
  ['99999999 TiB', undefined],
])('%j is %j', (text, bytes) => {
  expect(parseByteOffset(text)).toBe(bytes)
})
