/** Puts the tail together: the tar entry `.backup.info` with listing, service info and trailer (SPEC 2.1). */
import { concatBytes } from '../bytes/concat.ts'
import { encodeAscii } from '../bytes/text.ts'
import type { Codec, Level } from '../gzip/codec.ts'
import { encodeMember } from '../gzip/encode-member.ts'
import { encodeTarHeader } from '../tar/encode-tar-header.ts'
import type { Time } from '../tar/entry-type.ts'
import { encodeServiceInfo, type ServiceInfo } from './service-info.ts'
import { encodeTrailer } from './trailer.ts'

/** Name of the tar entry that holds the tail. */
export const TAIL_ENTRY_NAME = '.backup.info'

/** The finished listing member. */
export interface ListingMember {
  /** The gzip member. */
  readonly packed: readonly Uint8Array[]
  readonly packedBytes: number
  readonly plainBytes: number
}

/** What else the tail depends on. */
export interface TailOptions {
  /** Where the tail begins, in bytes from the start of the archive. */
  readonly offset: number
  /** The entry's time. */
  readonly createdAt: Time
  readonly codec: Codec
  readonly level: Level
}

/**
 * Gives every byte that follows the last entry.
 *
 * @param listing - the listing member
 * @param info - service info without the listing's place and sizes, which are added here
 * @throws LimitError when the service info grows past what the original can read
 */
export function encodeTail(listing: ListingMember, info: ServiceInfo, options: TailOptions): Uint8Array {
  const { offset, createdAt, codec, level } = options
  // The packed header decides where the listing begins, the service info says it, the header says how long that is. Two
  // or three rounds agree, unless a power of ten lies between; a stored header has one length, which ends it.
  let listingOffset = offset
  for (let round = 0; ; round += 1) {
    const servicePlain = encodeServiceInfo(new Map([...info, ...listingKeys(listing, listingOffset)]))
    const service = encodeMember(codec, servicePlain, level)
    const contentBytes = listing.plainBytes + servicePlain.length
    const header = encodeHeader(contentBytes + String(service.length).length, createdAt)
    const packedHeader = encodeMember(codec, header, round < 4 ? level : 0)
    if (offset + packedHeader.length === listingOffset)
      return concatBytes([packedHeader, ...listing.packed, service, encodeTrailer(service.length, contentBytes, codec)])
    listingOffset = offset + packedHeader.length
  }
}

function listingKeys(listing: ListingMember, listingOffset: number): [key: string, value: string][] {
  return [
    ['listing_offset', String(listingOffset)],
    ['listing_header', '512'],
    ['listing_real_size', String(listing.plainBytes)],
    ['listing_size', String(listing.packedBytes)],
  ]
}

function encodeHeader(sizeBytes: number, createdAt: Time): Uint8Array {
  return encodeTarHeader({
    pathBytes: encodeAscii(TAIL_ENTRY_NAME),
    type: 'file',
    mode: 0o400,
    uid: 0,
    gid: 0,
    userName: 'root',
    groupName: 'root',
    mtime: { seconds: createdAt.seconds, nanoseconds: 0 },
    sizeBytes,
    linkBytes: new Uint8Array(0),
  })
}
