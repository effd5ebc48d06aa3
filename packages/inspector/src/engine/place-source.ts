/** Makes a source of the places of one archive. */
import {
  BlobSource,
  type ByteSource,
  HttpSource,
  openSlices,
  openUrl,
  type SlicePart,
  StorageError,
  type StorageFailure,
  withRetry,
} from 'isptar'
import type { Place } from '../contract/archive-calls.ts'
import { TroubleError } from '../contract/trouble.ts'
import { placeName } from '../text/place-name.ts'
import { arrangePlaces } from './arrange-places.ts'
import type { Traffic } from './traffic.ts'

/**
 * Makes a source, and records what is read of it.
 *
 * @throws TroubleError as {@link arrangePlaces}; StorageError of what is looked for at an address
 */
export async function openPlaces(given: readonly Place[], traffic: Traffic, signal: AbortSignal): Promise<ByteSource> {
  const { name, places } = arrangePlaces(given)
  const [only, ...others] = places
  if (only !== undefined && others.length === 0) return openPlace(only, traffic, signal)
  const parts = places.map((place) => slicePart(place, traffic, signal))
  return traffic.record(openSlices(parts, { name }), places.some(({ type }) => type === 'url') ? 'fetched' : 'file')
}

async function openPlace(place: Place, traffic: Traffic, signal: AbortSignal): Promise<ByteSource> {
  const { fetch } = traffic
  if (place.type === 'entry') throw new TypeError('a file in an archive is opened by openRequest')
  if (place.type === 'file') return traffic.record(new BlobSource(place.blob, place.name), 'file')
  if (!place.isFetchedWhole) return traffic.record(await openUrl(place.url, { fetch, signal }), 'fetched')
  const blob = await fetchWhole(place.url, traffic, signal)
  return traffic.record(new BlobSource(blob, placeName(place)), 'held')
}

function slicePart(place: Place, { fetch }: Traffic, signal: AbortSignal): SlicePart {
  const name = placeName(place)
  if (place.type === 'entry') throw new TypeError('slices do not lie in archives')
  if (place.type === 'file')
    return { name, sizeBytes: place.blob.size, open: async () => new BlobSource(place.blob, name) }
  signal.throwIfAborted()
  return { name, open: async () => withRetry(new HttpSource(place.url, { fetch })) }
}

/** The browser keeps what is large on its disk. */
async function fetchWhole(url: string, traffic: Traffic, signal: AbortSignal): Promise<Blob> {
  const { origin, pathname } = new URL(url)
  const failure = { operation: 'read', location: origin + pathname }
  const response = await traffic.fetch(url, { signal }).catch((cause: unknown) => {
    signal.throwIfAborted()
    throw new StorageError('the connection failed', { ...failure, kind: 'connection', cause })
  })
  const { status, body, headers } = response
  if (!response.ok || body === null)
    throw new StorageError(`the server answers with HTTP ${status}`, { ...failure, kind: kindOf(status) })
  const length = headers.get('content-length')
  if (length !== null && !headers.has('content-encoding')) traffic.sizeBytes = Number(length)
  const counting = new TransformStream<Uint8Array, Uint8Array>({
    transform: (chunk, controller) => {
      traffic.wholeBytes += chunk.length
      controller.enqueue(chunk)
    },
  })
  return new Response(body.pipeThrough(counting)).blob().catch((cause: unknown) => {
    signal.throwIfAborted()
    // The server does allow this page to read, so there is nothing to find out.
    throw new TroubleError({
      kind: 'network',
      title: 'The connection failed',
      detail: `after ${traffic.wholeBytes} bytes: ${String(cause)}`,
      advice: 'Try again.',
    })
  })
}

function kindOf(status: number): StorageFailure {
  if (status === 404 || status === 410) return 'not-found'
  return status === 401 || status === 403 ? 'denied' : 'protocol'
}
