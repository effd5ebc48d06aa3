/** Unfolds a gzip member whose length is known, by the engine's own inflater where that is ahead. */
import type { Codec } from './codec.ts'
import { type DecodedMember, decodeMember } from './decode-member.ts'
import { MemberHeaderDecoder } from './member-header.ts'
import { checkMemberTrailer, MEMBER_TRAILER_BYTES } from './member-trailer.ts'
import { tryInflateNatively } from './native-inflate.ts'

/**
 * Unfolds a gzip member that is thought to fill a buffer. Where it does not, or is damaged, the outcome is that of
 * {@link decodeMember}, which does it then.
 *
 * @param maxBytes - most plaintext to make, in bytes
 * @throws as {@link decodeMember}
 */
export async function decodeWindow(codec: Codec, bytes: Uint8Array, maxBytes: number): Promise<DecodedMember> {
  return (await decodeNatively(codec, bytes, maxBytes)) ?? decodeMember(codec, bytes, { maxBytes })
}

async function decodeNatively(codec: Codec, bytes: Uint8Array, maxBytes: number): Promise<DecodedMember | undefined> {
  const header = new MemberHeaderDecoder().push(bytes)
  const trailerOffset = bytes.length - MEMBER_TRAILER_BYTES
  if (!header.ended || header.usedBytes > trailerOffset) return undefined
  const deflated = bytes.subarray(header.usedBytes, trailerOffset)
  const plain = await tryInflateNatively(codec, deflated, { maxBytes, isFinal: true })
  if (plain === undefined) return undefined
  const crc32 = codec.crc32(plain)
  if (checkMemberTrailer(bytes.subarray(trailerOffset), crc32, plain.length) !== undefined) return undefined
  return { plain, packedBytes: bytes.length, crc32 }
}
