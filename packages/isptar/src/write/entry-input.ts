/** What the caller says of an entry, checked and completed to a tar header. */
import { decodeText, encodeText } from '../bytes/text.ts'
import { UnsafePathError } from '../errors.ts'
import { judgeEntryPath, normalizeEntryPath } from '../tar/entry-path.ts'
import type { Device, EntryType, Time } from '../tar/entry-type.ts'
import type { TarHeader } from '../tar/tar-header.ts'

/** An entry to add. */
export interface EntryInput {
  /** Where it goes: relative, `/` between names; bytes where it is not UTF-8. A leading `./` and a trailing `/` go. */
  path: string | Uint8Array
  /** @defaultValue `file` */
  type?: EntryType | undefined
  /** Permission bits. @defaultValue 0o644, folders 0o755, symlinks 0o777 */
  mode?: number | undefined
  /** @defaultValue 0 */
  uid?: number | undefined
  /** @defaultValue 0 */
  gid?: number | undefined
  /** @defaultValue none */
  userName?: string | undefined
  /** @defaultValue none */
  groupName?: string | undefined
  /** @defaultValue the archive's `createdAt` */
  mtime?: Time | Date | undefined
  /** Length of the data in bytes; needed for streams of more than 1 MiB where the target cannot be patched. */
  sizeBytes?: number | undefined
  /** Target of a symlink, or path of the entry that a hardlink names. */
  linkTarget?: string | Uint8Array | undefined
  /** Number of a `char` or `block` device. */
  device?: Device | undefined
  /** Extended attributes by full name. */
  xattrs?: ReadonlyMap<string, Uint8Array> | undefined
}

const TYPES: ReadonlySet<string> = new Set(['file', 'directory', 'symlink', 'hardlink', 'fifo', 'char', 'block'])
const DEFAULT_MODE: Partial<Record<EntryType, number>> = { directory: 0o755, symlink: 0o777 }
const NANOS = 1_000_000_000

/**
 * Checks an entry and completes it. The header's size is 0 where it is not known yet.
 *
 * @param input - as the caller gave it
 * @param defaultTime - for entries without a time
 * @throws UnsafePathError for a path, or a path that a hardlink names, that no archive should hold; RangeError and
 * TypeError for misuse
 */
export function toTarHeader(input: EntryInput, defaultTime: Time): TarHeader {
  const { type = 'file', device, xattrs } = input
  if (!TYPES.has(type)) throw new TypeError(`unknown entry type ${JSON.stringify(type)}`)
  const path = safePath(text(input.path, 'path'))
  return {
    pathBytes: encodeText(path),
    type,
    mode: number(input.mode ?? DEFAULT_MODE[type] ?? 0o644, 'mode', path) & 0o7777,
    uid: number(input.uid ?? 0, 'uid', path),
    gid: number(input.gid ?? 0, 'gid', path),
    userName: ownerName(input.userName ?? '', 'userName', path),
    groupName: ownerName(input.groupName ?? '', 'groupName', path),
    mtime: toTime(input.mtime ?? defaultTime, path),
    sizeBytes: type === 'file' ? number(input.sizeBytes ?? 0, 'sizeBytes', path) : 0,
    linkBytes: linkBytes(type, input.linkTarget, path),
    device: checkDevice(type, device, path),
    xattrs: checkXattrs(xattrs, path),
  }
}

/** Text that loses nothing, of a string or of bytes. */
function text(value: string | Uint8Array, what: string): string {
  if (typeof value === 'string') return value
  if (value instanceof Uint8Array) return decodeText(value)
  throw new TypeError(`${what} is ${kindOf(value)}, expected a string or bytes`)
}

function safePath(stored: string): string {
  const path = normalizeEntryPath(stored)
  const reason = judgeEntryPath(path)
  if (reason !== undefined) throw new UnsafePathError(path, reason)
  return path
}

function ownerName(value: string, what: string, path: string): string {
  if (typeof value === 'string') return value
  throw new TypeError(`${what} of ${JSON.stringify(path)} is ${kindOf(value)}, expected a string`)
}

function checkXattrs(xattrs: EntryInput['xattrs'], path: string): TarHeader['xattrs'] {
  for (const [name, value] of xattrs ?? []) {
    if (typeof name === 'string' && value instanceof Uint8Array) continue
    throw new TypeError(
      `xattrs of ${JSON.stringify(path)} has ${kindOf(name)} for a name with ${kindOf(value)}, expected a string with bytes`,
    )
  }
  return xattrs
}

function kindOf(value: unknown): string {
  return value instanceof Uint8Array ? 'bytes' : `a value of type ${value === null ? 'null' : typeof value}`
}

/**
 * Brings a moment to seconds and nanoseconds.
 *
 * @param time - a `Date` is exact to the millisecond
 * @param what - for the message
 */
export function toTime(time: Time | Date, what: string): Time {
  const { seconds, nanoseconds } = time instanceof Date ? fromMilliseconds(time.getTime()) : time
  if (!Number.isSafeInteger(seconds) || !Number.isSafeInteger(nanoseconds) || nanoseconds < 0 || nanoseconds >= NANOS)
    throw new RangeError(
      `time of ${JSON.stringify(what)} is ${seconds} s and ${nanoseconds} ns: both must be whole, ns below 10^9`,
    )
  return { seconds, nanoseconds }
}

function fromMilliseconds(ms: number): Time {
  const seconds = Math.floor(ms / 1000)
  return { seconds, nanoseconds: (ms - seconds * 1000) * 1_000_000 }
}

function linkBytes(type: EntryType, target: string | Uint8Array | undefined, path: string): Uint8Array {
  const isLink = type === 'symlink' || type === 'hardlink'
  if (!isLink) {
    if (target !== undefined) throw new TypeError(`${JSON.stringify(path)} is a ${type} and has no link target`)
    return new Uint8Array(0)
  }
  const link = text(target ?? '', `linkTarget of ${JSON.stringify(path)}`)
  if (link === '' || link.includes('\0'))
    throw new TypeError(`${JSON.stringify(path)}: a ${type} needs a linkTarget without NUL`)
  return encodeText(type === 'hardlink' ? safePath(link) : link)
}

function checkDevice(type: EntryType, device: Device | undefined, path: string): Device | undefined {
  if (type !== 'char' && type !== 'block') return undefined
  if (!device) throw new TypeError(`${JSON.stringify(path)}: a ${type} entry needs its device number`)
  return { major: number(device.major, 'major', path), minor: number(device.minor, 'minor', path) }
}

function number(value: number, what: string, path: string): number {
  if (Number.isSafeInteger(value) && value >= 0) return value
  throw new RangeError(`${what} of ${JSON.stringify(path)} is ${value}, expected a whole number from 0 on`)
}
