/** What an extraction did: counts, what it refused and why, and what went wrong. */
import { type ErrorCode, IsptarError, StorageError, UnsafePathError } from '../errors.ts'
import type { EntryType } from '../tar/entry-type.ts'
import { fileError } from './file-error.ts'

/** Refusals and problems are listed up to this many each and counted beyond: hostile archives have millions. */
const MAX_LISTED = 10_000

/** An entry that was not restored because that would not have been safe, or because something stands there. */
export interface RefusedEntry {
  /** As stored. */
  readonly path: string
  readonly code: ErrorCode
  /** Why, in a few words. */
  readonly reason: string
}

/** Something that went wrong with one entry: it is missing, or an attribute of it is. */
export interface ExtractProblem {
  readonly code: ErrorCode
  /** As stored. */
  readonly path: string
  readonly message: string
}

/** What {@link extractTree} gives back. */
export interface ExtractReport {
  /** Whether nothing was refused and nothing went wrong; dropped rights and notices alone do not count. */
  readonly ok: boolean
  /** Entries restored. */
  readonly entryCount: number
  /** Bytes of data restored. */
  readonly dataBytes: number
  readonly fileCount: number
  readonly directoryCount: number
  /** Symlinks and hardlinks. */
  readonly linkCount: number
  /** FIFOs and devices. */
  readonly specialCount: number
  /** Entries left out because something stood there, with `existing: 'keep'`. */
  readonly keptCount: number
  /** Files, folders and links that were removed, with `delete`. */
  readonly deletedCount: number
  /** Entries restored without their setuid, setgid or privileged attributes; see `samePermissions`. */
  readonly droppedRightsCount: number
  readonly refusedCount: number
  /** The first 10,000 refused. */
  readonly refused: readonly RefusedEntry[]
  readonly problemCount: number
  /** The first 10,000 problems. */
  readonly problems: readonly ExtractProblem[]
  /** What this machine cannot restore, of any entry. */
  readonly notices: readonly string[]
}

/** Collects an {@link ExtractReport}. */
export class ReportBuilder {
  readonly #counts = new Map<EntryType, number>()
  readonly #refused: RefusedEntry[] = []
  readonly #problems: ExtractProblem[] = []
  readonly #onProblem: (problem: RefusedEntry | ExtractProblem) => void
  #refusedCount = 0
  #problemCount = 0
  #keptCount = 0
  #droppedRightsCount = 0
  #deletedCount = 0
  #doubtfulCount = 0
  #obstructedCount = 0
  #bytes = 0

  /** @param onProblem - told of each refusal and problem as it comes, beyond the bound too */
  constructor(onProblem: (problem: RefusedEntry | ExtractProblem) => void = () => undefined) {
    this.#onProblem = onProblem
  }

  /** Counts an entry restored. */
  restored(type: EntryType, bytes: number): void {
    this.#counts.set(type, this.#count(type) + 1)
    this.#bytes += bytes
  }

  /** Counts an entry left out for what stands there. */
  kept(): void {
    this.#keptCount += 1
  }

  /** Counts something that was removed. */
  deleted(): void {
    this.#deletedCount += 1
  }

  /** Notes a problem with an entry that was restored all the same. */
  doubtful(path: string, error: IsptarError): void {
    this.#doubtfulCount += 1
    this.#problem(path, error)
  }

  /** Whether everything that is safe is restored, doubtful data too. */
  get isComplete(): boolean {
    return this.#problemCount === this.#doubtfulCount && this.#obstructedCount === 0
  }

  /** Counts an entry that lost rights. */
  droppedRights(): void {
    this.#droppedRightsCount += 1
  }

  /** Bytes of data restored so far. */
  get dataBytes(): number {
    return this.#bytes
  }

  /**
   * Takes what was thrown for one entry: refusals and failures are noted.
   *
   * @throws the error itself when it ends the extraction: an abort, a full disk, an archive that changed, a mistake in
   * the program
   */
  failed(path: string, error: unknown, signal: AbortSignal | undefined): void {
    signal?.throwIfAborted()
    if (!(error instanceof Error) || (error instanceof TypeError && !('code' in error))) throw error
    const known = error instanceof IsptarError ? error : fileError(error, 'restore', path)
    if (known instanceof StorageError && ENDING.has(known.kind)) throw known
    if (known instanceof UnsafePathError) this.#refuse(path, known.code, known.reason)
    else if (known instanceof StorageError && known.kind === 'exists') {
      this.#obstructedCount += 1
      this.#refuse(path, known.code, known.message)
    } else this.#problem(path, known)
  }

  #refuse(path: string, code: ErrorCode, reason: string): void {
    const refused = { path, code, reason }
    this.#refusedCount += 1
    if (this.#refused.length < MAX_LISTED) this.#refused.push(refused)
    this.#onProblem(refused)
  }

  #problem(path: string, { code, message }: IsptarError): void {
    const problem = { code, path, message }
    this.#problemCount += 1
    if (this.#problems.length < MAX_LISTED) this.#problems.push(problem)
    this.#onProblem(problem)
  }

  #count(...types: readonly EntryType[]): number {
    return types.reduce((sum, type) => sum + (this.#counts.get(type) ?? 0), 0)
  }

  /** Gives the report. */
  build(notices: readonly string[]): ExtractReport {
    const fileCount = this.#count('file')
    const directoryCount = this.#count('directory')
    const linkCount = this.#count('symlink', 'hardlink')
    const specialCount = this.#count('fifo', 'char', 'block')
    return {
      ok: this.#refusedCount === 0 && this.#problemCount === 0,
      entryCount: fileCount + directoryCount + linkCount + specialCount,
      dataBytes: this.#bytes,
      fileCount,
      directoryCount,
      linkCount,
      specialCount,
      keptCount: this.#keptCount,
      deletedCount: this.#deletedCount,
      droppedRightsCount: this.#droppedRightsCount,
      refusedCount: this.#refusedCount,
      refused: this.#refused,
      problemCount: this.#problemCount,
      problems: this.#problems,
      notices,
    }
  }
}

/** Failures that the next entry would meet again. */
const ENDING: ReadonlySet<string> = new Set(['full', 'changed', 'closed'])
