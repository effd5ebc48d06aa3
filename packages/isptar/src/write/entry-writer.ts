/**
 * Writes the entries of an archive: per file a header member and one data member, and its line of the listing (SPEC 1).
 * Each entry is prepared, which refuses it while nothing of it is written, and then written.
 */
import { createSha256 } from '#sha256'
import { concatBytes } from '../bytes/concat.ts'
import { decodeText } from '../bytes/text.ts'
import { IntegrityError, LimitError } from '../errors.ts'
import type { Codec, Level } from '../gzip/codec.ts'
import { encodeMember } from '../gzip/encode-member.ts'
import { KiB, SPOOL_BYTES } from '../limits.ts'
import type { TailMembers } from '../tail/encode-tail.ts'
import type { Location } from '../tail/listing-record.ts'
import { encodeTarHeader } from '../tar/encode-tar-header.ts'
import type { Time } from '../tar/entry-type.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import type { ArchiveTotals } from './archive-info.ts'
import { type DataHead, readHead } from './data-head.ts'
import { writeDataMember, type WrittenMember } from './data-member.ts'
import type { DataReader } from './entry-data.ts'
import { type EntryInput, toTarHeader } from './entry-input.ts'
import { listEntry, type ListedData, listMember, listMoved, listReference, NO_DATA } from './listed-entry.ts'
import { ListingBuilder } from './listing-builder.ts'
import type { Output } from './output.ts'
import type { BaseData, PackedData, PlacedData } from './placed-data.ts'
import { isStored } from './stored-suffixes.ts'

/** Headers without data between them are gathered up to this much plaintext. */
const HEADERS_BYTES = 64 * KiB

/** SHA-256 of nothing: that of every empty file. */
const EMPTY_DIGEST: Uint8Array = createSha256().digest()

/** What became of an added entry. */
export interface AddedEntry {
  /** Its path as stored. */
  readonly path: string
  readonly sizeBytes: number
  /** Length of its data member in this archive in bytes; 0 without data, and for data that is in a base. */
  readonly packedBytes: number
  /** Whether its data was cut or filled to the given size, or changed while it was read; the listing flags it. */
  readonly dirty: boolean
}

/** How to write entries. */
export interface EntryWriterOptions {
  readonly codec: Codec
  readonly level: Level
  /** Lower case. */
  readonly storeSuffixes: readonly string[]
  /** Plain bytes between two seek points; 0 for none. */
  readonly seekBytes: number
  /** Whether to keep the SHA-256 of every file. */
  readonly digests: boolean
  /** The time of entries that have none. */
  readonly createdAt: Time
  readonly signal: AbortSignal
}

/** What all the entries together came to. */
export interface WrittenEntries extends ArchiveTotals {
  readonly members: TailMembers
  /** How many entries are flagged dirty. */
  readonly dirtyCount: number
  /** How many files have their data in a base. */
  readonly referenceCount: number
  /** Sum of their sizes in bytes. */
  readonly referencedBytes: number
}

/** A file that passed every check. */
interface PreparedFile {
  /** Its size is 0 where it is not known yet. */
  readonly header: TarHeader
  /** The header as tar blocks. */
  readonly blocks: Uint8Array
  readonly data: DataReader
  readonly head: DataHead
  readonly sizeBytes: number | undefined
}

/** Where a data member was put, and what it is. */
interface PlacedMember extends WrittenMember {
  readonly location: Location
  readonly packedBytes: number
}

/** Writes entry after entry. One call at a time. */
export class EntryWriter {
  readonly #output: Output
  readonly #options: EntryWriterOptions
  readonly #listing: ListingBuilder
  #headers: Uint8Array[] = []
  #headerBytes = 0
  #dataBytes = 0
  #dirtyCount = 0
  #referenceCount = 0
  #referencedBytes = 0

  constructor(output: Output, options: EntryWriterOptions) {
    this.#output = output
    this.#options = options
    this.#listing = new ListingBuilder(options)
  }

