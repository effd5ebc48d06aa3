/** Answers with the bytes of an archive, as they are stored: one slice of it, or a range of one. */
import type { Content } from './send-content.ts'
import type { RawArchive } from './raw-archive.ts'

/**
 * Finds a slice.
 *
 * @param number - of the archive
 * @param name - of the slice
 * @returns undefined when there is none
 */
export async function findBytes(
  raw: RawArchive | undefined,
  number: number,
  name: string,
  signal: AbortSignal,
): Promise<Content | undefined> {
  const slice = await raw?.slice(name, { signal })
  if (slice === undefined) return undefined
  const { source, place } = slice
  const sizeBytes = place.end - place.start
  return {
    sizeBytes,
    etag: etagOf(number, place.start, sizeBytes),
    headers: () => ({ 'content-type': 'application/gzip' }),
    read: ({ start, end }) => source.stream(place.start + start, end - start, { signal }),
  }
}

/**
 * The address holds the token of this run, in which the source gives bytes of one version or fails: where they lie tells
 * them apart.
 */
function etagOf(...numbers: readonly number[]): string {
  return `"${numbers.map((number) => number.toString(36)).join('-')}"`
}

/** The validator of an archive that was replaced; unlike any other, so that whoever reads it by ranges notices. */
export const CHANGED_ETAG = '"changed"'
