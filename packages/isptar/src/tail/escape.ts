/** The listing's escapes: `\\`, `\t` and `\n`, nothing else (SPEC 3.2). All other bytes stand for themselves. */
import { decodeText } from '../bytes/text.ts'
import { FormatError } from '../errors.ts'

const BACKSLASH = 0x5c
const TAB = 0x09
const LF = 0x0a
const LETTER_T = 0x74
const LETTER_N = 0x6e

/**
 * Escapes a name for a listing field.
 *
 * @param bytes - the raw name
 */
export function escapeField(bytes: Uint8Array): Uint8Array {
  let escapes = 0
  for (let i = 0; i < bytes.length; i += 1) if (letterFor(bytes[i] as number) !== 0) escapes += 1
  if (escapes === 0) return bytes
  const field = new Uint8Array(bytes.length + escapes)
  let length = 0
  for (const byte of bytes) {
    const letter = letterFor(byte)
    if (letter !== 0) {
      field[length] = BACKSLASH
      length += 1
    }
    field[length] = letter === 0 ? byte : letter
    length += 1
  }
  return field
}

/**
 * Escapes a text for a listing field; what {@link escapeField} does to its bytes.
 *
 * @param text - such as a column
 */
export function escapeText(text: string): string {
  return /[\\\t\n]/.test(text) ? text.replace(/[\\\t\n]/g, (char) => `\\${letterOf(char)}`) : text
}

function letterOf(char: string): string {
  return char === '\t' ? 't' : char === '\n' ? 'n' : char
}

function letterFor(byte: number): number {
  return byte === BACKSLASH ? BACKSLASH : byte === TAB ? LETTER_T : byte === LF ? LETTER_N : 0
}

/**
 * Gives back the raw name of a listing field.
 *
 * @param field - the field as it stands in the line
 * @throws FormatError for any escape but the three
 */
export function unescapeField(field: Uint8Array): Uint8Array {
  let escape = field.indexOf(BACKSLASH)
  if (escape < 0) return field
  const raw = new Uint8Array(field.length)
  let length = 0
  let from = 0
  while (escape >= 0) {
    raw.set(field.subarray(from, escape), length)
    length += escape - from
    raw[length] = byteFor(field, escape)
    length += 1
    from = escape + 2
    escape = field.indexOf(BACKSLASH, from)
  }
  raw.set(field.subarray(from), length)
  return raw.subarray(0, length + field.length - from)
}

function byteFor(field: Uint8Array, escape: number): number {
  const letter = field[escape + 1]
  if (letter === BACKSLASH) return BACKSLASH
  if (letter === LETTER_T) return TAB
  if (letter === LETTER_N) return LF
  throw new FormatError(
    `bad escape in listing field ${JSON.stringify(decodeText(field))}: only \\\\, \\t and \\n exist`,
    {
      offset: escape,
    },
  )
}
