/**
 * Restores small files in batches: their members are read in one piece where they lie near each other, and worker threads
 * unfold, check and write them. What goes where, and what is told of it, is decided here and in the order of the archive,
 * so that no result depends on threads. A file that a batch could not restore is restored alone when its turn comes, and
 * that says what is wrong.
 */
import { isIsptarError } from '../errors.ts'
import type { Entry } from '../read/entry.ts'
import { type DataContext, dataContextOf, isGrouped, locateData, parseCrc32 } from '../read/locate-data.ts'
import type { EventOrder } from './event-order.ts'
import type { ExtractSettings } from './extract-options.ts'
import type { PlacesUnderWay } from './places-under-way.ts'
import { type FoundFile, RestoreBatch } from './restore-batch.ts'
import { removeIfThere, temporaryName, WHOLE_FILE_BYTES } from './restore-file.ts'
import { JOB_OUTCOME, type RestoreJob } from './restore-job.ts'
import type { RestorePool } from './restore-pool.ts'
import { type RestoreRoot, splitPlace } from './restore-root.ts'

/** What restoring in batches takes. */
export interface BatchContext {
  readonly root: RestoreRoot
  readonly data: DataContext
  readonly settings: ExtractSettings
  /** Does the work; stays open. */
  readonly pool: RestorePool
  readonly order: EventOrder
  readonly places: PlacesUnderWay
  /** Told of a file in its turn. */
  readonly onRestored: (entry: Entry, place: string, isWithoutRights: boolean) => void
  /** Told of a place where a file may have been put, before it is put there once more. */
  readonly onLost: (place: string) => void
  /** Restores a file alone, in its turn. */
  readonly restoreAlone: (entry: Entry, place: string) => Promise<void>
}

/**
 * Files on their way to disk. One batch a thread and two more are under way at most, each of 1 MiB of the archive, of which
 * there may be two copies, and of 8,192 files in 64 folders, which are held open. Threads unfold file by file.
 */
export class RestoreBatches {
  readonly #context: BatchContext
  readonly #pool: RestorePool
  readonly #stop: Int32Array = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  readonly #sent: Promise<void>[] = []
  #open = new RestoreBatch()
  /** One request at a time, as everywhere. */
  #reading: Promise<unknown> = Promise.resolve()

  constructor(context: BatchContext) {
    this.#context = context
    this.#pool = context.pool
  }

  /**
   * Finds the member of a file that can be restored in a batch.
   *
   * @returns undefined for what is no small file, has data in a place that is not known exactly, or cannot have it there
   */
  find(entry: Entry): FoundFile | undefined {
    const { record } = entry
    if (record.type !== 'file' || record.sizeBytes > WHOLE_FILE_BYTES) return undefined
    try {
      const { xattrs } = entry
      if (record.sizeBytes === 0) return { xattrs, member: undefined }
      const { data } = this.#context
      const place = locateData(record, data)
      const { offset, packedBytes } = place
      if (packedBytes === undefined || packedBytes > WHOLE_FILE_BYTES) return undefined
      const { bytes: source } = dataContextOf(record, data)
      const plainOffset = isGrouped(place) ? place.plainOffset : 0
      return { xattrs, member: { source, offset, packedBytes, plainOffset, crc32: parseCrc32(record) } }
    } catch (error) {
      if (isIsptarError(error)) return undefined
      throw error
    }
  }

  /**
   * Takes a file whose folder was entered, and at whose place nothing stands that must stay.
   *
   * @returns false when it must be restored alone
   */
  add(entry: Entry, place: string, found: FoundFile): boolean {
    const { root, order, places } = this.#context
    const [parent, name] = splitPlace(place)
    const file = { entry, place, parent, name, xattrs: found.xattrs, member: found.member }
    if (!this.#open.takes(file)) this.#send()
    if (!this.#open.add(file, root, () => order.take())) return false
    places.add(place)
    return true
  }

  /** Whether no more should be added before {@link waitForOne}. */
  get isFull(): boolean {
    return this.#sent.length >= this.#pool.threads + 2
  }

  /** Waits for the batch that is the longest under way; gives false when there is none. */
  async waitForOne(): Promise<boolean> {
    if (this.#sent.length === 0) this.#send()
    if (this.#sent.length === 0) return false
    await this.#sent.shift()
    return true
  }

  /** Ends what is under way: each file of it is restored or not when this is done, and nothing is told of it. */
  async close(): Promise<void> {
    Atomics.store(this.#stop, 0, 1)
    this.#open.release()
    await Promise.all(this.#sent)
  }

  #send(): void {
    const batch = this.#open
    if (batch.items.length === 0) return
    this.#open = new RestoreBatch()
    const { signal } = this.#context.settings
    const reading = this.#reading.then(() => batch.read({ signal }))
    this.#reading = reading.catch(() => undefined)
    this.#sent.push(
      reading
        .then((window) => this.#run(batch, window))
        .catch(() => [])
        .then((outcomes) => this.#end(batch, outcomes)),
    )
  }

  async #run(batch: RestoreBatch, window: Uint8Array): Promise<readonly number[]> {
    const { owners, samePermissions, umask, xattrs } = this.#context.settings
    const policy = { owners, samePermissions, umask, xattrs }
    const results: Promise<readonly number[]>[] = []
    for (const part of batch.jobs(window)) {
      const job = { ...part, policy, temporary: temporaryName(), stop: this.#stop }
      const result = this.#pool.run(job, [part.window.buffer])
      results.push(result.then((outcomes) => Array.from(outcomes)).catch(() => clearLost(job)))
    }
    return (await Promise.all(results)).flat()
  }

  #end(batch: RestoreBatch, outcomes: readonly number[]): void {
    batch.release()
    for (const [index, { entry, place, turn }] of batch.items.entries()) {
      const outcome = outcomes[index]
      turn.event = () => {
        this.#context.settings.signal?.throwIfAborted()
        this.#context.places.forget(place)
        if (outcome === JOB_OUTCOME.lost) this.#context.onLost(place)
        if (!isRestored(outcome)) return this.#context.restoreAlone(entry, place)
        this.#context.onRestored(entry, place, outcome === JOB_OUTCOME.restoredWithoutRights)
      }
    }
  }
}

function isRestored(outcome: number | undefined): boolean {
  return outcome === JOB_OUTCOME.restored || outcome === JOB_OUTCOME.restoredWithoutRights
}

/** Removes what a thread that ended had not finished. */
function clearLost({ files, fileCount, temporary }: RestoreJob): readonly number[] {
  try {
    for (const folder of files.folders) removeIfThere(Buffer.from(folder + temporary))
  } catch {
    // The folder is gone, or not ours any more: restoring the file alone tells.
  }
  return Array.from({ length: fileCount }, () => JOB_OUTCOME.lost)
}
