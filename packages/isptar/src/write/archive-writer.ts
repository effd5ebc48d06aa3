/**
 * Writes an archive: per file a header member and one data member, then the tail (SPEC 1, 2). One pass, bounded
 * memory; what is kept per entry is its packed listing line.
 */
import { codec as defaultCodec } from '#codec'
import { LimitError } from '../errors.ts'
import type { Codec, Level } from '../gzip/codec.ts'
import { encodeMember } from '../gzip/encode-member.ts'
import type { Target } from '../io/target.ts'
import { KiB, SPOOL_BYTES } from '../limits.ts'
import { concatBytes } from '../bytes/concat.ts'
import { decodeText } from '../bytes/text.ts'
import { encodeTail } from '../tail/encode-tail.ts'
import type { Location } from '../tail/listing-record.ts'
import { encodeXattrColumn } from '../tail/xattr-column.ts'
import { encodeTarHeader } from '../tar/encode-tar-header.ts'
import type { Time } from '../tar/entry-type.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import { VERSION } from '../version.ts'
import { type DataHead, readHead } from './data-head.ts'
import { writeDataMember, type WrittenMember } from './data-member.ts'
import { type EntryData, knownSize, toChunks, wasChanged } from './entry-data.ts'
import { type EntryInput, toTarHeader, toTime } from './entry-input.ts'
import { ListingBuilder } from './listing-builder.ts'
import { Output } from './output.ts'
import { isStored, STORED_SUFFIXES } from './stored-suffixes.ts'

/** Headers without data between them are gathered up to this much plaintext. */
const HEADERS_BYTES = 64 * KiB

/** How to write an archive. */
export interface CreateOptions {
  /** Compression effort. @defaultValue 6 */
  level?: Level | undefined
  /** Files whose names end so are stored, not deflated; lower case, each with its dot. @defaultValue {@link STORED_SUFFIXES} */
  storeSuffixes?: readonly string[] | undefined
  /** The archive's own time; fix it for reproducible archives. @defaultValue now */
  createdAt?: Time | Date | undefined
  /** What deflates. @defaultValue `node:zlib` on Node, pako elsewhere */
  codec?: Codec | undefined
  /** Ends the writing early: the target is aborted. */
  signal?: AbortSignal | undefined
}

/** What became of an added entry. */
export interface AddedEntry {
  /** Its path as stored. */
  readonly path: string
  readonly sizeBytes: number
  /** Length of its data member in bytes; 0 without data. */
  readonly packedBytes: number
  /** Whether its data was cut or filled to the given size, or changed while it was read; the listing flags it. */
  readonly dirty: boolean
}

