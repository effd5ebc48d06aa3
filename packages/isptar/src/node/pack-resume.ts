/** Goes on with a packing that an earlier run began: passes over what is stored, and stores the rest of its last file. */
import { decodeText } from '../bytes/text.ts'
import type { ArchiveWriter } from '../write/archive-writer.ts'
import type { Hardlinks } from './hardlinks.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import type { PassedEntries } from './passed-entries.ts'
import type { TreeEntry, TreeProblem } from './tree-entry.ts'

/** What a {@link PackResume} works with. */
export interface PackResumeOptions {
  readonly writer: ArchiveWriter
  readonly passed: PassedEntries
  /** Path of the file of which a part is stored. */
  readonly openPath: Uint8Array | undefined
  readonly hardlinks: Hardlinks
  /** Stores a file; false when it could not be opened. */
  readonly addFile: (entry: TreeEntry) => Promise<boolean>
  /** Told of each entry that is passed over. */
  readonly onPassed: (entry: TreeEntry) => void
  /** Told when the rest of that file is stored. */
  readonly onAdded: () => void
  readonly onProblem: (problem: TreeProblem) => void
  readonly onNotice: (message: string) => void
}

/** The passing over. */
export class PackResume {
  readonly #options: PackResumeOptions
  #newCount = 0
  #firstNew: Uint8Array | undefined

  constructor(options: PackResumeOptions) {
    this.#options = options
  }

  /**
   * Tells whether an entry of the walk needs nothing more; to be asked of all in turn.
   *
   * @param entry - met by the walk
   * @param root - number of its root
   */
  async passes(entry: TreeEntry, root: number): Promise<boolean> {
    const state = await this.#options.passed.meet(entry, root)
    switch (state.is) {
      case 'stored':
        if (!isSameFile(entry, state.record)) this.#options.hardlinks.forget(entry.stat)
        this.#options.onPassed(entry)
        return true
      case 'new':
        this.#takeNote(entry)
        this.#options.onPassed(entry)
        return true
      case 'open':
        await this.#addRest(entry)
        return true
      case 'lost':
        await this.#giveUp()
        return this.passes(entry, root)
      case 'ahead':
        return false
    }
  }

  /** Ends the walk. */
  async finish(): Promise<void> {
    if (await this.#options.passed.finish()) await this.#giveUp()
    const path = this.#firstNew
    if (path === undefined) return
    const which = JSON.stringify(decodeText(path))
    this.#options.onNotice(
      this.#newCount === 1
        ? `${which} was not there when the earlier run came by; it is left for the next archive`
        : `${this.#newCount} paths were not there when the earlier run came by, the first is ${which}; they are left for the next archive`,
    )
  }

  /** Lets go of what it reads. */
  close(): Promise<void> {
    return this.#options.passed.close()
  }

  /** Nothing may be a hardlink to what is not in the archive. */
  #takeNote(entry: TreeEntry): void {
    this.#options.hardlinks.forget(entry.stat)
    this.#firstNew ??= entry.path
    this.#newCount += 1
  }

  /** Its part may be of another file by now: what is a hardlink to it is stored by itself. */
  async #addRest(entry: TreeEntry): Promise<void> {
    this.#options.hardlinks.forget(entry.stat)
    if (entry.type !== 'file' || !(await this.#options.addFile(entry))) return this.#giveUp()
    this.#options.onAdded()
  }

  /** Zeros stand for what cannot be had any more. */
  async #giveUp(): Promise<void> {
    const { writer, openPath = new Uint8Array(0), onAdded, onProblem } = this.#options
    await writer.add({ path: openPath }, '')
    onAdded()
    onProblem({
      path: decodeText(openPath),
      kind: 'vanished',
      message:
        'a part of it was packed by the earlier run, and it is gone; zeros stand for the rest, the entry is flagged dirty',
    })
  }
}

/** Whether an entry is still the file that was stored, so that others may be hardlinks to it. */
function isSameFile(entry: TreeEntry, record: ListingRecord): boolean {
  const { seconds, nanoseconds } = entry.mtime
  return (
    record.type === entry.type &&
    !record.columns.has('dirty') &&
    record.sizeBytes === entry.sizeBytes &&
    record.mtime?.seconds === seconds &&
    record.mtime.nanoseconds === nanoseconds
  )
}
