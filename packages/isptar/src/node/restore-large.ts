/**
 * Restores large files while the work on small ones goes on: they are streamed in this thread, and zlib unfolds them in
 * others. Callers are told of them in their turn, as of all files.
 */
import type { Entry } from '../read/entry.ts'
import { type DataContext, dataContextOf } from '../read/locate-data.ts'
import type { EventOrder } from './event-order.ts'
import type { PlacesUnderWay } from './places-under-way.ts'
import { WHOLE_FILE_BYTES } from './restore-file.ts'
import type { RestoreFolder, RestoreRoot } from './restore-root.ts'

/** More at once would wait for this thread, which writes them. */
const MAX_FILES = 2

/** What restoring large files takes. */
export interface LargeContext {
  readonly root: RestoreRoot
  readonly data: DataContext
  readonly order: EventOrder
  readonly places: PlacesUnderWay
  readonly signal: AbortSignal | undefined
  /** Restores the file; what it gives is told in its turn, and so is what it throws. */
  readonly restore: (entry: Entry, place: string, folder: RestoreFolder, signal: AbortSignal) => Promise<() => void>
  /** Told in its turn of what was thrown. */
  readonly onFailure: (entry: Entry, error: unknown) => void
}

/** Large files on their way to disk: two at once. */
export class LargeFiles {
  readonly #context: LargeContext
  readonly #end = new AbortController()
  readonly #signal: AbortSignal
  readonly #running = new Set<Promise<void>>()

  constructor(context: LargeContext) {
    this.#context = context
    this.#signal = context.signal ? AbortSignal.any([context.signal, this.#end.signal]) : this.#end.signal
  }

  /** Whether an entry is a large file, of an archive in one piece: slices may have to be fetched, one after the other. */
  takes({ record }: Entry): boolean {
    if (record.type !== 'file' || record.sizeBytes <= WHOLE_FILE_BYTES) return false
    const { depth = 0 } = record.location ?? {}
    const { data } = this.#context
    return (
      (depth === 0 || data.bases[depth - 1] !== undefined) && dataContextOf(record, data).bytes.sliceNames === undefined
    )
  }

  /** Waits until there is room for another one. */
  async makeRoom(): Promise<void> {
    while (this.#running.size >= MAX_FILES) await this.waitForOne()
  }

  /** Waits for any of them; not at all when there is none. */
  async waitForOne(): Promise<void> {
    if (this.#running.size > 0) await Promise.race(this.#running)
  }

  /**
   * Takes a file whose folder was entered, and at whose place nothing stands that must stay.
   *
   * @returns false where folders are not held open
   */
  add(entry: Entry, place: string): boolean {
    const { root, order, places, restore, onFailure } = this.#context
    const folder = root.hold()
    if (folder === undefined) return false
    places.add(place)
    const turn = order.take()
    const running = restore(entry, place, folder, this.#signal)
      .catch((error: unknown) => () => onFailure(entry, error))
      .then((tell) => {
        folder.release()
        this.#running.delete(running)
        turn.event = () => {
          this.#context.signal?.throwIfAborted()
          places.forget(place)
          tell()
        }
      })
    this.#running.add(running)
    return true
  }

  /** Waits until all are restored, or have failed. */
  async finish(): Promise<void> {
    await Promise.all(this.#running)
  }

  /** Ends what is under way; nothing of it is left. */
  async close(): Promise<void> {
    this.#end.abort(new Error('the extraction has ended'))
    await this.finish()
  }
}
