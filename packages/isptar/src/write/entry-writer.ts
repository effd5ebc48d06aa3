/**
 * Writes the entries of an archive: per file a header member and one data member, and its line of the listing (SPEC 1).
 * Each entry is prepared, which refuses it while nothing of it is written, and then written.
 */
import { sha256Of } from '#sha256'
import { comparePaths, decodeText } from '../bytes/text.ts'
import type { Codec, Level } from '../gzip/codec.ts'
import { encodeMember } from '../gzip/encode-member.ts'
import { MEMBER_HEADER_BYTES } from '../gzip/member-header.ts'
import { SPOOL_BYTES } from '../limits.ts'
import type { ListedLines } from '../io/slice-journal.ts'
import type { TailMembers } from '../tail/encode-tail.ts'
import type { Location } from '../tail/listing-record.ts'
import { encodeTarHeader } from '../tar/encode-tar-header.ts'
import type { Time } from '../tar/entry-type.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import type { ArchiveTotals } from './archive-info.ts'
import { BatchMaker, type MadeMember } from './batch-maker.ts'
import { ChunkedMember, type MemberState } from './chunked-member.ts'
import { type DataHead, readHead } from './data-head.ts'
import { readWhole, writeDataMember, type WrittenMember } from './data-member.ts'
import { type DeflatedPiece, nextCut } from './deflate-piece.ts'
import type { DataReader } from './entry-data.ts'
import { checkPlaced, nameOf, notYet, unknownSize, wrongLength } from './entry-errors.ts'
import { type EntryInput, toTarHeader } from './entry-input.ts'
import { type AddedEntry, EntryList, toAddedEntry } from './entry-list.ts'
import { type ListedData, listMember, listMoved, listReference, NO_DATA } from './listed-entry.ts'
import type { MadeBatch } from './made-batch.ts'
import type { Output } from './output.ts'
import type { BaseData, PackedData } from './placed-data.ts'
import { encodeWriterState, type EntryTotals, type OpenFile, type WriterState } from './writer-state.ts'

export type { AddedEntry } from './entry-list.ts'

/** References wait for headers before them to be written up to so many. */
const MAX_HELD = 1024

/** How to write entries. */
export interface EntryWriterOptions {
  readonly codec: Codec
  readonly level: Level
  /** Tells by its path whether a file is stored, not deflated. */
  readonly isStored: (path: Uint8Array) => boolean
  /** Plain bytes between two seek points; 0 for none. */
  readonly seekBytes: number
  /** Small files share members of so many plain bytes; 0 for none. */
  readonly groupBytes: number
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

/** A file of which piece after piece is written. */
export interface PiecedFile {
  /** Takes the next piece. */
  add(piece: DeflatedPiece, isLast: boolean): Promise<void>
  /** Ends it after the last one. */
  finish(facts: { readonly isDirty: boolean; readonly digest: Uint8Array | undefined }): Promise<void>
}

/** An entry that is to be listed once what comes before it is written. */
interface HeldEntry {
  readonly header: TarHeader
  /** Where its data lies; undefined where it is in the member that is being made. */
  readonly data: ListedData | undefined
  readonly isDirty: boolean
  readonly digest: Uint8Array | undefined
}

/** Writes entry after entry. One call at a time. */
export class EntryWriter {
  readonly #output: Output
  readonly #options: EntryWriterOptions
  readonly #list: EntryList
  readonly #maker: BatchMaker
  #held: HeldEntry[] = []
  #open: OpenFile | undefined

  constructor(output: Output, options: EntryWriterOptions) {
    this.#output = output
    this.#options = options
    this.#list = new EntryList({ ...options, keepsNew: output.keepsCheckpoints })
    this.#maker = new BatchMaker(options)
  }

  /** Path of the file that must be gone on with first, after {@link resume}. */
  get openPath(): Uint8Array | undefined {
    return this.#open?.header.pathBytes
  }

  /** How many entries are written. */
  get entryCount(): number {
    return this.#list.entryCount + this.#held.length
  }

  /**
   * Goes on where another writer stopped; comes first.
   *
   * @param lines - all that were kept
   * @param state - that of the last checkpoint
   */
  async resume(lines: AsyncIterable<ListedLines>, state: WriterState): Promise<void> {
    await this.#list.resume(lines, state.totals)
    this.#open = state.open
  }

