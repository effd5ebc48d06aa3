/** Decodes a window of text that may begin and end inside a character. */

/** No encoding has longer characters. */
const MAX_CUT_BYTES = 3

/** A window, decoded. */
export interface DecodedWindow {
  readonly text: string
  /** Bytes at the end that begin a character; none at the end of the file. */
  readonly carry: Uint8Array
}

/**
 * Decodes bytes; what the encoding does not have becomes U+FFFD.
 *
 * @param encoding - a label of the encoding standard
 * @param before - what was carried over from the window before
 * @param isEnd - whether the file ends here
 * @throws RangeError for an unknown label
 */
export function decodeWindow(bytes: Uint8Array, encoding: string, before: Uint8Array, isEnd: boolean): DecodedWindow {
  const all = new Uint8Array(before.length + bytes.length)
  all.set(before)
  all.set(bytes, before.length)
  if (isEnd) return { text: new TextDecoder(encoding).decode(all), carry: new Uint8Array(0) }
  for (let cutBytes = 0; cutBytes <= Math.min(MAX_CUT_BYTES, all.length); cutBytes += 1) {
    const end = all.length - cutBytes
    const decoder = new TextDecoder(encoding)
    const text = decoder.decode(all.subarray(0, end), { stream: true })
    // Nothing was held back: the window ends between two characters here.
    if (decoder.decode() === '') return { text, carry: all.slice(end) }
  }
  return { text: new TextDecoder(encoding).decode(all), carry: new Uint8Array(0) }
}