/** What was written. */
export interface ArchiveSummary {
  /** SHA-256 of the listing, hex: the archive's identity. */
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
 * @example
 * ```ts
 * const target = new MemoryTarget()
 * await using writer = createArchive(target)
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
  readonly #codec: Codec
  readonly #level: Level
  readonly #storeSuffixes: readonly string[]
  readonly #createdAt: Time
  readonly #signal: AbortSignal | undefined
  readonly #listing: ListingBuilder
  #headers: Uint8Array[] = []
  #headerBytes = 0
  #dataBytes = 0
  #dirtyCount = 0
  #state: 'open' | 'closed' | 'failed' = 'open'
  #last: Promise<unknown> = Promise.resolve()

  /** Use {@link createArchive}. */
  constructor(target: Target, options: CreateOptions) {
    this.#level = checkLevel(options.level ?? 6)
    this.#codec = options.codec ?? defaultCodec
    this.#target = target
    this.#output = new Output(target)
    this.#storeSuffixes = options.storeSuffixes ?? STORED_SUFFIXES
    this.#createdAt = toTime(options.createdAt ?? new Date(Math.floor(Date.now() / 1000) * 1000), 'createdAt')
    this.#signal = options.signal
    this.#listing = new ListingBuilder(this.#codec, this.#level)
  }

  /**
   * Adds an entry. Resolves when its bytes are handed on; await it, so that memory stays bounded.
   *
   * Data of a size that differs from `sizeBytes` is cut or filled with zeros and flagged dirty, so that the archive
   * stays whole. Data without a size that is longer than 1 MiB needs a target that can be patched.
   *
   * @param entry - what it is
   * @param data - what is in it; files only. @defaultValue nothing: an empty file
   * @throws UnsafePathError, RangeError, TypeError: nothing was written, go on with the next entry. LimitError for data
   * of unknown size. Any failure after that aborts the target, and the writer takes no more.
   */
  add(entry: EntryInput, data?: EntryData): Promise<AddedEntry> {
    return this.#inTurn(() => this.#add(entry, data))
  }

  /**
   * Writes the tail and commits the target.
   *
   * @throws what the target throws; it is then aborted
   */
  close(): Promise<ArchiveSummary> {
    return this.#inTurn(() => this.#orAbort(() => this.#close()))
  }

  /** Leaves nothing behind; after `close` it does nothing. */
  async abort(): Promise<void> {
    if (this.#state === 'closed') return
    this.#state = 'failed'
    this.#listing.close()
    await this.#target.abort()
  }

  /** Aborts unless it was closed. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.abort()
  }

  #inTurn<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#last.then(() => {
      if (this.#state !== 'open')
        throw new TypeError(`the archive ${this.#target.name} is ${this.#state}: nothing can be added`)
      return task()
    })
    this.#last = result.catch(() => undefined)
    return result
  }

  async #orAbort<T>(task: () => Promise<T>): Promise<T> {
    try {
      this.#signal?.throwIfAborted()
      return await task()
    } catch (error) {
      await this.#giveUp()
      throw error
    }
  }

  /** What made the writing fail is told; that cleaning up failed as well would only hide it. */
  async #giveUp(): Promise<void> {
    if (this.#state === 'open') await this.abort().catch(() => undefined)
  }

  async #add(entry: EntryInput, data: EntryData | undefined): Promise<AddedEntry> {
    const header = toTarHeader(entry, this.#createdAt)
    if (header.type === 'file' && data !== undefined) return this.#addFile(header, entry, data)
    if (data !== undefined)
      throw new TypeError(`${JSON.stringify(decodeText(header.pathBytes))} is a ${header.type}: it takes no data`)
    if (header.sizeBytes > 0)
      throw new TypeError(`${JSON.stringify(decodeText(header.pathBytes))} has a size but no data`)
    const blocks = encodeHeader(header)
    return this.#orAbort(() => this.#addEmpty(header, blocks, false))
  }

  async #addEmpty(header: TarHeader, blocks: Uint8Array, dirty: boolean): Promise<AddedEntry> {
    this.#headers.push(blocks)
    this.#headerBytes += blocks.length
    if (this.#headerBytes >= HEADERS_BYTES) await this.#flushHeaders()
    return this.#list(header, undefined, 0, dirty)
  }

  async #addFile(header: TarHeader, entry: EntryInput, data: EntryData): Promise<AddedEntry> {
    const given = entry.sizeBytes ?? knownSize(data)
    const chunks = toChunks(data, this.#signal)
    try {
      const head = await readHead(chunks, Math.min(given ?? SPOOL_BYTES, SPOOL_BYTES))
      const sizeBytes = given ?? (head.rest ? undefined : head.bytes.length)
      if (sizeBytes === undefined && !this.#output.canPatch) throw unknownSize(header, this.#target.name)
      // What tar cannot say is refused here, while nothing is written yet.
      const sized = { ...header, sizeBytes: sizeBytes ?? 0 }
      const blocks = encodeHeader(sized)
      return await this.#orAbort(() => this.#writeFile(sized, blocks, head, sizeBytes, data))
    } catch (error) {
      if (this.#signal?.aborted) await this.#giveUp()
      throw error
    } finally {
      await chunks.return()
    }
  }

  async #writeFile(
    header: TarHeader,
    blocks: Uint8Array,
    head: DataHead,
    sizeBytes: number | undefined,
    data: EntryData,
  ): Promise<AddedEntry> {
    if (sizeBytes === 0) return this.#addEmpty(header, blocks, head.bytes.length > 0 || (await wasChanged(data)))
    const level = isStored(decodeText(header.pathBytes), this.#storeSuffixes) ? 0 : this.#level
    if (sizeBytes === undefined) return this.#writeUnsized(header, blocks, head, level, data)
    this.#headers.push(blocks)
    await this.#flushHeaders()
    const offset = this.#output.offset
    const { fits } = await this.#writeMember(head, sizeBytes, level)
    return this.#list(header, offset, this.#output.offset - offset, !fits || (await wasChanged(data)))
  }

  /** The header goes out stored with size 0 and is overwritten, at the same length, once the size is known. */
  async #writeUnsized(
    header: TarHeader,
    blocks: Uint8Array,
    head: DataHead,
    level: Level,
    data: EntryData,
  ): Promise<AddedEntry> {
    await this.#flushHeaders()
    const headerOffset = this.#output.offset
    const placeholder = encodeMember(this.#codec, blocks, 0)
    await this.#output.write(placeholder)
    const offset = this.#output.offset
    const { plainBytes } = await this.#writeMember(head, undefined, level)
    const sized = { ...header, sizeBytes: plainBytes }
    const member = encodeMember(this.#codec, encodeHeader(sized), 0)
    if (member.length !== placeholder.length) throw new RangeError('a header changed its length with its size')
    await this.#output.patch(headerOffset, member)
    return this.#list(sized, offset, this.#output.offset - offset, await wasChanged(data))
  }

  #writeMember(head: DataHead, sizeBytes: number | undefined, level: Level): Promise<WrittenMember> {
    return writeDataMember(this.#output, head, { codec: this.#codec, level, sizeBytes, signal: this.#signal })
  }

  async #flushHeaders(): Promise<void> {
    if (this.#headers.length === 0) return
    const plain = concatBytes(this.#headers)
    this.#headers = []
    this.#headerBytes = 0
    await this.#output.write(encodeMember(this.#codec, plain, this.#level))
  }

  async #list(header: TarHeader, offset: number | undefined, packedBytes: number, dirty: boolean): Promise<AddedEntry> {
    const { sizeBytes, xattrs } = header
    const columns = new Map<string, string>()
    if (offset !== undefined) columns.set('csize', String(packedBytes))
    if (dirty) columns.set('dirty', '1')
    for (const [name, value] of xattrs ?? []) columns.set(...encodeXattrColumn(name, value))
    const location: Location | undefined =
      offset === undefined ? undefined : { depth: 0, slice: 1, offset, plainOffset: 0 }
    await this.#listing.add({ ...header, location, columns })
    this.#dataBytes += sizeBytes
    if (dirty) this.#dirtyCount += 1
    return { path: decodeText(header.pathBytes), sizeBytes, packedBytes, dirty }
  }

  async #close(): Promise<ArchiveSummary> {
    await this.#flushHeaders()
    const { entryCount, ordered } = this.#listing
    const { member, identity } = await this.#listing.finish()
    const info = new Map([
      ['format', '2'],
      ['writer', `isptar/${VERSION}`],
      ['created', toRfc3339(this.#createdAt)],
      ...(ordered ? ([['order', 'path']] as const) : []),
      ['listing_sha256', identity],
      ['entries', String(entryCount)],
      ['data_size', String(this.#dataBytes)],
    ])
    await this.#output.write(encodeTail(member, info, this.#createdAt, this.#codec, this.#level))
    await this.#output.flush()
    await this.#target.commit()
    this.#state = 'closed'
    return {
      identity,
      entryCount,
      sizeBytes: this.#output.offset,
      dataBytes: this.#dataBytes,
      dirtyCount: this.#dirtyCount,
      listingBytes: member.packedBytes,
    }
  }
}

/** Whole seconds only: a pax record with the nanoseconds of every file would cost 2 to 4 % (SPEC 1.2). */
function encodeHeader(header: TarHeader): Uint8Array {
  return encodeTarHeader({ ...header, mtime: { seconds: header.mtime.seconds, nanoseconds: 0 } })
}

function checkLevel(level: Level): Level {
  if (Number.isInteger(level) && level >= 0 && level <= 9) return level
  throw new RangeError(`level is ${level}, expected 0 to 9`)
}

function unknownSize(header: TarHeader, target: string): LimitError {
  return new LimitError(
    `${JSON.stringify(decodeText(header.pathBytes))}: data of unknown size is longer than ${SPOOL_BYTES} bytes and ${target} ` +
      'cannot be patched: give sizeBytes, or write to a file or to memory',
    { limit: 'SPOOL_BYTES', max: SPOOL_BYTES, actual: SPOOL_BYTES + 1 },
  )
}

function toRfc3339(time: Time): string {
  return `${new Date(time.seconds * 1000).toISOString().slice(0, 19)}Z`
}
