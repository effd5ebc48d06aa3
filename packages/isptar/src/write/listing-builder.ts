/** Grows the listing member while entries are added: only its packed bytes are kept, about 25 an entry. */
import { createSha256 } from '#sha256'
import { concatBytes } from '../bytes/concat.ts'
import { comparePaths, encodeAscii } from '../bytes/text.ts'
import type { Codec, Level } from '../gzip/codec.ts'
import { MemberEncoder } from '../gzip/member-encoder.ts'
import { KiB } from '../limits.ts'
import type { ListingMember } from '../tail/encode-tail.ts'
import { encodeListingLine } from '../tail/encode-listing-line.ts'
import type { ListingRecord } from '../tail/listing-record.ts'

const BATCH_BYTES = 64 * KiB

/** A listing in the making. */
export class ListingBuilder {
  readonly #encoder: MemberEncoder
  readonly #packed: Uint8Array[] = []
  readonly #sha256 = createSha256()
  #lines: Uint8Array[] = []
  #lineBytes = 0
  #entryCount = 0
  #lastPath: Uint8Array | undefined
  #ordered = true

  constructor(codec: Codec, level: Level) {
    this.#encoder = new MemberEncoder(codec, level)
    this.#packed.push(this.#encoder.start())
  }

  /** How many entries were added. */
  get entryCount(): number {
    return this.#entryCount
  }

  /** Whether every path came after the one before it in the archive's order (SPEC 3.5). */
  get ordered(): boolean {
    return this.#ordered
  }

  /** Adds an entry's line. */
  async add(record: ListingRecord): Promise<void> {
    if (this.#lastPath && comparePaths(this.#lastPath, record.pathBytes) >= 0) this.#ordered = false
    this.#lastPath = record.pathBytes
    this.#entryCount += 1
    await this.#append(encodeListingLine(record))
  }

  async #append(line: Uint8Array): Promise<void> {
    this.#lines.push(line)
    this.#lineBytes += line.length
    if (this.#lineBytes >= BATCH_BYTES) await this.#pack()
  }

  async #pack(): Promise<void> {
    const text = concatBytes(this.#lines, this.#lineBytes)
    this.#lines = []
    this.#lineBytes = 0
    this.#sha256.update(text)
    this.#packed.push(...(await this.#encoder.push(text)))
  }

  /** Ends the listing; gives its member and its SHA-256, which is the archive's identity. */
  async finish(): Promise<{ member: ListingMember; identity: string }> {
    await this.#append(encodeAscii('\n'))
    if (this.#lineBytes > 0) await this.#pack()
    this.#packed.push(...(await this.#encoder.finish()))
    const { packedBytes, plainBytes } = this.#encoder
    return { member: { packed: this.#packed, packedBytes, plainBytes }, identity: this.#sha256.hex() }
  }

  /** Frees what it holds after a failure. */
  close(): void {
    this.#encoder.close()
  }
}
