/** Makes a whole gzip member of a buffer. */
import { concatBytes } from '../bytes/concat.ts'
import type { Codec, Level } from './codec.ts'
import { encodeMemberHeader } from './member-header.ts'
import { encodeMemberTrailer } from './member-trailer.ts'

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
