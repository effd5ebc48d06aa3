/** What was fetched, in words. */
import type { Meter } from '../contract/archive-calls.ts'
import { bytesText, countText } from './quantity.ts'

/**
 * Says how much was fetched of how much: `fetched 41 KiB of 2.1 GiB in 3 requests`. What was fetched twice counts twice,
 * and more than all of it is not called a part of it.
 */
export function meterText({ bytes, requests }: Meter, sizeBytes: number): string {
  const size = bytesText(sizeBytes)
  const count = countText(requests, 'request')
  return bytes > sizeBytes
    ? `fetched ${bytesText(bytes)} in ${count} (archive ${size})`
    : `fetched ${bytesText(bytes)} of ${size} in ${count}`
}
