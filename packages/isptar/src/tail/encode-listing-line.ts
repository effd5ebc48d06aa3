/** Encodes one line of the listing (SPEC 3), in the form the original reads: decimal, never zero-padded. */
import { decodeText, encodeText, writeAscii } from '../bytes/text.ts'
import type { Device } from '../tar/entry-type.ts'
import { escapeField, escapeText } from './escape.ts'
import type { ListingRecord } from './listing-record.ts'
import { formatTime } from './time-text.ts'

/** Absent in what follows the path of nearly all lines. */
const NOT_ASCII = /[\u0080-\uffff]/

/**
 * Encodes a line with its LF.
 *
 * @param record - a valid record; numbers are safe integers, not negative but for `mtime`
 * @param makeRoom - gives the bytes that the line is written into. @defaultValue new ones
 */
export function encodeListingLine(
  record: ListingRecord,
  makeRoom: (lengthBytes: number) => Uint8Array = (lengthBytes) => new Uint8Array(lengthBytes),
): Uint8Array {
  const path = escapeField(record.pathBytes)
  const { userName, uid, groupName, gid, mode } = record
  const owners = `${owner(userName)}#${uid}\t${owner(groupName)}#${gid}`
  const rest = `\t${owners}\t${mode & 0o7777}\t${details(record)}${columns(record)}\n`
  const encoded = NOT_ASCII.test(rest) ? encodeText(rest) : undefined
  const line = makeRoom(path.length + (encoded ?? rest).length)
  line.set(path)
  if (encoded) line.set(encoded, path.length)
  else writeAscii(rest, line, path.length)
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
