/**
 * Names as they may appear on a page: control characters, those that reorder or hide what is read, and bytes that are not
 * UTF-8 are shown by their code, so that what is seen is what is there.
 */

const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]|(?![\u200c\u200d])\p{Cf}/gu

/** Gives a name with `\n`, `\t`, `\r`, `\xNN` for bytes and `\u{…}` for what else cannot be shown. */
export function printable(name: string): string {
  return name.replace(UNPRINTABLE, escapeOf)
}

/** Gives the last part of a path, printable; `/` for the root. */
export function printableName(path: string): string {
  return path === '' ? '/' : printable(path.slice(path.lastIndexOf('/') + 1))
}

function escapeOf(char: string): string {
  if (char === '\n') return '\\n'
  if (char === '\t') return '\\t'
  if (char === '\r') return '\\r'
  const code = char.codePointAt(0) ?? 0
  // A lone surrogate of this range stands for one byte.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`
  return `\\u{${code.toString(16)}}`
}
