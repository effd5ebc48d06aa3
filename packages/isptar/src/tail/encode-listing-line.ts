/** Encodes one line of the listing (SPEC 3), in the form the original reads: decimal, never zero-padded. */
import { concatBytes } from '../bytes/concat.ts'
import { encodeAscii, encodeText } from '../bytes/text.ts'
import { escapeField } from './escape.ts'
import type { ListingRecord } from './listing-record.ts'
import { formatTime } from './time-text.ts'

const TAB: Uint8Array = encodeAscii('\t')
const LF: Uint8Array = encodeAscii('\n')

/**
 * Encodes a line with its LF.
 *
 * @param record - a valid record; numbers are safe integers, not negative but for `mtime`
 */
export function encodeListingLine(record: ListingRecord): Uint8Array {
  const fields = [
    escapeField(record.pathBytes),
    owner(record.userName, record.uid),
    owner(record.groupName, record.gid),
    encodeAscii(String(record.mode & 0o7777)),
    ...details(record),
  ]
  for (const [key, value] of columnsOf(record)) fields.push(escapeField(encodeText(`${key}=${value}`)))
  return concatBytes(fields.flatMap((field, i) => (i === 0 ? [field] : [TAB, field])).concat(LF))
}

/** A user or group name that would break the line is left out: the id says who it is. */
function owner(name: string, id: number): Uint8Array {
  return encodeText(`${/[\t\n\\]/.test(name) ? '' : name}#${id}`)
}

function details(record: ListingRecord): Uint8Array[] {
  const { type, sizeBytes, location, device } = record
  switch (type) {
    case 'file': {
      const fields = ['file', String(record.mtime?.seconds ?? 0), String(sizeBytes)]
      if (location) fields.push(`${location.depth}:${location.slice}:${location.offset}:${location.plainOffset}`)
      return fields.map(encodeAscii)
    }
    case 'symlink':
      return [encodeAscii('link'), escapeField(record.linkBytes ?? new Uint8Array(0))]
    case 'hardlink':
      return [encodeAscii('hard'), escapeField(record.linkBytes ?? new Uint8Array(0))]
    case 'char':
    case 'block':
      return [type, String(device?.major ?? 0), String(device?.minor ?? 0)].map(encodeAscii)
    case 'directory':
      return [encodeAscii('dir')]
    case 'fifo':
      return [encodeAscii('fifo')]
  }
}

function* columnsOf(record: ListingRecord): Iterable<readonly [string, string]> {
  const { mtime } = record
  if (mtime && record.type !== 'file') yield ['mtime', formatTime(mtime)]
  yield* record.columns
  if (mtime && record.type === 'file' && mtime.nanoseconds !== 0) yield ['ns', String(mtime.nanoseconds)]
}
