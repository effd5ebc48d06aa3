/** Where an archive lies, as an application names it and as it travels to a worker. */
import { BlobSource } from '../io/blob-source.ts'
import type { ByteSource } from '../io/byte-source.ts'
import { HttpSource, type HttpSourceOptions } from '../io/http-source.ts'
import { SliceSource } from '../io/slice-source.ts'

/** An HTTP resource, and how to ask for it. */
export interface HttpPlace extends Omit<HttpSourceOptions, 'fetch'> {
  readonly url: string | URL
}

/** A File or Blob, a URL, or a source, from which this thread reads for the worker. */
type SinglePlace = Blob | string | URL | HttpPlace | ByteSource

/** Where an archive is; several places are those of its slices, first to last. */
export type ArchivePlace = SinglePlace | readonly SinglePlace[]

/** A place that can be cloned. */
export type WirePlace =
  | { readonly type: 'blob'; readonly blob: Blob }
  | { readonly type: 'http'; readonly url: string; readonly options: HttpSourceOptions }
  | { readonly type: 'source'; readonly index: number; readonly name: string }
  | { readonly type: 'slices'; readonly parts: readonly WirePlace[] }

/**
 * Describes a place.
 *
 * @param sources - takes the sources that stay on this thread; their place in it is what the other thread names them by
 * @throws TypeError for what is no place, and for a source that joins slices
 */
export function describePlace(place: ArchivePlace, sources: ByteSource[]): WirePlace {
  if (!isList(place)) return describeSingle(place, sources)
  return { type: 'slices', parts: place.map((part) => describeSingle(part, sources)) }
}

function describeSingle(place: SinglePlace, sources: ByteSource[]): WirePlace {
  if (place instanceof Blob) return { type: 'blob', blob: place }
  if (typeof place === 'string' || place instanceof URL) return describeHttp({ url: place })
  // Before the URL: a source may have one, too, and knows better how to read there.
  if (!isSource(place)) return describeHttp(place)
  if (place.locate !== undefined)
    throw new TypeError(`${place.name} joins slices, which a worker must do itself: give the slices as a list`)
  sources.push(place)
  return { type: 'source', index: sources.length - 1, name: place.name }
}

/** `Array.isArray` does not narrow lists that are read-only. */
function isList(place: ArchivePlace): place is readonly SinglePlace[] {
  return Array.isArray(place)
}

function isSource(place: HttpPlace | ByteSource): place is ByteSource {
  if ('readTail' in place) return true
  if ('url' in place) return false
  throw new TypeError('expected a Blob, a URL, a source, or a list of them')
}

/** Relative URLs are those of the page; a worker's are relative to its script. */
function describeHttp({ url, headers, credentials, timeoutMs }: HttpPlace): WirePlace {
  const page: { readonly baseURI: string } | undefined = globalThis.document
  const options: HttpSourceOptions = { credentials, timeoutMs, headers: headers && [...new Headers(headers)] }
  return { type: 'http', url: new URL(url, page?.baseURI).href, options }
}

/**
 * Makes the source of a place.
 *
 * @param sourceAt - gives the source that has this number
 */
export function openPlace(place: WirePlace, sourceAt: (index: number, name: string) => ByteSource): ByteSource {
  switch (place.type) {
    case 'blob':
      return new BlobSource(place.blob)
    case 'http':
      return new HttpSource(place.url, place.options)
    case 'source':
      return sourceAt(place.index, place.name)
    case 'slices': {
      const parts = place.parts.map((part) => openPlace(part, sourceAt))
      return new SliceSource(parts, parts[0]?.name ?? '')
    }
  }
}
