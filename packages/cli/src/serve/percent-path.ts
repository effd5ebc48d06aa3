/** Names in addresses: percent-encoded UTF-8, and bytes that are not UTF-8 as `%xx`. */
import { decodeText, encodeText } from 'isptar'

/**
 * Encodes a name, or a value of RFC 8187: all but letters, digits and `-._~`, `/` too.
 *
 * @param text - bytes that are not UTF-8 as lone surrogates
 */
export function percentEncode(text: string): string {
  return Array.from(encodeText(text), (byte) => {
    const char = String.fromCharCode(byte)
    return /[\w.~-]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }).join('')
}

/**
 * Decodes what stands in an address. `%2F` and `/` are the same.
 *
 * @param text - as it came, ASCII
 * @returns bytes that are not UTF-8 as lone surrogates; undefined for a `%` without two digits, or what is not ASCII
 */
export function percentDecode(text: string): string | undefined {
  if (!/^(?:[!-$&-~]|%[\da-f]{2})*$/i.test(text)) return undefined
  const chars = text.match(/%..|./g) ?? []
  return decodeText(
    Uint8Array.from(chars, (char) => (char.length === 3 ? Number.parseInt(char.slice(1), 16) : char.charCodeAt(0))),
  )
}
