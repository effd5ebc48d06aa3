/**
 * Writes tar headers that GNU tar, bsdtar, Python's tarfile and npm tar-stream all read alike (SPEC 1.2): ustar where it
 * suffices; base-256 for large numbers, as tar-stream takes ids and times from the header block only; GNU `L`/`K` for
 * long names, which are bytes, while pax wants UTF-8; pax for fractions of a second, attributes and long user names.
 */
import { concatBytes } from '../bytes/concat.ts'
import { encodeAscii, encodeText } from '../bytes/text.ts'
import { LimitError } from '../errors.ts'
import { MAX_META_BYTES } from '../limits.ts'
import { checkTarHeader } from './check-tar-header.ts'
import { writeNumber, writeOctal } from './numbers.ts'
import { encodePax } from './pax.ts'
import { encodePaxTime, encodeXattrKey } from './pax-values.ts'
import { BLOCK_BYTES, checksums, FIELDS, type Field, TYPE_FLAGS } from './tar-block.ts'
import type { TarHeader } from './tar-header.ts'

const SLASH = 0x2f
const BLANK = 0x20
const MAGIC: Uint8Array = encodeAscii('ustar\u000000')

/** A byte that is no UTF-8: bsdtar takes it in a pax name only when `hdrcharset` says so. */
const LONE_BYTE = /[\uDC80-\uDCFF]/u

/** What the fields of one block hold; what is absent stays zero. */
interface BlockFields {
  readonly typeFlag: string
  readonly name: Uint8Array
  readonly prefix?: Uint8Array | undefined
  readonly linkName?: Uint8Array | undefined
  readonly userName?: Uint8Array | undefined
  readonly groupName?: Uint8Array | undefined
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly size: number
  readonly mtime: number
  readonly deviceMajor: number
  readonly deviceMinor: number
}

/**
 * Encodes a header as tar blocks: `K` and `L` records, a pax record, then the entry's own block; each only when needed.
 *
 * @param header - what to say; the data is padded to 512 bytes by whoever writes it
 * @returns a multiple of 512 bytes
 * @throws RangeError for what tar cannot say, LimitError when names and attributes exceed {@link MAX_META_BYTES}
 */
export function encodeTarHeader(header: TarHeader): Uint8Array {
  checkTarHeader(header)
  const path = header.type === 'directory' ? concatBytes([header.pathBytes, encodeAscii('/')]) : header.pathBytes
  const place = placePath(path)
  const userName = encodeText(header.userName)
  const groupName = encodeText(header.groupName)
  const meta = [
    ...(fits(header.linkBytes, FIELDS.linkName) ? [] : [longName('K', header.linkBytes)]),
    ...(place === undefined ? [longName('L', path)] : []),
    ...paxHeader(header, userName, groupName),
  ]
  checkMeta(meta)
  const block = encodeBlock({
    name: place?.name ?? cut(path, FIELDS.name),
    prefix: place?.prefix,
    typeFlag: TYPE_FLAGS[header.type],
    linkName: cut(header.linkBytes, FIELDS.linkName),
    userName: fits(userName, FIELDS.userName) ? userName : undefined,
    groupName: fits(groupName, FIELDS.groupName) ? groupName : undefined,
    mode: header.mode,
    uid: header.uid,
    gid: header.gid,
    size: header.sizeBytes,
    mtime: header.mtime.seconds,
    deviceMajor: header.device?.major ?? 0,
    deviceMinor: header.device?.minor ?? 0,
  })
  return concatBytes([...meta, block])
}

function fits(value: Uint8Array, field: Field): boolean {
  return value.length <= field.length
}

/** Views are made only where they are needed: one of a short array costs more than the rest of a header. */
function cut(value: Uint8Array, field: Field): Uint8Array {
  return fits(value, field) ? value : value.subarray(0, field.length)
}

