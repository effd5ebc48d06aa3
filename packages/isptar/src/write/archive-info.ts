/** What the service info says of an archive that is written here (SPEC 5). */
import type { ServiceInfo } from '../tail/service-info.ts'
import type { Time } from '../tar/entry-type.ts'
import { VERSION } from '../version.ts'

/** 0000-01-01 and 9999-12-31 in seconds: what RFC 3339 can write. */
const MIN_SECONDS = -62_167_219_200
const MAX_SECONDS = 253_402_300_799

/** What is known of an archive once its last entry is written. */
export interface ArchiveTotals {
  /** SHA-256 of the listing, hex. */
  readonly identity: string
  readonly entryCount: number
  /** Whether the entries came in the archive's order. */
  readonly ordered: boolean
  /** Sum of the files' sizes in bytes. */
  readonly dataBytes: number
}

/**
 * Makes the service info, but for what the tail adds of the listing.
 *
 * @param createdAt - a moment that {@link checkCreatedAt} let pass
 */
export function describeArchive(totals: ArchiveTotals, createdAt: Time): ServiceInfo {
  return new Map([
    ['format', '2'],
    ['writer', `isptar/${VERSION}`],
    ['created', toRfc3339(createdAt)],
    ...(totals.ordered ? ([['order', 'path']] as const) : []),
    ['listing_sha256', totals.identity],
    ['entries', String(totals.entryCount)],
    ['data_size', String(totals.dataBytes)],
  ])
}

/**
 * Gives the moment back when it can be written.
 *
 * @throws RangeError outside the years 0 to 9999
 */
export function checkCreatedAt(time: Time): Time {
  if (time.seconds >= MIN_SECONDS && time.seconds <= MAX_SECONDS) return time
  throw new RangeError(`createdAt is ${time.seconds} s after 1970, expected a moment of the years 0 to 9999`)
}

function toRfc3339(time: Time): string {
  return `${new Date(time.seconds * 1000).toISOString().slice(0, 19)}Z`
}
