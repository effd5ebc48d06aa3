/**
 * Recognises listing lines that are surely entries without making anything of them: the common shape of each type, every
 * number checked. Whatever is not of that shape, an escape or an odd number say, is left to `decodeListingLine`, which
 * knows all shapes and says what is wrong.
 */

const LF = 0x0a
const TAB = 0x09
const BACKSLASH = 0x5c
const HASH = 0x23
const COLON = 0x3a
const DOT = 0x2e
const MINUS = 0x2d
const ZERO = 0x30
const NINE = 0x39

/** Digits of a number that is safe whatever they are. */
const SAFE_DIGITS = 15
/** Digits of a fraction of a second. */
const NANO_DIGITS = 9

const NO = -1

const FILE = wordOf('file\t')
const DIRECTORY = wordOf('dir')
const FIFO = wordOf('fifo')
const SYMLINK = wordOf('link\t')
const HARDLINK = wordOf('hard\t')
const NS = wordOf('ns=')
const MTIME = wordOf('mtime=')

/**
 * Gives the place of the LF of a line that is an entry: `decodeListingLine` would not throw for it, and not pass over it.
 *
 * @param text - holds the line to its LF
 * @param at - behind the TAB after the name, which has no escape
 * @returns -1 for a line that takes a closer look, whether it is right or not
 */
export function plainEntryEnd(text: Uint8Array, at: number): number {
  const owners = afterOwner(text, afterOwner(text, at))
  const type = after(text, afterNumber(text, owners), TAB)
  if (type < 0) return NO
  const file = afterWord(text, type, FILE)
  if (file >= 0) return afterColumns(text, afterFile(text, file))
  const folder = afterWord(text, type, DIRECTORY)
  if (folder >= 0) return afterColumns(text, folder)
  const symlink = afterWord(text, type, SYMLINK)
  const target = symlink >= 0 ? symlink : afterWord(text, type, HARDLINK)
  if (target >= 0) return afterColumns(text, afterText(text, target))
  return afterColumns(text, afterWord(text, type, FIFO))
}

/** `mtime`, size and, where there is data, where it lies. */
function afterFile(text: Uint8Array, at: number): number {
  const isNegative = text[at] === MINUS && text[at + 1] !== ZERO
  const size = after(text, afterNumber(text, isNegative ? at + 1 : at), TAB)
  const end = afterNumber(text, size)
  if (end < 0 || text[size] === ZERO) return end
  const slice = after(text, afterNumber(text, after(text, end, TAB)), COLON)
  const offset = after(text, afterNumber(text, slice), COLON)
  return afterNumber(text, after(text, afterNumber(text, offset), COLON))
}

/** Columns to the LF. `ns` and `mtime` are numbers in all types here; where they mean nothing they are looked at closer. */
function afterColumns(text: Uint8Array, from: number): number {
  let at = from
  while (at >= 0 && text[at] === TAB) {
    const value = afterWord(text, at + 1, NS)
    const time = afterWord(text, at + 1, MTIME)
    if (value >= 0) at = afterFraction(text, value)
    else if (time >= 0) at = afterTime(text, time)
    else at = afterText(text, at + 1)
  }
  return at >= 0 && text[at] === LF ? at : NO
}

/** Seconds since 1970, with a fraction or without. */
function afterTime(text: Uint8Array, at: number): number {
  const end = afterNumber(text, at)
  if (end < 0 || text[end] !== DOT) return end
  let next = end + 1
  while (isDigit(text[next])) next += 1
  return next > end + 1 && next - end - 1 <= NANO_DIGITS ? next : NO
}

/** Nanoseconds. */
function afterFraction(text: Uint8Array, at: number): number {
  const end = afterNumber(text, at)
  return end - at <= NANO_DIGITS ? end : NO
}

/** A name, `#`, an id and a TAB. */
function afterOwner(text: Uint8Array, from: number): number {
  if (from < 0) return NO
  let at = from
  let byte = text[at]
  while (byte !== HASH) {
    if (byte === TAB || byte === LF || byte === undefined) return NO
    at += 1
    byte = text[at]
  }
  return after(text, afterNumber(text, at + 1), TAB)
}

/** Anything to the next TAB or LF, without an escape. */
function afterText(text: Uint8Array, from: number): number {
  let at = from
  let byte = text[at]
  while (byte !== TAB && byte !== LF) {
    if (byte === BACKSLASH || byte === undefined) return NO
    at += 1
    byte = text[at]
  }
  return at
}

/** A decimal number without a leading zero. */
function afterNumber(text: Uint8Array, from: number): number {
  if (from < 0) return NO
  let at = from
  while (isDigit(text[at])) at += 1
  const digits = at - from
  if (digits === 0 || digits > SAFE_DIGITS || (digits > 1 && text[from] === ZERO)) return NO
  return at
}

function after(text: Uint8Array, at: number, byte: number): number {
  return at >= 0 && text[at] === byte ? at + 1 : NO
}

function afterWord(text: Uint8Array, at: number, word: Uint8Array): number {
  for (let i = 0; i < word.length; i += 1) if (text[at + i] !== word[i]) return NO
  return at + word.length
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= ZERO && byte <= NINE
}

function wordOf(text: string): Uint8Array {
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0))
}
