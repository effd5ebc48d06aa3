/** Reads what an HTTP answer says about ranges (RFC 9110, 14) and failures; pure. */
import type { StorageFailure } from '../errors.ts'

/** A Content-Range: the part that follows, or none in an answer 416, and the size of the whole where it is told. */
export interface ContentRange {
  /** First byte of the part. */
  readonly first: number | undefined
  /** Last byte of the part. */
  readonly last: number | undefined
  /** Size of the whole, in bytes. */
  readonly sizeBytes: number | undefined
}

const CONTENT_RANGE = /^\s*bytes\s+(?:(\d{1,16})-(\d{1,16})|\*)\/(?:(\d{1,16})|\*)\s*$/i

/**
 * Reads a Content-Range.
 *
 * @param headers - of the answer
 * @returns undefined when there is none to be seen, `malformed` when it makes no sense
 */
export function parseContentRange(headers: Headers): ContentRange | 'malformed' | undefined {
  const text = headers.get('content-range')
  if (text === null) return undefined
  const match = CONTENT_RANGE.exec(text)
  if (match === null) return 'malformed'
  const [first, last, sizeBytes] = match.slice(1).map((digits?: string) => (digits ? Number(digits) : undefined))
  const sane =
    [first, last, sizeBytes].every((n) => n === undefined || Number.isSafeInteger(n)) &&
    (first ?? 0) <= (last ?? 0) &&
    (sizeBytes === undefined || last === undefined || last < sizeBytes)
  return sane ? { first, last, sizeBytes } : 'malformed'
}

/**
 * Reads a Content-Length.
 *
 * @returns undefined when there is none, or it is none of the bytes that are stored
 */
export function parseContentLength(headers: Headers): number | undefined {
  const text = headers.get('content-length')
  if (text === null || !/^\d{1,16}$/.test(text) || isEncoded(headers)) return undefined
  const length = Number(text)
  return Number.isSafeInteger(length) ? length : undefined
}

/** Tells whether the body is encoded on its way, so that its bytes are not those that are stored. */
export function isEncoded(headers: Headers): boolean {
  const encoding = headers.get('content-encoding')
  return encoding !== null && encoding.toLowerCase() !== 'identity'
}

/** What a status means. */
export interface StatusMeaning {
  readonly kind: StorageFailure
  readonly retryable: boolean
  /** What happened and what to do, in a few words. */
  readonly words: string
}

/**
 * Gives the meaning of a status that is no success.
 *
 * @param status - the HTTP status
 */
export function explainStatus(status: number): StatusMeaning {
  if (status === 404 || status === 410) return { kind: 'not-found', retryable: false, words: 'it does not exist' }
  if (status === 401 || status === 403 || status === 407) {
    return { kind: 'denied', retryable: false, words: 'access refused; give credentials, or a fresh link' }
  }
  if (status === 408) return { kind: 'timeout', retryable: true, words: 'the server timed out' }
  if (status === 429) return { kind: 'other', retryable: true, words: 'too many requests' }
  if (status >= 500) return { kind: 'other', retryable: status !== 501, words: 'the server failed' }
  return { kind: 'protocol', retryable: false, words: 'unexpected answer' }
}
