/** Where the parts of the tail lie, worked out from the service info (SPEC 2.3, 5, 6). Pure arithmetic, all checked. */
import { FormatError } from '../errors.ts'
import { parseNumber } from './number-text.ts'
import { type ServiceInfo, serviceNumber } from './service-info.ts'

/** Shortest gzip member: ten bytes of header, two of deflate, eight of CRC and size. */
const MIN_MEMBER_BYTES = 20

/** An extra member of the tail that a reader may skip (SPEC 6). */
export interface Section {
  readonly name: string
  /** Where its member begins, in bytes from the start of the archive. */
  readonly offset: number
  readonly packedBytes: number
}

/** Where the tail's members lie; offsets in bytes from the start of the archive. */
export interface TailLayout {
  /** Where the listing member begins. */
  readonly listingOffset: number
  /** Bytes from there to what is known to follow; the member itself may end before. */
  readonly listingPackedBytes: number
  readonly serviceInfoOffset: number
  readonly serviceInfoPackedBytes: number
  readonly trailerOffset: number
  /** Sections whose place this version knows. */
  readonly sections: readonly Section[]
}

/**
 * Works out the layout.
 *
 * @param info - the decoded service info
 * @param serviceInfoOffset - where its member begins
 * @param trailerOffset - where the trailer begins
 * @throws FormatError when a size is missing, malformed or larger than the archive
 */
export function layoutTail(info: ServiceInfo, serviceInfoOffset: number, trailerOffset: number): TailLayout {
  const countedBytes = serviceNumber(info, 'listing_size')
  if (countedBytes < MIN_MEMBER_BYTES || countedBytes > serviceInfoOffset)
    throw new FormatError(
      `listing_size is ${countedBytes}, expected ${MIN_MEMBER_BYTES} to ${serviceInfoOffset}: what stands before it`,
    )
  const listingOffset = serviceInfoOffset - countedBytes
  const named = (info.get('sections') ?? '').split(',')
  const sections: Section[] = []
  const add = (name: string, end: number, room: number): number => {
    if (!named.includes(name)) return 0
    const packedBytes = parseNumber(info.get(`${name}_size`) ?? '', `${name}_size of the service info`)
    if (packedBytes < MIN_MEMBER_BYTES || packedBytes > room)
      throw new FormatError(`${name}_size is ${packedBytes}, expected ${MIN_MEMBER_BYTES} to ${room}`)
    sections.push({ name, offset: end - packedBytes, packedBytes })
    return packedBytes
  }
  add('digest', listingOffset, listingOffset)
  const indexBytes = add('index', serviceInfoOffset, countedBytes - MIN_MEMBER_BYTES)
  return {
    listingOffset,
    listingPackedBytes: countedBytes - indexBytes,
    serviceInfoOffset,
    serviceInfoPackedBytes: trailerOffset - serviceInfoOffset,
    trailerOffset,
    sections,
  }
}
