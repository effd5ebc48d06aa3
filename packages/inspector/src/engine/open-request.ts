/** Opens what the page asked for. */
import { BlobSource, HttpSource, openArchive } from 'isptar'
import type { OpenRequest, Place } from '../contract/archive-calls.ts'
import type { HeldArchive } from './archive-holder.ts'
import { FetchRecorder } from './fetch-recorder.ts'

/** Opens an archive with its bases. */
export async function openRequest({ places }: OpenRequest, signal: AbortSignal): Promise<HeldArchive> {
  const [place] = places
  if (place === undefined) throw new TypeError('nothing to open')
  const counter = new FetchRecorder(sourceOf(place))
  return { archive: await openArchive(counter, { signal }), counters: [counter] }
}

function sourceOf(place: Place): BlobSource | HttpSource {
  return place.type === 'file' ? new BlobSource(place.blob) : new HttpSource(place.url)
}
