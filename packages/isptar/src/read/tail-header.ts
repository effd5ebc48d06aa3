/** Finds the tar header of the tail: nothing says where it begins, only that it ends where the tail's content begins. */
import { decodeText } from '../bytes/text.ts'
import { isIsptarError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import { decodeMember } from '../gzip/decode-member.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { TAIL_ENTRY_NAME } from '../tail/encode-tail.ts'

const BLOCK = 512
/** Of a stored header; a deflated one has about 90 bytes. */
export const MAX_TAIL_HEADER_BYTES = 600

/**
 * Gives the header's member. One small read.
 *
 * @param tailOffset - where the content of the tail begins
 * @returns nothing where the original's readers would not miss it either: some archives have none
 */
export async function findTailHeader(
  bytes: ByteSource,
  tailOffset: number,
  codec: Codec,
  options: ReadOptions,
): Promise<Uint8Array> {
  const lengthBytes = Math.min(tailOffset, MAX_TAIL_HEADER_BYTES)
  if (lengthBytes === 0) return new Uint8Array(0)
  const before = await bytes.read(tailOffset - lengthBytes, lengthBytes, options)
  for (let i = before.lastIndexOf(0x1f); i >= 0; i = i === 0 ? -1 : before.lastIndexOf(0x1f, i - 1)) {
    const member = before.subarray(i)
    if (member[1] === 0x8b && isTailHeader(member, codec)) return member
  }
  return new Uint8Array(0)
}

function isTailHeader(packed: Uint8Array, codec: Codec): boolean {
  try {
    const { plain, packedBytes } = decodeMember(codec, packed, { maxBytes: BLOCK })
    const name = decodeText(plain.subarray(0, TAIL_ENTRY_NAME.length + 1))
    return packedBytes === packed.length && plain.length === BLOCK && name === `${TAIL_ENTRY_NAME}\0`
  } catch (error) {
    if (isIsptarError(error)) return false
    throw error
  }
}
