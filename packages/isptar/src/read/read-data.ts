/**
 * Reads the data of one file from its member: exactly the listed size, CRC and length checked to the member's end.
 * Small members are inflated in one call; large ones stream in bounded memory.
 */
import { decodeText } from '../bytes/text.ts'
import { BaseMismatchError, FormatError, IntegrityError, isIsptarError, UnsupportedError } from '../errors.ts'
import { decodeMember } from '../gzip/decode-member.ts'
import { decodeWindow } from '../gzip/decode-window.ts'
import type { ByteSource } from '../io/byte-source.ts'
import { endOfSlice } from '../io/slice-border.ts'
import { KiB, MiB } from '../limits.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import { checkMember, wrongSize } from './check-member.ts'
import { type DataContext, dataContextOf, isGrouped, locateData, type MemberPlace, paddedSize } from './locate-data.ts'
import { MemberReader } from './member-reader.ts'
import { readGrouped } from './read-group.ts'

/** Members up to this size, packed and plain, are read and inflated in one call. */
const WHOLE_BYTES = 1 * MiB
/** Room for the headers that the original puts behind the data in its member; more is fetched when needed. */
const FOLLOWING_BYTES = 4 * KiB

/** Options of {@link readMember}. */
export interface DataOptions {
  signal?: AbortSignal | undefined
  /**
   * Gives the bytes although CRC or length of their member are wrong, when damaged bytes are better than none. The
   * listing must be whole all the same; when it is not, `tar` still unpacks what stands before the damage.
   * @defaultValue false
   */
  ignoreChecksum?: boolean | undefined
}

/**
 * Gives a file's data piece by piece. The last piece may come before the CRC is known; the iteration ends only after
 * it was found right.
 *
 * @throws FormatError, IntegrityError, BaseMismatchError, UnsupportedError, which do not name the entry, see
 * {@link naming}; StorageError
 */
export async function* readMember(
  context: DataContext,
  record: ListingRecord,
  options: DataOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (record.sizeBytes === 0) return
  const place = locateData(record, context)
  if (isGrouped(place)) return yield* readGrouped(dataContextOf(record, context), record, place, options)
  const whole = options.ignoreChecksum ? undefined : await readWhole(context, record, place, options)
  if (whole) yield whole
  else yield* readStreaming(context, record, place, options)
}

/** One read and one inflate; undefined when the member is, or may be, too large for that. */
async function readWhole(
  context: DataContext,
  record: ListingRecord,
  place: MemberPlace,
  options: DataOptions,
): Promise<Uint8Array | undefined> {
  const window = firstWindow(record, place)
  if (window > WHOLE_BYTES || record.sizeBytes > WHOLE_BYTES) return undefined
  const { bytes } = dataContextOf(record, context)
  // A guess must not reach into the next slice, which may be elsewhere: a stream goes there only if the member does.
  const border = place.packedBytes === undefined ? endOfSlice(bytes, place.offset) : undefined
  if (border !== undefined && place.offset + window > border) return undefined
  const packed = await bytes.read(place.offset, window, options)
  refuseNoMember(packed, record, place)
  try {
    const member =
      place.packedBytes === undefined
        ? decodeMember(context.codec, packed, { maxBytes: 2 * WHOLE_BYTES })
        : await decodeWindow(context.codec, packed, paddedSize(record))
    checkMember({ ...member, plainBytes: member.plain.length }, record, place)
    // A copy of its own: what a codec gives may be the beginning of a much larger buffer.
    return new Uint8Array(member.plain.subarray(0, record.sizeBytes))
  } catch (error) {
    // What a guessed window cut off, and what is longer than listed, is read again by streaming, which tells what it is.
    const again =
      isIsptarError(error, 'limit') || (isIsptarError(error, 'integrity') && place.packedBytes === undefined)
    if (again) return undefined
    throw error
  }
}

async function* readStreaming(
  context: DataContext,
  record: ListingRecord,
  place: MemberPlace,
  options: DataOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = memberChunks(dataContextOf(record, context).bytes, record, place, options)
  const { ignoreChecksum } = options
  const { packedBytes: listedBytes } = place
  const expected =
    listedBytes === undefined || ignoreChecksum
      ? undefined
      : { packedBytes: listedBytes, plainBytes: paddedSize(record) }
  const member = new MemberReader(chunks, context.codec, { ignoreChecksum, expected })
  const maxBytes =
    place.packedBytes === undefined || options.ignoreChecksum ? Number.POSITIVE_INFINITY : paddedSize(record)
  let plainBytes = 0
  for await (const piece of member.plain()) {
    const wanted = Math.min(piece.length, Math.max(record.sizeBytes - plainBytes, 0))
    plainBytes += piece.length
    if (plainBytes > maxBytes) throw wrongSize(`more than ${maxBytes}`, plainBytes, record)
    if (wanted > 0) yield piece.subarray(0, wanted)
  }
  const { packedBytes, crc32 } = member
  if (!options.ignoreChecksum) checkMember({ plainBytes, packedBytes, crc32 }, record, place)
}

/** The member's bytes, then, where its length is not listed, whatever follows up to the tail, in growing windows. */
async function* memberChunks(
  bytes: ByteSource,
  record: ListingRecord,
  place: MemberPlace,
  options: DataOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  let from = 0
  let window = firstWindow(record, place)
  let first = true
  while (window > 0) {
    for await (const chunk of bytes.stream(place.offset + from, window, options)) {
      if (first) refuseNoMember(chunk, record, place)
      first = false
      yield chunk
    }
    from += window
    window = place.packedBytes === undefined ? Math.min(Math.max(window, 64 * KiB), place.roomBytes - from) : 0
  }
}

/** The exact length, or what stored deflate would take at worst (five bytes a block of 16 KiB) and what may follow. */
function firstWindow(record: ListingRecord, place: MemberPlace): number {
  if (place.packedBytes !== undefined) return place.packedBytes
  const worst = record.sizeBytes + 5 * Math.ceil(record.sizeBytes / (16 * KiB - 1)) + FOLLOWING_BYTES
  return Math.min(worst, place.roomBytes)
}

function refuseNoMember(bytes: Uint8Array, record: ListingRecord, place: MemberPlace): void {
  if (bytes.length < 2 || (bytes[0] === 0x1f && bytes[1] === 0x8b)) return
  const { offset } = place
  if ((record.location?.plainOffset ?? 0) > 0)
    throw new UnsupportedError(
      `it shares its member at ${offset} with other files (a group), but its line does not say how long that is`,
    )
  throw new FormatError(`no gzip member at offset ${offset}`, { offset })
}

/** Gives an error of the data the entry's path; errors of the store and all others stay as they are. */
export function naming(error: unknown, record: ListingRecord): unknown {
  if (!isIsptarError(error)) return error
  const entry = decodeText(record.pathBytes)
  const message = `${JSON.stringify(entry)}: ${error.message}`
  if (error instanceof IntegrityError)
    return new IntegrityError(message, { expected: error.expected, actual: error.actual, entry, cause: error })
  if (error instanceof FormatError) return new FormatError(message, { offset: error.offset, cause: error })
  if (error instanceof BaseMismatchError) return new BaseMismatchError(message, { cause: error })
  if (error instanceof UnsupportedError) return new UnsupportedError(message, { cause: error })
  return error
}
