/** Opens archives in a worker of their own, so that inflating and checking them does not hold up the page. */
import type { ByteSource } from '../io/byte-source.ts'
import type { OpenOptions } from '../read/open-archive.ts'
import type { OpenRequest } from './archive-calls.ts'
import type { ArchiveReader } from './archive-reader.ts'
import { openRequested } from './open-requested.ts'
import { sourceAt } from './page-source.ts'
import { RemoteArchive } from './remote-archive.ts'
import { type ArchivePlace, describePlace } from './source-place.ts'
import { type StartOptions, WorkerThread } from './worker-thread.ts'

/** How to open an archive in a worker. */
export interface OpenInWorkerOptions extends StartOptions, Pick<OpenOptions, 'tailBytes' | 'residentListingBytes'> {
  /** The bases of a differential archive, nearest first; undefined for one that is not at hand. @defaultValue none */
  bases?: readonly (ArchivePlace | undefined)[] | undefined
  /** The archive's isolated catalogue; see `openArchive`. @defaultValue none */
  catalogue?: ArchivePlace | undefined
  /**
   * Starts the worker, where the script is not beside the library: with a bundler that knows no workers, say, or under
   * another address. It is `isptar/worker`, one file without imports.
   *
   * @defaultValue starts the script that lies beside the library
   */
  startWorker?: (() => Worker) | undefined
  /** Told why there is no worker, before the archive is opened on this thread instead. */
  onFallback?: ((reason: unknown) => void) | undefined
}

/**
 * Opens an archive in a worker of its own: reading, inflating, CRC-32 and SHA-256 are done there, and data comes over
 * without a copy. Where no worker can be started (there are none, the page's policy forbids it, the script is not there) it
 * is opened on this thread; what it gives is the same, and so are its errors. Close it: that ends the worker.
 *
 * @param place - a File or Blob, a URL, or a source, which stays on this thread and gives the worker its bytes; a list
 * of them for slices, first to last. What is a source is closed with the archive
 * @throws as `openArchive`. When the worker dies, all that is under way and all that follows fails with a StorageError of
 * kind `closed`: open the archive anew
 * @example
 * ```ts
 * const archive = await openArchiveInWorker('https://backups.example/site.tgz')
 * for await (const entry of archive.entries({ under: 'site/etc' })) console.log(entry.path)
 * console.log(await archive.text('site/etc/motd'))
 * await archive.close()
 * ```
 */
export async function openArchiveInWorker(
  place: ArchivePlace,
  options: OpenInWorkerOptions = {},
): Promise<ArchiveReader> {
  const { bases = [], catalogue, signal, tailBytes, residentListingBytes } = options
  const sources: ByteSource[] = []
  const request: OpenRequest = {
    place: describePlace(place, sources),
    catalogue: catalogue === undefined ? undefined : describePlace(catalogue, sources),
    bases: bases.map((base) => (base === undefined ? undefined : describePlace(base, sources))),
    options: { tailBytes, residentListingBytes },
  }
  const thread = await WorkerThread.start(sources, options).catch(async (error: unknown) => {
    if (signal?.aborted) {
      await Promise.all(sources.map((source) => source.close()))
      throw signal.reason
    }
    options.onFallback?.(error)
  })
  if (thread === undefined) return openRequested(request, (index) => sourceAt(sources, index), { signal })
  try {
    return new RemoteArchive(thread, await thread.peer.call('open', request, { signal }))
  } catch (error) {
    await thread.end()
    throw error
  }
}
