/** Opens what the page asked for. */
import { type Archive, openArchive } from 'isptar'
import type { OpenRequest } from '../contract/archive-calls.ts'
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
  const source = await openPlaces(request.places, traffic, signal)
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

async function inPart(
  whole: Archive,
  part: string | undefined,
  { counters }: Traffic,
  signal: AbortSignal,
): Promise<OpenedRequest> {
  const partNames = await whole.parts({ signal })
  return { archive: part === undefined ? whole : await whole.part(part, { signal }), counters, partNames }
}
