/**
 * Values of pax records: times, numbers, and the names of extended attributes inside keys.
 */
import { decodeLatin1, encodeAscii } from '../bytes/text.ts'
import { FormatError } from '../errors.ts'
import type { Time } from './entry-type.ts'

/** What stands before the name of an extended attribute in a pax key. */
export const XATTR_PREFIX = 'SCHILY.xattr.'

const TIME = /^(-?)(\d{1,16})(?:\.(\d*))?$/
const COUNT = /^\d{1,16}$/

/**
 * Encodes a time as a pax decimal: −1.5 is the second −2 and 500,000,000 nanoseconds.
 *
 * @param time - a valid time
 */
export function encodePaxTime(time: Time): Uint8Array {
  const behind = time.seconds < 0 && time.nanoseconds > 0
  const whole = behind ? -(time.seconds + 1) : Math.abs(time.seconds)
  const nanoseconds = behind ? 1_000_000_000 - time.nanoseconds : time.nanoseconds
  const fraction = String(nanoseconds).padStart(9, '0').replace(/0+$/, '')
  return encodeAscii(`${time.seconds < 0 ? '-' : ''}${whole}${fraction === '' ? '' : '.'}${fraction}`)
}

/**
 * Decodes a pax decimal time, rounded down to nanoseconds.
 *
 * @param value - the record's value
 * @param key - its key, for the message
 * @throws FormatError when it is no decimal or its seconds are beyond 2^53 − 1
 */
export function decodePaxTime(value: Uint8Array, key: string): Time {
  const [, sign, whole, fraction = ''] = TIME.exec(decodeLatin1(value.subarray(0, 64))) ?? []
  const seconds = Number(whole)
  if (value.length > 64 || !Number.isSafeInteger(seconds)) throw notA('time', key, value)
  const nanoseconds = Number(fraction.slice(0, 9).padEnd(9, '0'))
  if (sign === '') return { seconds, nanoseconds }
  const behind = nanoseconds + (/[1-9]/.test(fraction.slice(9)) ? 1 : 0)
  const down = behind === 0 ? 0 - seconds : -seconds - 1
  if (!Number.isSafeInteger(down)) throw notA('time', key, value)
  return { seconds: down, nanoseconds: (1_000_000_000 - behind) % 1_000_000_000 }
}

/**
 * Decodes a pax decimal that cannot be negative: a size or an id.
 *
 * @param value - the record's value
 * @param key - its key, for the message
 * @throws FormatError when it is no decimal or beyond 2^53 − 1
 */
export function decodePaxCount(value: Uint8Array, key: string): number {
  const text = decodeLatin1(value.subarray(0, 17))
  const count = Number(text)
  if (!COUNT.test(text) || !Number.isSafeInteger(count)) throw notA('number', key, value)
  return count
}

/**
 * Encodes an attribute's name as a pax key, `=` and `%` written as GNU tar writes them.
 *
 * @param name - full name, such as `user.note`
 */
export function encodeXattrKey(name: string): string {
  return XATTR_PREFIX + name.replaceAll('%', '%25').replaceAll('=', '%3D')
}

/**
 * Decodes the name of an attribute from a pax key.
 *
 * @param key - begins with {@link XATTR_PREFIX}
 * @throws FormatError when there is no name
 */
export function decodeXattrKey(key: string): string {
  const name = key.slice(XATTR_PREFIX.length).replaceAll('%3D', '=').replaceAll('%25', '%')
  if (name === '') throw new FormatError(`the pax key ${JSON.stringify(key)} names no attribute`)
  return name
}

function notA(kind: string, key: string, value: Uint8Array): FormatError {
  const shown = JSON.stringify(decodeLatin1(value.subarray(0, 40)))
  return new FormatError(`the pax record ${JSON.stringify(key)} holds no ${kind} this reader can hold: ${shown}`)
}
