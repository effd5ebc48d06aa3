/** Which rows a pattern finds; see `ViewSubject`. */
import { decodeText, encodeText } from 'isptar'
import type { EntryTable } from './entry-table.ts'
import { globExpression } from './glob.ts'
import { beginsWith, folderPrefix, nameStart, normalBytes } from './path-bytes.ts'

/** Tells whether a row is found. */
export type RowMatcher = (table: EntryTable, row: number) => boolean

/** Tells whether a text, of raw bytes, is found. */
type TextMatcher = (text: Uint8Array) => boolean

const GLOB = /[*?[\]{}]/

/** What stands for the root's own entry, which has no name. */
const ROOT_NAME = encodeText('.')

const LOWER = Uint8Array.from({ length: 256 }, (_, byte) => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte))

/**
 * Makes the matcher of a pattern.
 *
 * @param under - the folder that is searched
 */
export function rowMatcher(pattern: string, under: string): RowMatcher {
  const prefix = folderPrefix(under)
  const matches = textMatcher(pattern)
  const isAboutPath = pattern.includes('/')
  return (table, row) => {
    const path = normalBytes(table.pathBytes(row))
    if (!beginsWith(path, prefix) || (path.length === prefix.length && path.length > 0)) return false
    if (path.length === 0) return matches(ROOT_NAME)
    return matches(path.subarray(isAboutPath ? prefix.length : Math.max(nameStart(path), prefix.length)))
  }
}

/** Tells whether a row's name begins with a text, in any case. */
export function namePrefixMatcher(prefix: string): RowMatcher {
  const wanted = prefix.toLowerCase()
  return (table, row) => {
    const path = normalBytes(table.pathBytes(row))
    return decodeText(path.subarray(nameStart(path)))
      .toLowerCase()
      .startsWith(wanted)
  }
}

function textMatcher(pattern: string): TextMatcher {
  const glob = GLOB.test(pattern) ? globExpression(pattern) : undefined
  if (glob) return (text) => glob.test(decodeText(text))
  const wanted = pattern.toLowerCase()
  if (/^[\0-\x7f]*$/.test(wanted)) return containsAscii(encodeText(wanted))
  return (text) => decodeText(text).toLowerCase().includes(wanted)
}

/** Searches bytes, without decoding them: a million paths take some tenths of a second. */
function containsAscii(wanted: Uint8Array): TextMatcher {
  const first = wanted[0]
  if (first === undefined) return () => true
  return (text) => {
    const last = text.length - wanted.length
    for (let start = 0; start <= last; start += 1) {
      if (LOWER[text[start] ?? 0] !== first) continue
      let length = 1
      while (length < wanted.length && LOWER[text[start + length] ?? 0] === wanted[length]) length += 1
      if (length === wanted.length) return true
    }
    return false
  }
}
