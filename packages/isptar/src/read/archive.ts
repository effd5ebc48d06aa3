/** An open archive: its entries, lookup by path, and the data of one entry for one range read. */
import { createSha256 } from '#sha256'
import { encodeText } from '../bytes/text.ts'
import { EntryNotFoundError } from '../errors.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import type { SharedWork } from '../io/shared-work.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import type { PathBlock } from '../tail/path-gatherer.ts'
import type { ServiceInfo } from '../tail/service-info.ts'
import type { TailLayout } from '../tail/tail-layout.ts'
import { ArchiveFacts } from './archive-facts.ts'
import { checkReferredBases } from './check-references.ts'
import type { DigestSection } from './digest-section.ts'
import { Entry, type EntryLine, type EntryReader, type StreamOptions } from './entry.ts'
import { type FolderItem, folderItems } from './folder-items.ts'
import { followHardlinks } from './follow-hardlinks.ts'
import { joinPieces } from './join-pieces.ts'
import type { EntriesOptions, LineLookup, PathsOptions } from './line-lookup.ts'
import { type LineChoice, listEntries } from './list-entries.ts'
import type { Listing } from './listing.ts'
import type { DataContext } from './locate-data.ts'
import { findGroup, type PackedGroup } from './packed-group.ts'
import { findPacked, type PackedMember, type PackedOptions } from './packed-member.ts'
import { findPart, findParts, openPart } from './parts.ts'
import { readingAhead } from './read-ahead.ts'
import { type DataRange, readPart } from './read-part.ts'
import type { TailSource } from './read-tail.ts'
import { toReadableStream } from './readable.ts'
import { verifyArchive, type VerifyOptions, type VerifyReport } from './verify.ts'

/** The part of a file's data that was asked for, in bytes of the data. */
interface DataPart extends DataRange {
  readonly record: ListingRecord
}

/** What opening an archive found. */
export interface ArchiveParts {
  readonly source: ByteSource
  readonly sizeBytes: number
  readonly serviceInfo: ServiceInfo
  readonly tail: TailLayout
  /** What the tail is read from: the archive, or the catalogue it was opened with. */
  readonly tailSource: TailSource
  readonly listing: Listing
  readonly lookup: LineLookup
  readonly digests: DigestSection | undefined
  readonly data: DataContext
  /** Nearest first; undefined where one was not given. */
  readonly bases: readonly (Archive | undefined)[]
  /** The checks of its bases that were made, by their number; its views share them. */
  readonly baseChecks: Map<number, SharedWork<void>>
  /** Whether its data is elsewhere: it is a catalogue that was opened alone. */
  readonly isCatalogue: boolean
  readonly notices: readonly string[]
  /** Name of the part that it is restricted to. */
  readonly partName?: string | undefined
}

/** An archive opened by {@link openArchive}. Close it, or hold it with `await using`; closing closes its source. */
export class Archive extends ArchiveFacts implements EntryReader {
  /** What its source is called. */
  readonly name: string
  /** Length of the whole archive in bytes. */
  readonly sizeBytes: number
  /** Where the parts of the tail lie. */
  readonly tail: TailLayout
  /** Oddities that were read over when it was opened. */
  readonly notices: readonly string[]
  readonly #parts: ArchiveParts
  readonly #data: DataContext

  /** Use {@link openArchive}. */
  constructor(parts: ArchiveParts) {
    super(parts.serviceInfo)
    this.name = parts.source.name
    this.sizeBytes = parts.sizeBytes
    this.tail = parts.tail
    this.notices = parts.notices
    this.#parts = parts
    this.#data = parts.data
  }

  /** The bases it was opened with, nearest first; undefined where one was not given. */
  get bases(): readonly (Archive | undefined)[] {
    return this.#parts.bases
  }

  /** Whether it is an isolated catalogue, opened without the archive that has the data. */
  get isCatalogue(): boolean {
    return this.#parts.isCatalogue
  }

  /** Which part of a merged archive this is; undefined for a whole archive. See {@link part}. */
  get partName(): string | undefined {
    return this.#parts.partName
  }

  /** Names of its slices, first to last; undefined when it is in one piece. */
  get sliceNames(): readonly string[] | undefined {
    return this.#parts.source.sliceNames
  }

