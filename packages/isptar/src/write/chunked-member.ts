/** Writes a member piece by piece and keeps the table of where reading can begin (SPEC 4, `seek`). */
import { combineCrc32 } from '../bytes/combine-crc32.ts'
import type { Level } from '../gzip/codec.ts'
import { encodeMemberHeader, MEMBER_HEADER_BYTES } from '../gzip/member-header.ts'
import { encodeMemberTrailer } from '../gzip/member-trailer.ts'
import type { SeekTable } from '../tail/seek-column.ts'
import type { DeflatedPiece } from './deflate-piece.ts'
import type { Output } from './output.ts'
import { type SeekChunk, SeekTableBuilder } from './seek-table-builder.ts'

/** A member of which a part is written, up to the end of a piece. */
export interface MemberState {
  /** CRC-32 of the plaintext so far. */
  readonly crc32: number
  readonly plainBytes: number
  /** With the header. */
  readonly packedBytes: number
  /** Plain length of a chunk; 0 where there are no seek points. */
  readonly seekBytes: number
  readonly chunks: readonly SeekChunk[]
  /** The chunk at hand. */
  readonly chunk: { readonly plainBytes: number; readonly crc32: number; readonly offset: number }
}

/** How to write a member. */
export interface ChunkedMemberOptions {
  readonly level: Level
  /** Plain bytes between two seek points; 0 makes none. */
  readonly seekBytes: number
  /** A member to go on with; it has its header already. */
  readonly from?: MemberState | undefined
  /** Called when the output wants a checkpoint. */
  readonly onCheckpoint?: ((state: MemberState) => Promise<void>) | undefined
}

/** A member in the making: `start`, any number of `add`, `finish`. One call at a time. */
export class ChunkedMember {
  readonly #output: Output
  readonly #options: ChunkedMemberOptions
  readonly #seek: SeekTableBuilder | undefined
  #crc: number
  #plainBytes: number
  #packedBytes: number
  /** Of the chunk at hand. */
  #chunk: { plainBytes: number; crc32: number; offset: number }

  constructor(output: Output, options: ChunkedMemberOptions) {
    const { from } = options
    const seekBytes = from?.seekBytes ?? options.seekBytes
    this.#output = output
    this.#options = options
    this.#seek = seekBytes > 0 ? new SeekTableBuilder(seekBytes, from?.chunks) : undefined
    this.#crc = from?.crc32 ?? 0
    this.#plainBytes = from?.plainBytes ?? 0
    this.#packedBytes = from?.packedBytes ?? 0
    this.#chunk = { ...(from?.chunk ?? { plainBytes: 0, crc32: 0, offset: MEMBER_HEADER_BYTES }) }
  }

  /** Writes the header, unless that was done. */
  async start(): Promise<void> {
    if (this.#packedBytes === 0) await this.#write(encodeMemberHeader(this.#options.level))
  }

  /** Takes the next piece, which ends at a cut unless it is the last one. */
  async add({ packed, plainBytes, crc32 }: DeflatedPiece): Promise<void> {
    // Not before more follows: the last chunk ends with the member.
    if (this.#seek && this.#chunk.plainBytes === this.#seek.chunkBytes) this.#endChunk(this.#seek)
    this.#chunk.crc32 = combineCrc32(this.#chunk.crc32, crc32, plainBytes)
    this.#chunk.plainBytes += plainBytes
    this.#crc = combineCrc32(this.#crc, crc32, plainBytes)
    this.#plainBytes += plainBytes
    await this.#write(packed)
  }

  /** Makes a checkpoint where the output wants one; to be asked after a piece that is not the last. */
  async checkpoint(): Promise<void> {
    const { onCheckpoint } = this.#options
    if (onCheckpoint && this.#output.wantsCheckpoint) await onCheckpoint(this.#state())
  }

  /** Writes the trailer; gives the CRC-32 of all that was taken, and the table where there is one. */
  async finish(): Promise<{ crc32: number; seek: SeekTable | undefined }> {
    this.#seek?.add(this.#packedBytes - this.#chunk.offset, this.#chunk.crc32)
    await this.#write(encodeMemberTrailer(this.#crc, this.#plainBytes))
    return { crc32: this.#crc, seek: this.#seek?.table() }
  }

  async #write(packed: Uint8Array): Promise<void> {
    this.#packedBytes += packed.length
    await this.#output.write(packed)
  }

  #state(): MemberState {
    return {
      ...{ crc32: this.#crc, plainBytes: this.#plainBytes, packedBytes: this.#packedBytes },
      seekBytes: this.#seek?.chunkBytes ?? 0,
      chunks: this.#seek?.chunks ?? [],
      chunk: { ...this.#chunk },
    }
  }

  #endChunk(seek: SeekTableBuilder): void {
    seek.add(this.#packedBytes - this.#chunk.offset, this.#chunk.crc32)
    seek.makeRoom()
    this.#chunk = { plainBytes: 0, crc32: 0, offset: this.#packedBytes }
  }
}
