/** An open archive: its entries, lookup by path, and the data of one entry for one range read. */
import { encodeText } from '../bytes/text.ts'
import { EntryNotFoundError, FormatError, UnsupportedError } from '../errors.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { withReadAhead } from '../io/with-read-ahead.ts'
import { MAX_LINK_DEPTH } from '../limits.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import type { ServiceInfo } from '../tail/service-info.ts'
import type { TailLayout } from '../tail/tail-layout.ts'
import { Entry, type EntryReader, type StreamOptions } from './entry.ts'
import { type LineMatch, matchFolder, matchPath } from './line-match.ts'
import type { Listing } from './listing.ts'
import type { DataContext } from './locate-data.ts'
import { readData } from './read-data.ts'
import { toReadableStream } from './readable.ts'
import { verifyArchive, type VerifyOptions, type VerifyReport } from './verify.ts'

/** Which entries to give. */
export interface EntriesOptions extends ReadOptions {
  /** A folder: only it and what is in it. @defaultValue everything */
  under?: string | undefined
}

/** The part of a file's data that was asked for, in bytes of the data. */
interface DataPart {
  readonly record: ListingRecord
  readonly start: number
  readonly end: number
}

/** What opening an archive found. */
export interface ArchiveParts {
  readonly source: ByteSource
  readonly sizeBytes: number
  readonly serviceInfo: ServiceInfo
  readonly tail: TailLayout
  readonly listing: Listing
  readonly data: DataContext
  readonly notices: readonly string[]
}

/**
 * An archive opened by {@link openArchive}. Close it, or hold it with `await using`; closing closes its source.
 */
export class Archive implements EntryReader {
  /** What its source is called. */
  readonly name: string
  /** Length of the whole archive in bytes. */
  readonly sizeBytes: number
  /** The service info, every key. */
  readonly serviceInfo: ServiceInfo
  /** Where the parts of the tail lie. */
  readonly tail: TailLayout
  /** Oddities that were read over when it was opened. */
  readonly notices: readonly string[]
  readonly #parts: ArchiveParts
  readonly #source: ByteSource
  readonly #listing: Listing
  readonly #data: DataContext

  /** Use {@link openArchive}. */
  constructor(parts: ArchiveParts) {
    this.name = parts.source.name
    this.sizeBytes = parts.sizeBytes
    this.serviceInfo = parts.serviceInfo
    this.tail = parts.tail
    this.notices = parts.notices
    this.#parts = parts
    this.#source = parts.source
    this.#listing = parts.listing
    this.#data = parts.data
  }

  /** 2 when the listing has our columns, 1 for archives of the original program. */
  get formatVersion(): 1 | 2 {
    return this.serviceInfo.get('format') === '2' ? 2 : 1
  }

  /** Program that wrote it, `isptar/0.1.0`; undefined in format 1. */
  get writer(): string | undefined {
    return this.serviceInfo.get('writer')
  }

  /** When it was written, RFC 3339; undefined in format 1. */
  get createdAt(): string | undefined {
    return this.serviceInfo.get('created')
  }

  /** Its identity: the SHA-256 of its listing in hex; undefined in format 1. */
  get identity(): string | undefined {
    return this.serviceInfo.get('listing_sha256')
  }

  /** How many entries it says it has; undefined in format 1 and when what it says is no number. */
  get entryCount(): number | undefined {
    const count = this.serviceInfo.get('entries')
    return count !== undefined && /^[0-9]{1,15}$/.test(count) ? Number(count) : undefined
  }

  /** Names of its slices, first to last; undefined when it is in one piece. */
  get sliceNames(): readonly string[] | undefined {
    return this.#source.sliceNames
  }

