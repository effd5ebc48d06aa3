/** Gives a file's data member as it lies in its archive, to be moved into another without recompression. */
import { FormatError } from '../errors.ts'
import { decodeMember } from '../gzip/decode-member.ts'
import { recordedCrc32 } from '../gzip/encode-member.ts'
import { MemberDecoder } from '../gzip/member-decoder.ts'
import { MEMBER_TRAILER_BYTES } from '../gzip/member-trailer.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { CHUNK_BYTES, INFLATE_BYTES } from '../limits.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import { checkMember } from './check-member.ts'
import {
  type DataContext,
  dataContextOf,
  isGrouped,
  locateData,
  type MemberPlace,
  paddedSize,
  parseCrc32,
} from './locate-data.ts'
import { MemberReader } from './member-reader.ts'
import { naming } from './read-data.ts'

/** A data member on its way. */
export interface PackedMember {
  /** Length in bytes. */
  readonly packedBytes: number
  /** CRC-32 of its plaintext, as its trailer has it. */
  readonly crc32: number
  /** The member in pieces. It ends only after what it unfolds to was found right, unless that was not asked for. */
  readonly chunks: AsyncIterable<Uint8Array>
}

/** How to take a member. */
export interface PackedOptions extends ReadOptions {
  /** Whether to inflate and check it on the way. @defaultValue true */
  verify?: boolean | undefined
}

/**
 * Finds the member of a file with data.
 *
 * @returns undefined when it cannot be moved alone: other files are in it (a group), or the headers of following entries,
 * which the original program puts there
 * @throws FormatError, IntegrityError, BaseMismatchError, which name the entry; StorageError
 */
export async function findPacked(
  context: DataContext,
  record: ListingRecord,
  options: PackedOptions = {},
): Promise<PackedMember | undefined> {
  try {
    const place = locateData(record, context)
    if (isGrouped(place)) return undefined
    return place.packedBytes === undefined
      ? await measure(context, record, place, options)
      : await describe(context, record, place, place.packedBytes, options)
  } catch (error) {
    throw naming(error, record)
  }
}

async function describe(
  context: DataContext,
  record: ListingRecord,
  place: MemberPlace,
  packedBytes: number,
  options: PackedOptions,
): Promise<PackedMember> {
  const { bytes } = dataContextOf(record, context)
  const trailerOffset = place.offset + packedBytes - MEMBER_TRAILER_BYTES
  const crc32 = parseCrc32(record) ?? recordedCrc32(await bytes.read(trailerOffset, MEMBER_TRAILER_BYTES, options))
  const chunks = chunksOf(bytes, { offset: place.offset, packedBytes }, options)
  if (!(options.verify ?? true)) return { packedBytes, crc32, chunks }
  const isSmall = packedBytes <= CHUNK_BYTES && record.sizeBytes <= CHUNK_BYTES
  const check = isSmall ? checkedWhole : checked
  return { packedBytes, crc32, chunks: check(chunks, context, record, place) }
}

/** Without a listed length the member is inflated once to learn it, and what else is in it. */
async function measure(
  context: DataContext,
  record: ListingRecord,
  place: MemberPlace,
  options: PackedOptions,
): Promise<PackedMember | undefined> {
  const { bytes, codec } = dataContextOf(record, context)
  const member = new MemberReader(bytes.stream(place.offset, place.roomBytes, options), codec)
  let plainBytes = 0
  for await (const piece of member.plain()) plainBytes += piece.length
  const { packedBytes, crc32 } = member
  checkMember({ plainBytes, packedBytes, crc32 }, record, place)
  if (plainBytes !== paddedSize(record)) return undefined
  return { packedBytes, crc32, chunks: chunksOf(bytes, { offset: place.offset, packedBytes }, options) }
}

/** Small members are read at once, which a source that reads ahead answers from memory. */
async function* chunksOf(
  bytes: ByteSource,
  { offset, packedBytes }: { readonly offset: number; readonly packedBytes: number },
  options: ReadOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (packedBytes <= CHUNK_BYTES) yield await bytes.read(offset, packedBytes, options)
  else yield* bytes.stream(offset, packedBytes, options)
}

/** A small member, in one piece, is inflated in one call: that costs a tenth of a stream. */
async function* checkedWhole(
  chunks: AsyncIterable<Uint8Array>,
  { codec }: DataContext,
  record: ListingRecord,
  place: MemberPlace,
): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const packed of chunks) {
      const member = decodeMember(codec, packed, { maxBytes: 2 * CHUNK_BYTES })
      checkMember({ ...member, plainBytes: member.plain.length }, record, place)
      checkPadded(member.plain.length, record)
      yield packed
    }
  } catch (error) {
    throw naming(error, record)
  }
}

function checkPadded(plainBytes: number, record: ListingRecord): void {
  if (plainBytes !== paddedSize(record))
    throw new FormatError(`its member holds ${plainBytes} bytes, without the zeros that fill it to whole blocks`)
}

/** Hands packed bytes on while it inflates them; the last ones only after all was found right. */
async function* checked(
  chunks: AsyncIterable<Uint8Array>,
  context: DataContext,
  record: ListingRecord,
  place: MemberPlace,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = new MemberDecoder(context.codec)
  let held: Uint8Array | undefined
  let receivedBytes = 0
  try {
    for await (const chunk of chunks) {
      for (let from = 0; from < chunk.length; from += INFLATE_BYTES)
        await decoder.push(chunk.subarray(from, from + INFLATE_BYTES))
      receivedBytes += chunk.length
      if (decoder.packedBytes < receivedBytes)
        throw new FormatError(
          `its member ends after ${decoder.packedBytes} bytes, the listing says ${place.packedBytes}`,
        )
      if (held) yield held
      held = chunk
    }
    await decoder.finish()
    const { plainBytes, packedBytes, crc32 } = decoder
    checkMember({ plainBytes, packedBytes, crc32 }, record, place)
    checkPadded(plainBytes, record)
    if (held) yield held
  } catch (error) {
    throw naming(error, record)
  } finally {
    decoder.close()
  }
}
