/**
 * Turns one entry's header block and the records before it into a header. Where they disagree there is one rule: a pax
 * record counts before a GNU long name, that before the block; an empty pax value counts as absent. So the size of the
 * data is the pax size when there is one (POSIX; tools that differed were split by it, CVE-2025-62518).
 */
import { decodeText } from '../bytes/text.ts'
import { FormatError } from '../errors.ts'
import type { Device, EntryType, Time } from './entry-type.ts'
import { decodeCount, decodeNumber } from './numbers.ts'
import { decodePaxCount, decodePaxTime, decodeXattrKey, XATTR_PREFIX } from './pax-values.ts'
import { FIELDS, type Field, fieldBytes, typeFlagOf } from './tar-block.ts'
import type { TarHeader } from './tar-header.ts'
import type { EntryRecord, OtherRecord } from './tar-record.ts'

const SLASH = 0x2f
const SPARSE_PREFIX = 'GNU.sparse.'

const TYPES: ReadonlyMap<string, EntryType> = new Map([
  ['0', 'file'],
  ['\0', 'file'],
  ['7', 'file'],
  ['1', 'hardlink'],
  ['2', 'symlink'],
  ['3', 'char'],
  ['4', 'block'],
  ['5', 'directory'],
  ['D', 'directory'],
  ['6', 'fifo'],
])

/** What came before an entry's own block. */
export interface EntryMeta {
  /** Content of a GNU `L` record, without its NUL. */
  longName?: Uint8Array | undefined
  /** Content of a GNU `K` record, without its NUL. */
  longLink?: Uint8Array | undefined
  /** The records of the pax header just before. */
  pax: ReadonlyMap<string, Uint8Array>
  /** The records of pax global headers that still hold. */
  globals: ReadonlyMap<string, Uint8Array>
}

/**
 * Decodes an entry's header. The result shares no memory with `block`.
 *
 * @param block - 512 bytes, checksum already verified
 * @param meta - what came before it
 * @throws FormatError when a field cannot be read or a name holds a NUL byte
 */
export function decodeEntry(block: Uint8Array, meta: EntryMeta): EntryRecord | OtherRecord {
  const typeFlag = typeFlagOf(block)
  const path = paxName(meta, 'path') ?? meta.longName ?? blockPath(block)
  const named = TYPES.get(typeFlag)
  const sparse = named === 'file' && isSparse(meta.pax)
  if (named === undefined || sparse) {
    const pathBytes = paxName(meta, `${SPARSE_PREFIX}name`) ?? path
    return { kind: 'other', typeFlag: sparse ? 'S' : typeFlag, pathBytes, dataBytes: dataSize(block, meta) }
  }
  const type = named === 'file' && path.at(-1) === SLASH ? 'directory' : named
  const dataBytes = named === 'file' || typeFlag === 'D' ? dataSize(block, meta) : 0
  if (type !== named && dataBytes > 0) {
    throw new FormatError(`the tar entry ${JSON.stringify(decodeText(path))} is named as a directory but has data`)
  }
  const header = entryHeader(block, meta, type)
  return { kind: 'entry', header: { ...header, pathBytes: path.subarray(0, trimmedLength(path)) }, dataBytes }
}

function entryHeader(block: Uint8Array, meta: EntryMeta, type: EntryType): Omit<TarHeader, 'pathBytes'> {
  const device = type === 'char' || type === 'block' ? blockDevice(block) : undefined
  const xattrs = attributes(meta.pax)
  return {
    type,
    mode: decodeCount(fieldBytes(block, FIELDS.mode), 'the mode') & 0o7777,
    uid: paxCount(meta, 'uid') ?? decodeCount(fieldBytes(block, FIELDS.uid), 'the uid'),
    gid: paxCount(meta, 'gid') ?? decodeCount(fieldBytes(block, FIELDS.gid), 'the gid'),
    userName: decodeText(paxName(meta, 'uname') ?? ustarText(block, FIELDS.userName)),
    groupName: decodeText(paxName(meta, 'gname') ?? ustarText(block, FIELDS.groupName)),
    mtime: entryTime(block, meta),
    sizeBytes: type === 'file' ? dataSize(block, meta) : 0,
    linkBytes: type === 'symlink' || type === 'hardlink' ? linkTarget(block, meta) : new Uint8Array(),
    ...(device === undefined ? {} : { device }),
    ...(xattrs.size === 0 ? {} : { xattrs }),
  }
}

