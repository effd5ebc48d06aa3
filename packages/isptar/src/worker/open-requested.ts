/** Opens what was asked for, on whichever thread. */
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import type { Archive } from '../read/archive.ts'
import { openArchive } from '../read/open-archive.ts'
import type { OpenRequest } from './archive-calls.ts'
import { openPlace, type WirePlace } from './source-place.ts'

/**
 * Opens an archive with its bases and its catalogue. When that fails, all that was opened is closed.
 *
 * @param sourceAt - gives the source of the application that has this number
 * @throws as `openArchive`
 */
export async function openRequested(
  { place, catalogue, bases, options }: OpenRequest,
  sourceAt: (index: number, name: string) => ByteSource,
  { signal }: ReadOptions,
): Promise<Archive> {
  const open = (wire: WirePlace): ByteSource => openPlace(wire, sourceAt)
  const opened: (Archive | undefined)[] = []
  const [source, listing] = [open(place), catalogue && open(catalogue)]
  try {
    for (const base of bases) opened.push(base && (await openArchive(open(base), { signal })))
  } catch (error) {
    for (const each of [source, listing, ...opened]) await each?.close().catch(() => undefined)
    throw error
  }
  return openArchive(source, { ...options, signal, catalogue: listing, bases: opened })
}