  /**
   * Gives the entries in stored order. Memory does not grow with their number. Costs at most one read of the listing.
   *
   * @throws FormatError for a malformed line; IntegrityError, after the last entry, when the listing's CRC is wrong
   */
  async *entries(options: EntriesOptions = {}): AsyncGenerator<Entry, void, undefined> {
    const wanted = matchFolder(encodeText(normalizeEntryPath(options.under ?? '')))
    for await (const lines of this.#listing.batches(options))
      for (const line of lines) {
        const record = wanted(line) ? decodeListingLine(line) : undefined
        if (record !== undefined) yield new Entry(record, this)
      }
  }

  /**
   * Finds the entry of exactly this path; of several, the last. Costs one pass over the listing.
   *
   * @param path - as stored; a leading `./` and a trailing `/` do not matter
   */
  async find(path: string, options: ReadOptions = {}): Promise<Entry | undefined> {
    const record = await this.#findLast(matchPath(encodeText(normalizeEntryPath(path))), options)
    return record && new Entry(record, this)
  }

  async #findLast(matches: LineMatch, options: ReadOptions): Promise<ListingRecord | undefined> {
    let found: ListingRecord | undefined
    for await (const lines of this.#listing.batches(options))
      for (const line of lines) if (matches(line)) found = decodeListingLine(new Uint8Array(line)) ?? found
    return found
  }

  /**
   * Gives the entry of exactly this path; see {@link find}.
   *
   * @throws EntryNotFoundError
   */
  async get(path: string, options: ReadOptions = {}): Promise<Entry> {
    const entry = await this.find(path, options)
    if (entry === undefined) throw new EntryNotFoundError(path, this.name)
    return entry
  }

  /**
   * Streams the data of a file, or of the file that a hardlink names. One range read where the listing has the
   * member's length. The stream fails rather than ends when CRC or size are wrong; until it has ended, what it gave is
   * not yet confirmed. A part (`start`, `end`) is cut out of the whole member, which is read and checked to its end.
   *
   * @param entry - a path or an entry of this archive
   * @throws (through the stream) EntryNotFoundError, IntegrityError, FormatError, StorageError; UnsupportedError
   * for an entry that has no data; RangeError for a part outside the data; TypeError for an entry of another archive
   */
  stream(entry: string | Entry, options: StreamOptions = {}): ReadableStream<Uint8Array> {
    return toReadableStream((signal) => this.#dataOf(entry, { ...options, signal }), options.signal)
  }

  async *#dataOf(entry: string | Entry, options: StreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
    yield* this.#read(await this.#locate(entry, options), options)
  }

  /**
   * Gives the data of a file whole, checked, in memory of its own; see {@link stream}.
   *
   * @throws as {@link stream}
   */
  async bytes(entry: string | Entry, options: StreamOptions = {}): Promise<Uint8Array> {
    const part = await this.#locate(entry, options)
    const lengthBytes = part.end - part.start
    let whole: Uint8Array | undefined
    let offset = 0
    for await (const piece of this.#read(part, options)) {
      if (piece.length === lengthBytes && piece.buffer.byteLength === lengthBytes) whole = piece
      else {
        whole ??= new Uint8Array(lengthBytes)
        whole.set(piece, offset)
      }
      offset += piece.length
    }
    return whole?.subarray(0, offset) ?? new Uint8Array(0)
  }

  /** Gives the data of a file as text, read as UTF-8; see {@link bytes}. */
  async text(entry: string | Entry, options: StreamOptions = {}): Promise<string> {
    return new TextDecoder().decode(await this.bytes(entry, options))
  }

  /** Finds whose data is meant and checks the part asked for; the listing was checked whole after that. */
  async #locate(given: string | Entry, options: StreamOptions): Promise<DataPart> {
    if (typeof given !== 'string' && !given.isOf(this))
      throw new TypeError(`${JSON.stringify(given.path)} is an entry of another archive than ${this.name}`)
    const entry = typeof given === 'string' ? await this.get(given, options) : given
    const { record } = await this.#follow(entry, options)
    await this.#listing.ensureWhole(options)
    const { start = 0, end = record.sizeBytes } = options
    const inside = Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end
    if (inside && end <= record.sizeBytes) return { record, start, end }
    throw new RangeError(`bytes ${start} to ${end} of ${JSON.stringify(entry.path)}: it has ${record.sizeBytes}`)
  }

  async *#read({ record, start, end }: DataPart, options: StreamOptions): AsyncGenerator<Uint8Array, void, undefined> {
    let offset = 0
    for await (const piece of readData(this.#data, record, options)) {
      const from = Math.max(start - offset, 0)
      const to = Math.min(Math.max(end - offset, 0), piece.length)
      offset += piece.length
      if (from < to) yield to - from === piece.length ? piece : piece.subarray(from, to)
    }
  }

  /** Follows hardlinks to the file that has the data. */
  async #follow(entry: Entry, options: ReadOptions): Promise<Entry> {
    let current = entry
    for (let depth = 0; depth < MAX_LINK_DEPTH; depth += 1) {
      if (current.type === 'file') return current
      if (current.type !== 'hardlink') throw withoutData(current)
      const target = await this.find(current.linkTarget ?? '', options)
      if (target === undefined)
        throw new EntryNotFoundError(current.linkTarget ?? '', this.name, { neededBy: current.path })
      current = target
    }
    throw new FormatError(`${JSON.stringify(entry.path)}: hardlinks that lead round in a circle`)
  }

  /**
   * Gives a view of this archive that reads data ahead: small files read in stored order cost one request a window
   * instead of one each. The view takes its own entries only, and closing either closes both.
   *
   * @param windowBytes - how much is read at once and held. @defaultValue 262144
   * @throws RangeError when that is no count of bytes
   */
  readAhead(windowBytes?: number): Archive {
    const bytes = withReadAhead(this.#data.bytes, { windowBytes, endOffset: this.#data.dataEnd })
    return new Archive({ ...this.#parts, data: { ...this.#data, bytes } })
  }

  /**
   * Checks the archive: service info and listing, and, unless `quick`, every member, and that a plain tar sees the same
   * (version 2). Reads the listing twice, and the rest once from front to back. Finds go into the report; only aborts and
   * failures that are none of the archive's throw.
   */
  verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    return verifyArchive(
      { listing: this.#listing, data: this.#data, info: this.serviceInfo, notices: this.notices },
      options,
    )
  }

  /** Closes the source. Safe to call twice. */
  close(): Promise<void> {
    return this.#source.close()
  }

  /** Closes the archive when it leaves scope. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}

function withoutData(entry: Entry): UnsupportedError {
  const name = JSON.stringify(entry.path)
  const hint = entry.linkTarget === undefined ? '' : ` to ${JSON.stringify(entry.linkTarget)}: ask for that`
  return new UnsupportedError(`${name} has no data: it is a ${entry.type}${hint}`)
}
