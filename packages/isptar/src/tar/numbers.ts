/**
 * Numbers in tar header fields: octal digits, and base-256 (GNU tar, also read by bsdtar, Python, Go and npm tar-stream)
 * for what octal cannot hold. Nothing is ever rounded or cut: a number beyond 2^53 − 1 is an error.
 */
import { FormatError } from '../errors.ts'
import type { Field } from './tar-block.ts'

/**
 * Writes a number into a header field: zero-padded octal digits and a NUL, or base-256 when it is negative or too large.
 *
 * @param value - a safe integer
 * @param block - the header block, in which the field is zeros so far
 * @param field - where it goes; 8 or 12 bytes
 * @throws RangeError when `value` is no safe integer
 */
export function writeNumber(value: number, block: Uint8Array, field: Field): void {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no safe integer: a tar header cannot hold it`)
  const isShort = field.length === 8
  if (value >= 0 && value < (isShort ? 8 ** 7 : 8 ** 11)) writeOctal(value, block, field.offset, isShort ? 7 : 11)
  else writeBase256(value, block, field)
}

/**
 * Writes zero-padded octal digits.
 *
 * @param value - not negative, and of no more than so many digits
 */
export function writeOctal(value: number, block: Uint8Array, offset: number, digits: number): void {
  let rest = value
  for (let i = offset + digits - 1; i >= offset; i -= 1) {
    const next = Math.floor(rest / 8)
    block[i] = 0x30 + rest - next * 8
    rest = next
  }
}

function writeBase256(value: number, block: Uint8Array, { offset, length }: Field): void {
  let rest = value
  for (let i = offset + length - 1; i > offset; i -= 1) {
    const next = Math.floor(rest / 256)
    block[i] = rest - next * 256
    rest = next
  }
  block[offset] = value < 0 ? 0xff : 0x80
}

/**
 * Decodes a header field, octal or base-256. An octal field may be blank (0), padded with blanks or NULs before, and ends
 * at its length, a blank or a NUL.
 *
 * @param field - the whole field
 * @param what - what it holds, for the message
 * @throws FormatError when it is no number, or beyond ±(2^53 − 1)
 */
export function decodeNumber(field: Uint8Array, what: string): number {
  return ((field[0] ?? 0) & 0x80) === 0 ? decodeOctal(field, what) : decodeBase256(field, what)
}

/**
 * Decodes a header field that cannot be negative: a size, an id, a mode.
 *
 * @param field - the whole field
 * @param what - what it holds, for the message
 * @throws FormatError as {@link decodeNumber}, and when it is negative
 */
export function decodeCount(field: Uint8Array, what: string): number {
  const value = decodeNumber(field, what)
  if (value < 0) throw new FormatError(`${what} in a tar header is negative: ${value}`)
  return value
}

function decodeOctal(field: Uint8Array, what: string): number {
  let i = 0
  while (isBlank(field[i])) i += 1
  let value = 0
  for (; i < field.length; i += 1) {
    const digit = (field[i] as number) - 0x30
    if (digit < 0 || digit > 7) break
    value = value * 8 + digit
  }
  if (i < field.length && !isBlank(field[i]))
    throw new FormatError(`${what} in a tar header is not octal: ${hex(field)}`)
  return value
}

/** Two's complement, highest byte first, below a marker bit: 0x80. */
function decodeBase256(field: Uint8Array, what: string): number {
  const first = field[0] as number
  const negative = (first & 0x40) !== 0
  const flip = negative ? 0xff : 0
  let value = (first ^ flip) & 0x3f
  for (let i = 1; i < field.length; i += 1) {
    value = value * 256 + ((field[i] as number) ^ flip)
    if (value > Number.MAX_SAFE_INTEGER) throw new FormatError(`${what} in a tar header is beyond 2^53: ${hex(field)}`)
  }
  const result = negative ? -1 - value : value
  if (!Number.isSafeInteger(result)) throw new FormatError(`${what} in a tar header is beyond 2^53: ${hex(field)}`)
  return result
}

function isBlank(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0
}

function hex(field: Uint8Array): string {
  return `0x${Array.from(field, (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
