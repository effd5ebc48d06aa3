/** Moments as decimal seconds with up to nine decimals (column `mtime`, SPEC 4): `1600000000.5`, `-0.25`. */
import { FormatError } from '../errors.ts'
import type { Time } from '../tar/entry-type.ts'
import { parseNumber } from './number-text.ts'

const NANOS = 1_000_000_000
const DECIMAL_SECONDS = /^(-?)([0-9]+)(?:\.([0-9]{1,9}))?$/

/**
 * Writes a moment as decimal seconds.
 *
 * @param time - seconds rounded down and the nanoseconds after them
 */
export function formatTime(time: Time): string {
  const negative = time.seconds < 0 && time.nanoseconds > 0
  const seconds = negative ? -(time.seconds + 1) : time.seconds
  const nanoseconds = negative ? NANOS - time.nanoseconds : time.nanoseconds
  const fraction = nanoseconds === 0 ? '' : `.${String(nanoseconds).padStart(9, '0').replace(/0+$/, '')}`
  return `${negative ? '-' : ''}${seconds}${fraction}`
}

/**
 * Parses decimal seconds.
 *
 * @param text - `-?digits[.digits]`
 * @param what - what the moment is, for the message
 * @throws FormatError for anything else
 */
export function parseTime(text: string, what: string): Time {
  const match = DECIMAL_SECONDS.exec(text)
  if (!match) throw new FormatError(`${what} is ${JSON.stringify(text.slice(0, 40))}, expected decimal seconds`)
  const seconds = parseNumber(match[2] as string, what)
  const nanoseconds = Number((match[3] ?? '').padEnd(9, '0'))
  if (match[1] === '') return { seconds, nanoseconds }
  if (nanoseconds === 0) return { seconds: 0 - seconds, nanoseconds }
  // Rounded down it is one more, which may be one too many.
  return { seconds: -parseNumber(String(seconds + 1), what), nanoseconds: NANOS - nanoseconds }
}
