/** An entry as an object for programs: every field, exact. Names that JSON cannot hold come in base64 beside. */
import { encodeText, type Entry } from 'isptar'

/** What `isptar list --json` prints of an entry. Absent fields do not apply to its type or were not recorded. */
export interface EntryJson {
  /** With U+FFFD in place of bytes that are not UTF-8; then `path_b64` is there too. */
  readonly path: string
  readonly path_b64?: string
  readonly type: string
  /** Permission bits as a number, as in `stat`. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly user?: string
  readonly group?: string
  /** Whole seconds since 1970, rounded down. */
  readonly mtime?: number
  readonly mtime_ns?: number
  /** Bytes of data; only files have it. */
  readonly size?: number
  /** Bytes of its member in the archive. */
  readonly packed?: number
  readonly link?: string
  readonly link_b64?: string
  readonly device?: { readonly major: number; readonly minor: number }
  /** Where the data lies: `depth` 0 is this archive, slices count from 1. */
  readonly location?: { readonly depth: number; readonly slice: number; readonly offset: number }
  /** It changed while it was read. */
  readonly dirty?: true
  /** Extended attributes in base64. */
  readonly xattrs?: Readonly<Record<string, string>>
}

/** Gives the object of an entry; its fields are in a fixed order. */
export function entryJson(entry: Entry): EntryJson {
  const { mtime, packedBytes, device, location } = entry
  return {
    ...textFields('path', entry.path),
    type: entry.type,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    ...(entry.userName !== '' && { user: wellFormed(entry.userName) }),
    ...(entry.groupName !== '' && { group: wellFormed(entry.groupName) }),
    ...(mtime && { mtime: mtime.seconds, mtime_ns: mtime.nanoseconds }),
    ...(entry.type === 'file' && { size: entry.sizeBytes }),
    ...(packedBytes !== undefined && { packed: packedBytes }),
    ...linkFields(entry),
    ...(device && { device: { major: device.major, minor: device.minor } }),
    ...(location && { location: { depth: location.depth, slice: location.slice, offset: location.offset } }),
    ...(entry.dirty && { dirty: true as const }),
    ...(entry.xattrs.size > 0 && { xattrs: Object.fromEntries([...entry.xattrs].map(xattrField)) }),
  } as EntryJson
}

function linkFields(entry: Entry): Record<string, string> {
  return entry.linkTarget === undefined ? {} : textFields('link', entry.linkTarget)
}

/** Gives a field for a text and, where JSON cannot hold it, one of its bytes in base64. */
export function textFields(key: string, text: string): Record<string, string> {
  const shown = wellFormed(text)
  if (shown === text) return { [key]: text }
  return { [key]: shown, [`${key}_b64`]: Buffer.from(encodeText(text)).toString('base64') }
}

function xattrField([name, value]: readonly [string, Uint8Array]): [string, string] {
  return [name, Buffer.from(value).toString('base64')]
}

/** Puts U+FFFD for lone surrogates: many JSON parsers refuse them, also escaped ones. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Cs}/gu, '\ufffd')
}
