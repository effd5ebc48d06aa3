/**
 * The life of an archive that is written: entries in turn, then the tail (SPEC 2), then the target's commit; or, at any
 * time before that, its abort. One pass, bounded memory; what is kept per entry is its packed listing line.
 */
import { codec as defaultCodec } from '#codec'
import type { Codec, Level } from '../gzip/codec.ts'
import type { Target } from '../io/target.ts'
import { encodeTail, type TailOptions } from '../tail/encode-tail.ts'
import type { Time } from '../tar/entry-type.ts'
import { checkCreatedAt, describeArchive } from './archive-info.ts'
import { DataReader, type EntryData } from './entry-data.ts'
import { type EntryInput, toTime } from './entry-input.ts'
import { type AddedEntry, EntryWriter } from './entry-writer.ts'
import { Output } from './output.ts'
import { STORED_SUFFIXES } from './stored-suffixes.ts'

export type { AddedEntry } from './entry-writer.ts'

/** How to write an archive. */
export interface CreateOptions {
  /** Compression effort. @defaultValue 6 */
  level?: Level | undefined
  /**
   * Files whose names end so, in whatever letter case, are stored, not deflated; each with its dot.
   * @defaultValue {@link STORED_SUFFIXES}
   */
  storeSuffixes?: readonly string[] | undefined
  /** The archive's own time, of the years 0 to 9999; fix it for reproducible archives. @defaultValue now */
  createdAt?: Time | Date | undefined
  /** What deflates. @defaultValue `node:zlib` on Node, pako elsewhere */
  codec?: Codec | undefined
  /** Ends the writing early: the target is aborted. */
  signal?: AbortSignal | undefined
}

/** What was written. */
export interface ArchiveSummary {
  /** SHA-256 of the listing, hex: the archive's identity. The listing holds the CRC-32 of every file's data. */
  readonly identity: string
  readonly entryCount: number
  /** Length of the archive in bytes. */
  readonly sizeBytes: number
  /** Sum of the files' sizes in bytes. */
  readonly dataBytes: number
  /** How many entries are flagged dirty. */
  readonly dirtyCount: number
  /** Length of the listing member in bytes. */
  readonly listingBytes: number
}

/**
 * Starts an archive. Nothing is written before the first entry.
 *
 * @param target - where it goes; the writer commits or aborts it
 * @throws RangeError for options that cannot be
 * @example
 * ```ts
 * const target = new MemoryTarget()
 * const writer = createArchive(target)
 * await writer.add({ path: 'motd', mtime: new Date(0) }, 'hello\n')
 * const { identity, sizeBytes } = await writer.close()
 * console.log(identity, sizeBytes, target.bytes().length)
 * ```
 */
export function createArchive(target: Target, options: CreateOptions = {}): ArchiveWriter {
  return new ArchiveWriter(target, options)
}

/** An archive in the making. Entries are written one after the other, in the order of the calls. */
export class ArchiveWriter {
  readonly #target: Target
  readonly #output: Output
  readonly #entries: EntryWriter
  readonly #tail: Omit<TailOptions, 'offset'>
  readonly #abortion: AbortController = new AbortController()
  /** Fires when the writer is aborted, by whichever way. */
  readonly #signal: AbortSignal
  #state: 'open' | 'committing' | 'closed' | 'failed' | 'aborted' = 'open'
  #failure: unknown
  #last: Promise<unknown> = Promise.resolve()

