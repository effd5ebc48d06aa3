/** Puts the tail together: the tar entry `.backup.info` with listing, service info and trailer (SPEC 2.3). */
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

/**
 * Gives every byte that follows the last entry.
 *
 * @param listing - the listing member
 * @param info - service info without the listing's sizes, which are added here
 * @param createdAt - the entry's time
 */
export function encodeTail(
  listing: ListingMember,
  info: ServiceInfo,
  createdAt: Time,
  codec: Codec,
  level: Level,
): Uint8Array {
  const servicePlain = encodeServiceInfo(
    new Map([
      ...info,
      ['listing_header', '512'],
      ['listing_real_size', String(listing.plainBytes)],
      ['listing_size', String(listing.packedBytes)],
    ]),
  )
  const service = encodeMember(codec, servicePlain, level)
  const contentBytes = listing.plainBytes + servicePlain.length
  const header = encodeTarHeader({
    pathBytes: encodeAscii(TAIL_ENTRY_NAME),
    type: 'file',
    mode: 0o400,
    uid: 0,
    gid: 0,
    userName: 'root',
    groupName: 'root',
    mtime: { seconds: createdAt.seconds, nanoseconds: 0 },
    sizeBytes: contentBytes + String(service.length).length,
    linkBytes: new Uint8Array(0),
  })
  return concatBytes([
    encodeMember(codec, header, level),
    ...listing.packed,
    service,
    encodeTrailer(service.length, contentBytes, codec),
  ])
}
