/**
 * pax records (POSIX.1-2001): `length key=value\n`, where the length counts itself. Values are bytes; only what they are
 * used for tells whether they are text.
 */
import { concatBytes } from '../bytes/concat.ts'
import { decodeText, encodeAscii, encodeText } from '../bytes/text.ts'
import { FormatError, LimitError } from '../errors.ts'
import { MAX_META_BYTES } from '../limits.ts'

const BLANK = 0x20
const EQUALS = 0x3d
const NEWLINE = 0x0a

/**
 * Encodes pax records, in the order given.
 *
 * @param records - key and value; keys without NUL and `=`
 * @throws RangeError for a key that pax cannot hold
 */
export function encodePax(records: Iterable<readonly [key: string, value: Uint8Array]>): Uint8Array {
  const parts: Uint8Array[] = []
  for (const [key, value] of records) {
    if (key === '' || /[\0=]/.test(key)) throw new RangeError(`no pax key: ${JSON.stringify(key)}`)
    const keyBytes = encodeText(key)
    const length = recordBytes(keyBytes.length + value.length + 3)
    parts.push(encodeAscii(`${length} `), keyBytes, encodeAscii('='), value, encodeAscii('\n'))
  }
  return concatBytes(parts)
}

/** Length of a record whose parts, without the digits of the length, sum to `restBytes`. */
function recordBytes(restBytes: number): number {
  let length = restBytes
  while (restBytes + String(length).length !== length) length = restBytes + String(length).length
  return length
}

/**
 * Decodes pax records; of two with one key the later counts. Values are views of `bytes`.
 *
 * @param bytes - the content of a pax header, without its padding
 * @throws FormatError when a record is ill-formed, LimitError when there are more than {@link MAX_META_BYTES} bytes
 */
export function decodePax(bytes: Uint8Array): Map<string, Uint8Array> {
  if (bytes.length > MAX_META_BYTES) {
    const details = { limit: 'MAX_META_BYTES', max: MAX_META_BYTES, actual: bytes.length }
    throw new LimitError(`a pax header of ${bytes.length} bytes: at most ${MAX_META_BYTES} are read`, details)
  }
  const records = new Map<string, Uint8Array>()
  for (let start = 0; start < bytes.length; ) {
    const blank = bytes.indexOf(BLANK, start)
    const end = start + recordLength(bytes, start, blank)
    const equals = bytes.indexOf(EQUALS, blank)
    if (end > bytes.length || bytes[end - 1] !== NEWLINE) throw broken('does not end where its length says', start)
    if (equals < 0 || equals >= end) throw broken('has no "="', start)
    const key = decodeText(bytes.subarray(blank + 1, equals))
    if (key === '' || key.includes('\0')) throw broken('has no proper key', start)
    records.set(key, bytes.subarray(equals + 1, end - 1))
    start = end
  }
  return records
}

/** Reads the decimal length before the blank; the shortest record is `5 k=\n`. */
function recordLength(bytes: Uint8Array, start: number, blank: number): number {
  const digits = blank - start
  if (blank < 0 || digits < 1 || digits > 8) throw broken('does not begin with its length', start)
  let length = 0
  for (let i = start; i < blank; i += 1) {
    const digit = (bytes[i] as number) - 0x30
    if (digit < 0 || digit > 9) throw broken('does not begin with its length', start)
    length = length * 10 + digit
  }
  if (length < digits + 4) throw broken('is shorter than itself', start)
  return length
}

function broken(why: string, offset: number): FormatError {
  return new FormatError(`the pax record at byte ${offset} of its header ${why}`, { offset })
}
