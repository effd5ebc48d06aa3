/**
 * Reads an archive by the algorithm of the original C++ program, step for step and with its limits (SPEC 2, 3), and
 * shares no code with the library. What it accepts the original reads; it throws where the original would fail, hang or
 * lose something, and also where an archive is looser than the discipline that this library keeps: one member for a run
 * of headers, one for a file's data.
 */
import { crc32, inflateRawSync } from 'node:zlib'

/** One gzip member, unfolded. */
export interface OriginalMember {
  readonly offset: number
  readonly packedBytes: number
  readonly plain: Buffer
}

/** One listing line as the original takes it apart; names are latin1: a character a byte. */
export interface OriginalEntry {
  readonly name: string
  readonly user: string
  readonly uid: number
  readonly group: string
  readonly gid: number
  readonly mode: number
  readonly type: 'file' | 'hard' | 'link' | 'char' | 'block' | 'dir' | 'fifo'
  readonly mtime?: number
  readonly target?: string
  readonly device?: readonly [number, number]
  /** A file's data; empty for all others. */
  readonly data: Buffer
  /** Fields after those it knows. */
  readonly rest: readonly string[]
}

/** All that the original sees of an archive. */
export interface OriginalView {
  readonly entries: readonly OriginalEntry[]
  readonly serviceInfo: ReadonlyMap<string, string>
  readonly listing: Buffer
  /** Every member, first to last. */
  readonly members: readonly OriginalMember[]
}

const BLOCK = 512

/** Reads an archive whole. */
export function readLikeOriginal(archive: Uint8Array): OriginalView {
  const bytes = Buffer.from(archive.buffer, archive.byteOffset, archive.length)
  const trailer = findTrailer(bytes)
  const serviceBytes = Number.parseInt(trailer.plain.toString('latin1'), 10)
  const service = memberAt(bytes, trailer.offset - serviceBytes)
  demand(service.offset + service.packedBytes === trailer.offset, 'the service info ends where the trailer begins')
  const serviceInfo = parseServiceInfo(service.plain)
  const listing = memberAt(bytes, service.offset - Number(serviceInfo.get('listing_size')))
  demand(serviceInfo.get('listing_real_size') === String(listing.plain.length), 'listing_real_size is its length')
  const members = membersOf(bytes)
  checkTail(members, listing, service, trailer)
  const entries = splitListing(listing.plain).map((line) => parseLine(line, bytes))
  checkMembers(members, entries, listing)
  return { entries: entries.map(({ entry }) => entry), serviceInfo, listing: listing.plain, members }
}

function demand(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(`the original demands: ${what}`)
}

function memberAt(bytes: Buffer, offset: number): OriginalMember {
  const head = bytes.subarray(offset, offset + 10)
  demand(/^1f8b080000000000(00|02|04)03$/.test(head.toString('hex')), `a plain gzip header at ${offset}`)
  const packed = bytes.subarray(offset + 10)
  const result: unknown = inflateRawSync(packed, { info: true })
  const { buffer: plain, engine } = result as { buffer: Buffer; engine: { bytesWritten: number } }
  const end = offset + 10 + engine.bytesWritten
  demand(bytes.readUInt32LE(end) === crc32(plain), `the CRC of the member at ${offset}`)
  demand(bytes.readUInt32LE(end + 4) === plain.length, `the length of the member at ${offset}`)
  return { offset, packedBytes: end + 8 - offset, plain }
}

