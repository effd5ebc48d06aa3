/** Opens what the page asked for. */
import { type Archive, type ByteSource, entrySource, openArchive } from 'isptar'
import type { OpenRequest, Place } from '../contract/archive-calls.ts'
import { placeName } from '../text/place-name.ts'
import type { HeldArchive } from './archive-holder.ts'
import { explainOpening } from './explain-opening.ts'
import { openPlaces } from './place-source.ts'
import { Traffic } from './traffic.ts'

/** An open archive with what it was opened from. */
export interface OpenedRequest extends HeldArchive {
  /** The names of all parts of the whole, where it was merged. */
  readonly partNames: readonly string[]
  /** Of what is fetched from, in bytes: the archive, or the one around it, and its bases. */
  readonly sizeBytes: number
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
  const opened: { close(): Promise<void> }[] = []
  const keep = <T extends { close(): Promise<void> }>(one: T): T => {
    opened.push(one)
    return one
  }
  let read: OpenedSource | undefined
  try {
    read = await openSource(request.places, signal, traffic)
    keep(read.source)
    const bases: (Archive | undefined)[] = []
    let baseBytes = 0
    for (const base of request.bases ?? []) {
      const { archive, sizeBytes } = (base && (await openRequest(base, signal, traffic))) ?? { sizeBytes: 0 }
      bases.push(archive && keep(archive))
      baseBytes += sizeBytes
    }
    const catalogue = request.catalogue && keep(await openPlaces([request.catalogue], traffic, signal))
    const whole = await openArchive(read.source, { signal, bases, catalogue })
    const partNames = await whole.parts({ signal })
    const archive = request.part === undefined ? whole : await whole.part(request.part, { signal })
    const sizeBytes = (read.outerBytes ?? archive.sizeBytes) + baseBytes
    return { archive, counters: traffic.counters, partNames, sizeBytes }
  } catch (error) {
    const reason = signal.aborted ? signal.reason : await explainOpening(error, request.places, read?.source)
    for (const one of opened) await one.close().catch(() => undefined)
    throw reason
  }
}

interface OpenedSource {
  readonly source: ByteSource
  /** Of what is fetched from to read an archive in another, in bytes; undefined for all else. */
  readonly outerBytes: number | undefined
}

/** A file in an archive is a source of its own; what reading it costs is what is read of the archive around it. */
async function openSource(places: readonly Place[], signal: AbortSignal, traffic: Traffic): Promise<OpenedSource> {
  const [place, ...others] = places
  if (place?.type !== 'entry' || others.length > 0)
    return { source: await openPlaces(places, traffic, signal), outerBytes: undefined }
  const number = traffic.counters.length
  const { archive, sizeBytes } = await openRequest(place.of, signal, traffic)
  const source = closingWith(entrySource(archive, place.path), placeName(place), archive)
  return { source: traffic.recordEntry(source, number), outerBytes: sizeBytes }
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
