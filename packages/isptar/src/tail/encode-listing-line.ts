/** Encodes one line of the listing (SPEC 3), in the form the original reads: decimal, never zero-padded. */
import { concatBytes } from '../bytes/concat.ts'
import { decodeText, encodeText, writeAscii } from '../bytes/text.ts'
import type { Device } from '../tar/entry-type.ts'
import { escapeField, escapeText } from './escape.ts'
import type { ListingRecord } from './listing-record.ts'
import { formatTime } from './time-text.ts'

/**
 * Encodes a line with its LF. Costs one array: what follows the path is nearly always ASCII, and written at once.
 *
 * @param record - a valid record; numbers are safe integers, not negative but for `mtime`
 */
export function encodeListingLine(record: ListingRecord): Uint8Array {
  const path = escapeField(record.pathBytes)
  const { userName, uid, groupName, gid, mode } = record
  const owners = `${owner(userName)}#${uid}\t${owner(groupName)}#${gid}`
  const rest = `\t${owners}\t${mode & 0o7777}\t${details(record)}${columns(record)}\n`
  const line = new Uint8Array(path.length + rest.length)
  if (!writeAscii(rest, line, path.length)) return concatBytes([path, encodeText(rest)])
  line.set(path)
  return line
}

/** A user or group name that would break the line is left out: the id says who it is. */
function owner(name: string): string {
  return /[\t\n\\]/.test(name) ? '' : name
}

function details(record: ListingRecord): string {
  const { type, device } = record
  switch (type) {
    case 'file':
      return `file\t${record.mtime?.seconds ?? 0}\t${record.sizeBytes}${place(record)}`
    case 'symlink':
      return `link\t${link(record)}`
    case 'hardlink':
      return `hard\t${link(record)}`
    case 'char':
    case 'block':
      return `${type}\t${numbers(device)}`
    case 'directory':
      return 'dir'
    case 'fifo':
      return 'fifo'
  }
}

function place({ location }: ListingRecord): string {
  if (location === undefined) return ''
  return `\t${location.depth}:${location.slice}:${location.offset}:${location.plainOffset}`
}

function link({ linkBytes }: ListingRecord): string {
  return linkBytes === undefined ? '' : escapeText(decodeText(linkBytes))
}

function numbers(device: Device | undefined): string {
  return `${device?.major ?? 0}\t${device?.minor ?? 0}`
}

function columns(record: ListingRecord): string {
  const { type, mtime } = record
  let text = mtime && type !== 'file' ? `\tmtime=${formatTime(mtime)}` : ''
  for (const [key, value] of record.columns) text += `\t${escapeText(`${key}=${value}`)}`
  return mtime && type === 'file' && mtime.nanoseconds !== 0 ? `${text}\tns=${mtime.nanoseconds}` : text
}
