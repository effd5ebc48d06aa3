/**
 * Deflates the pieces that a data member is made of. Each is deflated apart, so that it does not matter where and in which
 * order that is done, and ends at a cut, where reading can begin (SPEC 4, `seek`).
 */
import type { Codec, DeflateEnd, Level } from '../gzip/codec.ts'
import { MiB } from '../limits.ts'
import { worthwhileLevel } from './shrinks.ts'

/** Longest piece: what is held at once. */
export const PIECE_BYTES: number = MiB

/** A piece of a member. */
export interface DeflatedPiece {
  /** Raw deflate, ended with a full flush or, the last one, with the stream. */
  readonly packed: Uint8Array
  readonly plainBytes: number
  /** CRC-32 of its plaintext. */
  readonly crc32: number
}

/**
 * Deflates a piece; one that would not shrink is stored.
 *
 * @param plain - its plaintext
 * @param level - 0 stores in any case
 * @param end - whether it is the last one
 */
export function deflatePiece(codec: Codec, plain: Uint8Array, level: Level, end: DeflateEnd): DeflatedPiece {
  const packed = codec.deflateRaw(plain, worthwhileLevel(codec, plain, level), end)
  return { packed, plainBytes: plain.length, crc32: codec.crc32(plain) }
}

/**
 * Tells where the piece ends that begins at, or holds, an offset in the plaintext: at the next multiple of the distance of
 * seek points, and after {@link PIECE_BYTES} at the latest.
 *
 * @param seekBytes - plain bytes between two seek points; 0 for none
 */
export function nextCut(offset: number, seekBytes: number): number {
  if (seekBytes === 0) return (Math.floor(offset / PIECE_BYTES) + 1) * PIECE_BYTES
  const chunk = offset - (offset % seekBytes)
  const inChunk = (Math.floor((offset - chunk) / PIECE_BYTES) + 1) * PIECE_BYTES
  return chunk + Math.min(inChunk, seekBytes)
}
