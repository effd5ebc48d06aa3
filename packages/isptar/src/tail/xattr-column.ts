/** Extended attributes as listing columns: `x.<name>` with the value in base64 (SPEC 4). */
import { decodeLatin1 } from '../bytes/text.ts'
import { FormatError } from '../errors.ts'

const PREFIX = 'x.'

/**
 * Gives the column of an extended attribute. `%` and `=` of the name become `%25` and `%3D`, as GNU tar writes them in
 * pax records, since a column's key ends at its first `=`.
 *
 * @param name - the full name, `user.note`
 * @param value - the raw value
 */
export function encodeXattrColumn(name: string, value: Uint8Array): readonly [key: string, value: string] {
  return [PREFIX + name.replaceAll('%', '%25').replaceAll('=', '%3D'), btoa(decodeLatin1(value))]
}

/** Tells whether a column is an extended attribute. */
export function isXattrColumn(key: string): boolean {
  return key.startsWith(PREFIX)
}

/**
 * Collects the extended attributes among a line's columns.
 *
 * @throws FormatError when a value is no base64
 */
export function decodeXattrColumns(columns: ReadonlyMap<string, string>): Map<string, Uint8Array> {
  const xattrs = new Map<string, Uint8Array>()
  for (const [key, value] of columns) {
    if (!isXattrColumn(key)) continue
    const name = key.slice(PREFIX.length).replaceAll('%3D', '=').replaceAll('%25', '%')
    xattrs.set(name, decodeBase64(value, key))
  }
  return xattrs
}

function decodeBase64(text: string, key: string): Uint8Array {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  } catch (cause) {
    throw new FormatError(`column ${key} is no base64`, { cause })
  }
}
