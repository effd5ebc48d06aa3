/** What was fetched, in words. */
import { expect, test } from 'vitest'
import { meterText } from '../../src/text/meter-text.ts'

test('what was fetched is a part of the archive only where it is one', () => {
  const meter = { requests: 12, bytes: 2048, sizeBytes: 4096, isReplaced: false }
  expect(meterText(meter, 4096)).toBe('fetched 2 KiB of 4 KiB in 12 requests')
  expect(meterText(meter, 2048)).toBe('fetched 2 KiB of 2 KiB in 12 requests')
  expect(meterText(meter, 1024)).toBe('fetched 2 KiB in 12 requests (archive 1 KiB)')
})
