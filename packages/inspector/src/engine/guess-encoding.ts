/** Guesses whether data is text, and in which encoding. */
import { guessLegacy } from './guess-legacy.ts'

/** Bytes that statistics are made of. */
const SAMPLE_BYTES = 64 * 1024

/**
 * Gives the encoding of text, as the encoding standard calls it; undefined for what is not text: it has NULs or many other
 * control characters.
 *
 * @param bytes - the beginning of a file; a character at their end may be cut
 */
export function guessEncoding(bytes: Uint8Array): string | undefined {
  const [first, second, third, fourth] = bytes
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8'
  if (first === 0xff && second === 0xfe && !(third === 0 && fourth === 0)) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  const controls = countControls(bytes)
  if (decodes(bytes, 'utf-8')) return controls * 20 <= bytes.length ? guessSevenBit(bytes) : guessUtf16(bytes)
  if (controls * 100 > bytes.length) return guessUtf16(bytes)
  return guessUtf16(bytes) ?? guessLegacy(bytes.subarray(0, SAMPLE_BYTES))
}

/** Gives an encoding for data that is to be shown as text, whatever it is. */
export function someEncoding(bytes: Uint8Array): string {
  return guessEncoding(bytes) ?? (decodes(bytes, 'utf-8') ? 'utf-8' : 'windows-1252')
}

/** Control characters but those of texts, terminals included; a NUL counts for all that can be. */
function countControls(bytes: Uint8Array): number {
  let count = 0
  for (const byte of bytes) {
    if (byte === 0) return Number.POSITIVE_INFINITY
    if (byte < 0x08 || (byte > 0x0d && byte < 0x20 && byte !== 0x1b) || byte === 0x7f) count += 1
  }
  return count
}

function decodes(bytes: Uint8Array, encoding: string): boolean {
  try {
    new TextDecoder(encoding, { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}

/** Japanese mails are ASCII to all but those who know the escapes that switch to other signs. */
function guessSevenBit(bytes: Uint8Array): string {
  const escapes = bytes.some((byte, at) => byte === 0x1b && bytes[at + 1] === 0x24 && (bytes[at + 2] ?? 0) <= 0x42)
  return escapes && decodes(bytes, 'iso-2022-jp') ? 'iso-2022-jp' : 'utf-8'
}

/** Without a mark: it decodes, has blanks or line ends, and nothing that texts do not have. */
function guessUtf16(bytes: Uint8Array): string | undefined {
  const even = bytes.subarray(0, Math.min(bytes.length, SAMPLE_BYTES) & ~1)
  if (even.length === 0) return undefined
  return ['utf-16le', 'utf-16be'].find((encoding) => {
    if (!decodes(even, encoding)) return false
    const text = new TextDecoder(encoding).decode(even)
    const blanks = text.match(/[ \n]/g)?.length ?? 0
    return blanks * 100 >= text.length && !/[\0-\x07\x0e-\x1a\x1c-\x1f\x7f-\x9f\p{Co}\p{Cn}]/u.test(text)
  })
}
