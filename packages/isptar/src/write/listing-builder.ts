/**
 * Grows the listing and its sections while entries are added. Only packed bytes are kept, about 25 an entry, and 32 for
 * its digest.
 */
import { createSha256 } from '#sha256'
import { concatBytes } from '../bytes/concat.ts'
import { comparePaths } from '../bytes/text.ts'
import type { Codec, Level } from '../gzip/codec.ts'
import { encodeMember } from '../gzip/encode-member.ts'
import { MemberEncoder } from '../gzip/member-encoder.ts'
import type { ListedLines } from '../io/slice-journal.ts'
import { KiB } from '../limits.ts'
import { DIGEST_BYTES, DigestBuilder } from '../tail/digest-section.ts'
import { encodeListingLine } from '../tail/encode-listing-line.ts'
import type { TailMember, TailMembers } from '../tail/encode-tail.ts'
import { unescapeField } from '../tail/escape.ts'
import { encodeIndex, type IndexBlock } from '../tail/index-section.ts'
import type { ListingRecord } from '../tail/listing-record.ts'

/** Plain length of a block of the listing, after which reading can begin anew. */
const BLOCK_BYTES = 64 * KiB

/** With room for a last line: most blocks need no more. */
const FULL_BLOCK_BYTES: number = BLOCK_BYTES + KiB

const TAB = 0x09
const LF = 0x0a

/** How to build a listing. */
export interface ListingBuilderOptions {
  readonly codec: Codec
  readonly level: Level
  /** Whether to make the digest section. */
  readonly digests: boolean
  /** Whether lines are asked for again by {@link ListingBuilder.takeNew}. */
  readonly keepsNew: boolean
}

/** A listing in the making. */
export class ListingBuilder {
  readonly #options: ListingBuilderOptions
  readonly #encoder: MemberEncoder
  readonly #packed: Uint8Array[] = []
  readonly #sha256 = createSha256()
  readonly #digests: DigestBuilder | undefined
  readonly #blocks: IndexBlock[] = []
  #block: Uint8Array = new Uint8Array(FULL_BLOCK_BYTES)
  #blockBytes = 0
  #firstPath: Uint8Array = new Uint8Array(0)
  #packedLines = 0
  #entryCount = 0
  #lastPath: Uint8Array | undefined
  #ordered = true
  #newLines: Uint8Array[] = []
  #newDigests: Uint8Array[] = []
  #newBytes = 0

  constructor(options: ListingBuilderOptions) {
    this.#options = options
    this.#encoder = new MemberEncoder(options.codec, options.level)
    this.#digests = options.digests ? new DigestBuilder() : undefined
    this.#packed.push(this.#encoder.start())
  }

  /** How many entries were added. */
  get entryCount(): number {
    return this.#entryCount
  }

  /** Length of the lines that {@link takeNew} would give. */
  get newBytes(): number {
    return this.#newBytes
  }

  /** Whether every path came after the one before it in the archive's order (SPEC 3.5). */
  get ordered(): boolean {
    return this.#ordered
  }

  /**
   * Adds an entry's line.
   *
   * @param digest - SHA-256 of its data, where it is known
   */
  add(record: ListingRecord, digest: Uint8Array | undefined): void {
    const line = encodeListingLine(record, this.#roomForLine)
    this.#count(record.pathBytes, digest)
    if (!this.#options.keepsNew) return
    this.#newLines.push(line)
    this.#newBytes += line.length
    if (this.#digests) this.#newDigests.push(digest ?? new Uint8Array(DIGEST_BYTES))
  }

  /** Adds lines of an earlier run; {@link takeNew} does not give them. */
  addKnown({ lines, digests }: ListedLines): void {
    let line = 0
    for (let from = 0; from < lines.length; line += 1) {
      const end = lines.indexOf(LF, from) + 1
      const path = unescapeField(lines.subarray(from, lines.indexOf(TAB, from)))
      const digest = digests.subarray(line * DIGEST_BYTES, (line + 1) * DIGEST_BYTES)
      this.#roomForLine(end - from).set(lines.subarray(from, end))
      this.#count(path, this.#digests && digest)
      from = end
    }
  }

  /** Gives the lines that were added since the last call. */
  takeNew(): ListedLines {
    const taken = { lines: concatBytes(this.#newLines, this.#newBytes), digests: concatBytes(this.#newDigests) }
    this.#newLines = []
    this.#newDigests = []
    this.#newBytes = 0
    return taken
  }

  #count(pathBytes: Uint8Array, digest: Uint8Array | undefined): void {
    if (this.#lastPath && comparePaths(this.#lastPath, pathBytes) >= 0) this.#ordered = false
    if (this.#entryCount === this.#packedLines) this.#firstPath = pathBytes
    this.#lastPath = pathBytes
    this.#entryCount += 1
    this.#digests?.add(digest)
  }

  /** Lines are written where they stay. Packs the block at hand when it is full. */
  readonly #roomForLine = (lengthBytes: number): Uint8Array => {
    if (this.#blockBytes >= BLOCK_BYTES) this.#packed.push(this.#encoder.piece(this.#takeBlock()))
    return this.#makeRoom(lengthBytes)
  }

  #makeRoom(lengthBytes: number): Uint8Array {
    const start = this.#blockBytes
    const end = start + lengthBytes
    if (end > this.#block.length) {
      const longer = new Uint8Array(end + KiB)
      longer.set(this.#block)
      this.#block = longer
    }
    this.#blockBytes = end
    return this.#block.subarray(start, end)
  }

  /** Ends the block at hand; gives its text, which is to be packed at once. */
  #takeBlock(): Uint8Array {
    const text = this.#block.subarray(0, this.#blockBytes)
    this.#blocks.push({
      entriesBefore: this.#packedLines,
      plainOffset: this.#encoder.plainBytes,
      packedOffset: this.#encoder.packedBytes,
      crc32: this.#options.codec.crc32(text),
      firstPath: this.#firstPath,
    })
    this.#packedLines = this.#entryCount
    // A new one: whoever packs this one, or keeps its lines, may take its time.
    this.#block = new Uint8Array(FULL_BLOCK_BYTES)
    this.#blockBytes = 0
    this.#sha256.update(text)
    return text
  }

  /** Ends the listing; gives the tail's members and the listing's SHA-256, which is the archive's identity. */
  finish(): { members: TailMembers; identity: string } {
    this.#makeRoom(1)[0] = LF
    const text = this.#takeBlock()
    this.#packed.push(...this.#encoder.finish(text))
    const { packedBytes, plainBytes } = this.#encoder
    const listing = { packed: this.#packed, packedBytes, plainBytes }
    const members = { listing, digest: this.#digestMember(), index: this.#indexMember() }
    return { members, identity: this.#sha256.hex() }
  }

  #digestMember(): TailMember | undefined {
    if (!this.#digests) return undefined
    const packed = this.#digests.member()
    return { packed, packedBytes: totalBytes(packed), plainBytes: this.#digests.count * DIGEST_BYTES }
  }

  /** One block needs no index, and what is out of order cannot be looked up by it. */
  #indexMember(): TailMember | undefined {
    if (!this.#ordered || this.#blocks.length < 2) return undefined
    const plain = encodeIndex(this.#blocks)
    const packed = encodeMember(this.#options.codec, plain, this.#options.level)
    return { packed: [packed], packedBytes: packed.length, plainBytes: plain.length }
  }
}

function totalBytes(parts: readonly Uint8Array[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0)
}
