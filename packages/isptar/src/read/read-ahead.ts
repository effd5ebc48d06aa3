/** Reads small members in windows: in stored order that costs one request a window instead of one a member. */
import { withReadAhead } from '../io/with-read-ahead.ts'
import type { DataContext } from './locate-data.ts'

/**
 * Gives a context, and those of its bases, whose small reads share windows. Each holds one of them.
 *
 * @param windowBytes - how much is read at once
 */
export function readingAhead(data: DataContext, windowBytes: number | undefined): DataContext {
  const bytes = withReadAhead(data.bytes, { windowBytes, endOffset: data.dataEnd })
  return { ...data, bytes, bases: data.bases.map((base) => base && readingAhead(base, windowBytes)) }
}
