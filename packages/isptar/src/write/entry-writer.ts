/**
 * Writes the entries of an archive: per file a header member and one data member, and its line of the listing (SPEC 1).
 * Each entry is prepared, which refuses it while nothing of it is written, and then written.
 */
import { createSha256 } from '#sha256'
import { concatBytes } from '../bytes/concat.ts'
import { comparePaths, decodeText } from '../bytes/text.ts'
import { IntegrityError, LimitError } from '../errors.ts'
import type { Codec, Level } from '../gzip/codec.ts'
import { encodeMember } from '../gzip/encode-member.ts'
import { KiB, SPOOL_BYTES } from '../limits.ts'
import type { ListedLines } from '../io/slice-journal.ts'
import type { TailMembers } from '../tail/encode-tail.ts'
import type { Location } from '../tail/listing-record.ts'
import { encodeTarHeader } from '../tar/encode-tar-header.ts'
import type { Time } from '../tar/entry-type.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import type { ArchiveTotals } from './archive-info.ts'
import type { MemberState } from './chunked-member.ts'
import { type DataHead, readHead } from './data-head.ts'
import { writeDataMember, type WrittenMember } from './data-member.ts'
import type { DataReader } from './entry-data.ts'
import { type EntryInput, toTarHeader } from './entry-input.ts'
import { listEntry, type ListedData, listMember, listMoved, listReference, NO_DATA } from './listed-entry.ts'
import { ListingBuilder } from './listing-builder.ts'
import type { Output } from './output.ts'
import type { BaseData, PackedData, PlacedData } from './placed-data.ts'
import { isStored } from './stored-suffixes.ts'
import { encodeWriterState, type EntryTotals, type OpenFile, type WriterState } from './writer-state.ts'

/** Headers without data between them are gathered up to this much plaintext. */
const HEADERS_BYTES = 64 * KiB
/** Lines for the next checkpoint are held up to this much. */
const NEW_LINES_BYTES = 64 * KiB

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
  /** What the caller wants to find again in a checkpoint. */
  readonly checkpointNote: () => string
}

/** What all the entries together came to. */
export interface WrittenEntries extends ArchiveTotals, EntryTotals {
  readonly members: TailMembers
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
  #open: OpenFile | undefined

  constructor(output: Output, options: EntryWriterOptions) {
    this.#output = output
    this.#options = options
    this.#listing = new ListingBuilder({ ...options, keepsNew: output.keepsCheckpoints })
  }

  /** Path of the file that must be gone on with first, after {@link resume}. */
  get openPath(): Uint8Array | undefined {
    return this.#open?.header.pathBytes
  }

  /** How many entries are written. */
  get entryCount(): number {
    return this.#listing.entryCount
  }

  /**
   * Goes on where another writer stopped; comes first.
   *
   * @param lines - all that were kept
   * @param state - that of the last checkpoint
   */
  async resume(lines: AsyncIterable<ListedLines>, state: WriterState): Promise<void> {
    for await (const some of lines) this.#listing.addKnown(some)
    this.#dataBytes = state.totals.dataBytes
    this.#dirtyCount = state.totals.dirtyCount
    this.#referenceCount = state.totals.referenceCount
    this.#referencedBytes = state.totals.referencedBytes
    this.#open = state.open
  }

