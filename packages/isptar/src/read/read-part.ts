/**
 * Reads a part of a file: where its line has seek points, only the chunks that hold the part, each checked by its own
 * CRC-32; else the whole member, of which the part is cut out.
 */
import { FormatError, IntegrityError } from '../errors.ts'
import { MEMBER_HEADER_BYTES } from '../gzip/member-header.ts'
import { MEMBER_TRAILER_BYTES } from '../gzip/member-trailer.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import { decodeSeekColumns, type SeekTable } from '../tail/seek-column.ts'
import { type ChunkFacts, ChunkInflater } from './chunk-inflater.ts'
import { type DataContext, dataContextOf, locateData, type MemberPlace, paddedSize } from './locate-data.ts'
import { type DataOptions, naming, readMember } from './read-data.ts'

/** A part of a file's data: from `start` up to before `end`, in bytes. */
export interface DataRange {
  readonly start: number
  readonly end: number
}

/**
 * Gives a part piece by piece. The iteration ends only after all that was read for it was found right.
 *
 * @param range - inside the data
 * @throws FormatError, IntegrityError, BaseMismatchError, UnsupportedError, which name the entry; StorageError
 */
export async function* readPart(
  context: DataContext,
  record: ListingRecord,
  range: DataRange,
  options: DataOptions = {},
): AsyncGenerator<Uint8Array, void, undefined> {
  const isWhole = range.start === 0 && range.end === record.sizeBytes
  try {
    const seek = isWhole || options.ignoreChecksum ? undefined : seekTableOf(context, record)
    yield* seek === undefined
      ? cut(readMember(context, record, options), 0, range)
      : cut(readChunks(context, record, seek, range, options), chunkStart(seek, range), range)
  } catch (error) {
    throw naming(error, record)
  }
}

/** A table without CRCs cannot vouch for a part. */
function seekTableOf(context: DataContext, record: ListingRecord): SeekTable | undefined {
  if (!context.hasColumns) return undefined
  const seek = decodeSeekColumns(record.columns, record.sizeBytes)
  return seek && seek.crc32s.length > 0 ? seek : undefined
}

/** Cuts the wanted part out of pieces that begin at a place of the data. */
async function* cut(
  pieces: AsyncIterable<Uint8Array>,
  from: number,
  { start, end }: DataRange,
): AsyncGenerator<Uint8Array, void, undefined> {
  let offset = from
  for await (const piece of pieces) {
    const first = Math.max(start - offset, 0)
    const last = Math.min(Math.max(end - offset, 0), piece.length)
    offset += piece.length
    if (first < last) yield last - first === piece.length ? piece : piece.subarray(first, last)
  }
}

function chunkStart({ chunkBytes }: SeekTable, { start }: DataRange): number {
  return Math.floor(start / chunkBytes) * chunkBytes
}

async function* readChunks(
  context: DataContext,
  record: ListingRecord,
  seek: SeekTable,
  range: DataRange,
  options: DataOptions,
): AsyncGenerator<Uint8Array, void, undefined> {
  const place = locateData(record, context)
  if (range.start === range.end) return
  const { codec, bytes } = dataContextOf(record, context)
  const first = Math.floor(range.start / seek.chunkBytes)
  const last = Math.floor((range.end - 1) / seek.chunkBytes)
  const { offset, lengthBytes } = packedRange(seek, first, last, place)
  let chunk = first
  let left = seek.packedBytes[first] ?? 0
  let inflater = new ChunkInflater(codec, factsOf(seek, first, record, place))
  try {
    for await (const piece of bytes.stream(offset, lengthBytes, options))
      for (let from = 0; from < piece.length && chunk <= last; ) {
        const packed = piece.subarray(from, from + left)
        yield* inflater.push(packed)
        from += packed.length
        left -= packed.length
        if (left > 0) continue
        inflater.finish()
        inflater.close()
        chunk += 1
        left = seek.packedBytes[chunk] ?? 0
        inflater = new ChunkInflater(codec, factsOf(seek, chunk, record, place))
      }
    if (chunk <= last) throw new IntegrityError(`chunk ${chunk} of its member is cut short`)
  } finally {
    inflater.close()
  }
}

/** Where chunks lie in the archive. */
function packedRange(
  { packedBytes }: SeekTable,
  first: number,
  last: number,
  place: MemberPlace,
): { offset: number; lengthBytes: number } {
  const total = memberBytes(packedBytes)
  if (packedBytes.includes(0) || total > (place.packedBytes ?? 0))
    throw new FormatError(`its chunks add up to ${total} bytes, its member has ${place.packedBytes}`)
  return {
    offset: place.offset + MEMBER_HEADER_BYTES + sum(packedBytes.slice(0, first)),
    lengthBytes: sum(packedBytes.slice(first, last + 1)),
  }
}

function sum(lengths: readonly number[]): number {
  return lengths.reduce((total, length) => total + length, 0)
}

/** Length of a member that has nothing but these chunks. */
function memberBytes(packedBytes: readonly number[]): number {
  return sum(packedBytes) + MEMBER_HEADER_BYTES + MEMBER_TRAILER_BYTES
}

function factsOf(
  { chunkBytes, crc32s, packedBytes }: SeekTable,
  chunk: number,
  record: ListingRecord,
  place: MemberPlace,
): ChunkFacts {
  const plainBytes = Math.min(chunkBytes, Math.max(paddedSize(record) - chunk * chunkBytes, 0))
  const isLast = chunk === packedBytes.length - 1
  const isFinal = isLast && memberBytes(packedBytes) === place.packedBytes
  return { plainBytes, crc32: crc32s[chunk] ?? 0, packedBytes: packedBytes[chunk] ?? 0, isFinal }
}
