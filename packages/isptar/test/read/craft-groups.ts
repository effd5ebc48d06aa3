/** Archives with groups (SPEC 1.1), put together by hand, so that reading them does not depend on how they are written. */
import { createHash } from 'node:crypto'
import type { EntryData } from 'isptar'
import { concatBytes } from '../../src/bytes/concat.ts'
import { encodeAscii } from '../../src/bytes/text.ts'
import { codec } from '../../src/node/zlib-codec.ts'
import { DigestBuilder } from '../../src/tail/digest-section.ts'
import { encodeListingLine } from '../../src/tail/encode-listing-line.ts'
import { encodeTail, type TailMember } from '../../src/tail/encode-tail.ts'
import type { ListingRecord, Location } from '../../src/tail/listing-record.ts'
import { encodeXattrColumn } from '../../src/tail/xattr-column.ts'
import { encodeTarHeader } from '../../src/tar/encode-tar-header.ts'
import type { TarHeader } from '../../src/tar/tar-header.ts'
import { toTarHeader } from '../../src/write/entry-input.ts'
import { SAMPLE_TIME, type SampleEntry } from '../write/build-archive.ts'
import { member } from './craft-archive.ts'

/** An entry of the archive, or a line that refers to a base. */
export type GroupedEntry = SampleEntry | { readonly refers: ListingRecord; readonly digest?: Uint8Array | undefined }

/** How to put it together. */
export interface GroupCraft {
  /** Plain bytes at which a group is closed. @defaultValue 65536 */
  readonly groupBytes?: number
  /** Says in which slice data lies, as a writer that cuts does. */
  readonly sliceBytes?: number
  /** Further keys of the service info. */
  readonly info?: Readonly<Record<string, string>>
  /** Changes lines before they are written; the LF is not part of them. */
  readonly change?: (line: string, path: string) => string
  /** Changes the members of data. */
  readonly pack?: (plain: Uint8Array) => Uint8Array
  /** Whether the archive says that it is of version 2. @defaultValue true */
  readonly versioned?: boolean
}

/** What was put together. */
export interface CraftedGroups {
  readonly bytes: Uint8Array
  /** Where each member before the tail begins. */
  readonly offsets: readonly number[]
}

const TIME = { seconds: SAMPLE_TIME.getTime() / 1000, nanoseconds: 0 }

/** Puts an archive together: files up to the length of a group share members, in the order given. */
export function craftGroups(entries: readonly GroupedEntry[], craft: GroupCraft = {}): CraftedGroups {
  const crafting = new Crafting(craft)
  for (const entry of entries) {
    if ('refers' in entry) crafting.addLine(entry.refers, entry.digest)
    else crafting.add(entry)
  }
  return crafting.finish()
}

/** The data of a sample, which is text or bytes. */
export function bytesOf(data: EntryData | undefined): Uint8Array {
  if (data === undefined || typeof data === 'string') return new Uint8Array(Buffer.from(data ?? ''))
  if (data instanceof Uint8Array) return data
  throw new TypeError('crafted archives take text and bytes')
}

interface Waiting {
  readonly record: ListingRecord
  readonly plainOffset: number
  readonly crc32: number
  readonly data: Uint8Array
}

class Crafting {
  readonly #craft: GroupCraft
  readonly #members: Uint8Array[] = []
  readonly #offsets: number[] = []
  readonly #lines: Uint8Array[] = []
  readonly #digests = new DigestBuilder()
  #offset = 0
  #plain: Uint8Array[] = []
  #plainBytes = 0
  /** Entries whose headers are in the group at hand; files with data know where that is. */
  #waiting: Waiting[] = []
  #dataBytes = 0

  constructor(craft: GroupCraft) {
    this.#craft = craft
  }

