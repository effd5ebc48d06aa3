/** Why an entry cannot be added. */
import { decodeText } from '../bytes/text.ts'
import { IntegrityError, LimitError } from '../errors.ts'
import { SPOOL_BYTES } from '../limits.ts'
import type { Location } from '../tail/listing-record.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import type { PlacedData } from './placed-data.ts'

export function nameOf(header: TarHeader): string {
  return JSON.stringify(decodeText(header.pathBytes))
}

export function notYet(header: TarHeader, open: TarHeader): TypeError {
  return new TypeError(`${nameOf(header)} comes too early: first the rest of ${nameOf(open)} is to be added`)
}

export function checkPlaced(header: TarHeader, { record }: PlacedData): { location: Location } {
  if (header.type === 'file' && record.type === 'file' && record.location) return { location: record.location }
  throw new TypeError(`${nameOf(header)}: only a file takes data, and only of a file that has some`)
}

export function wrongLength(header: TarHeader, expected: number, actual: number): IntegrityError {
  const entry = decodeText(header.pathBytes)
  return new IntegrityError(
    `${JSON.stringify(entry)}: its packed data has ${actual} bytes, expected ${expected}; its archive changed, or lies`,
    { expected, actual, entry },
  )
}

export function unknownSize(header: TarHeader, target: string): LimitError {
  return new LimitError(
    `${nameOf(header)}: data of unknown size is longer than ${SPOOL_BYTES} bytes and ${target} ` +
      'cannot be patched: give sizeBytes, or write to a file or to memory',
    { limit: 'SPOOL_BYTES', max: SPOOL_BYTES, actual: SPOOL_BYTES + 1 },
  )
}