/** Tries to unfold at 20, 21, … 39 bytes from the end; nothing may follow what it finds. */
function findTrailer(bytes: Buffer): OriginalMember {
  for (let back = 20; back <= 39; back += 1) {
    const offset = bytes.length - back
    if (offset < 0 || bytes[offset] !== 0x1f || bytes[offset + 1] !== 0x8b) continue
    const trailer = memberAt(bytes, offset)
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

function membersOf(bytes: Buffer): OriginalMember[] {
  const members: OriginalMember[] = []
  for (let offset = 0; offset < bytes.length; ) {
    const member = memberAt(bytes, offset)
    members.push(member)
    offset += member.packedBytes
  }
  return members
}

/**
 * The tail is a tar entry: its header in a member of its own, its size the sum of its parts, then the end of the tar. What
 * stands before the listing, or behind it and counted in its size, the original reads over.
 */
function checkTail(
  members: readonly OriginalMember[],
  listing: OriginalMember,
  service: OriginalMember,
  trailer: OriginalMember,
): void {
  const start = members.findLastIndex(({ plain }) => plain.toString('latin1', 0, 13) === '.backup.info\0')
  const header = members[start]?.plain ?? Buffer.alloc(0)
  demand(header.length === BLOCK, 'a member of its own for the header of .backup.info')
  demand(header.toString('latin1', 100, 108) === '0000400\0', 'mode 0400')
  const parts = members.slice(start + 1)
  demand(
    parts.some(({ offset }) => offset === listing.offset),
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

/** Up to the empty line; whatever follows would be lost. */
function splitListing(listing: Buffer): string[] {
  const text = listing.toString('latin1')
  demand(text === '\n' || text.endsWith('\n\n'), 'an empty line at the end')
  const lines = text.split('\n').slice(0, -2)
  demand(!lines.includes(''), 'no empty line before the end')
  return lines
}

interface PlacedEntry {
  readonly entry: OriginalEntry
  /** Where its data member begins. */
  readonly offset: number | undefined
}

function parseLine(line: string, bytes: Buffer): PlacedEntry {
  const fields = line.split('\t')
  const [name = '', owner = '', team = '', mode = '', type = '', ...details] = fields
  const [user, uid] = parseOwner(owner)
  const [group, gid] = parseOwner(team)
  const base = { name: unescape(name), user, uid, group, gid, mode: parseNumber(mode), data: Buffer.alloc(0) }
  demand(base.mode <= 0o7777, 'mode within 07777')
  switch (type) {
    case 'file':
      return parseFile({ ...base, type }, details, bytes)
    case 'hard':
    case 'link':
      return { entry: { ...base, type, target: unescape(details[0] ?? ''), rest: details.slice(1) }, offset: undefined }
    case 'char':
    case 'block': {
      const device = [parseNumber(details[0] ?? ''), parseNumber(details[1] ?? '')] as const
      return { entry: { ...base, type, device, rest: details.slice(2) }, offset: undefined }
    }
    case 'dir':
    case 'fifo':
      return { entry: { ...base, type, rest: details }, offset: undefined }
    default:
      throw new Error(`the original has no type ${type}`)
  }
}

/** The data: one member, of which it takes the first `size` bytes. */
function parseFile(base: Omit<OriginalEntry, 'rest'>, details: readonly string[], bytes: Buffer): PlacedEntry {
  const [time = '', length = '', word = '', ...rest] = details
  const mtime = time.startsWith('-') ? -parseNumber(time.slice(1)) : parseNumber(time)
  const size = parseNumber(length)
  if (size === 0) return { entry: { ...base, mtime, rest: details.slice(2) }, offset: undefined }
  const [depth, slice, offset, zpos, more] = word.split(':').map(parseNumber)
  demand(depth === 0 && slice === 1 && zpos === 0 && more === undefined, `the offset word ${word}`)
  const member = memberAt(bytes, offset ?? -1)
  demand(member.plain.length === Math.ceil(size / BLOCK) * BLOCK, `nothing but data and padding at ${offset}`)
  demand(
    member.plain.subarray(size).every((byte) => byte === 0),
    'padding of zeros',
  )
  demand(rest.includes(`csize=${member.packedBytes}`), `csize=${member.packedBytes} in ${rest.join(' ')}`)
  return { entry: { ...base, mtime, data: member.plain.subarray(0, size), rest }, offset }
}

/** It reads numbers in base 0: a leading zero would make them octal. */
function parseNumber(text: string): number {
  demand(/^(0|[1-9][0-9]*)$/.test(text) && Number.isSafeInteger(Number(text)), `a plain number, not ${text}`)
  return Number(text)
}

function parseOwner(field: string): [name: string, id: number] {
  const hash = field.lastIndexOf('#')
  return [field.slice(0, hash), parseNumber(field.slice(hash + 1))]
}

function unescape(field: string): string {
  return field.replace(/\\(.?)/gs, (_, letter: string) => {
    const byte = ({ '\\': '\\', t: '\t', n: '\n' } as Record<string, string>)[letter]
    demand(byte !== undefined, `no escape but three in ${field}`)
    return byte
  })
}

/** Every member is tar headers, or the data of one entry, or the tail. */
function checkMembers(
  members: readonly OriginalMember[],
  entries: readonly PlacedEntry[],
  listing: OriginalMember,
): void {
  const data = new Set(entries.flatMap(({ offset }) => (offset === undefined ? [] : [offset])))
  let headersBefore = false
  for (const { offset, plain } of members) {
    if (offset >= listing.offset || plain.toString('latin1', 0, 13) === '.backup.info\0') break
    demand(plain.length > 0 && plain.length % BLOCK === 0, `whole blocks in the member at ${offset}`)
    if (data.delete(offset)) demand(headersBefore, `headers before the data at ${offset}`)
    else demand(plain.toString('latin1', 257, 262) === 'ustar', `a tar header at ${offset}`)
    headersBefore = plain.toString('latin1', 257, 262) === 'ustar'
  }
  demand(data.size === 0, 'data members among the members')
}

/** The order in which it joins a base: bytes as signed chars, `/` below all, the end of a name lowest. */
export function compareLikeOriginal(a: Uint8Array, b: Uint8Array): number {
  const key = (name: Uint8Array): Int16Array =>
    Int16Array.from(name, (byte) => (byte === 0x2f ? -1000 : byte > 127 ? byte - 256 : byte))
  const [x, y] = [key(a), key(b)]
  for (let i = 0; i < Math.min(x.length, y.length); i += 1) if (x[i] !== y[i]) return (x[i] ?? 0) - (y[i] ?? 0)
  return x.length - y.length
}