  /** Keeps all that is needed to go on from here. */
  async checkpoint(point: Pick<WriterState, 'open' | 'tailOffset'>): Promise<void> {
    await this.#flushHeaders()
    const { offset } = this.#output
    const state = encodeWriterState({ ...point, offset, totals: this.#totals(), note: this.#options.checkpointNote() })
    await this.#output.checkpoint({ ...this.#listing.takeNew(), state })
  }

  /**
   * Checks an entry and reads the beginning of its data, up to 1 MiB; writes nothing.
   *
   * @returns what writes it
   * @throws UnsafePathError, RangeError, TypeError, LimitError; what the data throws
   */
  async prepare(entry: EntryInput, data: DataReader | undefined): Promise<() => Promise<AddedEntry>> {
    const header = toTarHeader(entry, this.#options.createdAt)
    if (this.#open) return this.#prepareRest(this.#open, header, data)
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
    this.#assertNoneOpen(header)
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
    this.#assertNoneOpen(header)
    checkPlaced(header, data)
    const blocks = encodeHeader(header)
    return () => this.#writePacked(header, blocks, data)
  }

  /** Ends the listing. What was written so far is followed by the tail only. */
  async finish(): Promise<WrittenEntries> {
    if (this.#open)
      throw new TypeError(`cannot end the archive: the rest of ${nameOf(this.#open.header)} is to be added`)
    await this.#flushHeaders()
    const { entryCount, ordered } = this.#listing
    const { members, identity } = this.#listing.finish()
    return { members, identity, entryCount, ordered, ...this.#totals() }
  }

  #totals(): EntryTotals {
    return {
      dataBytes: this.#dataBytes,
      dirtyCount: this.#dirtyCount,
      referenceCount: this.#referenceCount,
      referencedBytes: this.#referencedBytes,
    }
  }

  #assertNoneOpen(header: TarHeader): void {
    if (this.#open) throw notYet(header, this.#open.header)
  }

  /** The rest of a file that an earlier run began. Its header is written: what does not fit it makes the entry dirty. */
  async #prepareRest(open: OpenFile, now: TarHeader, data: DataReader | undefined): Promise<() => Promise<AddedEntry>> {
    const { header } = open
    if (comparePaths(now.pathBytes, header.pathBytes) !== 0) throw notYet(now, header)
    const head = data ? await readHead(data, SPOOL_BYTES) : NO_BYTES
    const { seconds, nanoseconds } = header.mtime
    const isSame = seconds === now.mtime.seconds && nanoseconds === now.mtime.nanoseconds
    return async () => {
      this.#open = undefined
      const member = await this.#writeData(header, head, header.sizeBytes, open)
      return this.#listWritten(header, member, !isSame || !member.fits || (await data?.changed()) === true)
    }
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
    const member = await this.#writeData(header, head, sizeBytes)
    return this.#listWritten(header, member, !member.fits || (await data.changed()))
  }

  /** The header goes out stored with size 0 and is overwritten, at the same length, once the size is known. */
  async #writeUnsized(file: PreparedFile): Promise<AddedEntry> {
    const { codec } = this.#options
    await this.#flushHeaders()
    const headerOffset = this.#output.offset
    const placeholder = encodeMember(codec, file.blocks, 0)
    await this.#output.write(placeholder)
    const member = await this.#writeData(file.header, file.head, undefined)
    const header = { ...file.header, sizeBytes: member.plainBytes }
    const sized = encodeMember(codec, encodeHeader(header), 0)
    if (sized.length !== placeholder.length) throw new RangeError('a header changed its length with its size')
    await this.#output.patch(headerOffset, sized)
    return this.#listWritten(header, member, await file.data.changed())
  }

  async #writeData(
    header: TarHeader,
    head: DataHead,
    sizeBytes: number | undefined,
    open?: OpenFile,
  ): Promise<PlacedMember> {
    const { storeSuffixes } = this.#options
    const level = isStored(decodeText(header.pathBytes), storeSuffixes) ? 0 : this.#options.level
    const offset = open?.offset ?? this.#output.offset
    const onCheckpoint = (member: MemberState): Promise<void> => this.checkpoint({ open: { header, offset, member } })
    const options = { ...this.#options, level, sizeBytes, from: open?.member, onCheckpoint }
    const written = await writeDataMember(this.#output, head, options)
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
    this.#listing.add(record, digest ?? (type === 'file' && sizeBytes === 0 ? EMPTY_DIGEST : undefined))
    this.#dataBytes += sizeBytes
    if (dirty) this.#dirtyCount += 1
    if (this.#output.wantsCheckpoint) await this.checkpoint({})
    else if (this.#listing.newBytes >= NEW_LINES_BYTES) await this.#output.note(this.#listing.takeNew())
    return { path: decodeText(header.pathBytes), sizeBytes, packedBytes, dirty }
  }
}

const NO_BYTES: DataHead = { bytes: new Uint8Array(0), rest: undefined }

/** Whole seconds only: a pax record with the nanoseconds would cost about 75 packed bytes a file (SPEC 1.2). */
function encodeHeader(header: TarHeader): Uint8Array {
  return encodeTarHeader({ ...header, mtime: { seconds: header.mtime.seconds, nanoseconds: 0 } })
}

function nameOf(header: TarHeader): string {
  return JSON.stringify(decodeText(header.pathBytes))
}

function notYet(header: TarHeader, open: TarHeader): TypeError {
  return new TypeError(`${nameOf(header)} comes too early: first the rest of ${nameOf(open)} is to be added`)
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
