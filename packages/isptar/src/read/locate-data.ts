/** Works out where the data of an entry lies and refuses places that cannot be (SPEC 3.4). */
import { BaseMismatchError, FormatError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import type { ByteSource } from '../io/byte-source.ts'
import { MEMBER_HEADER_BYTES } from '../gzip/member-header.ts'
import { MAX_DEFLATE_RATIO, MAX_GROUP_BYTES } from '../limits.ts'
import { parseNumber } from '../tail/number-text.ts'
import type { ListingRecord, Location } from '../tail/listing-record.ts'
import type { GroupCache } from './group-cache.ts'

const BLOCK = 512
/** Shortest gzip member. */
const MIN_MEMBER_BYTES = 20
/** Longest group: stored blocks of what it holds at most, however short they are made. */
const MAX_GROUP_PACKED_BYTES: number = MAX_GROUP_BYTES + MAX_GROUP_BYTES / 64

/** What reading data needs to know of the archive. */
export interface DataContext {
  readonly bytes: ByteSource
  readonly codec: Codec
  /** Remembers the group read last. */
  readonly groups: GroupCache
  /** Where the tail begins. */
  readonly dataEnd: number
  /**
   * Whether the columns were written with the data (version 2). The original copies them verbatim into its own archives,
   * where members are others: there they mean nothing.
   */
  readonly hasColumns: boolean
  /** Length of the slices it was cut into, where the service info says so; needed where they were joined again. */
  readonly sliceBytes: number | undefined
  /** Why the offsets of the listing are not to be trusted, when they are not. */
  readonly displaced: string | undefined
  /** The bases, nearest first; undefined where one was not given. */
  readonly bases: readonly (DataContext | undefined)[]
  /** What is known of why one was not, by its number, from 1. */
  readonly whyMissing?: ReadonlyMap<number, string> | undefined
}

/**
 * Gives the context in which a file's data lies: that of the archive, or of the base its line leads to.
 *
 * @throws BaseMismatchError when that base was not given
 */
export function dataContextOf(record: ListingRecord, context: DataContext): DataContext {
  const depth = record.location?.depth ?? 0
  const found = depth === 0 ? context : context.bases[depth - 1]
  if (found !== undefined) return found
  const why = context.whyMissing?.get(depth)
  const hint = why === undefined ? '' : ` (${why})`
  throw new BaseMismatchError(
    `its data is in base ${depth} of this differential archive, which was not given${hint}: open it together with its bases`,
  )
}

/** Where the member that holds a file's data lies in the archive. */
export interface MemberPlace {
  /** Its first byte, from the start of the archive. */
  readonly offset: number
  /** Exact length when the listing says it. */
  readonly packedBytes: number | undefined
  /** Most bytes it can have: up to the tail. */
  readonly roomBytes: number
}

/** Where a file of a group lies (SPEC 1.1). */
export interface GroupedPlace extends MemberPlace {
  readonly packedBytes: number
  /** Where the data begins in the group's plaintext. */
  readonly plainOffset: number
  /** CRC-32 of the data and the zeros that fill it to whole blocks. */
  readonly crc32: number
}

/** Tells whether a place is in a group. */
export function isGrouped(place: MemberPlace | GroupedPlace): place is GroupedPlace {
  return 'plainOffset' in place
}

/**
 * Locates the member of a file with data: its own, or the group that it shares with others.
 *
 * @param record - a file's record
 * @param context - the archive
 * @throws BaseMismatchError when the data is in a base that was not given; FormatError when the place cannot be
 */
export function locateData(record: ListingRecord, context: DataContext): MemberPlace | GroupedPlace {
  const { location } = record
  if (location === undefined) throw new FormatError('a file with data has no offset word in the listing')
  const owner = dataContextOf(record, context)
  if (owner.displaced !== undefined) throw new FormatError(owner.displaced)
  const packedBytes = context.hasColumns ? parsePackedBytes(record) : undefined
  if (packedBytes !== undefined && location.plainOffset > 0) return locateGrouped(record, owner, location, packedBytes)
  return locateMember(record, owner, locateSlice(owner, location), packedBytes)
}

function locateMember(
  record: ListingRecord,
  { dataEnd }: DataContext,
  offset: number,
  packedBytes: number | undefined,
): MemberPlace {
  const roomBytes = dataEnd - offset
  if (offset < 0 || roomBytes < MIN_MEMBER_BYTES)
    throw new FormatError(`offset ${offset} leaves no room for a member before the tail at ${dataEnd}`, { offset })
  if (packedBytes !== undefined && (packedBytes > roomBytes || packedBytes < MIN_MEMBER_BYTES))
    throw new FormatError(`csize is ${packedBytes}, expected ${MIN_MEMBER_BYTES} to ${roomBytes}`, { offset })
  const maxBytes = (packedBytes ?? roomBytes) * MAX_DEFLATE_RATIO
  if (record.sizeBytes > maxBytes)
    throw new FormatError(`its size is ${record.sizeBytes}, its member can hold ${maxBytes} at most`, { offset })
  return { offset, packedBytes, roomBytes }
}

/** The offset word leads to the raw deflate of a group, which is bounded, so that any of it can be unfolded at once. */
function locateGrouped(
  record: ListingRecord,
  owner: DataContext,
  location: Location,
  packedBytes: number,
): GroupedPlace {
  const { plainOffset } = location
  const place = locateMember(record, owner, locateSlice(owner, location) - MEMBER_HEADER_BYTES, packedBytes)
  const { offset } = place
  if (plainOffset % BLOCK !== 0 || plainOffset + paddedSize(record) > MAX_GROUP_BYTES)
    throw new FormatError(
      `zpos is ${plainOffset}: no multiple of ${BLOCK}, or beyond the ${MAX_GROUP_BYTES} of a group`,
      { offset },
    )
  if (packedBytes > MAX_GROUP_PACKED_BYTES)
    throw new FormatError(`csize is ${packedBytes}, a group has ${MAX_GROUP_PACKED_BYTES} at most`, { offset })
  const crc32 = parseCrc32(record)
  if (crc32 === undefined || record.columns.has('seek') || record.columns.has('seekcrc'))
    throw new FormatError('a file of a group has the column crc and no seek points', { offset })
  return { ...place, packedBytes, plainOffset, crc32 }
}

/** Slices that were joined again to one file still are what places count from: all but the last two have one length. */
function locateSlice({ bytes, sliceBytes }: DataContext, { slice, offset }: Location): number {
  if (bytes.locate) return bytes.locate(slice, offset)
  if (slice === 1) return offset
  const place = sliceBytes === undefined ? Number.NaN : (slice - 1) * sliceBytes + offset
  if (slice > 1 && Number.isSafeInteger(place)) return place
  throw new FormatError(`its data is in slice ${slice}, but ${bytes.name} is not sliced: open it with all its slices`)
}

/**
 * Gives the CRC-32 of a file's member as the listing says it (column `crc`).
 *
 * @throws FormatError when the column is no CRC-32
 */
export function parseCrc32(record: ListingRecord): number | undefined {
  const crc = record.columns.get('crc')
  if (crc === undefined || /^[0-9a-f]{8}$/.test(crc)) return crc === undefined ? undefined : Number.parseInt(crc, 16)
  throw new FormatError(`crc is ${JSON.stringify(crc.slice(0, 40))}, expected eight hexadecimal digits`)
}

/**
 * Gives the length of a file's member as the listing says it (column `csize`).
 *
 * @throws FormatError when the column is no number
 */
export function parsePackedBytes(record: ListingRecord): number | undefined {
  const csize = record.columns.get('csize')
  return csize === undefined ? undefined : parseNumber(csize, 'csize')
}

/** Length of a file's data with the zeros that fill it to whole blocks of tar. */
export function paddedSize({ sizeBytes }: ListingRecord): number {
  return Math.ceil(sizeBytes / BLOCK) * BLOCK
}
