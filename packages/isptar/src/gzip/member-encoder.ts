/**
 * Makes a gzip member of pieces that are deflated apart, counting both sides so that the caller knows offsets and where
 * inflating can begin (SPEC 1.1).
 */
import type { Codec, DeflateEnd, Level } from './codec.ts'
import { encodeMemberHeader } from './member-header.ts'
import { encodeMemberTrailer } from './member-trailer.ts'

/** A gzip member in the making: `start`, any number of `piece`, `finish`. */
export class MemberEncoder {
  readonly #codec: Codec
  readonly #level: Level
  #crc = 0
  #plainBytes = 0
  #packedBytes = 0

  constructor(codec: Codec, level: Level) {
    this.#codec = codec
    this.#level = level
  }

  /** Bytes taken so far. */
  get plainBytes(): number {
    return this.#plainBytes
  }

  /** Bytes given so far, header included. */
  get packedBytes(): number {
    return this.#packedBytes
  }

  /** CRC-32 of the bytes taken so far; after `finish` what the trailer records. */
  get crc32(): number {
    return this.#crc
  }

  /** Gives the header. Comes first, once. */
  start(): Uint8Array {
    return this.#count(encodeMemberHeader(this.#level))
  }

  /** Deflates the next bytes; raw inflate can begin at what follows. */
  piece(plain: Uint8Array): Uint8Array {
    return this.#deflate(plain, 'flush')
  }

  /** Deflates the last bytes, perhaps none, and adds the trailer. */
  finish(plain: Uint8Array = new Uint8Array(0)): readonly Uint8Array[] {
    return [this.#deflate(plain, 'final'), this.#count(encodeMemberTrailer(this.#crc, this.#plainBytes))]
  }

  #deflate(plain: Uint8Array, end: DeflateEnd): Uint8Array {
    this.#crc = this.#codec.crc32(plain, this.#crc)
    this.#plainBytes += plain.length
    return this.#count(this.#codec.deflateRaw(plain, this.#level, end))
  }

  #count(packed: Uint8Array): Uint8Array {
    this.#packedBytes += packed.length
    return packed
  }
}
