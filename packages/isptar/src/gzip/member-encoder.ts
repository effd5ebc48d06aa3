/**
 * Makes a gzip member of data that comes in chunks, counting both sides so that the caller knows offsets and, after a full
 * flush, where inflating can begin (SPEC 1.1).
 */
import type { Codec, Level, RawDeflater } from './codec.ts'
import { encodeMemberHeader } from './member-header.ts'
import { encodeMemberTrailer } from './member-trailer.ts'

/** How far a member is, right after a full flush. */
export interface MemberProgress {
  /** CRC-32 of the plaintext so far. */
  readonly crc32: number
  readonly plainBytes: number
  /** With the header. */
  readonly packedBytes: number
}

/** A gzip member in the making: `start`, any number of `push` and `fullFlush`, `finish`. One call at a time. */
export class MemberEncoder {
  readonly #codec: Codec
  readonly #level: Level
  readonly #deflater: RawDeflater
  #crc: number
  #plainBytes: number
  #packedBytes: number

  /** @param from - a member that was begun elsewhere, to go on with; it is started already */
  constructor(codec: Codec, level: Level, from: MemberProgress = { crc32: 0, plainBytes: 0, packedBytes: 0 }) {
    this.#crc = from.crc32
    this.#plainBytes = from.plainBytes
    this.#packedBytes = from.packedBytes
    this.#codec = codec
    this.#level = level
    this.#deflater = codec.createDeflater(level)
  }

  /** Bytes taken so far. */
  get plainBytes(): number {
    return this.#plainBytes
  }

  /** Bytes given so far, header included; exact for what was taken after `fullFlush` and `finish`. */
  get packedBytes(): number {
    return this.#packedBytes
  }

  /** CRC-32 of the bytes taken so far; after `finish` what the trailer records. */
  get crc32(): number {
    return this.#crc
  }

  /** Gives the header. Comes first, once. */
  start(): Uint8Array {
    const header = encodeMemberHeader(this.#level)
    this.#count([header])
    return header
  }

  /** Takes the next chunk, which must stay unchanged until then. Gives what is ready, perhaps nothing. */
  async push(chunk: Uint8Array): Promise<readonly Uint8Array[]> {
    if (chunk.length === 0) return []
    this.#crc = this.#codec.crc32(chunk, this.#crc)
    this.#plainBytes += chunk.length
    return this.#count(await this.#deflater.push(chunk))
  }

  /** Gives all that is pending; raw inflate can begin at the byte that follows. */
  async fullFlush(): Promise<readonly Uint8Array[]> {
    return this.#count(await this.#deflater.fullFlush())
  }

  /** Gives the rest and the trailer, and frees the codec. */
  async finish(): Promise<readonly Uint8Array[]> {
    const rest = await this.#deflater.finish()
    this.close()
    return this.#count([...rest, encodeMemberTrailer(this.#crc, this.#plainBytes)])
  }

  /** Frees the codec; needed after an early end, harmless otherwise. */
  close(): void {
    this.#deflater.close()
  }

  #count(packed: readonly Uint8Array[]): readonly Uint8Array[] {
    for (const part of packed) this.#packedBytes += part.length
    return packed
  }
}
