/**
 * Numbers as the listing and the service info write them: plain decimal, no sign, no leading zero, no blanks, at most
 * 2^53 − 1. Strict, because the original reads a leading zero as octal (SPEC 3.1): guessing would give wrong bytes.
 */
import { FormatError } from '../errors.ts'

const DECIMAL = /^(?:0|[1-9][0-9]{0,15})$/
const HEX = /^0[xX][0-9a-fA-F]{1,14}$/

/**
 * Parses a whole number that is not negative.
 *
 * @param text - the field
 * @param what - what the number is, for the message
 * @throws FormatError unless it is plain decimal and a safe integer
 */
export function parseNumber(text: string, what: string): number {
  const value = DECIMAL.test(text) ? Number(text) : Number.NaN
  if (!Number.isSafeInteger(value)) throw notANumber(text, what)
  return value
}

/** Like {@link parseNumber}, for places: there the original also takes hexadecimal (`0x4f`), so we do. */
export function parsePlace(text: string, what: string): number {
  return HEX.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : parseNumber(text, what)
}

/** Like {@link parseNumber}, but a `-` may lead. */
export function parseSigned(text: string, what: string): number {
  return text.startsWith('-') && text !== '-0' ? -parseNumber(text.slice(1), what) : parseNumber(text, what)
}

function notANumber(text: string, what: string): FormatError {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text
  return new FormatError(`${what} is ${JSON.stringify(shown)}, expected a decimal number up to 2^53 − 1`)
}
