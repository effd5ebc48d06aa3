/** What places are called. */
import type { Place } from '../contract/archive-calls.ts'

/** Gives the name of a file, or the last part of an address or a path, without a query. Not printable yet. */
export function placeName(place: Place): string {
  if (place.type === 'file') return lastPart(place.name)
  return place.type === 'entry' ? lastPart(place.path) : addressName(place.url)
}

/** Gives the last part of an address's path, as it reads; its host where there is none. */
export function addressName(address: string): string {
  const { hostname, pathname } = new URL(address)
  const last = lastPart(pathname)
  try {
    return decodeURIComponent(last) || hostname
  } catch {
    return last
  }
}

/** Gives the last part of what a source is called, which of one of an address is that. */
export function sourceName(name: string): string {
  return /^https?:\/\//.test(name) ? addressName(name) : lastPart(name)
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
