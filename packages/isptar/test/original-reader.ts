/**
 * Reads an archive by the algorithm of the original C++ program, step for step and with its limits (SPEC 2, 3, 7, 8), and
 * shares no code with the library: whole or in slices, with its bases, merged of parts, or a catalogue alone. What it
 * accepts the original reads; it throws where the original would fail, hang or lose something. Of an archive of format 2
 * it also demands the discipline that this library keeps: one member for a run of headers, one for a file's data.
 */
import { demand, type OriginalFile, type OriginalMember, OriginalSlices } from './original-bytes.ts'
import { type OriginalLine, parseListing } from './original-listing.ts'

export type { OriginalFile, OriginalMember } from './original-bytes.ts'
export { compareLikeOriginal, type OriginalLine } from './original-listing.ts'

/** One entry; names are latin1: a character a byte. */
export interface OriginalEntry extends OriginalLine {
  /** A file's data; empty for all others. */
  readonly data: Buffer
}

/** What the original sees of a tail alone. */
export interface OriginalListing {
  readonly lines: readonly OriginalLine[]
  readonly serviceInfo: ReadonlyMap<string, string>
  /** The listing's plaintext. */
  readonly listing: Buffer
}

/** All that the original sees of an archive. */
export interface OriginalView {
  readonly entries: readonly OriginalEntry[]
  readonly serviceInfo: ReadonlyMap<string, string>
  /** The listing's plaintext. */
  readonly listing: Buffer
  /** Every member, first to last. */
  readonly members: readonly OriginalMember[]
}

interface Tail extends OriginalListing {
  readonly slices: OriginalSlices
  readonly listingMember: OriginalMember
  readonly service: OriginalMember
  readonly trailer: OriginalMember
}

const BLOCK = 512

/**
 * Reads an archive whole.
 *
 * @param archive - one file, or its slices first to last
 * @param bases - nearest first; data of depth n is taken from the nth
 */
export function readLikeOriginal(
  archive: OriginalFile,
  { bases = [] }: { bases?: readonly OriginalFile[] } = {},
): OriginalView {
  const tail = readTail(archive)
  const { serviceInfo, listing, lines, slices } = tail
  const sources = [tail, ...bases.map(readTail)]
  const entries = lines.map((line) => ({ ...line, data: readData(line, sources) }))
  const members = slices.members()
  const tailIndex = members.findLastIndex(isTailHeader)
  checkTail(members.slice(tailIndex), tail)
  if (isStrict(tail)) checkMembers(members.slice(0, tailIndex), tail)
  return { entries, serviceInfo, listing, members }
}

/** Reads listing and service info only: of a catalogue, or of an archive whose data is elsewhere. */
export function listLikeOriginal(file: OriginalFile): OriginalListing {
  const { lines, serviceInfo, listing } = readTail(file)
  return { lines, serviceInfo, listing }
}

/** Takes a merged archive apart: each part ends with a link `.partname.N`, whose target is `.` and its name. */
export function partsLikeOriginal(entries: readonly OriginalEntry[]): ReadonlyMap<string, readonly OriginalEntry[]> {
  const parts = new Map<string, OriginalEntry[]>()
  let part: OriginalEntry[] = []
  for (const entry of entries) {
    if (entry.type !== 'link' || entry.name !== `.partname.${parts.size + 1}`) part.push(entry)
    else {
      demand(entry.target?.startsWith('.') === true, `a name led by a dot, not ${entry.target}`)
      demand(!parts.has(entry.target), `no second part ${entry.target}`)
      parts.set(entry.target, part)
      part = []
    }
  }
  demand(part.length === 0, 'no entries behind the last part')
  return parts
}

/** Format 2 binds the writer; archives of the original are looser. */
function isStrict({ serviceInfo }: OriginalListing): boolean {
  return serviceInfo.get('format') === '2'
}

function readTail(file: OriginalFile): Tail {
  const slices = new OriginalSlices(file)
  const trailer = findTrailer(slices)
  const serviceBytes = Number.parseInt(trailer.plain.toString('latin1'), 10)
  const service = slices.memberAt(trailer.offset - serviceBytes)
  demand(service.offset + service.packedBytes === trailer.offset, 'the service info ends where the trailer begins')
  demand(service.offset >= slices.lastStart, 'service info and trailer in the last slice')
  const serviceInfo = parseServiceInfo(service.plain)
  const listingMember = slices.memberAt(service.offset - Number(serviceInfo.get('listing_size')))
  const listing = listingMember.plain
  demand(serviceInfo.get('listing_real_size') === String(listing.length), 'listing_real_size is its length')
  return { slices, trailer, service, listingMember, serviceInfo, listing, lines: parseListing(listing) }
}

