/** The service info: `key=value` lines that say where the listing lies and what the archive is (SPEC 5). */
import { decodeText, encodeText } from '../bytes/text.ts'
import { FormatError, LimitError } from '../errors.ts'
import { parseNumber } from './number-text.ts'

/** The original reads at most this much plain service info, and loops for ever on 2,061 bytes and more. */
export const ORIGINAL_SERVICE_INFO_BYTES = 2048

/** The service info's keys and values, in the order they stand. */
export type ServiceInfo = ReadonlyMap<string, string>

/**
 * Decodes service info. Unknown keys are kept; of a repeated key the last counts.
 *
 * @param plain - the inflated member
 */
export function decodeServiceInfo(plain: Uint8Array): ServiceInfo {
  const info = new Map<string, string>()
  for (const line of decodeText(plain).split('\n')) {
    const equals = line.indexOf('=')
    if (equals > 0) info.set(line.slice(0, equals), line.slice(equals + 1))
  }
  return info
}

/**
 * Encodes service info; `header_size=`, with neither value nor LF, goes last as the original has it.
 *
 * @throws LimitError past the 2,048 bytes that the original can read
 */
export function encodeServiceInfo(info: ServiceInfo): Uint8Array {
  const lines = [...info].map(([key, value]) => {
    if (/[=\n]/.test(key) || value.includes('\n')) throw new RangeError(`service info cannot hold ${key}=${value}`)
    return `${key}=${value}\n`
  })
  const plain = encodeText(`${lines.join('')}header_size=`)
  const max = ORIGINAL_SERVICE_INFO_BYTES
  if (plain.length <= max) return plain
  throw new LimitError(`service info of ${plain.length} bytes; the original program reads ${max} at most`, {
    limit: 'ORIGINAL_SERVICE_INFO_BYTES',
    max,
    actual: plain.length,
  })
}

/** Reads a list of the service info; none where the key is absent or empty. */
export function serviceList(info: ServiceInfo, key: string, separator: string): readonly string[] {
  const text = info.get(key) ?? ''
  return text === '' ? [] : text.split(separator)
}

/**
 * Reads a number of the service info.
 *
 * @throws FormatError when it is absent or malformed
 */
export function serviceNumber(info: ServiceInfo, key: string): number {
  const text = info.get(key)
  if (text === undefined) throw new FormatError(`the service info has no ${key}`)
  return parseNumber(text, `${key} of the service info`)
}
