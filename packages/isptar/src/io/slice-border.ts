/** Where the slice ends that holds a place: for reads that guess how much they want, and should not need the next one. */
import type { ByteSource } from './byte-source.ts'

/**
 * Gives the end of the slice that holds a place, from the start of the whole. Costs a few calls of `locate`, which
 * wants `readTail` to have been called before.
 *
 * @param source - any source
 * @param offset - of a byte of it
 * @returns undefined in the last slice, and where there are no slices
 */
export function endOfSlice(source: ByteSource, offset: number): number | undefined {
  const count = source.sliceNames?.length ?? 0
  const startOf = (index: number): number => source.locate?.(index + 1, 0) ?? 0
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >> 1
    if (startOf(middle) > offset) high = middle
    else low = middle + 1
  }
  return low < count ? startOf(low) : undefined
}
