/** Unfolds one small member after the other into the same memory, which spares as many allocations as there are files. */
import { constants } from 'node:zlib'
import { decodeMember } from '../gzip/decode-member.ts'
import { MEMBER_HEADER_BYTES } from '../gzip/member-header.ts'
import { checkMemberTrailer, MEMBER_TRAILER_BYTES } from '../gzip/member-trailer.ts'
import { KiB, MAX_GROUP_BYTES } from '../limits.ts'
import { codec } from './zlib-codec.ts'
import { ZlibHandle } from './zlib-handle.ts'

/** What a member unfolds to. */
export interface Unfolded {
  /** Good until the next call. */
  readonly plain: Uint8Array
  readonly packedBytes: number
  readonly crc32: number
}

const inflater: ZlibHandle | undefined = ZlibHandle.inflate()
let room: Uint8Array = new Uint8Array(64 * KiB)

/**
 * Unfolds a member.
 *
 * @param member - all of it, and nothing else
 * @param maxBytes - the most it may unfold to
 * @returns undefined when it is broken, in one of the ways that `decodeMember` tells apart
 * @throws what `decodeMember` throws
 */
export function unfoldMember(member: Uint8Array, maxBytes: number): Unfolded | undefined {
  if (inflater === undefined || !hasOwnHeader(member)) return decodeMember(codec, member, { maxBytes })
  // One byte more than may come tells an end from a stream that goes on.
  if (room.length <= maxBytes) room = new Uint8Array(2 * maxBytes)
  const packed = member.subarray(MEMBER_HEADER_BYTES)
  const { failure, madeBytes, usedBytes } = inflater.run(constants.Z_FINISH, packed, room.subarray(0, maxBytes + 1))
  const trailer = packed.subarray(usedBytes, usedBytes + MEMBER_TRAILER_BYTES)
  if (failure !== undefined || madeBytes > maxBytes || trailer.length < MEMBER_TRAILER_BYTES) return undefined
  const plain = room.subarray(0, madeBytes)
  const crc32 = codec.crc32(plain)
  if (checkMemberTrailer(trailer, crc32, madeBytes) !== undefined) return undefined
  return { plain, packedBytes: MEMBER_HEADER_BYTES + usedBytes + MEMBER_TRAILER_BYTES, crc32 }
}

/**
 * Unfolds a group: a member that holds the data of several files (SPEC 1.1).
 *
 * @param member - all of it, and nothing else
 * @returns undefined when it is broken, or no group
 */
export function unfoldGroup(member: Uint8Array): Uint8Array | undefined {
  if (!hasOwnHeader(member) || member.length <= MEMBER_TRAILER_BYTES) return undefined
  const plainBytes = new DataView(member.buffer, member.byteOffset).getUint32(member.length - 4, true)
  if (plainBytes > MAX_GROUP_BYTES) return undefined
  const unfolded = unfoldMember(member, plainBytes)
  return unfolded?.packedBytes === member.length ? unfolded.plain : undefined
}

/** Whether a member has the header that this program writes: ten bytes without optional fields. */
function hasOwnHeader(member: Uint8Array): boolean {
  return member[0] === 0x1f && member[1] === 0x8b && member[2] === 8 && member[3] === 0
}
