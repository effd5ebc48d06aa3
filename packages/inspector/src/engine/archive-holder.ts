/** The archive that is open, for everything in the engine that reads it. */
import type { Archive } from 'isptar'
import { TroubleError } from '../contract/trouble.ts'
import type { FetchRecorder } from './fetch-recorder.ts'

/** An archive with what counts what is read of it. */
export interface HeldArchive {
  readonly archive: Archive
  /** The archive's own source, first, and those of its bases and catalogue. */
  readonly counters: readonly FetchRecorder[]
}

/** Holds one archive at a time. Whoever makes something of it keeps that in a WeakMap by the archive. */
export class ArchiveHolder {
  #held: HeldArchive | undefined

  /** @throws TroubleError when none is open */
  get archive(): Archive {
    return this.#current.archive
  }

  /** What counts what is read of it. */
  get counters(): readonly FetchRecorder[] {
    return this.#current.counters
  }

  get #current(): HeldArchive {
    if (this.#held !== undefined) return this.#held
    throw new TroubleError({ kind: 'other', title: 'No archive is open', detail: '', advice: 'Open one first.' })
  }

  /** Puts an archive in place of the one that was held, which is closed. */
  async hold(held: HeldArchive | undefined): Promise<void> {
    const before = this.#held
    this.#held = held
    await before?.archive.close()
  }
}
