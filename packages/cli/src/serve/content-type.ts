/** What a file is, by its name, and whether a browser may show it. */
import { Mime } from 'mime'
import otherTypes from 'mime/types/other.js'
import standardTypes from 'mime/types/standard.js'

const UNKNOWN = 'application/octet-stream'

/** TypeScript lies in archives more often than MPEG transport streams do. */
const TYPES = new Mime(standardTypes, otherTypes).define({ 'text/plain': ['ts', 'mts', 'cts'] }, true)

/** What holds no programs that a browser would run. */
const SHOWN = /^(?:image\/(?!.*xml)|audio\/|video\/|text\/plain$|application\/pdf$)/

/**
 * Gives the type of a file.
 *
 * @param name - without folders
 */
export function typeOf(name: string): string {
  return TYPES.getType(`/${name}`) ?? UNKNOWN
}

/** Tells whether a browser may show it: images but SVG, plain text, PDF, sound and films. */
export function isShown(type: string): boolean {
  return SHOWN.test(type)
}

/**
 * Adds the charset to the type of a text that begins as UTF-8; of others a browser has to guess it.
 *
 * @param beginning - the first bytes of the file; undefined where they are not at hand
 */
export function withCharset(type: string, beginning: Uint8Array | undefined): string {
  return type.startsWith('text/') && beginning !== undefined && isUtf8(beginning) ? `${type}; charset=utf-8` : type
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    // A character that is cut at the end is no error.
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
