/** The trailer of a gzip member (RFC 1952 section 2.3.1): CRC-32 and length of the plaintext, little-endian. */
import { IntegrityError } from '../errors.ts'

/** Length of the trailer. */
export const MEMBER_TRAILER_BYTES = 8

/**
 * Makes the trailer.
 *
 * @param crc - CRC-32 of the plaintext
 * @param plainBytes - its length; stored modulo 2^32
 */
export function encodeMemberTrailer(crc: number, plainBytes: number): Uint8Array {
  const trailer = new Uint8Array(MEMBER_TRAILER_BYTES)
  const view = new DataView(trailer.buffer)
  view.setUint32(0, crc, true)
  view.setUint32(4, plainBytes % 2 ** 32, true)
  return trailer
}

/**
 * Compares a trailer with the plaintext that came out.
 *
 * @param trailer - eight bytes
 * @returns what differs, undefined when nothing does
 */
export function checkMemberTrailer(trailer: Uint8Array, crc: number, plainBytes: number): IntegrityError | undefined {
  const view = new DataView(trailer.buffer, trailer.byteOffset, MEMBER_TRAILER_BYTES)
  return (
    difference('CRC-32', view.getUint32(0, true), crc) ??
    difference('length modulo 2^32', view.getUint32(4, true), plainBytes % 2 ** 32)
  )
}

function difference(what: string, expected: number, actual: number): IntegrityError | undefined {
  if (expected === actual) return undefined
  return new IntegrityError(
    `${what} of a gzip member: recorded ${expected}, found ${actual}; the data is damaged, use another copy`,
    { expected, actual },
  )
}

/** Makes the error for a member that ends before its trailer does. */
export function cutMemberError(): IntegrityError {
  return new IntegrityError('a gzip member ends before its trailer; the data is cut short')
}
