/** Opens an archive by its URL, whether it is one resource or slices of it (SPEC 7). */
import { isIsptarError, LimitError, StorageError } from '../errors.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { resolveUrl } from '../io/http-address.ts'
import { HttpSource } from '../io/http-source.ts'
import type { HttpSourceOptions } from '../io/http-source.ts'
import type { SlicePart } from '../io/lazy-source.ts'
import { splitSliceName } from '../io/slice-name.ts'
import { type RetryOptions, withRetry } from '../io/with-retry.ts'
import { withTail } from '../io/with-tail.ts'
import { TAIL_BYTES } from '../limits.ts'
import { openSlices } from './open-slices.ts'

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
 * @param url - of the archive, or of any of its slices; in a browser it may be relative to the page
 * @throws StorageError of kind `not-found`, naming the slice that is missing
 */
export async function openUrl(url: string | URL, options: OpenUrlOptions = {}): Promise<ByteSource> {
  const source = withRetry(new HttpSource(url, options), options.retry)
  const address = resolveUrl(url) ?? new URL(source.name)
  const given = splitSliceName(address.pathname)
  if (given !== undefined) {
    const parts = await findSlices(address, given.whole, options)
    if (parts.length < given.slice) throw missing(sliceOf(address, given.whole, parts.length + 1, options))
    return openSlices(parts, { name: source.name.slice(0, -`.part${given.slice}`.length) })
  }
  try {
    return withTail(source, await source.readTail(options.tailBytes ?? TAIL_BYTES, options))
  } catch (error) {
    const parts = isAbsent(error) ? await findSlices(address, address.pathname, options) : []
    if (parts.length === 0) throw error
    return openSlices(parts, { name: source.name })
  }
}

async function findSlices(address: URL, whole: string, options: OpenUrlOptions): Promise<readonly SlicePart[]> {
  const parts: SlicePart[] = []
  while (parts.length < MAX_SLICES) {
    const batch = Array.from({ length: PROBES_AT_ONCE }, (_, index) =>
      sliceOf(address, whole, parts.length + index + 1, options),
    )
    const present = await Promise.all(batch.map(async (source) => partOf(source, options)))
    const end = present.indexOf(undefined)
    const absent = batch[end]
    const found = present.filter((part) => part !== undefined)
    if (absent !== undefined && found.length > end) throw missing(absent)
    parts.push(...found)
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

/** Asks for the size alone; undefined where there is no such slice. */
async function partOf(source: ByteSource, options: OpenUrlOptions): Promise<SlicePart | undefined> {
  try {
    const { sizeBytes } = await source.readTail(0, options)
    return { name: source.name, sizeBytes, open: async () => source }
  } catch (error) {
    if (isAbsent(error)) return undefined
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
