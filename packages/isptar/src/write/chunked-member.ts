/** Writes a member piece by piece, with a full flush between chunks at which reading can begin (SPEC 4, `seek`). */
import type { Codec, Level } from '../gzip/codec.ts'
import { MemberEncoder } from '../gzip/member-encoder.ts'
import { MEMBER_HEADER_BYTES } from '../gzip/member-header.ts'
import { MEMBER_TRAILER_BYTES } from '../gzip/member-trailer.ts'
import type { SeekTable } from '../tail/seek-column.ts'
import type { Output } from './output.ts'
import { SeekTableBuilder } from './seek-table-builder.ts'

/** A member in the making: `start`, any number of `write`, `finish`. One call at a time. */
export class ChunkedMember {
  readonly #output: Output
  readonly #codec: Codec
  readonly #encoder: MemberEncoder
  readonly #seek: SeekTableBuilder | undefined
  /** Of the chunk at hand. */
  #plainBytes = 0
  #crc = 0
  /** Packed bytes of the chunks before it. */
  #packedBefore = MEMBER_HEADER_BYTES

  /** @param options - `seekBytes` 0 makes no seek points */
  constructor(output: Output, options: { readonly codec: Codec; readonly level: Level; readonly seekBytes: number }) {
    this.#output = output
    this.#codec = options.codec
    this.#encoder = new MemberEncoder(options.codec, options.level)
    this.#seek = options.seekBytes > 0 ? new SeekTableBuilder(options.seekBytes) : undefined
  }

  /** Writes the header. */
  async start(): Promise<void> {
    await this.#output.write(this.#encoder.start())
  }

  /** Takes the next bytes of the plaintext. */
  async write(bytes: Uint8Array): Promise<void> {
    const seek = this.#seek
    if (!seek) return this.#push(bytes)
    for (let from = 0; from < bytes.length; ) {
      // Not before more follows: the last chunk ends with the member.
      if (this.#plainBytes === seek.chunkBytes) await this.#endChunk(seek)
      const piece = bytes.subarray(from, from + seek.chunkBytes - this.#plainBytes)
      this.#crc = this.#codec.crc32(piece, this.#crc)
      this.#plainBytes += piece.length
      from += piece.length
      await this.#push(piece)
    }
  }

  /** Writes the rest and the trailer; gives the CRC-32 of all that was taken, and the table where there is one. */
  async finish(): Promise<{ crc32: number; seek: SeekTable | undefined }> {
    await this.#output.write(...(await this.#encoder.finish()))
    const packedBytes = this.#encoder.packedBytes - MEMBER_TRAILER_BYTES - this.#packedBefore
    this.#seek?.add(packedBytes, this.#crc, this.#plainBytes)
    return { crc32: this.#encoder.crc32, seek: this.#seek?.table() }
  }

  /** Frees the codec; needed after an early end, harmless otherwise. */
  close(): void {
    this.#encoder.close()
  }

  async #push(bytes: Uint8Array): Promise<void> {
    await this.#output.write(...(await this.#encoder.push(bytes)))
  }

  async #endChunk(seek: SeekTableBuilder): Promise<void> {
    await this.#output.write(...(await this.#encoder.fullFlush()))
    seek.add(this.#encoder.packedBytes - this.#packedBefore, this.#crc, this.#plainBytes)
    this.#packedBefore = this.#encoder.packedBytes
    this.#plainBytes = 0
    this.#crc = 0
  }
}
