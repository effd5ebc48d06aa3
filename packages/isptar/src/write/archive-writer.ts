/**
 * The life of an archive that is written: entries in turn, then the tail (SPEC 2), then the target's commit; or, at any
 * time before that, its abort. One pass, bounded memory; what is kept per entry is its packed listing line.
 */
import type { Level } from '../gzip/codec.ts'
import type { ListedLines } from '../io/slice-journal.ts'
import type { Target } from '../io/target.ts'
import { type EncodedTail, encodeTail, type TailOptions } from '../tail/encode-tail.ts'
import type { ServiceInfo } from '../tail/service-info.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import { describeArchive } from './archive-info.ts'
import { type CreateOptions, resolveCreateOptions } from './create-options.ts'
import { DataReader, type EntryData } from './entry-data.ts'
import type { EntryInput } from './entry-input.ts'
import { type AddedEntry, EntryWriter, type EntryWriterOptions, type PiecedFile } from './entry-writer.ts'
import type { MadeBatch } from './made-batch.ts'
import { Output } from './output.ts'
import type { BaseData, PackedData } from './placed-data.ts'
import { decodeWriterState, type WriterState } from './writer-state.ts'

export type { CreateOptions } from './create-options.ts'
export type { AddedEntry } from './entry-writer.ts'

/** Where an archive stood when another run stopped. */
export interface ResumedArchive {
  /**
   * Path of the file of which a part is written: it is to be added first, with all its data. Data that differs, or is
   * none, makes the entry dirty.
   */
  readonly openPath: Uint8Array | undefined
  /** How many entries are written. */
  readonly entryCount: number
  /** Whether all is written and `close` is to follow. */
  readonly isComplete: boolean
  /** What `checkpointNote` gave. */
  readonly note: string
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
  /** How many files have their data in a base. */
  readonly referenceCount: number
  /** Sum of their sizes in bytes. */
  readonly referencedBytes: number
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
  #output: Output
  #entries: EntryWriter
  readonly #tail: Omit<TailOptions, 'offset'>
  readonly #options: CreateOptions
  readonly #entryOptions: EntryWriterOptions
  /** Where the tail begins, when the target has it already. */
  #tailOffset: number | undefined
  readonly #abortion: AbortController = new AbortController()
  /** Fires when the writer is aborted, by whichever way. */
  readonly #signal: AbortSignal
  #state: 'open' | 'committing' | 'closed' | 'failed' | 'aborted' = 'open'
  #failure: unknown
  #last: Promise<unknown> = Promise.resolve()

  /** Use {@link createArchive}. */
  constructor(target: Target, options: CreateOptions) {
    const { signal } = options
    this.#target = target
    this.#options = options
    this.#output = new Output(target)
    this.#signal = signal ? AbortSignal.any([this.#abortion.signal, signal]) : this.#abortion.signal
    this.#entryOptions = resolveCreateOptions(options, this.#signal)
    const { createdAt, codec, level } = this.#entryOptions
    this.#tail = { createdAt, codec, level }
    this.#entries = new EntryWriter(this.#output, this.#entryOptions)
  }

  /**
   * Goes on where another writer stopped, with the same options and a target that goes on as well; comes first.
   *
   * @param lines - what was kept of the listing, up to the checkpoint
   * @param checkpoint - the `state` of the last one
   * @throws FormatError for the state of another version of this program
   */
  resume(lines: AsyncIterable<ListedLines>, checkpoint: string): Promise<ResumedArchive> {
    return this.#inTurn('resume', () => this.#orAbort(() => this.#resume(lines, decodeWriterState(checkpoint))))
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
   * Adds an entry that is unchanged since a base: a line of the listing, nothing in the tar.
   *
   * @param entry - what it is now; its size is that of the data
   * @param data - where its data lies; files with data only
   * @throws UnsafePathError, RangeError, TypeError: nothing was written, go on with the next entry
   */
  addReference(entry: EntryInput, data?: BaseData): Promise<AddedEntry> {
    return this.#inTurn('add to', () => {
      checkBase(data?.base, this.#options.bases?.length ?? 0)
      return this.#write(async () => this.#entries.prepareReference(entry, data))
    })
  }

  /**
   * Adds a file whose data member is moved here byte for byte: nothing is inflated or deflated but its header.
   *
   * @param entry - what it is now; its size is that of the data
   * @param data - the member, which is not looked into: whoever gives it has checked it
   * @throws UnsafePathError, RangeError, TypeError: nothing was written, go on with the next entry. IntegrityError when the
   * member has another length; that and what its chunks throw aborts the target
   */
  addPacked(entry: EntryInput, data: PackedData): Promise<AddedEntry> {
    return this.#inTurn('add to', () => this.#write(async () => this.#entries.preparePacked(entry, data)))
  }

  /**
   * Adds entries whose members are made already: they are written as they are.
   *
   * @param batch - whole members, and their entries in order; whoever gives it has checked it
   * @throws what the target throws; it is then aborted
   * @internal
   */
  addBatch(batch: MadeBatch): Promise<void> {
    return this.#inTurn('add to', () => this.#orAbort(() => this.#entries.writeBatch(batch)))
  }

