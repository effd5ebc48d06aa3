/**
 * Keeps beside an archive, in `PATH.resume`, what a later run needs to go on with it. The file goes when the archive is
 * whole. A checkpoint counts once it is on the disk; lines after the last one are dropped.
 */
import type {
  FinishedSlice,
  HeldPiece,
  ListedLines,
  ResumePoint,
  SavedPoint,
  SliceJournal,
} from '../io/slice-journal.ts'
import { lookAt, removeFile } from './earlier-slices.ts'
import { KiB } from '../limits.ts'
import { JournalFile, type JournalRecord, readJournal, type StoredRecord } from './journal-file.ts'
import { removeJournalFile, removeRewrite, rewritePath } from './journal-place.ts'
import { beginRun, endRun, type JournalWriter, refuseOtherRun } from './journal-writer.ts'
import { checkFacts, beginningOf, type RunFacts } from './run-facts.ts'

/** What is of no use any more is dropped when there is more of it than of all else, and than this. */
const SPARE_BYTES = 256 * KiB

interface SavedValue {
  readonly state: string
  readonly finished: FinishedSlice
  /** Length of each piece, 0 for `cut`. */
  readonly held: readonly number[]
  /** Whether somebody is told of slices. */
  readonly tells: boolean
}

interface HandedOverValue {
  readonly slice: number
  readonly sizeBytes: number
  /** The highest slice for which there was nobody to be told. */
  readonly untold: number
}

/** What a run was, and is. */
export interface RunAccount {
  readonly facts: RunFacts
  /** Whether somebody is told of slices, and may move them away. */
  readonly tells: boolean
}

/** Where an earlier run stopped. */
export interface EarlierRun extends ResumePoint {
  /** Whether the run that stored the last slice told somebody of it. */
  readonly told: boolean
  /** Length of the highest slice that was handed over; 0 for none. */
  readonly handedOverBytes: number
  /** The highest slice for which there was nobody to be told; 0 for none. */
  readonly untold: number
}

/** The journal of an archive. */
export class ResumeJournal implements SliceJournal {
  /** Told when the file is another one than before. */
  onReplaced: (() => void) | undefined
  #file: JournalFile
  readonly #writer: JournalWriter
  readonly #tells: boolean
  #untold: number
  /** Length of all lines and their digests. */
  #lineBytes: number
  /** Where the last checkpoint ends; undefined before there is one. */
  readonly #end: number

  private constructor(file: JournalFile, tells: boolean, kept = { end: 0, lineBytes: 0, untold: 0 }) {
    this.#writer = beginRun()
    this.#tells = tells
    this.#untold = kept.untold
    this.#lineBytes = kept.lineBytes
    this.#file = file
    this.#end = kept.end
  }

  /**
   * Begins a journal in the place of another.
   *
   * @throws StorageError of kind `exists` when what is there is none, or is being written
   */
  static async create(path: string, { facts, tells }: RunAccount): Promise<ResumeJournal> {
    await refuseOtherRun(path)
    await removeRewrite(path)
    await removeJournalFile(path)
    const file = await JournalFile.create(path)
    await file.append({ kind: 'begin', value: beginningOf(facts), parts: [] })
    const journal = new ResumeJournal(file, tells)
    await journal.#sign()
    return journal
  }

  /**
   * Goes on with a journal.
   *
   * @param path - of the file
   * @param run - what this run is; the first must have been of the same facts
   * @returns undefined when there is no journal, or none that says anything
   * @throws StorageError of kind `exists` when the first run was another, or is at work
   */
  static async reopen(
    path: string,
    { facts, tells }: RunAccount,
  ): Promise<{ readonly journal: ResumeJournal; readonly from: EarlierRun | undefined } | undefined> {
    if ((await lookAt(path))?.isFile() !== true) return undefined
    await refuseOtherRun(path)
    let end = 0
    let lineBytes = 0
    let point: StoredRecord | undefined
    let handedOver: HandedOverValue = { slice: 0, sizeBytes: 0, untold: 0 }
    for await (const record of readJournal(path)) {
      if (record.kind === 'begin') checkFacts(path, record.value, facts)
      if (record.kind === 'save') point = record
      if (record.kind === 'handed over') handedOver = record.value as HandedOverValue
      lineBytes += lengthOfLines(record)
      // Lines after a checkpoint are dropped, and that a run is over with them.
      if (record.kind !== 'lines' && record.kind !== 'released') end = record.end
    }
    if (end === 0) return undefined
    await removeRewrite(path)
    const { slice, sizeBytes, untold } = handedOver
    const kept = { end: point?.end ?? 0, lineBytes, untold }
    const journal = new ResumeJournal(await JournalFile.reopen(path, end), tells, kept)
    await journal.#sign()
    return { journal, from: point && { ...decodePoint(point), handedOver: slice, handedOverBytes: sizeBytes, untold } }
  }

