/**
 * Names as they may appear on a terminal. A stored name can hold escape sequences that recolour, retitle or rewrite the
 * screen, and invisible characters that reorder what is read; all of them are printed as octal, as `ls -b` and tar do.
 */

const ENCODER = new TextEncoder()

/** Control and line characters, halves of surrogate pairs, and format characters but the two that join letters. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu

const SHORT: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'],
  ['\t', '\\t'],
  ['\r', '\\r'],
])

/**
 * Escapes a name for a terminal: `\n`, `\t`, `\r`, `\\`, and `\ooo` for each byte of what else cannot be shown.
 *
 * @param name - a path, link target, user or group name; bytes that are not UTF-8 as lone surrogates
 */
export function escapeName(name: string): string {
  return name.replaceAll('\\', '\\\\').replace(UNPRINTABLE, (char) => SHORT.get(char) ?? octal(char))
}

function octal(char: string): string {
  const code = char.charCodeAt(0)
  // A lone surrogate U+DC80–U+DCFF stands for one byte that is not UTF-8.
  const bytes = char.length === 1 && code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : ENCODER.encode(char)
  return Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('')
}
