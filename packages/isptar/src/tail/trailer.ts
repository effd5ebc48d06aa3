/** The trailer: the last member, 20 to 39 bytes, whose plaintext begins with the packed size of the service info. */
import { concatBytes } from '../bytes/concat.ts'
import { decodeLatin1, encodeAscii } from '../bytes/text.ts'
import { FormatError, isIsptarError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import { decodeMember } from '../gzip/decode-member.ts'
import { encodeMember } from '../gzip/encode-member.ts'

/** Shortest trailer member that is looked for. */
export const MIN_TRAILER_BYTES = 20
/** Longest trailer member that is looked for: the original scans exactly this much of the end. */
export const MAX_TRAILER_BYTES = 39

const BLOCK = 512
/** The end of a tar stream: two blocks of zeros. */
const TAR_END_BYTES = 2 * BLOCK
const MAX_PLAIN_BYTES = 64 * 1024
/** As the original's `atoi` reads it: blanks, digits, then anything. */
const DIGITS = /^[ \n]*([0-9]{1,15})(?![0-9])/

/** Where the trailer was found. */
export interface Trailer {
  /** How far its first byte is from the end of the archive, in bytes; 20 to 39. */
  readonly bytesFromEnd: number
  /** Length of the service info member that ends where the trailer begins. */
  readonly serviceInfoPackedBytes: number
}

/**
 * Finds the trailer by trying to inflate at 20, 21, … 39 bytes from the end.
 *
 * @param end - the last bytes of the archive, 39 or all it has
 * @throws FormatError when there is none: this is no isptar archive, or its end is lost
 */
export function findTrailer(end: Uint8Array, codec: Codec): Trailer {
  for (let back = MIN_TRAILER_BYTES; back <= Math.min(MAX_TRAILER_BYTES, end.length); back += 1) {
    const serviceInfoPackedBytes = trailerAt(end.subarray(end.length - back), codec)
    if (serviceInfoPackedBytes !== undefined) return { bytesFromEnd: back, serviceInfoPackedBytes }
  }
  throw new FormatError(
    'no trailer in the last 39 bytes: not an isptar archive, or its end is missing (cut off, or not the last slice)',
  )
}

function trailerAt(bytes: Uint8Array, codec: Codec): number | undefined {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return undefined
  try {
    const match = DIGITS.exec(decodeLatin1(decodeMember(codec, bytes, { maxBytes: MAX_PLAIN_BYTES }).plain))
    const size = Number(match?.[1] ?? 0)
    return size > 0 ? size : undefined
  } catch (error) {
    if (isIsptarError(error)) return undefined
    throw error
  }
}

/**
 * Makes the trailer member, which also ends the `.backup.info` entry and the tar stream.
 *
 * @param serviceInfoPackedBytes - length of the service info member
 * @param contentBytesBefore - plain length of the entry's content before the trailer
 */
export function encodeTrailer(serviceInfoPackedBytes: number, contentBytesBefore: number, codec: Codec): Uint8Array {
  const digits = encodeAscii(String(serviceInfoPackedBytes))
  const padding = (BLOCK - ((contentBytesBefore + digits.length) % BLOCK)) % BLOCK
  const member = encodeMember(codec, concatBytes([digits, new Uint8Array(padding + TAR_END_BYTES)]), 9)
  if (member.length < MIN_TRAILER_BYTES || member.length > MAX_TRAILER_BYTES)
    throw new RangeError(`trailer of ${member.length} bytes, must be ${MIN_TRAILER_BYTES} to ${MAX_TRAILER_BYTES}`)
  return member
}