  /**
   * Checks an entry and reads the beginning of its data, up to 1 MiB; writes nothing.
   *
   * @returns what writes it
   * @throws UnsafePathError, RangeError, TypeError, LimitError; what the data throws
   */
  async prepare(entry: EntryInput, data: DataReader | undefined): Promise<() => Promise<AddedEntry>> {
    const header = toTarHeader(entry, this.#options.createdAt)
    if (header.type === 'file' && data !== undefined) {
      const file = await this.#prepareFile(header, entry.sizeBytes ?? data.sizeBytes, data)
      return () => this.#writeFile(file)
    }
    const path = JSON.stringify(decodeText(header.pathBytes))
    if (data !== undefined) throw new TypeError(`${path} is a ${header.type}: it takes no data`)
    if (header.sizeBytes > 0) throw new TypeError(`${path} has a size but no data`)
    const blocks = encodeHeader(header)
    return () => this.#writeEmpty(header, blocks, false)
  }

  /** Checks an entry that is in a base already; see `ArchiveWriter.addReference`. Writes nothing. */
  prepareReference(entry: EntryInput, data: BaseData | undefined): () => Promise<AddedEntry> {
    const header = toTarHeader(entry, this.#options.createdAt)
    if (data === undefined) {
      if (header.sizeBytes > 0) throw new TypeError(`${nameOf(header)} has a size but no data`)
      return () => this.#list(header, NO_DATA, false, undefined)
    }
    const { location } = checkPlaced(header, data)
    const listed = listReference({ ...location, depth: location.depth + data.base }, data)
    const { sizeBytes } = data.record
    return async () => {
      this.#referenceCount += 1
      this.#referencedBytes += sizeBytes
      return this.#list({ ...header, sizeBytes }, listed, false, data.digest)
    }
  }

  /** Checks an entry whose data member comes packed; see `ArchiveWriter.addPacked`. Writes nothing. */
  preparePacked(entry: EntryInput, data: PackedData): () => Promise<AddedEntry> {
    const { sizeBytes } = data.record
    const header = { ...toTarHeader(entry, this.#options.createdAt), sizeBytes }
    checkPlaced(header, data)
    const blocks = encodeHeader(header)
    return () => this.#writePacked(header, blocks, data)
  }

  /** Ends the listing. What was written so far is followed by the tail only. */
  async finish(): Promise<WrittenEntries> {
    await this.#flushHeaders()
    const { entryCount, ordered } = this.#listing
    const { members, identity } = await this.#listing.finish()
    return {
      members,
      identity,
      entryCount,
      ordered,
      dataBytes: this.#dataBytes,
      dirtyCount: this.#dirtyCount,
      referenceCount: this.#referenceCount,
      referencedBytes: this.#referencedBytes,
    }
  }

  /** Frees what it holds after a failure. */
  close(): void {
    this.#listing.close()
  }

  async #prepareFile(header: TarHeader, given: number | undefined, data: DataReader): Promise<PreparedFile> {
    const head = await readHead(data, Math.min(given ?? SPOOL_BYTES, SPOOL_BYTES))
    const sizeBytes = given ?? (head.rest ? undefined : head.bytes.length)
    if (sizeBytes === undefined && !this.#output.canPatch) throw unknownSize(header, this.#output.name)
    const sized = { ...header, sizeBytes: sizeBytes ?? 0 }
    return { header: sized, blocks: encodeHeader(sized), data, head, sizeBytes }
  }

  async #writeEmpty(header: TarHeader, blocks: Uint8Array, dirty: boolean): Promise<AddedEntry> {
    this.#headers.push(blocks)
    this.#headerBytes += blocks.length
    if (this.#headerBytes >= HEADERS_BYTES) await this.#flushHeaders()
    return this.#list(header, NO_DATA, dirty, undefined)
  }

  async #writeFile(file: PreparedFile): Promise<AddedEntry> {
    const { header, blocks, head, data, sizeBytes } = file
    if (sizeBytes === 0) return this.#writeEmpty(header, blocks, head.bytes.length > 0 || (await data.changed()))
    if (sizeBytes === undefined) return this.#writeUnsized(file)
    this.#headers.push(blocks)
    await this.#flushHeaders()
    const member = await this.#writeData(file)
    return this.#listWritten(header, member, !member.fits || (await data.changed()))
  }

  /** The header goes out stored with size 0 and is overwritten, at the same length, once the size is known. */
  async #writeUnsized(file: PreparedFile): Promise<AddedEntry> {
    const { codec } = this.#options
    await this.#flushHeaders()
    const headerOffset = this.#output.offset
    const placeholder = encodeMember(codec, file.blocks, 0)
    await this.#output.write(placeholder)
    const member = await this.#writeData(file)
    const header = { ...file.header, sizeBytes: member.plainBytes }
    const sized = encodeMember(codec, encodeHeader(header), 0)
    if (sized.length !== placeholder.length) throw new RangeError('a header changed its length with its size')
    await this.#output.patch(headerOffset, sized)
    return this.#listWritten(header, member, await file.data.changed())
  }

  async #writeData({ header, head, sizeBytes }: PreparedFile): Promise<PlacedMember> {
    const { storeSuffixes } = this.#options
    const level = isStored(decodeText(header.pathBytes), storeSuffixes) ? 0 : this.#options.level
    const offset = this.#output.offset
    const written = await writeDataMember(this.#output, head, { ...this.#options, level, sizeBytes })
    return { ...written, location: this.#placeOf(offset), packedBytes: this.#output.offset - offset }
  }

  async #writePacked(header: TarHeader, blocks: Uint8Array, data: PackedData): Promise<AddedEntry> {
    this.#headers.push(blocks)
    await this.#flushHeaders()
    const offset = this.#output.offset
    for await (const chunk of data.chunks) {
      this.#options.signal.throwIfAborted()
      await this.#output.write(new Uint8Array(chunk))
    }
    const actual = this.#output.offset - offset
    if (actual !== data.packedBytes) throw wrongLength(header, data.packedBytes, actual)
    const listed = listMoved(this.#placeOf(offset), data, data)
    return this.#list(header, listed, false, data.digest, actual)
  }

  #placeOf(offset: number): Location {
    return { depth: 0, ...this.#output.locate(offset), plainOffset: 0 }
  }

  async #flushHeaders(): Promise<void> {
    if (this.#headers.length === 0) return
    const plain = concatBytes(this.#headers)
    this.#headers = []
    this.#headerBytes = 0
    await this.#output.write(encodeMember(this.#options.codec, plain, this.#options.level))
  }

  #listWritten(header: TarHeader, member: PlacedMember, dirty: boolean): Promise<AddedEntry> {
    return this.#list(header, listMember(member.location, member), dirty, member.digest, member.packedBytes)
  }

  async #list(
    header: TarHeader,
    data: ListedData,
    isDirty: boolean,
    digest: Uint8Array | undefined,
    packedBytes = 0,
  ): Promise<AddedEntry> {
    const { sizeBytes, type } = header
    const record = listEntry(header, data, isDirty)
    const dirty = record.columns.get('dirty') === '1'
    await this.#listing.add(record, digest ?? (type === 'file' && sizeBytes === 0 ? EMPTY_DIGEST : undefined))
    this.#dataBytes += sizeBytes
    if (dirty) this.#dirtyCount += 1
    return { path: decodeText(header.pathBytes), sizeBytes, packedBytes, dirty }
  }
}

/** Whole seconds only: a pax record with the nanoseconds would cost about 75 packed bytes a file (SPEC 1.2). */
function encodeHeader(header: TarHeader): Uint8Array {
  return encodeTarHeader({ ...header, mtime: { seconds: header.mtime.seconds, nanoseconds: 0 } })
}

function nameOf(header: TarHeader): string {
  return JSON.stringify(decodeText(header.pathBytes))
}

function checkPlaced(header: TarHeader, { record }: PlacedData): { location: Location } {
  if (header.type === 'file' && record.type === 'file' && record.location) return { location: record.location }
  throw new TypeError(`${nameOf(header)}: only a file takes data, and only of a file that has some`)
}

function wrongLength(header: TarHeader, expected: number, actual: number): IntegrityError {
  const entry = decodeText(header.pathBytes)
  return new IntegrityError(
    `${JSON.stringify(entry)}: its packed data has ${actual} bytes, expected ${expected}; its archive changed, or lies`,
    { expected, actual, entry },
  )
}

function unknownSize(header: TarHeader, target: string): LimitError {
  return new LimitError(
    `${nameOf(header)}: data of unknown size is longer than ${SPOOL_BYTES} bytes and ${target} ` +
      'cannot be patched: give sizeBytes, or write to a file or to memory',
    { limit: 'SPOOL_BYTES', max: SPOOL_BYTES, actual: SPOOL_BYTES + 1 },
  )
}