  /**
   * Gives the entries in stored order. Memory does not grow with their number. Costs at most one read of the listing; for
   * a folder, where the archive has an index, only of the blocks that hold it.
   *
   * @throws FormatError for a malformed line; IntegrityError, after the last entry, when a CRC is wrong
   */
  entries(options: EntriesOptions = {}): AsyncGenerator<Entry, void, undefined> {
    return listEntries(this.#parts, this, options)
  }

  /** Gives {@link entries} of which the lines are chosen; undefined for all. @internal */
  entriesOf(choice: LineChoice | undefined, options: EntriesOptions): AsyncGenerator<Entry, void, undefined> {
    return listEntries(this.#parts, this, options, choice)
  }

  /**
   * Gives the paths of the entries in stored order, as bytes in blocks: many times faster than {@link entries}, where
   * paths are all that is wanted. The checks are the same, and so are the reads.
   *
   * @throws as {@link entries}, after the paths before the place that is wrong
   * @example
   * ```ts
   * for await (const { bytes } of archive.paths()) process.stdout.write(bytes) // one a line
   * ```
   */
  paths(options: PathsOptions = {}): AsyncGenerator<PathBlock, void, undefined> {
    return this.#parts.lookup.paths(encodeText(normalizeEntryPath(options.under ?? '')), options)
  }

  /**
   * Gives what lies directly in a folder, in stored order, folders without an entry of their own too; of one path in several
   * lines the last counts. Where the archive has an index, subfolders cost nothing that can be jumped over: only blocks
   * that may name another child are read, those near each other at once, and what is in a block is given before the next is
   * read. Without an index, one pass over the listing. A folder that does not exist has nothing in it.
   *
   * @param folder - a leading `./` and a trailing `/` do not matter. @defaultValue the root
   * @throws as {@link entries}, of the blocks that are read; a malformed line in a subfolder shows when that is read
   * @example
   * ```ts
   * const archive = await openArchive(new HttpSource('https://backups.example/site.tgz'))
   * for await (const { path, isFolder } of archive.children('site/etc')) console.log(isFolder ? `${path}/` : path)
   * await archive.close()
   * ```
   */
  async *children(folder = '', options: ReadOptions = {}): AsyncGenerator<FolderItem, void, undefined> {
    for await (const items of this.childBatches(folder, options)) yield* items
  }

  /** Gives {@link children} as they come: at once what was read at once. @internal */
  childBatches(folder: string, options: ReadOptions): AsyncGenerator<readonly FolderItem[], void, undefined> {
    return folderItems(this.#parts.lookup, this, folder, options)
  }

  /**
   * Finds the entry of exactly this path; of several, the last. Costs one block of the listing where the archive has an
   * index, else one pass over it.
   *
   * @param path - as stored; a leading `./` and a trailing `/` do not matter
   */
  async find(path: string, options: ReadOptions = {}): Promise<Entry | undefined> {
    const found = await this.#parts.lookup.find(encodeText(normalizeEntryPath(path)), options)
    return found && this.#entryOf(found.bytes, found.line)
  }

  /**
   * Gives the entry of a line of the listing, from 0; undefined when it is none. Costs as much as {@link find}.
   */
  async entryAt(line: number, options: ReadOptions = {}): Promise<Entry | undefined> {
    const bytes = await this.#parts.lookup.atLine(line, options)
    return bytes && this.#entryOf(new Uint8Array(bytes), line)
  }

  #entryOf(bytes: Uint8Array, line: number): Entry | undefined {
    const record = decodeListingLine(bytes)
    return record && new Entry(record, this, { line, checked: true })
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
    const part = await this.#locate(entry, options)
    yield* readPart(this.#data, part.record, part, options)
  }

  /**
   * Gives the data of a file whole, checked, in memory of its own; see {@link stream}.
   *
   * @throws as {@link stream}
   */
  async bytes(entry: string | Entry, options: StreamOptions = {}): Promise<Uint8Array> {
    const part = await this.#locate(entry, options)
    return joinPieces(readPart(this.#data, part.record, part, options), part.end - part.start)
  }

  /** Gives the data of a file as text, read as UTF-8; see {@link bytes}. */
  async text(entry: string | Entry, options: StreamOptions = {}): Promise<string> {
    return new TextDecoder().decode(await this.bytes(entry, options))
  }

  /** Finds whose data is meant and checks the part asked for; its line was checked after that. */
  async #locate(given: string | Entry, options: StreamOptions): Promise<DataPart> {
    const entry = await this.#own(given, options)
    const { record, place } = await followHardlinks(this, entry, options)
    await this.#ensureRight(record, place, options)
    const { start = 0, end = record.sizeBytes } = options
    const inside = Number.isSafeInteger(start) && Number.isSafeInteger(end) && 0 <= start && start <= end
    if (inside && end <= record.sizeBytes) return { record, start, end }
    throw new RangeError(`bytes ${start} to ${end} of ${JSON.stringify(entry.path)}: it has ${record.sizeBytes}`)
  }

  /** Makes sure of the line that leads to data, and of the base that it leads to. */
  async #ensureRight({ location }: ListingRecord, { checked }: EntryLine, options: ReadOptions): Promise<void> {
    if (!checked) await this.#parts.listing.ensureWhole(options)
    const { depth = 0 } = location ?? {}
    if (depth > 0 && this.bases[depth - 1] !== undefined) await this.checkBases(new Set([depth]), options)
  }

  async #own(given: string | Entry, options?: ReadOptions): Promise<Entry> {
    if (typeof given === 'string') return this.get(given, options)
    if (given.isOf(this)) return given
    throw new TypeError(`${JSON.stringify(given.path)} is an entry of another archive than ${this.name}`)
  }

  /**
   * Gives the data member of a file as it is packed, to be moved into another archive: see `ArchiveWriter.addPacked`. Costs
   * one read, and inflating it to check it. The data may lie in a base.
   *
   * @param entry - a file with data; hardlinks are not followed
   * @returns undefined when its member holds more than this file: it is in a group, or the original program wrote it
   * @throws FormatError, IntegrityError, BaseMismatchError; also while its chunks are read
   */
  async packed(entry: Entry, options: PackedOptions = {}): Promise<PackedMember | undefined> {
    const { record, place } = await this.#own(entry)
    await this.#ensureRight(record, place, options)
    return findPacked(this.#data, record, options)
  }

  /** Gives the group that a file with data lies in, unfolded; undefined where it lies alone. @internal */
  async packedGroup(entry: Entry, options: ReadOptions = {}): Promise<PackedGroup | undefined> {
    const { record, place } = await this.#own(entry)
    await this.#ensureRight(record, place, options)
    return findGroup(this.#data, record, options)
  }

  /** Gives the recorded SHA-256 of a file by its path or entry; a hardlink has none. See {@link Entry.digest}. */
  digest(entry: string | Entry, options?: ReadOptions): Promise<Uint8Array | undefined> {
    return this.#own(entry, options).then(({ place }) => this.#parts.digests?.at(place.line, options))
  }

  /** Whether it records the SHA-256 of its files. */
  get hasDigests(): boolean {
    return this.#parts.digests !== undefined
  }

  /** Gives {@link identity}, also of archives that do not say it: then it costs a pass over the listing. */
  async computeIdentity(options: ReadOptions = {}): Promise<string> {
    if (this.identity !== undefined) return this.identity
    const sha256 = createSha256()
    for await (const piece of this.#parts.listing.plain(options)) sha256.update(piece)
    return sha256.hex()
  }

  /**
   * Gives the names of the archives that this one was merged of, in order; none when it was not merged. Costs a pass over
   * the listing where it was.
   *
   * @throws FormatError when the listing has other parts than the service info says
   */
  async parts(options: ReadOptions = {}): Promise<readonly string[]> {
    return (await findParts(this.#parts, options)).map(({ name }) => name)
  }

  /** Gives views of all parts, in order; see {@link part}. Costs one pass over the listing. */
  async openParts(options: ReadOptions = {}): Promise<readonly Archive[]> {
    const parts = await findParts(this.#parts, options)
    return parts.map((part) => new Archive({ ...this.#parts, ...openPart(this.#parts, part) }))
  }

  /**
   * Gives a view of one part of a merged archive: an archive that has its entries only. Closing either closes both. Costs a
   * pass over the listing.
   *
   * @param which - the part's name, or its place, from 0; of several with one name the last
   * @throws EntryNotFoundError when there is none; FormatError as {@link parts}
   */
  async part(which: string | number, options: ReadOptions = {}): Promise<Archive> {
    const part = await findPart(this.#parts, which, options)
    return new Archive({ ...this.#parts, ...openPart(this.#parts, part) })
  }

  /**
   * Makes sure that bases were given, and, for archives of the original program, which do not record whose differential
   * they are, that theirs have what this one refers to; that costs a pass over the listing of each, once. Reading data
   * out of a base makes sure of it, too.
   *
   * @param depths - which bases are needed. @defaultValue all that entries refer to
   * @throws BaseMismatchError when one is missing, or is another
   */
  checkBases(depths: ReadonlySet<number> | undefined, options: ReadOptions = {}): Promise<void> {
    return checkReferredBases(this, depths, options, this.#parts.baseChecks)
  }

  /** What the tail is read from; for copies of it. @internal */
  get tailSource(): TailSource {
    return this.#parts.tailSource
  }

  /** What reading its data takes; for archives that it is a base of. @internal */
  get dataContext(): DataContext {
    return this.#data
  }

  /**
   * Gives a view of this archive that reads data ahead: small files read in stored order cost one request a window
   * instead of one each. The view takes its own entries only, and closing either closes both.
   *
   * @param windowBytes - how much is read at once and held. @defaultValue 262144
   * @throws RangeError when that is no count of bytes
   */
  readAhead(windowBytes?: number): Archive {
    return new Archive({ ...this.#parts, data: readingAhead(this.#data, windowBytes) })
  }

  /**
   * Checks the archive: service info and listing, and, unless `quick`, every member, and that a plain tar sees the same
   * (version 2). Reads the listing twice, and the rest once from front to back. Finds go into the report; only aborts and
   * failures that are none of the archive's throw.
   */
  verify(options: VerifyOptions = {}): Promise<VerifyReport> {
    return verifyArchive(
      {
        listing: this.#parts.listing,
        lookup: this.#parts.lookup,
        isPart: this.partName !== undefined,
        checkBases: (depths) => this.checkBases(depths, options),
        digests: this.#parts.digests,
        data: this.#data,
        info: this.serviceInfo,
        notices: this.notices,
      },
      options,
    )
  }

  /** Closes the source, and the bases it was opened with. Safe to call twice. */
  async close(): Promise<void> {
    await Promise.all([this.#parts.source.close(), ...this.bases.map((base) => base?.close())])
  }

  /** Closes the archive when it leaves scope. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }
}
