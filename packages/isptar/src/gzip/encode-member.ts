/** Makes a whole gzip member of a buffer, and tells what its trailer records. */
import { concatBytes } from '../bytes/concat.ts'
import type { Codec, Level } from './codec.ts'
import { encodeMemberHeader } from './member-header.ts'
import { encodeMemberTrailer, MEMBER_TRAILER_BYTES } from './member-trailer.ts'

/**
 * Makes one gzip member (SPEC 1.1).
 *
 * @param plain - its plaintext, may be empty
 * @param level - compression effort
 */
export function encodeMember(codec: Codec, plain: Uint8Array, level: Level): Uint8Array {
  return concatBytes([
    encodeMemberHeader(level),
    codec.deflateRaw(plain, level),
    encodeMemberTrailer(codec.crc32(plain), plain.length),
  ])
}

/**
 * Gives the CRC-32 of its plaintext that a member records.
 *
 * @param member - one whole member, nothing after it
 */
export function recordedCrc32(member: Uint8Array): number {
  const trailer = member.subarray(member.length - MEMBER_TRAILER_BYTES)
  return new DataView(trailer.buffer, trailer.byteOffset, trailer.length).getUint32(0, true)
}
