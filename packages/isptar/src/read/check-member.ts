/** Holds a member that unfolded without error against what the listing says of it. */
import { IntegrityError } from '../errors.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import { type MemberPlace, paddedSize, parseCrc32 } from './locate-data.ts'

/** What came out of a member. */
export interface UnfoldedMember {
  readonly plainBytes: number
  readonly packedBytes: number
  readonly crc32: number
}

/**
 * Checks a file's own member.
 *
 * @throws IntegrityError when it is another than listed; FormatError when the column `crc` is none
 */
export function checkMember(member: UnfoldedMember, record: ListingRecord, place: MemberPlace): void {
  const { plainBytes, packedBytes, crc32 } = member
  if (plainBytes < record.sizeBytes) throw wrongSize(String(plainBytes), plainBytes, record)
  if (place.packedBytes === undefined) return
  if (plainBytes !== record.sizeBytes && plainBytes !== paddedSize(record))
    throw wrongSize(String(plainBytes), plainBytes, record)
  if (packedBytes !== place.packedBytes)
    throw new IntegrityError(`its member is ${packedBytes} bytes long, the listing says ${place.packedBytes}`, {
      expected: place.packedBytes,
      actual: packedBytes,
    })
  const expected = parseCrc32(record)
  if (expected !== undefined) checkCrc32('its member', expected, crc32)
}

/**
 * Compares a CRC-32 with that of the listing.
 *
 * @param what - whose it is
 * @throws IntegrityError when they differ
 */
export function checkCrc32(what: string, expected: number, actual: number): void {
  if (expected === actual) return
  throw new IntegrityError(`the CRC-32 of ${what} is ${hex(actual)}, the listing says ${hex(expected)}`, {
    expected: hex(expected),
    actual: hex(actual),
  })
}

/** Makes the error for a member of another length. */
export function wrongSize(found: string, actual: number, { sizeBytes }: ListingRecord): IntegrityError {
  return new IntegrityError(`its member holds ${found} bytes, the listing says ${sizeBytes}`, {
    expected: sizeBytes,
    actual,
  })
}

function hex(crc32: number): string {
  return crc32.toString(16).padStart(8, '0')
}