  /** Says who writes from here on. */
  async #sign(): Promise<void> {
    await this.#file.append({ kind: 'writer', value: this.#writer, parts: [] })
    await this.#file.sync()
  }

  async note({ lines, digests }: ListedLines): Promise<void> {
    const record = { kind: 'lines', value: null, parts: [lines, digests] }
    this.#lineBytes += lengthOfLines(record)
    await this.#file.append(record)
  }

  async save({ checkpoint, finished, held }: SavedPoint): Promise<void> {
    const { state, lines, digests } = checkpoint
    const lengths = held.map((piece) => (piece === 'cut' ? 0 : piece.length))
    const value: SavedValue = { state, finished, held: lengths, tells: this.#tells }
    const bytes = held.filter((piece) => piece !== 'cut')
    const record = { kind: 'save', value, parts: [lines, digests, ...bytes] }
    const before = this.#file.sizeBytes
    await this.#file.append(record)
    await this.#file.sync()
    const neededBytes = this.#lineBytes + this.#file.sizeBytes - before
    this.#lineBytes += lengthOfLines(record)
    if (this.#file.sizeBytes > 2 * neededBytes + SPARE_BYTES) await this.#compact()
  }

  /** A disk that holds little more than two slices must do, so what earlier checkpoints held does not stay. */
  async #compact(): Promise<void> {
    const { path, sizeBytes } = this.#file
    const file = await JournalFile.create(rewritePath(path))
    try {
      let handedOver: StoredRecord | undefined
      for await (const record of readJournal(path)) {
        if (record.kind === 'writer') continue
        if (record.kind === 'handed over') handedOver = record
        else if (record.kind !== 'save' || record.end === sizeBytes) await file.append(record)
        else await file.append({ kind: 'lines', value: null, parts: record.parts.slice(0, 2) })
      }
      if (handedOver) await file.append(handedOver)
      await file.append({ kind: 'writer', value: this.#writer, parts: [] })
      await file.replace(path)
    } catch (error) {
      await file.close()
      await removeFile(rewritePath(path))
      throw error
    }
    await this.#file.close()
    this.#file = file
    this.onReplaced?.()
  }

  async markHandedOver({ slice, sizeBytes }: FinishedSlice): Promise<void> {
    if (!this.#tells) this.#untold = slice
    const value: HandedOverValue = { slice, sizeBytes, untold: this.#untold }
    await this.#file.append({ kind: 'handed over', value, parts: [] })
    await this.#file.sync()
  }

  /** Gives the lines of the listing that the run before this one kept, up to its last checkpoint. */
  async *lines(): AsyncGenerator<ListedLines, void, undefined> {
    for await (const { kind, parts } of readJournal(this.#file.path, this.#end)) {
      const [lines, digests] = parts
      if ((kind === 'lines' || kind === 'save') && lines && digests) yield { lines, digests }
    }
  }

  /** Closes the file, which stays. */
  async close(): Promise<void> {
    // On a full disk nothing can be said; then the end of the process says it.
    await this.#file.append({ kind: 'released', value: null, parts: [] }).catch(() => undefined)
    await this.#endRun()
  }

  /** Closes the file and removes it: it is not needed any more. */
  async remove(): Promise<void> {
    await this.#endRun()
    await removeFile(this.#file.path)
  }

  async #endRun(): Promise<void> {
    endRun(this.#writer)
    await this.#file.close()
  }
}

function lengthOfLines({ kind, parts: [lines, digests] }: JournalRecord): number {
  return kind === 'lines' || kind === 'save' ? (lines?.length ?? 0) + (digests?.length ?? 0) : 0
}

function decodePoint({ value, parts }: StoredRecord): { readonly point: SavedPoint; readonly told: boolean } {
  const { state, finished, held, tells } = value as SavedValue
  const [lines = new Uint8Array(0), digests = new Uint8Array(0), ...bytes] = parts
  let next = 0
  const pieces = held.map((length): HeldPiece => {
    if (length === 0) return 'cut'
    next += 1
    return bytes[next - 1] ?? new Uint8Array(0)
  })
  return { point: { checkpoint: { state, lines, digests }, finished, held: pieces }, told: tells }
}
