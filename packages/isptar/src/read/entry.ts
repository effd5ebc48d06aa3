/** One entry of an archive: a view of its listing line, with what reading its data takes. */
import { decodeText } from '../bytes/text.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import { judgeEntryPath, normalizeEntryPath } from '../tar/entry-path.ts'
import type { Device, EntryType, Time } from '../tar/entry-type.ts'
import type { ListingRecord, Location } from '../tail/listing-record.ts'
import { decodeXattrColumns } from '../tail/xattr-column.ts'
import { parsePackedBytes } from './locate-data.ts'
import type { DataOptions } from './read-data.ts'

/** Which part of an entry's data to give, and how. */
export interface StreamOptions extends DataOptions {
  /** First byte wanted. @defaultValue 0 */
  start?: number | undefined
  /** The byte after the last one wanted. @defaultValue the entry's size */
  end?: number | undefined
}

/** What an entry asks of its archive. */
export interface EntryReader {
  /** Columns mean something in version 2 only. */
  readonly formatVersion: 1 | 2
  stream(entry: Entry, options?: StreamOptions): ReadableStream<Uint8Array>
  bytes(entry: Entry, options?: StreamOptions): Promise<Uint8Array>
  digest(entry: Entry, options?: ReadOptions): Promise<Uint8Array | undefined>
}

/** Where an entry stands in the listing. */
export interface EntryLine {
  /** Number of its line, from 0. */
  readonly line: number
  /** Whether that line was checked already; where not, the listing is before data is read. */
  readonly checked: boolean
  /** SHA-256 of its data, where it was read along. */
  readonly digest?: Uint8Array | undefined
}

/** One entry of an archive. Reading its properties costs no I/O. */
export class Entry {
  /** The decoded listing line. */
  readonly record: ListingRecord
  readonly #reader: EntryReader
  readonly #place: EntryLine

  /** @param reader - the archive it came from */
  constructor(record: ListingRecord, reader: EntryReader, place: EntryLine) {
    this.record = record
    this.#reader = reader
    this.#place = place
  }

  /** Whether it came from this archive. */
  isOf(reader: EntryReader): boolean {
    return this.#reader === reader
  }

  /** Gives the same entry as one of another view of its archive. */
  of(reader: EntryReader): Entry {
    return new Entry(this.record, reader, this.#place)
  }

  /** Where it stands in the listing. */
  get place(): EntryLine {
    return this.#place
  }

  /**
   * The path as stored, whatever it is: never join it to a folder before {@link unsafeReason} is looked at. Bytes that
   * are not UTF-8 appear as lone surrogates U+DC80–U+DCFF; see {@link pathBytes}.
   */
  get path(): string {
    return decodeText(this.record.pathBytes)
  }

  /** Why the path would leave the folder it is extracted to, or is no path at all; undefined when it is fine. */
  get unsafeReason(): string | undefined {
    return judgeEntryPath(normalizeEntryPath(this.path))
  }

  /** The path's raw bytes. */
  get pathBytes(): Uint8Array {
    return this.record.pathBytes
  }

  /** What it is. */
  get type(): EntryType {
    return this.record.type
  }

  /** Permission bits with setuid, setgid and sticky: `& 0o7777`. */
  get mode(): number {
    return this.record.mode
  }

  get uid(): number {
    return this.record.uid
  }

  get gid(): number {
    return this.record.gid
  }

  /** Owner's name; empty when the writer knew none. */
  get userName(): string {
    return this.record.userName
  }

  /** Group's name; empty when the writer knew none. */
  get groupName(): string {
    return this.record.groupName
  }

  /** Time of the last change; undefined where the listing has none (format 1 has it for files only). */
  get mtime(): Time | undefined {
    return this.record.mtime
  }

  /** Length of the data in bytes; 0 for all but files. */
  get sizeBytes(): number {
    return this.record.sizeBytes
  }

  /**
   * Length of its member in the archive in bytes, when the listing says it (format 2). A group has one length for all files
   * in it.
   *
   * @throws FormatError when the column is malformed
   */
  get packedBytes(): number | undefined {
    return this.#reader.formatVersion === 2 ? parsePackedBytes(this.record) : undefined
  }

  /** Target of a symlink or hardlink, as stored. */
  get linkTarget(): string | undefined {
    return this.record.linkBytes && decodeText(this.record.linkBytes)
  }

  /** The link target's raw bytes. */
  get linkTargetBytes(): Uint8Array | undefined {
    return this.record.linkBytes
  }

  /** Number of a `char` or `block` device. */
  get device(): Device | undefined {
    return this.record.device
  }

  /** Where the data lies; undefined for entries without data. */
  get location(): Location | undefined {
    return this.record.location
  }

  /** Whether the file changed while it was read into the archive. */
  get dirty(): boolean {
    return this.record.columns.get('dirty') === '1'
  }

  /**
   * Extended attributes by full name.
   *
   * @throws FormatError when one is no base64
   */
  get xattrs(): ReadonlyMap<string, Uint8Array> {
    return decodeXattrColumns(this.record.columns)
  }

  /** The columns of the line by key, unknown ones too, as text; `ns` and `mtime` are in {@link mtime}. */
  get columns(): ReadonlyMap<string, string> {
    return this.record.columns
  }

  /**
   * Gives the SHA-256 of the data, 32 bytes, as the archive recorded it; undefined where it did not. One read of 32 bytes,
   * or none where the entry came with it.
   */
  async digest(options?: ReadOptions): Promise<Uint8Array | undefined> {
    return this.#place.digest ?? this.#reader.digest(this, options)
  }

  /** Streams the data; see {@link Archive.stream}. */
  stream(options?: StreamOptions): ReadableStream<Uint8Array> {
    return this.#reader.stream(this, options)
  }

  /** Gives the data whole; see {@link Archive.bytes}. */
  bytes(options?: StreamOptions): Promise<Uint8Array> {
    return this.#reader.bytes(this, options)
  }

  /** Gives the data as text, read as UTF-8. */
  async text(options?: StreamOptions): Promise<string> {
    return new TextDecoder().decode(await this.bytes(options))
  }
}
