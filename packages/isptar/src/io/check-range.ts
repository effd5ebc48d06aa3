/**
 * The checks every source makes of a range before it does any I/O: misuse is a `RangeError`, a range that ends behind
 * the source is a `StorageError` of kind `out-of-range`.
 */
import { StorageError } from '../errors.ts'

/**
 * Checks that a number counts bytes: a safe integer, not negative.
 *
 * @param what - the parameter's name, for the message
 * @throws RangeError when it is not
 */
export function checkCount(what: string, value: number): void {
  if (Number.isSafeInteger(value) && value >= 0) return
  throw new RangeError(`${what} must be a whole number of bytes from 0 to 2^53 - 1, got ${String(value)}`)
}

/**
 * Checks a range.
 *
 * @param offset - first byte
 * @param lengthBytes - how many
 * @throws RangeError when one is no count of bytes, or their sum is none
 */
export function checkRange(offset: number, lengthBytes: number): void {
  checkCount('offset', offset)
  checkCount('lengthBytes', lengthBytes)
  checkCount('offset + lengthBytes', offset + lengthBytes)
}

/**
 * Checks a range against the size of a source.
 *
 * @param name - the source, for the message
 * @throws RangeError as {@link checkRange}
 * @throws StorageError of kind `out-of-range` when the source ends before the range does
 */
export function checkRangeInside(name: string, offset: number, lengthBytes: number, sizeBytes: number): void {
  checkRange(offset, lengthBytes)
  if (offset + lengthBytes > sizeBytes) throw outOfRange(name, offset, lengthBytes, sizeBytes)
}

/** Makes the error for a range that ends behind the source; `sizeBytes` is left out where it is not known. */
export function outOfRange(name: string, offset: number, lengthBytes: number, sizeBytes?: number): StorageError {
  const size = sizeBytes === undefined ? 'it ends before' : `it has ${sizeBytes} bytes`
  return new StorageError(`cannot read ${lengthBytes} bytes at ${offset} of ${name}: ${size}; it may be cut short`, {
    operation: 'read',
    location: name,
    kind: 'out-of-range',
  })
}