/** Puts a path into `name`, or splits it at the first `/` that leaves few enough bytes; undefined when it needs an `L`. */
function placePath(path: Uint8Array): { name: Uint8Array; prefix?: Uint8Array } | undefined {
  if (fits(path, FIELDS.name)) return { name: path }
  const slash = path.indexOf(SLASH, Math.max(1, path.length - FIELDS.name.length - 1))
  if (slash < 0 || slash > FIELDS.prefix.length || slash === path.length - 1) return undefined
  return { prefix: path.subarray(0, slash), name: path.subarray(slash + 1) }
}

/** A GNU long name: its content ends in a NUL that counts. */
function longName(typeFlag: 'K' | 'L', name: Uint8Array): Uint8Array {
  return metaRecord(typeFlag, '././@LongLink', concatBytes([name, new Uint8Array(1)]))
}

function paxHeader(header: TarHeader, userName: Uint8Array, groupName: Uint8Array): Uint8Array[] {
  const records: [string, Uint8Array][] = []
  if (header.mtime.nanoseconds > 0) records.push(['mtime', encodePaxTime(header.mtime)])
  if (!fits(userName, FIELDS.userName)) records.push(['uname', userName])
  if (!fits(groupName, FIELDS.groupName)) records.push(['gname', groupName])
  const named = records.some(([key]) => key !== 'mtime')
  if (named && LONE_BYTE.test(header.userName + header.groupName))
    records.unshift(['hdrcharset', encodeAscii('BINARY')])
  for (const [name, value] of header.xattrs ?? []) records.push([encodeXattrKey(name), value])
  return records.length === 0 ? [] : [metaRecord('x', '././@PaxHeader', encodePax(records))]
}

/** The block that announces a record, and the record padded to whole blocks. */
function metaRecord(typeFlag: string, name: string, content: Uint8Array): Uint8Array {
  const record = new Uint8Array(BLOCK_BYTES + Math.ceil(content.length / BLOCK_BYTES) * BLOCK_BYTES)
  const owner = { uid: 0, gid: 0, mtime: 0, deviceMajor: 0, deviceMinor: 0 }
  record.set(encodeBlock({ ...owner, typeFlag, name: encodeAscii(name), mode: 0o644, size: content.length }))
  record.set(content, BLOCK_BYTES)
  return record
}

/** What is written must also be readable: the decoder has the same bound. */
function checkMeta(meta: readonly Uint8Array[]): void {
  const actual = meta.reduce((sum, record) => sum + record.length, 0)
  if (actual <= MAX_META_BYTES) return
  throw new LimitError(
    `names and attributes of one entry take ${actual} bytes of tar header, at most ${MAX_META_BYTES}`,
    {
      limit: 'MAX_META_BYTES',
      max: MAX_META_BYTES,
      actual,
    },
  )
}

function encodeBlock(fields: BlockFields): Uint8Array {
  const block = new Uint8Array(BLOCK_BYTES)
  block.set(fields.name, FIELDS.name.offset)
  if (fields.prefix) block.set(fields.prefix, FIELDS.prefix.offset)
  if (fields.linkName) block.set(fields.linkName, FIELDS.linkName.offset)
  if (fields.userName) block.set(fields.userName, FIELDS.userName.offset)
  if (fields.groupName) block.set(fields.groupName, FIELDS.groupName.offset)
  writeNumber(fields.mode, block, FIELDS.mode)
  writeNumber(fields.uid, block, FIELDS.uid)
  writeNumber(fields.gid, block, FIELDS.gid)
  writeNumber(fields.size, block, FIELDS.size)
  writeNumber(fields.mtime, block, FIELDS.mtime)
  writeNumber(fields.deviceMajor, block, FIELDS.deviceMajor)
  writeNumber(fields.deviceMinor, block, FIELDS.deviceMinor)
  block[FIELDS.typeFlag.offset] = fields.typeFlag.charCodeAt(0)
  block.set(MAGIC, FIELDS.magic.offset)
  // Six digits, a NUL and a blank: a sum of 512 bytes never has more.
  const { offset } = FIELDS.checksum
  writeOctal(checksums(block).unsigned, block, offset, 6)
  block[offset + 7] = BLANK
  return block
}
