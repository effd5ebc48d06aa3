/** Puts the tail together: the tar entry `.backup.info` with sections, listing, service info and trailer (SPEC 2.1). */
import { encodeAscii } from '../bytes/text.ts'
import type { Codec, Level } from '../gzip/codec.ts'
import { encodeMember } from '../gzip/encode-member.ts'
import { encodeTarHeader } from '../tar/encode-tar-header.ts'
import type { Time } from '../tar/entry-type.ts'
import { encodeServiceInfo, type ServiceInfo } from './service-info.ts'
import { encodeTrailer } from './trailer.ts'

/** Name of the tar entry that holds the tail. */
export const TAIL_ENTRY_NAME = '.backup.info'

/** A finished member of the tail. */
export interface TailMember {
  /** The gzip member. */
  readonly packed: readonly Uint8Array[]
  readonly packedBytes: number
  readonly plainBytes: number
}

/** The members of the tail that its service info speaks of. */
export interface TailMembers {
  readonly listing: TailMember
  readonly digest?: TailMember | undefined
  readonly index?: TailMember | undefined
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

/** Every byte that follows the last entry, in the order it stands. */
export interface EncodedTail {
  /** The tar header's member. */
  readonly header: Uint8Array
  /** Sections and listing. */
  readonly members: readonly Uint8Array[]
  /** Service info and trailer, which should lie in one slice. */
  readonly end: readonly [serviceInfo: Uint8Array, trailer: Uint8Array]
}

/**
 * Encodes the tail.
 *
 * @param members - listing and sections
 * @param info - service info without places and sizes, which are added here
 * @throws LimitError when the service info grows past what the original can read
 */
export function encodeTail(members: TailMembers, info: ServiceInfo, options: TailOptions): EncodedTail {
  const { offset, createdAt, codec, level } = options
  const { listing, digest, index } = members
  const digestBytes = digest?.packedBytes ?? 0
  const plainBytes = listing.plainBytes + (digest?.plainBytes ?? 0) + (index?.plainBytes ?? 0)
  // The packed header decides where the listing begins, the service info says it, the header says how long that is. Two
  // or three rounds agree, unless a power of ten lies between; a stored header has one length, which ends it.
  let listingOffset = offset + digestBytes
  for (let round = 0; ; round += 1) {
    const servicePlain = encodeServiceInfo(new Map([...info, ...memberKeys(members, listingOffset)]))
    const service = encodeMember(codec, servicePlain, level)
    const contentBytes = plainBytes + servicePlain.length
    const header = encodeHeader(contentBytes + String(service.length).length, createdAt)
    const packedHeader = encodeMember(codec, header, round < 4 ? level : 0)
    const found = offset + packedHeader.length + digestBytes
    if (found === listingOffset)
      return {
        header: packedHeader,
        members: [...(digest?.packed ?? []), ...listing.packed, ...(index?.packed ?? [])],
        end: [service, encodeTrailer(service.length, contentBytes, codec)],
      }
    listingOffset = found
  }
}

function memberKeys({ listing, digest, index }: TailMembers, listingOffset: number): [key: string, value: string][] {
  const sections = Object.entries({ digest, index }).flatMap(([name, member]) => (member ? [{ name, member }] : []))
  const keys: [string, string][] = sections.flatMap(({ name, member }) => [
    [`${name}_size`, String(member.packedBytes)],
    [`${name}_real_size`, String(member.plainBytes)],
  ])
  if (sections.length > 0) keys.unshift(['sections', sections.map(({ name }) => name).join(',')])
  return [
    ...keys,
    ['listing_offset', String(listingOffset)],
    ['listing_header', '512'],
    ['listing_real_size', String(listing.plainBytes)],
    ['listing_size', String(listing.packedBytes + (index?.packedBytes ?? 0))],
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
