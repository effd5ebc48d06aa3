/**
 * Makes the members of entries that follow each other: headers, up to 64 KiB of them in one member; the data of a file in a
 * member of its own or, where groups are asked for, headers and data of small files in one (SPEC 1.1). What it makes depends
 * on the entries only, not on where it runs.
 */
import { concatBytes } from '../bytes/concat.ts'
import type { Codec, Level } from '../gzip/codec.ts'
import { MemberBuffer } from '../gzip/member-buffer.ts'
import { KiB } from '../limits.ts'
import { worthwhileLevel } from './shrinks.ts'

const BLOCK = 512

/** Headers without data between them are gathered up to this much plaintext. */
export const HEADERS_BYTES: number = 64 * KiB

/** How to make members. */
export interface BatchMakerOptions {
  readonly codec: Codec
  readonly level: Level
  /** A group is closed once it has so many plain bytes, and holds no file that is longer; 0 makes none. */
  readonly groupBytes: number
}

/** Where the data of a file lies in what was made. */
export interface MadeMember {
  /** Where its member begins in the bytes of the batch. */
  readonly offset: number
  /** Length of that member in bytes. */
  readonly packedBytes: number
  /** Where the data begins in the member's plaintext; 0 where the member is the file's own. */
  readonly plainOffset: number
  /** CRC-32 of the data and the zeros behind it. */
  readonly crc32: number
}

/** Members that were made, and for each entry, in order, where its data lies in them. */
export interface MadeMembers {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Undefined for entries without data. */
  readonly members: readonly (MadeMember | undefined)[]
}

/** A file in the group at hand. */
interface Grouped {
  readonly entry: number
  readonly plainOffset: number
  readonly crc32: number
}

/** Takes entries, gives members. */
export class BatchMaker {
  readonly #options: BatchMakerOptions
  /** Plaintext of the member at hand: headers, and data of a group. */
  #plain: Uint8Array[] = []
  #plainBytes = 0
  #grouped: Grouped[] = []
  readonly #buffer: MemberBuffer
  #members: (MadeMember | undefined)[] = []

  /** @param buffer - to make them in; empty */
  constructor(options: BatchMakerOptions, buffer: MemberBuffer = new MemberBuffer()) {
    this.#options = options
    this.#buffer = buffer
  }

  /** Whether all that was taken is in members. */
  get isWhole(): boolean {
    return this.#plainBytes === 0
  }

  /** Length of the members made so far. */
  get byteCount(): number {
    return this.#buffer.length
  }

  /** Takes an entry without data. */
  addHeader(blocks: Uint8Array): void {
    this.#members.push(undefined)
    this.#gather(blocks)
    this.#closeIfFull()
  }

  /** Takes a header whose entry follows by itself: its data is written apart. */
  addBlocks(blocks: Uint8Array): void {
    // A group goes on with no header of a file that is outside of it.
    if (this.#grouped.length > 0) this.close()
    this.#gather(blocks)
  }

  /**
   * Takes a file.
   *
   * @param data - what is in it, not empty, with the zeros that fill it to whole blocks; not used after the call unless it is
   * put in a group
   * @param level - 0 stores it
   */
  addFile(blocks: Uint8Array, data: Uint8Array, level: Level): void {
    const { codec, groupBytes } = this.#options
    if (data.length > groupBytes || level !== this.#options.level) return this.#addAlone(blocks, data, level)
    this.#gather(blocks)
    this.#grouped.push({ entry: this.#members.length, plainOffset: this.#plainBytes, crc32: codec.crc32(data) })
    this.#members.push(undefined)
    this.#gather(data.slice())
    this.#closeIfFull()
  }

  /** Puts what was gathered in a member. */
  close(): void {
    if (this.#plainBytes === 0) return
    const { codec, level } = this.#options
    const { offset, packedBytes } = this.#buffer.add(codec, concatBytes(this.#plain, this.#plainBytes), level)
    for (const { entry, plainOffset, crc32 } of this.#grouped)
      this.#members[entry] = { offset, packedBytes, plainOffset, crc32 }
    this.#plain = []
    this.#plainBytes = 0
    this.#grouped = []
  }

  /** Closes the member at hand and gives all that was made since the last call. */
  take(): MadeMembers {
    this.close()
    const made = { bytes: this.#buffer.take(), members: this.#members }
    this.#members = []
    return made
  }

  #addAlone(blocks: Uint8Array, data: Uint8Array, level: Level): void {
    const { codec } = this.#options
    this.addBlocks(blocks)
    this.close()
    const member = this.#buffer.add(codec, data, worthwhileLevel(codec, data, level))
    this.#members.push({ ...member, plainOffset: 0 })
  }

  #gather(plain: Uint8Array): void {
    this.#plain.push(plain)
    this.#plainBytes += plain.length
  }

  #closeIfFull(): void {
    const { groupBytes } = this.#options
    if (this.#plainBytes >= (groupBytes > 0 ? groupBytes : HEADERS_BYTES)) this.close()
  }
}

/** Length of data with the zeros that fill it to whole blocks. */
export function paddedBytes(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK) * BLOCK
}