/** Tries to unfold at 20, 21, … 39 bytes from the end; nothing may follow what it finds. */
function findTrailer(slices: OriginalSlices): OriginalMember {
  const { bytes } = slices
  for (let back = 20; back <= 39; back += 1) {
    const offset = bytes.length - back
    if (offset < slices.lastStart || bytes[offset] !== 0x1f || bytes[offset + 1] !== 0x8b) continue
    const trailer = slices.memberAt(offset)
    demand(trailer.packedBytes === back, 'nothing after the trailer')
    demand(/^[1-9][0-9]*\0+$/.test(trailer.plain.toString('latin1')), 'a number and zeros in the trailer')
    return trailer
  }
  throw new Error('No header found')
}

/** Its buffer has 2,048 bytes: it fails on one more and hangs on 2,061. The last key has neither value nor LF. */
function parseServiceInfo(plain: Buffer): ReadonlyMap<string, string> {
  demand(plain.length <= 2048, 'a service info of 2,048 bytes at most')
  const lines = plain.toString('latin1').split('\n')
  demand(lines.at(-1) === 'header_size=', 'header_size= last')
  demand(lines.includes('listing_header=512'), 'listing_header=512')
  return new Map(
    lines.map((line) => {
      const [, key = '', value = ''] = /^([a-z_0-9]+)=(.*)$/.exec(line) ?? []
      demand(key !== '', `key=value in ${line}`)
      return [key, value]
    }),
  )
}

/** The data: one member of the archive that the depth leads to, of which it takes the first `size` bytes. */
function readData({ size = 0, place, rest }: OriginalLine, sources: readonly Tail[]): Buffer {
  if (size === 0 || place === undefined) return Buffer.alloc(0)
  const source = sources[place.depth]
  demand(source !== undefined, `base ${place.depth} beside the archive`)
  const { plain, packedBytes } = source.slices.memberAt(source.slices.place(place.slice, place.offset))
  demand(plain.length >= size, `${size} bytes of data in its member`)
  const isOurs = sources.slice(0, 1).every(isStrict)
  if (isOurs && isStrict(source)) {
    demand(plain.length === Math.ceil(size / BLOCK) * BLOCK, `nothing but data and padding at ${place.offset}`)
    demand(!plain.subarray(size).some((byte) => byte !== 0), 'padding of zeros')
    demand(rest.includes(`csize=${packedBytes}`), `csize=${packedBytes} in ${rest.join(' ')}`)
  } else if (isOurs) {
    const said = rest.filter((field) => field.startsWith('csize='))
    demand(
      said.every((field) => field === `csize=${packedBytes}`),
      `a csize of ${packedBytes}, or none`,
    )
  }
  return plain.subarray(0, size)
}

/**
 * The tail is a tar entry: its header in a member of its own, its size the sum of its parts, then the end of the tar. What
 * stands before the listing, or behind it and counted in its size, the original reads over.
 */
function checkTail(members: readonly OriginalMember[], { listingMember, service, trailer }: Tail): void {
  const header = members[0]?.plain ?? Buffer.alloc(0)
  demand(header.length === BLOCK, 'a member of its own for the header of .backup.info')
  demand(header.toString('latin1', 100, 108) === '0000400\0', 'mode 0400')
  const parts = members.slice(1)
  demand(
    parts.some(({ offset }) => offset === listingMember.offset),
    'the listing in .backup.info',
  )
  const ends = parts.slice(-2).map(({ offset }) => offset)
  demand(String(ends) === String([service.offset, trailer.offset]), 'service info and trailer at the end')
  const digits = trailer.plain.indexOf(0)
  const content = parts.slice(0, -1).reduce((sum, { plain }) => sum + plain.length, digits)
  demand(Number.parseInt(header.toString('latin1', 124, 135), 8) === content, 'the size of .backup.info')
  const zeros = ((BLOCK - (content % BLOCK)) % BLOCK) + 2 * BLOCK
  demand(trailer.plain.length - digits === zeros, 'padding and two blocks of zeros')
}

/** Every member before the tail is tar headers, or the data of one entry. */
function checkMembers(members: readonly OriginalMember[], { lines, slices }: Tail): void {
  const here = lines.flatMap(({ place }) => (place?.depth === 0 ? [slices.place(place.slice, place.offset)] : []))
  const data = new Set(here)
  let headersBefore = false
  for (const { offset, plain } of members) {
    demand(plain.length > 0 && plain.length % BLOCK === 0, `whole blocks in the member at ${offset}`)
    if (data.delete(offset)) demand(headersBefore, `headers before the data at ${offset}`)
    else demand(isHeader(plain), `a tar header at ${offset}`)
    headersBefore = isHeader(plain)
  }
  demand(data.size === 0, 'data members among the members')
}

function isHeader(plain: Buffer): boolean {
  return plain.toString('latin1', 257, 262) === 'ustar'
}

function isTailHeader({ plain }: OriginalMember): boolean {
  return plain.toString('latin1', 0, 13) === '.backup.info\0'
}
