/** What a user or an application names as an archive, as places to open. */
import type { OpenRequest, Place } from '../contract/archive-calls.ts'
import { TroubleError } from '../contract/trouble.ts'

/** A file, data in memory, or an address, which may be relative to the page. */
export type OpenPlace = Blob | URL | string

/** An archive in one place, or its slices in any order. */
export type OpenPlaces = OpenPlace | readonly OpenPlace[]

/**
 * Gives the request for places.
 *
 * @param base - what addresses are relative to
 * @throws TroubleError for what is no http or https address
 */
export function requestFor(places: OpenPlaces, base: string): OpenRequest {
  const list: readonly OpenPlace[] = isList(places) ? places : [places]
  return { places: list.map((place) => placeOf(place, base)) }
}

/** Gives the place of one file or address; see {@link requestFor}. */
export function placeOf(place: OpenPlace, base: string): Place {
  if (!(place instanceof Blob)) return { type: 'url', url: addressOf(String(place), base) }
  return { type: 'file', name: place instanceof File ? place.name : 'archive', blob: place }
}

/** Gives the places of what was typed, for whom a host alone is an address. */
export function typedPlace(text: string, base: string): Place {
  const typed = text.trim()
  const isHost = /^([\w-]+(\.[\w-]+)+|localhost|\[[\da-f:]+\])(:\d+)?\//i.test(typed)
  const scheme = /^(localhost|127\.|\[::1\])/i.test(typed) ? 'http' : 'https'
  return { type: 'url', url: addressOf(isHost ? `${scheme}://${typed}` : typed, base) }
}

function addressOf(address: string, base: string): string {
  const url = URL.canParse(address, base) ? new URL(address, base) : undefined
  if (address !== '' && url !== undefined && /^https?:$/.test(url.protocol)) return url.href
  throw new TroubleError({
    kind: 'choice',
    title: 'This is not an address of the web',
    detail: address,
    advice: 'Give one that begins with https:// or http://, or choose a file.',
  })
}

function isList(places: OpenPlaces): places is readonly OpenPlace[] {
  return Array.isArray(places)
}
