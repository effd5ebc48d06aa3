/**
 * Assembles archives by hand, also ones that no honest writer makes: every field of the listing is taken as it is
 * given. Knows the format on its own (SPEC 1) and uses nothing of the library's writing side.
 */
import { gzipSync } from 'node:zlib'

/** One line of the listing, and the data behind it. */
export interface HostileEntry {
  path: string | Uint8Array
  /** The type word of the listing. @defaultValue `file` */
  type?: 'file' | 'dir' | 'link' | 'hard' | 'fifo' | 'char' | 'block'
  mode?: number
  uid?: number
  gid?: number
  mtime?: number
  /** Data of a file. @defaultValue none */
  data?: string | Uint8Array
  /** Size in the listing, when it is to lie. */
  sizeBytes?: number
  /** Flips a bit in the data member's CRC. */
  corrupt?: boolean
  /** Depth of the offset word, for data that would be in a base. */
  depth?: number
  linkTarget?: string | Uint8Array
  device?: readonly [major: number, minor: number]
  /** Further columns, `key=value`. */
  columns?: readonly string[]
}

/** The line of service info that makes an archive one of version 2, whose lines have columns. */
export const VERSION_2 = 'format=2'

/**
 * Gives the bytes of an archive with these entries, in this order. In version 2 lines say how long members are.
 *
 * @param info - further lines of service info, `key=value`
 */
export function hostileArchive(entries: readonly HostileEntry[], info: readonly string[] = []): Uint8Array {
  const members: Buffer[] = []
  const lines: Buffer[] = []
  let offset = 0
  const append = (member: Buffer): number => {
    members.push(member)
    offset += member.length
    return offset - member.length
  }
  for (const entry of entries) {
    const data = Buffer.from(entry.data ?? '')
    append(gzipSync(tarHeader(entry, data.length)))
    const place = data.length > 0 ? append(dataMember(data, entry.corrupt ?? false)) : undefined
    const sized = info.includes(VERSION_2) && place !== undefined ? [`csize=${offset - place}`] : []
    lines.push(listingLine({ ...entry, columns: [...sized, ...(entry.columns ?? [])] }, data.length, place))
  }
  const listing = Buffer.concat([...lines, Buffer.from('\n')])
  return Buffer.concat([...members, ...tail(listing, info)])
}

function dataMember(data: Buffer, corrupt: boolean): Buffer {
  const member = gzipSync(Buffer.concat([data, Buffer.alloc(-data.length & 511)]))
  if (corrupt) member[member.length - 8] = (member[member.length - 8] ?? 0) ^ 1
  return member
}

function listingLine(entry: HostileEntry, dataBytes: number, place: number | undefined): Buffer {
  const { type = 'file', mode = type === 'dir' ? 0o755 : 0o644, uid = 0, gid = 0, columns = [] } = entry
  const fields: (string | Buffer)[] = [escape(entry.path), `#${uid}`, `#${gid}`, String(mode), type]
  if (type === 'file') {
    fields.push(String(entry.mtime ?? 1_600_000_000), String(entry.sizeBytes ?? dataBytes))
    if (place !== undefined) fields.push(`${entry.depth ?? 0}:1:${place}:0`)
  } else if (type === 'link' || type === 'hard') fields.push(escape(entry.linkTarget ?? ''))
  else if (type === 'char' || type === 'block')
    fields.push(String(entry.device?.[0] ?? 1), String(entry.device?.[1] ?? 3))
  const parts = [...fields, ...columns].flatMap((field) => [Buffer.from('\t'), Buffer.from(field)])
  return Buffer.concat([...parts.slice(1), Buffer.from('\n')])
}

function escape(text: string | Uint8Array): Buffer {
  const raw = Buffer.from(text).toString('latin1')
  return Buffer.from(raw.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n'), 'latin1')
}

const TYPE_FLAGS = { file: '0', hard: '1', link: '2', char: '3', block: '4', dir: '5', fifo: '6' }

/** A ustar header as far as it goes: names are cut, since nothing here reads them. */
function tarHeader(entry: HostileEntry, dataBytes: number): Buffer {
  const block = Buffer.alloc(512)
  block.set(Buffer.from(entry.path).subarray(0, 100), 0)
  block.write('0000644\x000000000\x000000000\0', 100)
  block.write(
    `${dataBytes.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0        ${TYPE_FLAGS[entry.type ?? 'file']}`,
    124,
  )
  block.write('ustar\x0000', 257)
  const sum = block.reduce((total, byte) => total + byte, 0)
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return block
}

function tail(listing: Buffer, further: readonly string[]): Buffer[] {
  const packedListing = gzipSync(listing)
  const sizes = `listing_header=512\nlisting_real_size=${listing.length}\nlisting_size=${packedListing.length}\n`
  const info = Buffer.from(`${further.map((line) => `${line}\n`).join('')}${sizes}header_size=`)
  const packedInfo = gzipSync(info)
  const digits = String(packedInfo.length)
  const contentBytes = listing.length + info.length + digits.length
  const header = gzipSync(tarHeader({ path: '.backup.info' }, contentBytes))
  const trailer = Buffer.concat([Buffer.from(digits), Buffer.alloc((-contentBytes & 511) + 1024)])
  return [header, packedListing, packedInfo, gzipSync(trailer, { level: 9 })]
}
