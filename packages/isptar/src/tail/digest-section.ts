/**
 * The digest section (SPEC 6.1): one SHA-256 a listing line, 32 raw bytes, in stored deflate blocks, so that each lies at
 * a place that can be computed and is had by one small read. Zeros stand where there is none.
 */
import { crc32 } from '../bytes/crc32.ts'
import { encodeMemberHeader, MEMBER_HEADER_BYTES } from '../gzip/member-header.ts'
import { encodeMemberTrailer, MEMBER_TRAILER_BYTES } from '../gzip/member-trailer.ts'

/** Length of a SHA-256. */
export const DIGEST_BYTES = 32

const BLOCK_HEADER_BYTES = 5
const DIGESTS_A_BLOCK = 2047
const BLOCK_BYTES: number = DIGESTS_A_BLOCK * DIGEST_BYTES

/**
 * Tells where a digest lies in the section's member, in bytes.
 *
 * @param line - of the listing, from 0
 */
export function digestOffset(line: number): number {
  const block = Math.floor(line / DIGESTS_A_BLOCK)
  return MEMBER_HEADER_BYTES + BLOCK_HEADER_BYTES * (block + 1) + DIGEST_BYTES * line
}

/**
 * Tells how many digests a section has.
 *
 * @param packedBytes - length of its member
 * @returns undefined for a length that no section has: it is not in stored blocks
 */
export function digestCount(packedBytes: number): number | undefined {
  const bytes = packedBytes - MEMBER_HEADER_BYTES - MEMBER_TRAILER_BYTES
  const blocks = Math.max(Math.ceil(bytes / (BLOCK_HEADER_BYTES + BLOCK_BYTES)), 1)
  const count = (bytes - blocks * BLOCK_HEADER_BYTES) / DIGEST_BYTES
  return Number.isInteger(count) && count >= 0 ? count : undefined
}

/** Tells whether a digest stands for something: not all zeros. */
export function isDigest(bytes: Uint8Array): boolean {
  return bytes.some((byte) => byte !== 0)
}

/** Collects digests; 32 bytes of memory each. */
export class DigestBuilder {
  readonly #blocks: Uint8Array[] = []
  #count = 0

  /** How many were added. */
  get count(): number {
    return this.#count
  }

  /** Adds that of the next line; zeros where it has none. */
  add(digest: Uint8Array | undefined): void {
    const place = this.#count % DIGESTS_A_BLOCK
    if (place === 0) this.#blocks.push(new Uint8Array(BLOCK_BYTES))
    if (digest) this.#blocks.at(-1)?.set(digest, place * DIGEST_BYTES)
    this.#count += 1
  }

  /** Gives the section's member in pieces. */
  member(): Uint8Array[] {
    const plainBytes = this.#count * DIGEST_BYTES
    const parts = [encodeMemberHeader(0)]
    let crc = 0
    let left = plainBytes
    // Even an empty section is a whole member: one block of nothing.
    const blocks = this.#blocks.length > 0 ? this.#blocks : [new Uint8Array(0)]
    for (const block of blocks) {
      const data = block.subarray(0, left)
      left -= data.length
      crc = crc32(data, crc)
      parts.push(storedHeader(data.length, left === 0), data)
    }
    return [...parts, encodeMemberTrailer(crc, plainBytes)]
  }
}

function storedHeader(lengthBytes: number, final: boolean): Uint8Array {
  const inverse = ~lengthBytes
  return Uint8Array.of(final ? 1 : 0, lengthBytes & 255, lengthBytes >> 8, inverse & 255, (inverse >> 8) & 255)
}
