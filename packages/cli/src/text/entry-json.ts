/** An entry as an object for programs: every field, exact. Names that JSON cannot hold come in base64 beside. */
import { encodeText, type Entry } from 'isptar'

const SURROGATE = /[\ud800-\udfff]/

/**
 * What `isptar list --json` prints of an entry. Absent fields do not apply to its type or were not recorded;
 * undefined is absent in JSON, and an object of one shape is made in a fraction of the time.
 */
export interface EntryJson {
  /** With U+FFFD in place of bytes that are not UTF-8; then `path_b64` is there too. */
  readonly path: string
  readonly path_b64?: string | undefined
  readonly type: string
  /** Permission bits as a number, as in `stat`. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly user?: string | undefined
  readonly group?: string | undefined
  /** Whole seconds since 1970, rounded down. */
  readonly mtime?: number | undefined
  readonly mtime_ns?: number | undefined
  /** Bytes of data; only files have it. */
  readonly size?: number | undefined
  /** Bytes of its member in the archive. */
  readonly packed?: number | undefined
  readonly link?: string | undefined
  readonly link_b64?: string | undefined
  readonly device?: { readonly major: number; readonly minor: number } | undefined
  /** Where the data lies: `depth` 0 is this archive, slices count from 1. */
  readonly location?: { readonly depth: number; readonly slice: number; readonly offset: number } | undefined
  /** It changed while it was read. */
  readonly dirty?: true | undefined
  /** Extended attributes in base64. */
  readonly xattrs?: Readonly<Record<string, string>> | undefined
}

/** Gives the object of an entry; its fields are in a fixed order. */
export function entryJson(entry: Entry): EntryJson {
  const { path, userName, groupName, mtime, linkTarget, device, location, xattrs } = entry
  return {
    path: wellFormed(path),
    path_b64: base64Of(path),
    type: entry.type,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    user: userName === '' ? undefined : wellFormed(userName),
    group: groupName === '' ? undefined : wellFormed(groupName),
    mtime: mtime?.seconds,
    mtime_ns: mtime?.nanoseconds,
    size: entry.type === 'file' ? entry.sizeBytes : undefined,
    packed: entry.packedBytes,
    link: linkTarget === undefined ? undefined : wellFormed(linkTarget),
    link_b64: linkTarget === undefined ? undefined : base64Of(linkTarget),
    device: device && { major: device.major, minor: device.minor },
    location: location && { depth: location.depth, slice: location.slice, offset: location.offset },
    dirty: entry.dirty || undefined,
    xattrs: xattrs.size > 0 ? Object.fromEntries([...xattrs].map(xattrField)) : undefined,
  }
}

/** Gives a field for a text and, where JSON cannot hold it, one of its bytes in base64. */
export function textFields(key: string, text: string): Record<string, string> {
  const base64 = base64Of(text)
  return base64 === undefined ? { [key]: text } : { [key]: wellFormed(text), [`${key}_b64`]: base64 }
}

function base64Of(text: string): string | undefined {
  return wellFormed(text) === text ? undefined : Buffer.from(encodeText(text)).toString('base64')
}

function xattrField([name, value]: readonly [string, Uint8Array]): [string, string] {
  return [name, Buffer.from(value).toString('base64')]
}

/** Puts U+FFFD for lone surrogates: many JSON parsers refuse them, also escaped ones. */
export function wellFormed(text: string): string {
  // Most have none, and this tells sooner.
  return SURROGATE.test(text) ? text.replace(/\p{Cs}/gu, '\ufffd') : text
}