  /**
   * Begins a file whose pieces are deflated elsewhere; nothing else may be added before it is finished.
   *
   * @param header - its size is that of the data
   * @param level - what its pieces are deflated with
   * @internal
   */
  async beginPieces(header: TarHeader, level: Level): Promise<PiecedFile> {
    const run = <T>(task: () => Promise<T>): Promise<T> => this.#inTurn('add to', () => this.#orAbort(task))
    const file = await run(() => this.#entries.beginPieces(header, level))
    return {
      add: (piece, isLast) => run(() => file.add(piece, isLast)),
      finish: (facts) => run(() => file.finish(facts)),
    }
  }

  /** How entries are written; for members that are made elsewhere. @internal */
  get entryOptions(): EntryWriterOptions {
    return this.#entryOptions
  }

  /** Checks what is said of an entry and completes it, as {@link add} does. @internal */
  toHeader(entry: EntryInput): TarHeader {
    return this.#entries.toHeader(entry)
  }

  /**
   * Writes the tail and commits the target.
   *
   * @param serviceInfo - lines that were not known when the archive was begun; they follow those of the options
   * @throws what the target throws; it is then aborted
   */
  close(serviceInfo?: ServiceInfo): Promise<ArchiveSummary> {
    return this.#inTurn('close', () => this.#orAbort(() => this.#close(serviceInfo)))
  }

  /**
   * Leaves nothing behind and ends calls that still run. After `close` it does nothing; while the target commits it
   * waits for that.
   */
  async abort(): Promise<void> {
    if (this.#state === 'committing') return void (await this.#last)
    if (this.#state === 'closed') return
    if (this.#state === 'open') {
      this.#state = 'aborted'
      this.#abortion.abort(new DOMException(`the archive ${this.#target.name} was aborted`, 'AbortError'))
    }
    await this.#abortTargets()
  }

  async #abortTargets(): Promise<void> {
    await this.#options.catalogue?.abort()
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
    this.#state = 'failed'
    await this.#abortTargets().catch(() => undefined)
  }

  async #resume(lines: AsyncIterable<ListedLines>, state: WriterState): Promise<ResumedArchive> {
    this.#output = new Output(this.#target, state.offset)
    this.#entries = new EntryWriter(this.#output, this.#entryOptions)
    this.#tailOffset = state.tailOffset
    await this.#entries.resume(lines, state)
    const { openPath, entryCount } = this.#entries
    return { openPath, entryCount, isComplete: state.tailOffset !== undefined, note: state.note }
  }

  #add(entry: EntryInput, data: DataReader | undefined): Promise<AddedEntry> {
    return this.#write(() => this.#entries.prepare(entry, data))
  }

  async #write(prepare: () => Promise<() => Promise<AddedEntry>>): Promise<AddedEntry> {
    let write: () => Promise<AddedEntry>
    try {
      write = await prepare()
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

  async #close(more: ServiceInfo = new Map()): Promise<ArchiveSummary> {
    const { members, dirtyCount, referenceCount, referencedBytes, ...totals } = await this.#entries.finish()
    const { bases = [], catalogue } = this.#options
    const serviceInfo = new Map([...(this.#options.serviceInfo ?? []), ...more])
    const { sliceBytes } = this.#output
    const info = describeArchive(totals, { createdAt: this.#tail.createdAt, bases, sliceBytes, serviceInfo })
    const offset = this.#tailOffset ?? this.#output.offset
    const tail = encodeTail(members, info, { ...this.#tail, offset })
    if (this.#tailOffset === undefined) await writeTail(this.#output, tail)
    await this.#entries.checkpoint({ tailOffset: offset })
    if (catalogue) await writeCatalogue(catalogue, tail)
    this.#signal.throwIfAborted()
    this.#state = 'committing'
    await this.#target.commit()
    await catalogue?.commit()
    this.#state = 'closed'
    return {
      identity: totals.identity,
      entryCount: totals.entryCount,
      sizeBytes: this.#output.offset,
      dataBytes: totals.dataBytes,
      dirtyCount,
      referenceCount,
      referencedBytes,
      listingBytes: members.listing.packedBytes,
    }
  }
}

/** The tail stands in one slice; where it is longer than that, at least what leads to the rest does (SPEC 7). */
async function writeTail(output: Output, { header, members, end }: EncodedTail): Promise<void> {
  const whole = [header, ...members, ...end]
  const { sliceBytes } = output
  if (sliceBytes === undefined || whole.reduce((sum, part) => sum + part.length, 0) <= sliceBytes)
    await output.writeTogether(whole)
  else {
    await output.write(header, ...members)
    await output.writeTogether(end)
  }
  await output.flush()
}

async function writeCatalogue(target: Target, { header, members, end }: EncodedTail): Promise<void> {
  const output = new Output(target)
  await output.write(header, ...members, ...end)
  await output.flush()
}

function checkBase(base: number | undefined, count: number): void {
  if (base === undefined || (Number.isSafeInteger(base) && base >= 1 && base <= count)) return
  throw new RangeError(`base is ${base}, expected 1 to ${count}: the number of bases the archive was started with`)
}
