/** Writes a member piece by piece, with a full flush between chunks at which reading can begin (SPEC 4, `seek`). */
import type { Codec, Level } from '../gzip/codec.ts'
import { MemberEncoder, type MemberProgress } from '../gzip/member-encoder.ts'
import { MEMBER_HEADER_BYTES } from '../gzip/member-header.ts'
import { MEMBER_TRAILER_BYTES } from '../gzip/member-trailer.ts'
import type { SeekTable } from '../tail/seek-column.ts'
import type { Output } from './output.ts'
import { type SeekChunk, SeekTableBuilder } from './seek-table-builder.ts'

/** A member of which a part is written, up to a full flush. */
export interface MemberState extends MemberProgress {
  /** Plain length of a chunk; 0 where there are no seek points. */
  readonly seekBytes: number
  readonly chunks: readonly SeekChunk[]
  /** The chunk at hand. */
  readonly chunk: { readonly plainBytes: number; readonly crc32: number; readonly offset: number }
}

/** How to write a member. */
export interface ChunkedMemberOptions {
  readonly codec: Codec
  readonly level: Level
  /** Plain bytes between two seek points; 0 makes none. */
  readonly seekBytes: number
  /** A member to go on with; it has its header already. */
  readonly from?: MemberState | undefined
  /** Called when the output wants a checkpoint. */
  readonly onCheckpoint?: ((state: MemberState) => Promise<void>) | undefined
}

/** A member in the making: `start`, any number of `write`, `finish`. One call at a time. */
export class ChunkedMember {
  readonly #output: Output
  readonly #codec: Codec
  readonly #encoder: MemberEncoder
  readonly #seek: SeekTableBuilder | undefined
  readonly #onCheckpoint: ChunkedMemberOptions['onCheckpoint']
  /** Of the chunk at hand. */
  #plainBytes: number
  #crc: number
  /** Where it begins in the member. */
  #packedBefore: number

  constructor(output: Output, options: ChunkedMemberOptions) {
    const { codec, level, from, onCheckpoint } = options
    const seekBytes = from?.seekBytes ?? options.seekBytes
    this.#output = output
    this.#codec = codec
    this.#onCheckpoint = onCheckpoint
    this.#encoder = new MemberEncoder(codec, level, from)
    this.#seek = seekBytes > 0 ? new SeekTableBuilder(seekBytes, from?.chunks) : undefined
    this.#plainBytes = from?.chunk.plainBytes ?? 0
    this.#crc = from?.chunk.crc32 ?? 0
    this.#packedBefore = from?.chunk.offset ?? MEMBER_HEADER_BYTES
  }

  /** Writes the header, unless that was done. */
  async start(): Promise<void> {
    if (this.#encoder.packedBytes === 0) await this.#output.write(this.#encoder.start())
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
    this.#seek?.add(packedBytes, this.#crc)
    return { crc32: this.#encoder.crc32, seek: this.#seek?.table() }
  }

  /** Frees the codec; needed after an early end, harmless otherwise. */
  close(): void {
    this.#encoder.close()
  }

  async #push(bytes: Uint8Array): Promise<void> {
    await this.#output.write(...(await this.#encoder.push(bytes)))
    if (!this.#onCheckpoint || !this.#output.wantsCheckpoint) return
    await this.#output.write(...(await this.#encoder.fullFlush()))
    await this.#onCheckpoint(this.#state())
  }

  #state(): MemberState {
    const { crc32, plainBytes, packedBytes } = this.#encoder
    return {
      ...{ crc32, plainBytes, packedBytes },
      seekBytes: this.#seek?.chunkBytes ?? 0,
      chunks: this.#seek?.chunks ?? [],
      chunk: { plainBytes: this.#plainBytes, crc32: this.#crc, offset: this.#packedBefore },
    }
  }

  async #endChunk(seek: SeekTableBuilder): Promise<void> {
    await this.#output.write(...(await this.#encoder.fullFlush()))
    seek.add(this.#encoder.packedBytes - this.#packedBefore, this.#crc)
    seek.makeRoom()
    this.#packedBefore = this.#encoder.packedBytes
    this.#plainBytes = 0
    this.#crc = 0
  }
}
