/** The first bytes of an entry's data: all of it when it is small, so that its size is known before its header goes out. */
import { concatBytes } from '../bytes/concat.ts'

/** The beginning of data and, unless that was all, the rest. */
export interface DataHead {
  readonly bytes: Uint8Array
  /** Continues after `bytes`; undefined when the data has ended. */
  readonly rest: AsyncIterable<Uint8Array> | undefined
}

/**
 * Reads on until more than `limitBytes` are at hand, by a piece at most, or the data ends.
 *
 * @param data - in pieces
 * @param limitBytes - data up to this long is taken whole
 */
export async function readHead(data: AsyncIterableIterator<Uint8Array>, limitBytes: number): Promise<DataHead> {
  const parts: Uint8Array[] = []
  let bytes = 0
  while (bytes <= limitBytes) {
    const step = await data.next()
    if (step.done) return { bytes: concatBytes(parts, bytes), rest: undefined }
    // Copied, because the giver may use its buffer again for the next chunk.
    parts.push(new Uint8Array(step.value))
    bytes += step.value.length
  }
  return { bytes: concatBytes(parts, bytes), rest: data }
}

/** Data of a given size; its end says whether it had that size of itself. */
export type FittedData = AsyncGenerator<Uint8Array, { readonly fits: boolean }, undefined>

/**
 * Gives exactly `sizeBytes` bytes of the data: what is longer is cut, what is shorter is filled with zeros, so that the
 * archive stays whole whatever its source does. Says which it was.
 *
 * @param head - the data
 * @param sizeBytes - the listed size
 */
export async function* fitData(head: DataHead, sizeBytes: number | undefined): FittedData {
  let left = sizeBytes ?? Number.POSITIVE_INFINITY
  let excess = false
  for await (const chunk of joined(head)) {
    if (chunk.length > left) excess = true
    if (left > 0) yield chunk.subarray(0, left)
    left -= Math.min(left, chunk.length)
    if (excess) break
  }
  const fits = sizeBytes === undefined || (left === 0 && !excess)
  if (fits) return { fits }
  for (; left > 0; left -= Math.min(left, ZEROS.length)) yield ZEROS.subarray(0, left)
  return { fits }
}

const ZEROS: Uint8Array = new Uint8Array(64 * 1024)

async function* joined(head: DataHead): AsyncGenerator<Uint8Array, void, undefined> {
  if (head.bytes.length > 0) yield head.bytes
  if (head.rest) yield* head.rest
}
