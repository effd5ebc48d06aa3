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
  putMemberTrailer(trailer, 0, crc, plainBytes)
  return trailer
}

/** Puts a trailer into bytes that are at hand; see {@link encodeMemberTrailer}. */
export function putMemberTrailer(bytes: Uint8Array, offset: number, crc: number, plainBytes: number): void {
  putUint32(bytes, offset, crc)
  putUint32(bytes, offset + 4, plainBytes % 2 ** 32)
}

function putUint32(bytes: Uint8Array, offset: number, value: number): void {
  for (let i = 0; i < 4; i += 1) bytes[offset + i] = value >>> (8 * i)
}

/** Reads four bytes, the lowest first. */
export function getUint32(bytes: Uint8Array, offset: number): number {
  let value = 0
  for (let i = 3; i >= 0; i -= 1) value = (value << 8) | (bytes[offset + i] ?? 0)
  return value >>> 0
}

/**
 * Compares a trailer with the plaintext that came out.
 *
 * @param trailer - eight bytes
 * @returns what differs, undefined when nothing does
 */
export function checkMemberTrailer(trailer: Uint8Array, crc: number, plainBytes: number): IntegrityError | undefined {
  return (
    difference('CRC-32', getUint32(trailer, 0), crc) ??
    difference('length modulo 2^32', getUint32(trailer, 4), plainBytes % 2 ** 32)
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
