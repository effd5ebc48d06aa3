/** Holds the seek points of a file against its data while that is read as a whole (SPEC 4). */
import { FormatError, IntegrityError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import { MEMBER_HEADER_BYTES } from '../gzip/member-header.ts'
import { MEMBER_TRAILER_BYTES } from '../gzip/member-trailer.ts'
import type { SeekTable } from '../tail/seek-column.ts'

/** Checks the CRC-32 of each chunk: any number of `take`, then `finish`. */
export class SeekCheck {
  readonly #table: SeekTable
  readonly #codec: Codec
  #chunk = 0
  #chunkBytes = 0
  #crc = 0

  constructor(table: SeekTable, codec: Codec) {
    this.#table = table
    this.#codec = codec
  }

  /**
   * Takes the next bytes of the plaintext.
   *
   * @throws IntegrityError when a chunk that they end is another than recorded
   */
  take(bytes: Uint8Array): void {
    const { chunkBytes } = this.#table
    for (let from = 0; from < bytes.length; ) {
      const piece = bytes.subarray(from, from + chunkBytes - this.#chunkBytes)
      this.#crc = this.#codec.crc32(piece, this.#crc)
      this.#chunkBytes += piece.length
      from += piece.length
      if (this.#chunkBytes === chunkBytes) this.#endChunk()
    }
  }

  /**
   * Checks the last chunk, and that all of them lie in the member.
   *
   * @param packedBytes - length of the member
   * @throws IntegrityError, FormatError
   */
  finish(packedBytes: number | undefined): void {
    if (this.#chunkBytes > 0) this.#endChunk()
    const sum = this.#table.packedBytes.reduce((total, length) => total + length, 0)
    const total = sum + MEMBER_HEADER_BYTES + MEMBER_TRAILER_BYTES
    if (packedBytes !== undefined && total > packedBytes)
      throw new FormatError(`its chunks add up to ${total} bytes, its member has ${packedBytes}`)
  }

  #endChunk(): void {
    const expected = this.#table.crc32s[this.#chunk]
    if (expected !== undefined && expected !== this.#crc)
      throw new IntegrityError(`the CRC-32 of chunk ${this.#chunk} is ${this.#crc}, recorded is ${expected}`, {
        expected,
        actual: this.#crc,
      })
    this.#chunk += 1
    this.#chunkBytes = 0
    this.#crc = 0
  }
}
