/**
 * Writes the entries of an archive: per file a header member and one data member, and its line of the listing (SPEC 1).
 * Each entry is prepared, which refuses it while nothing of it is written, and then written.
 */
import { concatBytes } from '../bytes/concat.ts'
import { decodeText } from '../bytes/text.ts'
import { LimitError } from '../errors.ts'
import type { Codec, Level } from '../gzip/codec.ts'
import { encodeMember } from '../gzip/encode-member.ts'
import { KiB, SPOOL_BYTES } from '../limits.ts'
import type { ListingMember } from '../tail/encode-tail.ts'
import { encodeXattrColumn } from '../tail/xattr-column.ts'
import { encodeTarHeader } from '../tar/encode-tar-header.ts'
import type { Time } from '../tar/entry-type.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import type { ArchiveTotals } from './archive-info.ts'
import { type DataHead, readHead } from './data-head.ts'
import { writeDataMember, type WrittenMember } from './data-member.ts'
import type { DataReader } from './entry-data.ts'
import { type EntryInput, toTarHeader } from './entry-input.ts'
import { ListingBuilder } from './listing-builder.ts'
import type { Output } from './output.ts'
import { isStored } from './stored-suffixes.ts'

/** Headers without data between them are gathered up to this much plaintext. */
const HEADERS_BYTES = 64 * KiB

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

/** How to write entries. */
export interface EntryWriterOptions {
  readonly codec: Codec
  readonly level: Level
  /** Lower case. */
  readonly storeSuffixes: readonly string[]
  /** The time of entries that have none. */
  readonly createdAt: Time
  readonly signal: AbortSignal
}

/** What all the entries together came to. */
export interface WrittenEntries extends ArchiveTotals {
  readonly listing: ListingMember
  /** How many entries are flagged dirty. */
  readonly dirtyCount: number
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
  readonly offset: number
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

  constructor(output: Output, options: EntryWriterOptions) {
    this.#output = output
    this.#options = options
    this.#listing = new ListingBuilder(options.codec, options.level)
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

  /** Ends the listing. What was written so far is followed by the tail only. */
  async finish(): Promise<WrittenEntries> {
    await this.#flushHeaders()
    const { entryCount, ordered } = this.#listing
    const { member, identity } = await this.#listing.finish()
    const [dataBytes, dirtyCount] = [this.#dataBytes, this.#dirtyCount]
    return { listing: member, identity, entryCount, ordered, dataBytes, dirtyCount }
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
    return this.#list(header, undefined, dirty)
  }

  async #writeFile(file: PreparedFile): Promise<AddedEntry> {
    const { header, blocks, head, data, sizeBytes } = file
    if (sizeBytes === 0) return this.#writeEmpty(header, blocks, head.bytes.length > 0 || (await data.changed()))
    if (sizeBytes === undefined) return this.#writeUnsized(file)
    this.#headers.push(blocks)
    await this.#flushHeaders()
    const member = await this.#writeData(file)
    return this.#list(header, member, !member.fits || (await data.changed()))
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
    return this.#list(header, member, await file.data.changed())
  }

  async #writeData({ header, head, sizeBytes }: PreparedFile): Promise<PlacedMember> {
    const { codec, signal, storeSuffixes } = this.#options
    const level = isStored(decodeText(header.pathBytes), storeSuffixes) ? 0 : this.#options.level
    const offset = this.#output.offset
    const written = await writeDataMember(this.#output, head, { codec, level, sizeBytes, signal })
    return { ...written, offset, packedBytes: this.#output.offset - offset }
  }

  async #flushHeaders(): Promise<void> {
    if (this.#headers.length === 0) return
    const plain = concatBytes(this.#headers)
    this.#headers = []
    this.#headerBytes = 0
    await this.#output.write(encodeMember(this.#options.codec, plain, this.#options.level))
  }

  async #list(header: TarHeader, member: PlacedMember | undefined, dirty: boolean): Promise<AddedEntry> {
    const { sizeBytes, xattrs } = header
    const columns = new Map<string, string>()
    if (member) {
      columns.set('csize', String(member.packedBytes))
      columns.set('crc', member.crc32.toString(16).padStart(8, '0'))
    }
    if (dirty) columns.set('dirty', '1')
    for (const [name, value] of xattrs ?? []) columns.set(...encodeXattrColumn(name, value))
    const location = member && { depth: 0, slice: 1, offset: member.offset, plainOffset: 0 }
    await this.#listing.add({ ...header, location, columns })
    this.#dataBytes += sizeBytes
    if (dirty) this.#dirtyCount += 1
    return { path: decodeText(header.pathBytes), sizeBytes, packedBytes: member?.packedBytes ?? 0, dirty }
  }
}

/** Whole seconds only: a pax record with the nanoseconds would cost about 75 packed bytes a file (SPEC 1.2). */
function encodeHeader(header: TarHeader): Uint8Array {
  return encodeTarHeader({ ...header, mtime: { seconds: header.mtime.seconds, nanoseconds: 0 } })
}

function unknownSize(header: TarHeader, target: string): LimitError {
  return new LimitError(
    `${JSON.stringify(decodeText(header.pathBytes))}: data of unknown size is longer than ${SPOOL_BYTES} bytes and ${target} ` +
      'cannot be patched: give sizeBytes, or write to a file or to memory',
    { limit: 'SPOOL_BYTES', max: SPOOL_BYTES, actual: SPOOL_BYTES + 1 },
  )
}
