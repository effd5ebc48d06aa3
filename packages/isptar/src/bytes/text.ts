/**
 * Strings that lose nothing: bytes that are not UTF-8 become lone surrogates U+DC80–U+DCFF and come back as the same
 * bytes (Python's surrogateescape, PEP 383). Also the archive's order of names (SPEC 3.5).
 */

const STRICT = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
const ENCODER = new TextEncoder()
/** Up to this many characters a loop is faster than a call of the encoder. */
const SHORT_TEXT = 256
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/

/**
 * Decodes bytes as UTF-8; each byte that is no part of a well-formed sequence becomes U+DC00 + byte.
 *
 * @param bytes - any bytes
 */
export function decodeText(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes)
  } catch {
    return decodeEscaping(bytes)
  }
}

function decodeEscaping(bytes: Uint8Array): string {
  let text = ''
  let good = 0
  let i = 0
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i)
    if (length > 0) {
      i += length
      continue
    }
    text += STRICT.decode(bytes.subarray(good, i)) + String.fromCharCode(0xdc00 + (bytes[i] as number))
    i += 1
    good = i
  }
  return text + STRICT.decode(bytes.subarray(good))
}

/** Length of the well-formed UTF-8 sequence at `i` (Unicode table 3-7), 0 when there is none. */
function sequenceLength(bytes: Uint8Array, i: number): number {
  const lead = bytes[i] as number
  if (lead < 0x80) return 1
  if (lead < 0xc2 || lead > 0xf4) return 0
  const length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  if (i + length > bytes.length) return 0
  const second = bytes[i + 1] as number
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf
  if (second < low || second > high) return 0
  for (let k = 2; k < length; k += 1) if (((bytes[i + k] as number) & 0xc0) !== 0x80) return 0
  return length
}

/**
 * Encodes a string as UTF-8, lone surrogates U+DC80–U+DCFF as the bytes they stand for.
 *
 * @param text - any string without other lone surrogates
 * @throws RangeError for a lone surrogate that stands for no byte
 */
export function encodeText(text: string): Uint8Array {
  if (text.length <= SHORT_TEXT) {
    const ascii = new Uint8Array(text.length)
    if (writeAscii(text, ascii, 0)) return ascii
  }
  if (!LONE_SURROGATE.test(text)) return ENCODER.encode(text)
  const bytes: number[] = []
  for (const char of text) {
    const code = char.codePointAt(0) as number
    if (code >= 0xdc80 && code <= 0xdcff) bytes.push(code - 0xdc00)
    else if (code >= 0xd800 && code <= 0xdfff)
      throw new RangeError(`lone surrogate U+${code.toString(16).toUpperCase()} in ${JSON.stringify(text)}`)
    else bytes.push(...ENCODER.encode(char))
  }
  return Uint8Array.from(bytes)
}

/**
 * Encodes ASCII text.
 *
 * @param text - characters below U+0080 only
 */
export function encodeAscii(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length)
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i)
  return bytes
}

/**
 * Writes text into bytes, one a character, as long as it is ASCII.
 *
 * @param into - with room for all of it from `at` on
 * @returns false when it is not ASCII: what was written up to there means nothing
 */
export function writeAscii(text: string, into: Uint8Array, at: number): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code >= 0x80) return false
    into[at + i] = code
  }
  return true
}

/**
 * Decodes bytes one to one as characters U+0000–U+00FF; for fields that are ASCII by definition.
 *
 * @param bytes - a short field
 */
export function decodeLatin1(bytes: Uint8Array): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 1) text += String.fromCharCode(bytes[i] as number)
  return text
}

/**
 * Compares two paths in the archive's order (SPEC 3.5): bytes as signed chars, `/` below every other byte, the end of
 * the string lowest of all.
 *
 * @returns below 0, 0 or above 0
 */
export function comparePaths(a: Uint8Array, b: Uint8Array): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i += 1) {
    const x = a[i] as number
    const y = b[i] as number
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

/**
 * Compares two names in that order: {@link comparePaths} of what holds no `/`.
 *
 * @param a - bytes as characters U+0001–U+00FF
 * @param b - likewise
 */
export function compareNames(a: string, b: string): number {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i += 1) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

function rank(byte: number): number {
  return byte === 0x2f ? -129 : (byte << 24) >> 24
}

/** Tells whether two byte arrays are equal. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let i = 0; i < a.length; i += 1) if (a[i] !== b[i]) return false
  return true
}
