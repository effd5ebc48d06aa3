/** Members one behind the other in one growing buffer: made where they stay, since fresh memory costs as much as deflating. */
import { KiB } from '../limits.ts'
import type { Codec, Level } from './codec.ts'
import { encodeMemberHeader } from './member-header.ts'
import { MEMBER_TRAILER_BYTES, putMemberTrailer } from './member-trailer.ts'

/** A member that was made. */
export interface BufferedMember {
  /** Where it begins in the buffer. */
  readonly offset: number
  readonly packedBytes: number
  /** CRC-32 of its plaintext. */
  readonly crc32: number
}

/** Holds members until they are taken; its memory is used again. */
export class MemberBuffer {
  #bytes: Uint8Array = new Uint8Array(64 * KiB)
  #length = 0

  /** Length of the members in it. */
  get length(): number {
    return this.#length
  }

  /**
   * Makes a member behind the others, as `encodeMember` does.
   *
   * @param plain - its plaintext, may be empty
   */
  add(codec: Codec, plain: Uint8Array, level: Level): BufferedMember {
    const offset = this.#length
    this.#reserve(plain.length + (plain.length >>> 4) + KiB)
    this.#put(encodeMemberHeader(level))
    this.#deflate(codec, plain, level)
    const crc32 = codec.crc32(plain)
    this.#reserve(MEMBER_TRAILER_BYTES)
    putMemberTrailer(this.#bytes, this.#length, crc32, plain.length)
    this.#length += MEMBER_TRAILER_BYTES
    return { offset, packedBytes: this.#length - offset, crc32 }
  }

  /** Gives all members in a buffer that holds nothing else, and forgets them. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.#bytes.slice(0, this.#length)
    this.#length = 0
    return taken
  }

  #deflate(codec: Codec, plain: Uint8Array, level: Level): void {
    const made = codec.deflateInto?.(plain, level, this.#bytes.subarray(this.#length))
    if (made === undefined) return this.#put(codec.deflateRaw(plain, level))
    this.#length += made
  }

  #put(bytes: Uint8Array): void {
    this.#reserve(bytes.length)
    this.#bytes.set(bytes, this.#length)
    this.#length += bytes.length
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#bytes.length) return
    const grown = new Uint8Array(Math.max(needed, 2 * this.#bytes.length))
    grown.set(this.#bytes.subarray(0, this.#length))
    this.#bytes = grown
  }
}