function dataSize(block: Uint8Array, meta: EntryMeta): number {
  return paxCount(meta, 'size') ?? decodeCount(fieldBytes(block, FIELDS.size), 'the size')
}

function linkTarget(block: Uint8Array, meta: EntryMeta): Uint8Array {
  return paxName(meta, 'linkpath') ?? meta.longLink ?? text(block, FIELDS.linkName)
}

function entryTime(block: Uint8Array, meta: EntryMeta): Time {
  const value = paxValue(meta, 'mtime')
  if (value !== undefined) return decodePaxTime(value, 'mtime')
  return { seconds: decodeNumber(fieldBytes(block, FIELDS.mtime), 'the mtime'), nanoseconds: 0 }
}

function paxValue(meta: EntryMeta, key: string): Uint8Array | undefined {
  const value = meta.pax.get(key) ?? meta.globals.get(key)
  return value === undefined || value.length === 0 ? undefined : value
}

function paxCount(meta: EntryMeta, key: string): number | undefined {
  const value = paxValue(meta, key)
  return value === undefined ? undefined : decodePaxCount(value, key)
}

function paxName(meta: EntryMeta, key: string): Uint8Array | undefined {
  const value = paxValue(meta, key)
  if (value?.includes(0)) throw new FormatError(`the pax record ${JSON.stringify(key)} holds a NUL byte`)
  return value?.slice()
}

function isSparse(pax: ReadonlyMap<string, Uint8Array>): boolean {
  for (const key of pax.keys()) if (key.startsWith(SPARSE_PREFIX)) return true
  return false
}

function attributes(pax: ReadonlyMap<string, Uint8Array>): Map<string, Uint8Array> {
  const xattrs = new Map<string, Uint8Array>()
  for (const [key, value] of pax) if (key.startsWith(XATTR_PREFIX)) xattrs.set(decodeXattrKey(key), value.slice())
  return xattrs
}

/** The prefix is there in POSIX ustar only; GNU tar keeps other things in its place. */
function blockPath(block: Uint8Array): Uint8Array {
  const name = text(block, FIELDS.name)
  const prefix = magic(block) === 'posix' ? text(block, FIELDS.prefix) : new Uint8Array()
  if (prefix.length === 0) return name
  const path = new Uint8Array(prefix.length + 1 + name.length)
  path.set(prefix)
  path[prefix.length] = SLASH
  path.set(name, prefix.length + 1)
  return path
}

function blockDevice(block: Uint8Array): Device {
  if (magic(block) === 'none') return { major: 0, minor: 0 }
  return {
    major: decodeCount(fieldBytes(block, FIELDS.deviceMajor), 'the device major'),
    minor: decodeCount(fieldBytes(block, FIELDS.deviceMinor), 'the device minor'),
  }
}

function ustarText(block: Uint8Array, field: Field): Uint8Array {
  return magic(block) === 'none' ? new Uint8Array() : text(block, field)
}

function magic(block: Uint8Array): 'posix' | 'gnu' | 'none' {
  const text = String.fromCharCode(...fieldBytes(block, FIELDS.magic))
  if (text.startsWith('ustar\0')) return 'posix'
  return text.startsWith('ustar ') ? 'gnu' : 'none'
}

/** A copy of a field up to its NUL; not by `slice`, which copies nothing when the block is a Node Buffer. */
function text(block: Uint8Array, field: Field): Uint8Array {
  const bytes = fieldBytes(block, field)
  const end = bytes.indexOf(0)
  return new Uint8Array(bytes.subarray(0, end < 0 ? bytes.length : end))
}

/** Length without trailing slashes; a path of slashes only keeps one, so that it is seen to be absolute. */
function trimmedLength(path: Uint8Array): number {
  let length = path.length
  while (length > 1 && path[length - 1] === SLASH) length -= 1
  return length
}
