/** What both protocols do with what arrives: check it, store it, count it, take note of what went wrong. */
import { decodeText, equalBytes } from '../bytes/text.ts'
import type { BaseReuse } from '../chain/base-reuse.ts'
import { isIsptarError } from '../errors.ts'
import type { Entry } from '../read/entry.ts'
import type { Time } from '../tar/entry-type.ts'
import { TOP_FOLDER } from '../write/archive-info.ts'
import type { ArchiveSummary, ArchiveWriter } from '../write/archive-writer.ts'
import type { WatchedData } from '../write/entry-data.ts'
import { toTarHeader } from '../write/entry-input.ts'
import type { PipeProblem } from './offered-entry.ts'
import { decodeWireLine, type ReceivedEntry } from './wire-line.ts'

/** How far the receiving is. */
export interface ServeProgress {
  /** Entries stored so far. */
  readonly entryCount: number
  /** Bytes of file data received so far. */
  readonly dataBytes: number
  /** Path of the entry at hand. */
  readonly path: string
}

/** What to expect, and whom to tell what. */
export interface ServeOptions {
  /** Which protocol the client must speak. @defaultValue whichever its first two bytes say */
  protocol?: 'isptar' | 'original' | undefined
  /** Told after each entry and each piece of a file. */
  onProgress?: ((progress: ServeProgress) => void) | undefined
  /** Told of everything that is missing, or stored but doubtful, on either side. */
  onProblem?: ((problem: PipeProblem) => void) | undefined
  /** Told what is worth knowing and loses nothing. */
  onNotice?: ((message: string) => void) | undefined
  /** Ends it early: nothing is left. */
  signal?: AbortSignal | undefined
}

/** What was received. */
export interface ServeReport {
  /** Which protocol the client spoke. */
  readonly protocol: 'isptar' | 'original'
  /** What the writer says of the archive. */
  readonly summary: ArchiveSummary
  /** Bytes of file data that were sent. */
  readonly dataBytes: number
  /** What was taken from the bases and not sent. */
  readonly reused: {
    /** Entries that are as the base has them, or whose content is. */
    readonly unchangedCount: number
    /** Files whose content the base has under another path. */
    readonly movedCount: number
    /** Sum of the sizes of both in bytes. */
    readonly dataBytes: number
  }
  /** Whether everything was taken as it is: there are no problems on either side. */
  readonly ok: boolean
  readonly problemCount: number
  /** The first 10,000 problems. */
  readonly problems: readonly PipeProblem[]
  readonly notices: readonly string[]
}

/** A hostile client has millions of complaints. */
const MAX_KEPT = 10_000

/** For the check alone: what has no time gets the archive's when it is written. */
const SOME_TIME: Time = { seconds: 0, nanoseconds: 0 }

/** The archive that is being received. */
export class Receiver {
  /** Whether what comes is the content of one folder, without the folder's name. */
  isTopFolder = false
  readonly #writer: ArchiveWriter
  readonly #options: ServeOptions
  readonly #reuse: BaseReuse | undefined
  readonly #problems: PipeProblem[] = []
  readonly #notices: string[] = []
  #problemCount = 0
  #entryCount = 0
  #dataBytes = 0
  #path = ''
  #unchanged = 0
  #moved = 0
  #reusedBytes = 0

  /**
   * @param writer - of a new archive
   * @param options - whom to tell what
   * @param reuse - what bases have
   */
  constructor(writer: ArchiveWriter, options: ServeOptions, reuse: BaseReuse | undefined) {
    this.#writer = writer
    this.#options = options
    this.#reuse = reuse
  }

  /** How many problems there are so far. */
  get problemCount(): number {
    return this.#problemCount
  }

  /** The problem that came first. */
  get firstProblem(): PipeProblem | undefined {
    return this.#problems[0]
  }

  /** How many entries are stored so far. */
  get entryCount(): number {
    return this.#entryCount
  }

  /**
   * Decodes and checks an entry.
   *
   * @param isCoarse - whether it came in the original's protocol
   * @returns undefined for what no archive may hold, which is then reported
   * @throws FormatError when the line describes no entry
   */
  admit(line: Uint8Array, isCoarse = false): ReceivedEntry | undefined {
    const entry = decodeWireLine(line, isCoarse)
    try {
      toTarHeader(entry, SOME_TIME)
      return entry
    } catch (error) {
      this.#refuse(entry, error)
      return undefined
    }
  }

  /** Stores an entry; what is refused while nothing of it is written is reported. */
  async store(entry: ReceivedEntry, data?: WatchedData): Promise<void> {
    await this.#add(entry, () => this.#writer.add(entry, data))
  }

  /** Takes an entry, or the data of one, from the base. */
  async take(now: ReceivedEntry, then: Entry): Promise<void> {
    await this.#add(now, async () => {
      await this.#reuse?.add(this.#writer, now, then)
      if (equalBytes(now.path, then.pathBytes)) this.#unchanged += 1
      else this.#moved += 1
      this.#reusedBytes += now.sizeBytes
    })
  }

  async #add(entry: ReceivedEntry, add: () => Promise<unknown>): Promise<void> {
    this.#path = decodeText(entry.path)
    try {
      await add()
      this.#entryCount += 1
      this.#tell()
    } catch (error) {
      // What tar cannot say; everything else ends the archive.
      if (!(error instanceof RangeError) && !isIsptarError(error, 'limit')) throw error
      this.#refuse(entry, error)
    }
  }

  /** Counts data that arrived. */
  count(bytes: number): void {
    this.#dataBytes += bytes
    this.#tell()
  }

  /** Takes note of a problem of either side. */
  report(problem: PipeProblem): void {
    this.#problemCount += 1
    if (this.#problems.length < MAX_KEPT) this.#problems.push(problem)
    this.#options.onProblem?.(problem)
  }

  /** Takes note of what is worth knowing. */
  notice(message: string): void {
    if (this.#notices.length < MAX_KEPT) this.#notices.push(message)
    this.#options.onNotice?.(message)
  }

  /** Ends the archive. */
  async finish(protocol: ServeReport['protocol']): Promise<ServeReport> {
    const summary = await this.#writer.close(this.isTopFolder ? TOP_FOLDER : undefined)
    return {
      protocol,
      summary,
      dataBytes: this.#dataBytes,
      reused: { unchangedCount: this.#unchanged, movedCount: this.#moved, dataBytes: this.#reusedBytes },
      ok: this.#problemCount === 0,
      problemCount: this.#problemCount,
      problems: this.#problems,
      notices: this.#notices,
    }
  }

  #refuse(entry: ReceivedEntry, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error)
    this.report({ path: decodeText(entry.path), kind: 'refused', message })
  }

  #tell(): void {
    this.#options.onProgress?.({ entryCount: this.#entryCount, dataBytes: this.#dataBytes, path: this.#path })
  }
}