  add({ data, ...input }: SampleEntry): void {
    const { groupBytes = 65_536 } = this.#craft
    const bytes = bytesOf(data)
    const header: TarHeader = { ...toTarHeader(input, TIME), sizeBytes: bytes.length }
    const blocks = encodeTarHeader({ ...header, mtime: { seconds: header.mtime.seconds, nanoseconds: 0 } })
    const padded = new Uint8Array(Math.ceil(bytes.length / 512) * 512)
    padded.set(bytes)
    const columns = new Map([...(header.xattrs ?? [])].map(([name, value]) => encodeXattrColumn(name, value)))
    const record: ListingRecord = { ...header, columns }
    if (bytes.length > groupBytes) {
      this.#close()
      this.#push(member(blocks))
      this.#addAlone(record, bytes, padded)
      return
    }
    this.#append(blocks)
    this.#waiting.push({ record, plainOffset: this.#plainBytes, crc32: codec.crc32(padded), data: bytes })
    this.#append(padded)
    if (this.#plainBytes >= groupBytes) this.#close()
  }

  addLine(record: ListingRecord, digest: Uint8Array | undefined): void {
    const { change } = this.#craft
    const line = encodeListingLine(record)
    const text = Buffer.from(line.subarray(0, -1)).toString('latin1')
    const changed = change?.(text, Buffer.from(record.pathBytes).toString('latin1')) ?? text
    this.#lines.push(new Uint8Array(Buffer.from(`${changed}\n`, 'latin1')))
    this.#digests.add(digest)
    this.#dataBytes += record.sizeBytes
  }

  #append(bytes: Uint8Array): void {
    this.#plain.push(bytes)
    this.#plainBytes += bytes.length
  }

  #push(packed: Uint8Array): void {
    this.#members.push(packed)
    this.#offsets.push(this.#offset)
    this.#offset += packed.length
  }

  #addAlone(record: ListingRecord, data: Uint8Array, padded: Uint8Array): void {
    const offset = this.#offset
    this.#push(member(padded))
    const columns = [['csize', String(this.#offset - offset)] as const, ['crc', hex(codec.crc32(padded))] as const]
    this.#list({ ...record, location: this.#place(offset, 0), columns: new Map([...columns, ...record.columns]) }, data)
  }

  #place(offset: number, plainOffset: number): Location {
    const { sliceBytes } = this.#craft
    if (sliceBytes === undefined) return { depth: 0, slice: 1, offset, plainOffset }
    return { depth: 0, slice: Math.floor(offset / sliceBytes) + 1, offset: offset % sliceBytes, plainOffset }
  }

  #close(): void {
    if (this.#plainBytes === 0) return
    const { pack = member } = this.#craft
    const packed = pack(concatBytes(this.#plain))
    const deflateOffset = this.#offset + 10
    this.#push(packed)
    for (const { record, plainOffset, crc32, data } of this.#waiting) {
      if (data.length === 0) this.#list(record, data)
      else {
        const columns = new Map([['csize', String(packed.length)], ['crc', hex(crc32)], ...record.columns])
        this.#list({ ...record, location: this.#place(deflateOffset, plainOffset), columns }, data)
      }
    }
    this.#plain = []
    this.#plainBytes = 0
    this.#waiting = []
  }

  #list(record: ListingRecord, data: Uint8Array): void {
    this.addLine(record, record.type === 'file' ? createHash('sha256').update(data).digest() : undefined)
  }

  finish(): CraftedGroups {
    this.#close()
    const { info = {}, sliceBytes, versioned = true } = this.#craft
    const plain = concatBytes([...this.#lines, encodeAscii('\n')])
    const packed = member(plain)
    const listing: TailMember = { packed: [packed], packedBytes: packed.length, plainBytes: plain.length }
    const digests = this.#digests.member()
    const packedBytes = digests.reduce((sum, part) => sum + part.length, 0)
    const digest: TailMember = { packed: digests, packedBytes, plainBytes: 32 * this.#digests.count }
    const serviceInfo = new Map([
      ...(versioned ? [['format', '2'] as const] : []),
      ['order', 'path'],
      ['listing_sha256', createHash('sha256').update(plain).digest('hex')],
      ['entries', String(this.#lines.length)],
      ['data_size', String(this.#dataBytes)],
      ...(sliceBytes === undefined ? [] : [['slice_size', String(sliceBytes)] as const]),
      ...Object.entries(info),
    ])
    const options = { offset: this.#offset, createdAt: TIME, codec, level: 6 } as const
    const { header, members, end } = encodeTail({ listing, digest }, serviceInfo, options)
    return { bytes: concatBytes([...this.#members, header, ...members, ...end]), offsets: this.#offsets }
  }
}

function hex(crc32: number): string {
  return crc32.toString(16).padStart(8, '0')
}
