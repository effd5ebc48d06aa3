/** Compares listing lines with a path on bytes, so that a line becomes an object only when it is the one asked for. */
import { concatBytes } from '../bytes/concat.ts'
import { encodeAscii } from '../bytes/text.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import { escapeField, unescapeField } from '../tail/escape.ts'

const TAB = 0x09
const SLASH = 0x2f
const DOT_SLASH: Uint8Array = encodeAscii('./')

/** Tells whether a line is wanted. */
export type LineMatch = (line: Uint8Array) => boolean

/**
 * Matches the line of exactly this path; `./x` and `x` are the same path.
 *
 * @param pathBytes - raw, normalised
 */
export function matchPath(pathBytes: Uint8Array): LineMatch {
  return matcher(pathBytes, (next) => next === TAB)
}

/**
 * Matches the line of this folder and of everything in it.
 *
 * @param folderBytes - raw, normalised; empty for all
 */
export function matchFolder(folderBytes: Uint8Array): LineMatch {
  if (folderBytes.length === 0) return () => true
  return matcher(folderBytes, (next) => next === TAB || next === SLASH)
}

/**
 * Gives the path of a line.
 *
 * @throws FormatError for a bad escape
 */
export function pathOfLine(line: Uint8Array): Uint8Array {
  const tab = line.indexOf(TAB)
  return unescapeField(tab < 0 ? line : line.subarray(0, tab))
}

/** Gives the path of a line that is an entry, or might be one; undefined where a bad escape says that it is none. */
export function pathOfEntry(line: Uint8Array): Uint8Array | undefined {
  try {
    return pathOfLine(line)
  } catch (error) {
    // What is wrong with an entry is for decoding it to say.
    if (decodeListingLine(line) === undefined) return undefined
    throw error
  }
}

/** Tells whether a path has a leading `./`, which no lookup in an ordered listing would find. */
export function isDotted(pathBytes: Uint8Array): boolean {
  return startsWith(pathBytes, DOT_SLASH)
}

function matcher(pathBytes: Uint8Array, ends: (next: number | undefined) => boolean): LineMatch {
  const plain = escapeField(pathBytes)
  const dotted = concatBytes([DOT_SLASH, plain])
  return (line) =>
    (startsWith(line, plain) && ends(line[plain.length])) || (startsWith(line, dotted) && ends(line[dotted.length]))
}

/** Tells whether bytes begin with others. */
export function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false
  for (let i = prefix.length - 1; i >= 0; i -= 1) if (bytes[i] !== prefix[i]) return false
  return true
}
