/** Unfolds a whole gzip member that lies in a buffer. */
import type { Codec, Inflated } from './codec.ts'
import { MemberHeaderDecoder } from './member-header.ts'
import { checkMemberTrailer, cutMemberError, MEMBER_TRAILER_BYTES } from './member-trailer.ts'

/** Options of {@link decodeMember}. */
export interface DecodeMemberOptions {
  /** Most plaintext to make, in bytes. */
  maxBytes: number
  /** Gives the plaintext although CRC-32 or length differ. @defaultValue false */
  ignoreChecksum?: boolean
}

/** A whole member. */
export interface DecodedMember extends Inflated {
  /** CRC-32 of the plaintext. */
  crc32: number
}

/**
 * Unfolds the gzip member at the start of a buffer; `packedBytes` is its whole length. What follows it is left alone.
 *
 * @throws FormatError when no gzip member begins there; IntegrityError when it is broken, cut, or its CRC-32 or length
 * differ; LimitError past `maxBytes`
 */
export function decodeMember(codec: Codec, bytes: Uint8Array, options: DecodeMemberOptions): DecodedMember {
  const header = new MemberHeaderDecoder().push(bytes)
  if (!header.ended) throw cutMemberError()
  const { plain, packedBytes } = codec.inflateRaw(bytes.subarray(header.usedBytes), options.maxBytes)
  const trailerOffset = header.usedBytes + packedBytes
  const trailer = bytes.subarray(trailerOffset, trailerOffset + MEMBER_TRAILER_BYTES)
  if (trailer.length < MEMBER_TRAILER_BYTES) throw cutMemberError()
  const crc32 = codec.crc32(plain)
  const difference = checkMemberTrailer(trailer, crc32, plain.length)
  if (difference !== undefined && !options.ignoreChecksum) throw difference
  return { plain, packedBytes: trailerOffset + MEMBER_TRAILER_BYTES, crc32 }
}
