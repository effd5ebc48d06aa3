/**
 * Keeps beside an archive, in `PATH.resume`, what a later run needs to go on with it. The file goes when the archive is
 * whole. A checkpoint counts once it is on the disk; lines after the last one are dropped.
 */
import { StorageError } from '../errors.ts'
import type {
  FinishedSlice,
  HeldPiece,
  ListedLines,
  ResumePoint,
  SavedPoint,
  SliceJournal,
} from '../io/slice-journal.ts'
import { lookAt, removeFile, taken } from './earlier-slices.ts'
import { KiB } from '../limits.ts'
import { JournalFile, type JournalRecord, readJournal, type StoredRecord } from './journal-file.ts'

/** Raised with every change of the file. */
const VERSION = 1

/** What is of no use any more is dropped when there is more of it than of all else, and than this. */
const SPARE_BYTES = 256 * KiB

/** What two runs must have in common, by names that a message may say; each value is anything that JSON holds. */
export type RunFacts = Readonly<Record<string, unknown>>

interface SavedValue {
  readonly state: string
  readonly finished: FinishedSlice
  /** Length of each piece, 0 for `cut`. */
  readonly held: readonly number[]
}

/** The journal of an archive. */
export class ResumeJournal implements SliceJournal {
  /** Told when the file is another one than before. */
  onReplaced: (() => void) | undefined
  #file: JournalFile
  /** Length of all lines and their digests. */
  #lineBytes: number
  /** Where the last checkpoint ends; undefined before there is one. */
  readonly #end: number

  private constructor(file: JournalFile, end: number, lineBytes: number) {
    this.#lineBytes = lineBytes
    this.#file = file
    this.#end = end
  }

  /**
   * Begins a journal in the place of another.
   *
   * @throws StorageError of kind `exists` when what is there is none
   */
  static async create(path: string, facts: RunFacts): Promise<ResumeJournal> {
    await assertJournal(path)
    await removeFile(path)
    const file = await JournalFile.create(path)
    await file.append({ kind: 'begin', value: { version: VERSION, facts }, parts: [] })
    await file.sync()
    return new ResumeJournal(file, 0, 0)
  }

  /**
   * Goes on with a journal.
   *
   * @param path - of the file
   * @param facts - what this run is; the first must have been the same
   * @returns undefined when there is no journal, or none that says anything
   * @throws StorageError of kind `exists` when the first run was another
   */
  static async reopen(
    path: string,
    facts: RunFacts,
  ): Promise<{ readonly journal: ResumeJournal; readonly from: ResumePoint | undefined } | undefined> {
    if ((await lookAt(path))?.isFile() !== true) return undefined
    let isBegun = false
    let end = 0
    let point: StoredRecord | undefined
    let handedOver = 0
    let lineBytes = 0
    for await (const record of readJournal(path)) {
      if (record.kind === 'begin') checkFacts(path, record.value, facts)
      if (record.kind === 'save') point = record
      lineBytes += lengthOfLines(record)
      if (record.kind === 'handed over') handedOver = Number(record.value)
      if (record.kind !== 'lines') end = record.end
      isBegun = true
    }
    if (!isBegun) return undefined
    const journal = new ResumeJournal(await JournalFile.reopen(path, end), point?.end ?? 0, lineBytes)
    return { journal, from: point && { point: decodePoint(point), handedOver } }
  }

  async note({ lines, digests }: ListedLines): Promise<void> {
    const record = { kind: 'lines', value: null, parts: [lines, digests] }
    this.#lineBytes += lengthOfLines(record)
    await this.#file.append(record)
  }

  async save({ checkpoint, finished, held }: SavedPoint): Promise<void> {
    const { state, lines, digests } = checkpoint
    const value: SavedValue = { state, finished, held: held.map((piece) => (piece === 'cut' ? 0 : piece.length)) }
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
    await removeFile(`${path}.new`)
    const file = await JournalFile.create(`${path}.new`)
    try {
      let handedOver: StoredRecord | undefined
      for await (const record of readJournal(path)) {
        if (record.kind === 'handed over') handedOver = record
        else if (record.kind !== 'save' || record.end === sizeBytes) await file.append(record)
        else await file.append({ kind: 'lines', value: null, parts: record.parts.slice(0, 2) })
      }
      if (handedOver) await file.append(handedOver)
      await file.replace(path)
    } catch (error) {
      await file.close()
      await removeFile(`${path}.new`)
      throw error
    }
    await this.#file.close()
    this.#file = file
    this.onReplaced?.()
  }

  async markHandedOver(slice: number): Promise<void> {
    await this.#file.append({ kind: 'handed over', value: slice, parts: [] })
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
    await this.#file.close()
  }

  /** Closes the file and removes it: it is not needed any more. */
  async remove(): Promise<void> {
    await this.#file.close()
    await removeFile(`${this.#file.path}.new`)
    await removeFile(this.#file.path)
  }
}

function lengthOfLines({ kind, parts: [lines, digests] }: JournalRecord): number {
  return kind === 'lines' || kind === 'save' ? (lines?.length ?? 0) + (digests?.length ?? 0) : 0
}

/** A file that somebody else gave this name is not replaced, nor what a link of this name leads to. */
async function assertJournal(path: string): Promise<void> {
  const found = await lookAt(path)
  if (found === undefined || (found.isFile() && found.size === 0)) return
  if (found.isFile()) for await (const { kind } of readJournal(path)) if (kind === 'begin') return
  throw taken(path, 'what is there is no journal, or its beginning is damaged; remove it, or choose another name')
}

function decodePoint({ value, parts }: StoredRecord): SavedPoint {
  const { state, finished, held } = value as SavedValue
  const [lines = new Uint8Array(0), digests = new Uint8Array(0), ...bytes] = parts
  let next = 0
  const pieces = held.map((length): HeldPiece => {
    if (length === 0) return 'cut'
    next += 1
    return bytes[next - 1] ?? new Uint8Array(0)
  })
  return { checkpoint: { state, lines, digests }, finished, held: pieces }
}

function checkFacts(path: string, begun: unknown, now: RunFacts): void {
  const { version, facts } = begun as { readonly version: number; readonly facts: RunFacts }
  if (version !== VERSION)
    throw refused(path, `it was begun by another version of this program`, `version ${version}, not ${VERSION}`)
  const names = new Set([...Object.keys(facts), ...Object.keys(now)])
  for (const name of names) {
    const [then, here] = [facts[name], now[name]].map((value) => JSON.stringify(value) ?? 'nothing')
    if (then !== here) throw refused(path, `it was begun with another value of "${name}"`, `${then}, not ${here}`)
  }
}

function refused(path: string, why: string, details: string): StorageError {
  const message = `cannot go on by ${path}: ${why} (${details}); give what the first run was given, or begin anew`
  return new StorageError(message, { operation: 'resume', location: path, kind: 'exists' })
}