  /** Use {@link createArchive}. */
  constructor(target: Target, options: CreateOptions) {
    const { codec = defaultCodec, storeSuffixes = STORED_SUFFIXES, signal } = options
    const level = checkLevel(options.level ?? 6)
    const now = new Date(Math.floor(Date.now() / 1000) * 1000)
    const createdAt = checkCreatedAt(toTime(options.createdAt ?? now, 'createdAt'))
    this.#target = target
    this.#output = new Output(target)
    this.#signal = signal ? AbortSignal.any([this.#abortion.signal, signal]) : this.#abortion.signal
    this.#tail = { createdAt, codec, level }
    this.#entries = new EntryWriter(this.#output, {
      ...this.#tail,
      storeSuffixes: storeSuffixes.map((suffix) => suffix.toLowerCase()),
      signal: this.#signal,
    })
  }

  /**
   * Adds an entry. Resolves when its bytes are handed on; await it, so that memory stays bounded.
   *
   * Data of a size that differs from `sizeBytes` is cut or filled with zeros and flagged dirty, so that the archive
   * stays whole. Data without a size that is longer than 1 MiB needs a target that can be patched.
   *
   * @param entry - what it is
   * @param data - what is in it; files only; cancelled when the entry is refused. @defaultValue nothing: an empty file
   * @throws UnsafePathError, RangeError, TypeError: nothing was written, go on with the next entry. LimitError for data
   * of unknown size. Any failure after that aborts the target, and the writer takes no more.
   */
  async add(entry: EntryInput, data?: EntryData): Promise<AddedEntry> {
    const reader = data === undefined ? undefined : new DataReader(data, this.#signal)
    try {
      return await this.#inTurn('add to', () => this.#add(entry, reader))
    } finally {
      await reader?.return()
    }
  }

  /**
   * Writes the tail and commits the target.
   *
   * @throws what the target throws; it is then aborted
   */
  close(): Promise<ArchiveSummary> {
    return this.#inTurn('close', () => this.#orAbort(() => this.#close()))
  }

  /**
   * Leaves nothing behind and ends calls that still run. After `close` it does nothing; while the target commits it
   * waits for that.
   */
  async abort(): Promise<void> {
    if (this.#state === 'committing') return void (await this.#last)
    if (this.#state === 'closed') return
    if (this.#state === 'open') {
      this.#end('aborted')
      this.#abortion.abort(new DOMException(`the archive ${this.#target.name} was aborted`, 'AbortError'))
    }
    await this.#target.abort()
  }

  /** Aborts unless it was closed. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.abort()
  }

  #inTurn<T>(call: string, task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => {
      this.#assertOpen(call)
      return task()
    })
    this.#last = result.catch(() => undefined)
    return result
  }

  #assertOpen(call: string): void {
    const refused = `cannot ${call} the archive ${this.#target.name}`
    if (this.#state === 'closed') throw new TypeError(`${refused}: it is already closed`)
    if (this.#state === 'aborted') throw new TypeError(`${refused}: it was aborted`)
    if (this.#state === 'failed') throw new TypeError(`${refused}: an earlier call failed`, { cause: this.#failure })
  }

  async #orAbort<T>(task: () => Promise<T>): Promise<T> {
    try {
      this.#signal.throwIfAborted()
      return await task()
    } catch (error) {
      // What fails after an abort fails because of it; a commit is not aborted.
      const why: unknown = this.#signal.aborted && this.#state !== 'committing' ? this.#signal.reason : error
      await this.#giveUp(why)
      throw why
    }
  }

  /** What made the writing fail is told; that cleaning up failed as well would only hide it. */
  async #giveUp(error: unknown): Promise<void> {
    if (this.#state !== 'open' && this.#state !== 'committing') return
    this.#failure = error
    this.#end('failed')
    await this.#target.abort().catch(() => undefined)
  }

  #end(state: 'failed' | 'aborted'): void {
    this.#state = state
    // A call that still runs may be at the listing.
    void this.#last.then(() => this.#entries.close())
  }

  async #add(entry: EntryInput, data: DataReader | undefined): Promise<AddedEntry> {
    let write: () => Promise<AddedEntry>
    try {
      write = await this.#entries.prepare(entry, data)
    } catch (error) {
      // A refusal costs the entry only, an abort the archive.
      if (!this.#signal.aborted) throw error
      return this.#orAbort(() => Promise.reject(error))
    }
    return this.#orAbort(async () => {
      const added = await write()
      this.#signal.throwIfAborted()
      return added
    })
  }

  async #close(): Promise<ArchiveSummary> {
    const { listing, dirtyCount, ...totals } = await this.#entries.finish()
    const info = describeArchive(totals, this.#tail.createdAt)
    await this.#output.write(encodeTail(listing, info, { ...this.#tail, offset: this.#output.offset }))
    await this.#output.flush()
    this.#signal.throwIfAborted()
    this.#state = 'committing'
    await this.#target.commit()
    this.#state = 'closed'
    const { identity, entryCount, dataBytes } = totals
    const sizeBytes = this.#output.offset
    return { identity, entryCount, sizeBytes, dataBytes, dirtyCount, listingBytes: listing.packedBytes }
  }
}

function checkLevel(level: Level): Level {
  if (Number.isInteger(level) && level >= 0 && level <= 9) return level
  throw new RangeError(`level is ${level}, expected 0 to 9`)
}
