/** Opens an archive by its URL, whether it is one resource or slices of it (SPEC 7). */
import { isIsptarError, LimitError, StorageError } from '../errors.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { HttpSource } from '../io/http-source.ts'
import type { HttpSourceOptions } from '../io/http-source.ts'
import { splitSliceName } from '../io/slice-name.ts'
import { SliceSource } from '../io/slice-source.ts'
import { type RetryOptions, withRetry } from '../io/with-retry.ts'
import { withTail } from '../io/with-tail.ts'
import { TAIL_BYTES } from '../limits.ts'

/** Slices asked for at the same time while looking how many there are. */
const PROBES_AT_ONCE = 8

/** Most slices looked for: a server that answers to every name would never end the search. */
const MAX_SLICES = 10_000

/** Options of {@link openUrl}. */
export interface OpenUrlOptions extends HttpSourceOptions, ReadOptions {
  /**
   * How many bytes of the end come with the opening; a reader that asks for no more needs no further request.
   *
   * @defaultValue {@link TAIL_BYTES}
   */
  tailBytes?: number | undefined
  /**
   * How often what fails in passing is tried again, from the first request on; see {@link withRetry}.
   *
   * @defaultValue three attempts
   */
  retry?: RetryOptions | undefined
}

/**
 * Makes a source of the archive at a URL: the resource itself, or else its slices `….part1`, `….part2`, …; a query
 * stays behind the name. A path that ends in `.partN` stands for all slices. Costs one request for one resource; slices
 * are asked for their size eight at a time until one does not exist.
 *
 * @param url - of the archive, or of any of its slices
 * @throws StorageError of kind `not-found`, naming the slice that is missing
 */
export async function openUrl(url: string | URL, options: OpenUrlOptions = {}): Promise<ByteSource> {
  const source = withRetry(new HttpSource(url, options), options.retry)
  const address = new URL(url)
  const given = splitSliceName(address.pathname)
  if (given !== undefined) {
    const parts = await findSlices(address, given.whole, options)
    if (parts.length < given.slice) throw missing(sliceOf(address, given.whole, parts.length + 1, options))
    return new SliceSource(parts, source.name.slice(0, -`.part${given.slice}`.length))
  }
  try {
    return withTail(source, await source.readTail(options.tailBytes ?? TAIL_BYTES, options))
  } catch (error) {
    const parts = isAbsent(error) ? await findSlices(address, address.pathname, options) : []
    if (parts.length === 0) throw error
    return new SliceSource(parts, source.name)
  }
}

async function findSlices(address: URL, whole: string, options: OpenUrlOptions): Promise<readonly ByteSource[]> {
  const parts: ByteSource[] = []
  while (parts.length < MAX_SLICES) {
    const batch = Array.from({ length: PROBES_AT_ONCE }, (_, index) =>
      sliceOf(address, whole, parts.length + index + 1, options),
    )
    const present = await Promise.all(batch.map(async (part) => isPresent(part, options)))
    const end = present.indexOf(false)
    const absent = batch[end]
    if (absent !== undefined && present.lastIndexOf(true) > end) throw missing(absent)
    parts.push(...batch.slice(0, end === -1 ? undefined : end))
    if (end !== -1) return parts
  }
  throw new LimitError(`more than ${MAX_SLICES} slices of ${whole}: the server seems to answer to every name`, {
    limit: 'MAX_SLICES',
    max: MAX_SLICES,
    actual: parts.length,
  })
}

function sliceOf(address: URL, whole: string, slice: number, options: OpenUrlOptions): ByteSource {
  const url = new URL(address)
  url.pathname = `${whole}.part${slice}`
  return withRetry(new HttpSource(url, options), options.retry)
}

/** Asks for the size alone; the source keeps it, so it is not asked for again. */
async function isPresent(part: ByteSource, options: OpenUrlOptions): Promise<boolean> {
  try {
    await part.readTail(0, options)
    return true
  } catch (error) {
    if (isAbsent(error)) return false
    throw error
  }
}

/** Stores that may not be listed refuse access to what does not exist (S3: 403), instead of saying so. */
function isAbsent(error: unknown): boolean {
  return isIsptarError(error, 'storage') && 'kind' in error && (error.kind === 'not-found' || error.kind === 'denied')
}

function missing(slice: ByteSource): StorageError {
  return new StorageError(`cannot open ${slice.name}: this slice is missing; put all in one place`, {
    operation: 'open',
    location: slice.name,
    kind: 'not-found',
  })
}
