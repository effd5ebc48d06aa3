/** The errors both codecs share, so that a broken stream reads the same whichever of them met it. */
import { IntegrityError, LimitError } from '../errors.ts'

/** Makes the error for bytes that are no deflate stream. */
export function brokenDeflateError(detail: string, cause?: unknown): IntegrityError {
  return new IntegrityError(`the deflate stream is broken: ${detail}; the data is damaged`, { cause })
}

/** Makes the error for a deflate stream that ends before its final block does. */
export function cutDeflateError(): IntegrityError {
  return new IntegrityError('the deflate stream ends before its final block; the data is cut short')
}

/** Makes the error for a stream that unfolds past what the caller allows. */
export function plainLimitError(maxBytes: number): LimitError {
  return new LimitError(`the deflate stream unfolds to more than ${maxBytes} bytes; raise maxBytes to allow it`, {
    limit: 'maxBytes',
    max: maxBytes,
    actual: maxBytes + 1,
  })
}
