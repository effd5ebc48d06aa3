/**
 * Entries as they travel: lines of the listing without their offset word, which nobody knows before the data is stored.
 * The original sends the base fields alone; we send our columns as well, so that nothing is lost on the way.
 */
import { FormatError } from '../errors.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import { encodeListingLine } from '../tail/encode-listing-line.ts'
import { decodeXattrColumns, encodeXattrColumn } from '../tail/xattr-column.ts'
import type { EntryType, Time } from '../tar/entry-type.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import type { EntryInput } from '../write/entry-input.ts'

/** An entry that came over the pipe. */
export interface ReceivedEntry extends EntryInput {
  readonly path: Uint8Array
  readonly type: EntryType
  readonly uid: number
  readonly gid: number
  /** The original sends those of files only. */
  readonly mtime: Time | undefined
  readonly sizeBytes: number
  readonly linkTarget: Uint8Array | undefined
  /** Whether it came in the original's protocol, which has whole seconds only. */
  readonly isCoarse: boolean
}

/** Encodes all that is known of an entry; without LF. */
export function encodeWireLine(header: TarHeader): Uint8Array {
  const columns = new Map<string, string>()
  for (const [name, value] of header.xattrs ?? []) columns.set(...encodeXattrColumn(name, value))
  return encodeListingLine({ ...header, columns }).subarray(0, -1)
}

/** Encodes what the original says of an entry: whole seconds, of files only, and no columns; without LF. */
export function encodeOriginalLine(header: TarHeader): Uint8Array {
  const { mtime, ...rest } = header
  const time = header.type === 'file' ? { seconds: mtime.seconds, nanoseconds: 0 } : undefined
  return encodeListingLine({ ...rest, mtime: time, columns: new Map() }).subarray(0, -1)
}

/**
 * Decodes a line.
 *
 * @param isCoarse - whether it came in the original's protocol
 * @throws FormatError when it is no entry
 */
export function decodeWireLine(line: Uint8Array, isCoarse: boolean): ReceivedEntry {
  const record = decodeListingLine(line, { withoutPlaces: true })
  if (record === undefined) throw new FormatError('a line that describes no entry')
  const { type, mode, uid, gid, userName, groupName, mtime, sizeBytes, device } = record
  const [path, linkTarget, xattrs] = [record.pathBytes, record.linkBytes, decodeXattrColumns(record.columns)]
  const owner = { uid, gid, userName, groupName }
  return { path, type, mode, ...owner, mtime, sizeBytes, linkTarget, device, xattrs, isCoarse }
}