  /** Keeps all that is needed to go on from here. */
  async checkpoint(point: Pick<WriterState, 'open' | 'tailOffset'>): Promise<void> {
    await this.#flush()
    const { offset } = this.#output
    const { totals } = this.#list
    const state = encodeWriterState({ ...point, offset, totals, note: this.#options.checkpointNote() })
    await this.#output.checkpoint({ ...this.#list.takeNew(), state })
  }

  /**
   * Checks an entry and reads the beginning of its data, up to 1 MiB; writes nothing.
   *
   * @returns what writes it
   * @throws UnsafePathError, RangeError, TypeError, LimitError; what the data throws
   */
  async prepare(entry: EntryInput, data: DataReader | undefined): Promise<() => Promise<AddedEntry>> {
    const header = this.toHeader(entry)
    if (this.#open) return this.#prepareRest(this.#open, header, data)
    if (header.type === 'file' && data !== undefined) {
      const file = await this.#prepareFile(header, entry.sizeBytes ?? data.sizeBytes, data)
      return () => this.#writeFile(file)
    }
    const path = JSON.stringify(decodeText(header.pathBytes))
    if (data !== undefined) throw new TypeError(`${path} is a ${header.type}: it takes no data`)
    if (header.sizeBytes > 0) throw new TypeError(`${path} has a size but no data`)
    const blocks = encodeEntryHeader(header)
    return () => this.#writeEmpty(header, blocks, false)
  }

  /** Checks what is said of an entry and completes it. */
  toHeader(entry: EntryInput): TarHeader {
    return toTarHeader(entry, this.#options.createdAt)
  }

  /** Checks an entry that is in a base already; see `ArchiveWriter.addReference`. Writes nothing. */
  prepareReference(entry: EntryInput, data: BaseData | undefined): () => Promise<AddedEntry> {
    const header = this.toHeader(entry)
    this.#assertNoneOpen(header)
    if (data === undefined) {
      if (header.sizeBytes > 0) throw new TypeError(`${nameOf(header)} has a size but no data`)
      return () => this.#hold({ header, data: NO_DATA, isDirty: false, digest: undefined })
    }
    const { location } = checkPlaced(header, data)
    // Only format 2 has groups: elsewhere the field means nothing.
    const plainOffset = data.hasColumns ? location.plainOffset : 0
    const listed = listReference({ ...location, depth: location.depth + data.base, plainOffset }, data)
    const sized = { ...header, sizeBytes: data.record.sizeBytes }
    return () => this.#hold({ header: sized, data: listed, isDirty: false, digest: data.digest })
  }

  /** Checks an entry whose data member comes packed; see `ArchiveWriter.addPacked`. Writes nothing. */
  preparePacked(entry: EntryInput, data: PackedData): () => Promise<AddedEntry> {
    const { sizeBytes } = data.record
    const header = { ...this.toHeader(entry), sizeBytes }
    this.#assertNoneOpen(header)
    checkPlaced(header, data)
    const blocks = encodeEntryHeader(header)
    return () => this.#writePacked(header, blocks, data)
  }

  /** Ends the listing. What was written so far is followed by the tail only. */
  async finish(): Promise<WrittenEntries> {
    if (this.#open)
      throw new TypeError(`cannot end the archive: the rest of ${nameOf(this.#open.header)} is to be added`)
    await this.#flush()
    return { ...this.#list.finish(), ...this.#list.totals }
  }

  /** Writes members that are made already; see `ArchiveWriter.addBatch`. */
  async writeBatch({ bytes, entries }: MadeBatch): Promise<void> {
    await this.#flush()
    const start = this.#output.offset
    await this.#output.write(bytes)
    for (const { header, member, digest, columns } of entries) {
      const data = member ? this.#placeMember(start, member, columns) : NO_DATA
      this.#list.add(header, data, false, digest)
    }
    await this.#settle()
  }

  /**
   * Begins a file whose pieces are deflated elsewhere.
   *
   * @param level - what its pieces are deflated with, for the header of its member
   */
  async beginPieces(header: TarHeader, level: Level): Promise<PiecedFile> {
    this.#assertNoneOpen(header)
    this.#maker.addBlocks(encodeEntryHeader(header))
    await this.#flush()
    const { offset } = this.#output
    const onCheckpoint = (member: MemberState): Promise<void> => this.checkpoint({ open: { header, offset, member } })
    const member = new ChunkedMember(this.#output, { level, seekBytes: this.#options.seekBytes, onCheckpoint })
    await member.start()
    return {
      add: async (piece, isLast) => {
        await member.add(piece)
        if (!isLast) await member.checkpoint()
      },
      finish: async ({ isDirty, digest }) => {
        const facts = await member.finish()
        const packedBytes = this.#output.offset - offset
        this.#list.add(header, listMember(this.#placeOf(offset), { ...facts, packedBytes }), isDirty, digest)
        await this.#settle()
      },
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
    return { header: sized, blocks: encodeEntryHeader(sized), data, head, sizeBytes }
  }

  async #writeEmpty(header: TarHeader, blocks: Uint8Array, isDirty: boolean): Promise<AddedEntry> {
    this.#maker.addHeader(blocks)
    return this.#hold({ header, data: undefined, isDirty, digest: undefined })
  }

  async #writeFile(file: PreparedFile): Promise<AddedEntry> {
    const { header, blocks, head, data, sizeBytes } = file
    if (sizeBytes === 0) return this.#writeEmpty(header, blocks, head.bytes.length > 0 || (await data.changed()))
    if (sizeBytes === undefined) return this.#writeUnsized(file)
    if (sizeBytes <= nextCut(0, this.#options.seekBytes)) return this.#writeSmall(file, sizeBytes)
    this.#maker.addBlocks(blocks)
    await this.#flush()
    const member = await this.#writeData(header, head, sizeBytes)
    return this.#listWritten(header, member, !member.fits || (await data.changed()))
  }

  async #writeSmall({ header, blocks, head, data }: PreparedFile, sizeBytes: number): Promise<AddedEntry> {
    const { plain, fits } = await readWhole(head, sizeBytes)
    const isDirty = !fits || (await data.changed())
    const digest = this.#options.digests ? sha256Of(plain.subarray(0, sizeBytes)) : undefined
    this.#maker.addFile(blocks, plain, this.#levelOf(header))
    return this.#hold({ header, data: undefined, isDirty, digest })
  }

  /** The header goes out stored with size 0 and is overwritten, at the same length, once the size is known. */
  async #writeUnsized(file: PreparedFile): Promise<AddedEntry> {
    const { codec } = this.#options
    await this.#flush()
    const headerOffset = this.#output.offset
    const placeholder = encodeMember(codec, file.blocks, 0)
    await this.#output.write(placeholder)
    const member = await this.#writeData(file.header, file.head, undefined)
    const header = { ...file.header, sizeBytes: member.plainBytes }
    const sized = encodeMember(codec, encodeEntryHeader(header), 0)
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
    const level = this.#levelOf(header)
    const offset = open?.offset ?? this.#output.offset
    const onCheckpoint = (member: MemberState): Promise<void> => this.checkpoint({ open: { header, offset, member } })
    const options = { ...this.#options, level, sizeBytes, from: open?.member, onCheckpoint }
    const written = await writeDataMember(this.#output, head, options)
    return { ...written, location: this.#placeOf(offset), packedBytes: this.#output.offset - offset }
  }

  async #writePacked(header: TarHeader, blocks: Uint8Array, data: PackedData): Promise<AddedEntry> {
    this.#maker.addBlocks(blocks)
    await this.#flush()
    const offset = this.#output.offset
    for await (const chunk of data.chunks) {
      this.#options.signal.throwIfAborted()
      await this.#output.write(new Uint8Array(chunk))
    }
    const actual = this.#output.offset - offset
    if (actual !== data.packedBytes) throw wrongLength(header, data.packedBytes, actual)
    const listed = listMoved(this.#placeOf(offset), data, data)
    this.#list.add(header, listed, false, data.digest)
    await this.#settle()
    return toAddedEntry(header, listed, false, actual)
  }

  #placeOf(offset: number): Location {
    return { depth: 0, ...this.#output.locate(offset), plainOffset: 0 }
  }

  #levelOf(header: TarHeader): Level {
    const { isStored, level } = this.#options
    return isStored(header.pathBytes) ? 0 : level
  }

  async #listWritten(header: TarHeader, member: PlacedMember, dirty: boolean): Promise<AddedEntry> {
    const data = listMember(member.location, member)
    this.#list.add(header, data, dirty, member.digest)
    await this.#settle()
    return toAddedEntry(header, data, dirty, member.packedBytes)
  }

  #placeMember(start: number, member: MadeMember, columns?: ReadonlyMap<string, string>): ListedData {
    const { offset, plainOffset } = member
    // The place of data in a group is where the raw deflate of its member begins (SPEC 1.1).
    const at = start + offset + (plainOffset > 0 ? MEMBER_HEADER_BYTES : 0)
    const listed = listMember({ ...this.#placeOf(at), plainOffset }, member)
    return columns ? { ...listed, columns: new Map([...listed.columns, ...columns]) } : listed
  }

  /** Lists an entry once what it and those before it are in is written. */
  async #hold(entry: HeldEntry): Promise<AddedEntry> {
    this.#held.push(entry)
    const isDue = this.#maker.isWhole || this.#held.length >= MAX_HELD
    const member = isDue ? await this.#flush() : undefined
    if (isDue) await this.#settle()
    return toAddedEntry(entry.header, entry.data ?? NO_DATA, entry.isDirty, entry.data ? 0 : (member?.packedBytes ?? 0))
  }

  /** Writes what was gathered and lists what is in it; gives the last entry's member. */
  async #flush(): Promise<MadeMember | undefined> {
    const { bytes, members } = this.#maker.take()
    const held = this.#held
    this.#held = []
    const start = this.#output.offset
    await this.#output.write(bytes)
    let made = 0
    for (const { header, data, isDirty, digest } of held) {
      const member = data ? undefined : members[made]
      if (!data) made += 1
      this.#list.add(header, data ?? (member ? this.#placeMember(start, member) : NO_DATA), isDirty, digest)
    }
    return members.at(-1)
  }

  /** Keeps what is needed to go on from here where that is due; everything that is written is listed. */
  async #settle(): Promise<void> {
    if (this.#output.wantsCheckpoint) await this.checkpoint({})
    else if (this.#list.isDue) await this.#output.note(this.#list.takeNew())
  }
}

const NO_BYTES: DataHead = { bytes: new Uint8Array(0), rest: undefined }

/** Encodes a header as this archive has it. Whole seconds only: a pax record with the nanoseconds would cost about 75 packed bytes a file (SPEC 1.2). */
export function encodeEntryHeader(header: TarHeader): Uint8Array {
  return encodeTarHeader({ ...header, mtime: { seconds: header.mtime.seconds, nanoseconds: 0 } })
}
