/** Reads the data of one file out of a group: a member that it shares with other files (SPEC 1.1). */
import { IntegrityError } from '../errors.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import { checkCrc32 } from './check-member.ts'
import type { Group } from './group-cache.ts'
import { type DataContext, type GroupedPlace, paddedSize } from './locate-data.ts'
import { MemberReader } from './member-reader.ts'

const PIECE_BYTES = 512

/** How to read out of a group. */
export interface GroupedOptions extends ReadOptions {
  /** Gives what stands before the damage. @defaultValue false */
  ignoreChecksum?: boolean | undefined
}

/**
 * Gives a file's data, in one piece unless checksums are ignored. Costs a read of the whole group, unless it was read last.
 *
 * @param owner - the archive that has the group
 * @throws FormatError, IntegrityError, which do not name the entry; StorageError
 */
export async function* readGrouped(
  owner: DataContext,
  record: ListingRecord,
  place: GroupedPlace,
  options: GroupedOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (options.ignoreChecksum) return yield* salvage(owner, record, place, options)
  const group = await owner.groups.read(owner, place, options)
  yield new Uint8Array(takeGrouped(owner, group, record, place).subarray(0, record.sizeBytes))
}

/**
 * Gives a file's data and the zeros behind it as they stand in a group: a view.
 *
 * @throws IntegrityError when they are not what the listing says
 */
export function takeGrouped(
  { codec }: Pick<DataContext, 'codec'>,
  { plain }: Group,
  record: ListingRecord,
  { plainOffset, crc32 }: GroupedPlace,
): Uint8Array {
  const end = plainOffset + paddedSize(record)
  if (end > plain.length) throw tooShort(end, plain.length)
  const data = plain.subarray(plainOffset, end)
  checkCrc32('its data in the group', crc32, codec.crc32(data))
  return data
}

async function* salvage(
  owner: DataContext,
  { sizeBytes }: ListingRecord,
  place: GroupedPlace,
  options: GroupedOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const { bytes, codec } = owner
  // A group that is right in itself is unfolded once for all of its files.
  const plain = (await owner.groups.tryRead(owner, place, options))?.plain
  const end = place.plainOffset + sizeBytes
  if (plain !== undefined && end <= plain.length) {
    yield new Uint8Array(plain.subarray(place.plainOffset, end))
    return
  }
  const packed = inPieces(bytes.stream(place.offset, place.packedBytes, options))
  const member = new MemberReader(packed, codec, options)
  let offset = -place.plainOffset
  for await (const piece of member.plain()) {
    const part = piece.subarray(Math.max(-offset, 0), Math.max(sizeBytes - offset, 0))
    offset += piece.length
    if (part.length > 0) yield part
    if (offset >= sizeBytes) return
  }
  throw tooShort(end, place.plainOffset + offset)
}

/** What is pushed together with damage is lost with it. */
async function* inPieces(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of chunks)
    for (let from = 0; from < chunk.length; from += PIECE_BYTES) yield chunk.subarray(from, from + PIECE_BYTES)
}

function tooShort(expected: number, actual: number): IntegrityError {
  return new IntegrityError(`its group holds ${actual} bytes, by the listing its data ends at ${expected}`, {
    expected,
    actual,
  })
}
