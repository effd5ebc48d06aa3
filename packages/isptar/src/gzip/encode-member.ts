/** Makes a whole gzip member of a buffer, and tells what its trailer records. */
import type { Codec, Level } from './codec.ts'
import { encodeMemberHeader, MEMBER_HEADER_BYTES } from './member-header.ts'
import { getUint32, MEMBER_TRAILER_BYTES, putMemberTrailer } from './member-trailer.ts'

/**
 * Makes one gzip member (SPEC 1.1).
 *
 * @param plain - its plaintext, may be empty
 * @param level - compression effort
 */
export function encodeMember(codec: Codec, plain: Uint8Array, level: Level): Uint8Array {
  const packed = codec.deflateRaw(plain, level)
  const member = new Uint8Array(MEMBER_HEADER_BYTES + packed.length + MEMBER_TRAILER_BYTES)
  member.set(encodeMemberHeader(level))
  member.set(packed, MEMBER_HEADER_BYTES)
  putMemberTrailer(member, member.length - MEMBER_TRAILER_BYTES, codec.crc32(plain), plain.length)
  return member
}

/**
 * Gives the CRC-32 of its plaintext that a member records.
 *
 * @param member - one whole member, or the end of it with all of its trailer; nothing after it
 */
export function recordedCrc32(member: Uint8Array): number {
  return getUint32(member, member.length - MEMBER_TRAILER_BYTES)
}
