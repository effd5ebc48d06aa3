/** Opens what the page asked for. */
import { type Archive, type ByteSource, entrySource, openArchive } from 'isptar'
import type { OpenRequest, Place } from '../contract/archive-calls.ts'
import { placeName } from '../text/place-name.ts'
import type { HeldArchive } from './archive-holder.ts'
import { openPlaces } from './place-source.ts'
import { Traffic } from './traffic.ts'

/** An open archive with what it was opened from. */
export interface OpenedRequest extends HeldArchive {
  /** The names of all parts of the whole, where it was merged. */
  readonly partNames: readonly string[]
}

/**
 * Opens an archive with its bases. Costs one read of each; of a merged one a pass over its listing.
 *
 * @param traffic - takes what is fetched, from the first request on
 * @throws TroubleError for places that are no archive; else as `openArchive`
 */
export async function openRequest(
  request: OpenRequest,
  signal: AbortSignal,
  traffic: Traffic = new Traffic(),
): Promise<OpenedRequest> {
  const source = await openSource(request.places, signal, traffic)
  const bases: (Archive | undefined)[] = []
  try {
    for (const base of request.bases ?? []) bases.push(base && (await openRequest(base, signal, traffic)).archive)
    const catalogue = request.catalogue && (await openPlaces([request.catalogue], traffic, signal))
    const whole = await openArchive(source, { signal, bases, catalogue })
    return await inPart(whole, request.part, traffic, signal)
  } catch (error) {
    for (const opened of [source, ...bases]) await opened?.close().catch(() => undefined)
    throw error
  }
}

/** A file in an archive is a source of its own; what reading it costs is what is read of the archive around it. */
async function openSource(places: readonly Place[], signal: AbortSignal, traffic: Traffic): Promise<ByteSource> {
  const [place, ...others] = places
  if (place?.type !== 'entry' || others.length > 0) return openPlaces(places, traffic, signal)
  const outer = await openRequest(place.of, signal, traffic)
  traffic.sizeBytes ??= outer.archive.sizeBytes
  return traffic.recordFirst(closingWith(entrySource(outer.archive, place.path), placeName(place), outer.archive))
}

/** A source under another name that closes the archive around it, too. */
function closingWith(source: ByteSource, name: string, outer: Archive): ByteSource {
  return {
    name,
    readTail: (lengthBytes, options) => source.readTail(lengthBytes, options),
    read: (offset, lengthBytes, options) => source.read(offset, lengthBytes, options),
    stream: (offset, lengthBytes, options) => source.stream(offset, lengthBytes, options),
    close: async () => void (await Promise.all([source.close(), outer.close()])),
  }
}

async function inPart(
  whole: Archive,
  part: string | undefined,
  { counters }: Traffic,
  signal: AbortSignal,
): Promise<OpenedRequest> {
  const partNames = await whole.parts({ signal })
  return { archive: part === undefined ? whole : await whole.part(part, { signal }), counters, partNames }
}
