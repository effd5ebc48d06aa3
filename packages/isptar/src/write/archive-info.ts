/** What the service info says of an archive that is written here (SPEC 5). */
import { encodeText } from '../bytes/text.ts'
import { formatCreated } from '../tail/created-text.ts'
import type { ServiceInfo } from '../tail/service-info.ts'
import type { Time } from '../tar/entry-type.ts'
import { VERSION } from '../version.ts'

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

/** A base of a differential archive, as the archive remembers it. */
export interface BaseIdentity {
  /** SHA-256 of its listing, 64 hex digits. */
  readonly identity: string
  /** Where it may be found: the name of its file. */
  readonly name?: string | undefined
}

/** What else the service info says. */
export interface ArchiveDescription {
  /** A moment that {@link checkCreatedAt} let pass. */
  readonly createdAt: Time
  /** Nearest first. */
  readonly bases: readonly BaseIdentity[]
  /** Length of a slice, where it is cut. */
  readonly sliceBytes: number | undefined
  /** Lines that the caller adds. */
  readonly serviceInfo: ServiceInfo
}

/** Each base remembers its own: these are enough to check a chain of any length, and leave room (SPEC 5). */
export const MAX_BASES = 8
/** Longest names of bases together. */
const MAX_NAME_BYTES = 256

/** Says that a folder's own content stands in the archive's root, so that restoring may remove what is not in it. */
export const TOP_FOLDER: ServiceInfo = new Map([['top', 'folder']])

/** Makes the service info, but for what the tail adds of the listing. */
export function describeArchive(totals: ArchiveTotals, description: ArchiveDescription): ServiceInfo {
  const { createdAt, bases, sliceBytes, serviceInfo } = description
  const known = bases.slice(0, MAX_BASES)
  return new Map([
    ['format', '2'],
    ['writer', `isptar/${VERSION}`],
    ['created', formatCreated(createdAt) ?? ''],
    ...(totals.ordered ? ([['order', 'path']] as const) : []),
    ['listing_sha256', totals.identity],
    ['entries', String(totals.entryCount)],
    ['data_size', String(totals.dataBytes)],
    ...(sliceBytes === undefined ? [] : ([['slice_size', String(sliceBytes)]] as const)),
    ...(known.length === 0
      ? []
      : ([
          ['base', known.map(({ identity }) => identity).join(',')],
          ['base_name', baseNames(known)],
        ] as const)),
    ...serviceInfo,
  ])
}

/** Names of files, so `/` parts them; one that does not fit, or cannot stand in a line, is left empty. */
function baseNames(bases: readonly BaseIdentity[]): string {
  let room = MAX_NAME_BYTES
  const names = bases.map(({ name = '' }) => {
    const bytes = encodeText(name).length
    if (/[\n/]/.test(name) || bytes > room) return ''
    room -= bytes
    return name
  })
  return names.join('/').replace(/\/+$/, '')
}

/**
 * Gives the moment back when it can be written.
 *
 * @throws RangeError outside the years 0 to 9999
 */
export function checkCreatedAt(time: Time): Time {
  if (formatCreated(time) !== undefined) return time
  throw new RangeError(`createdAt is ${time.seconds} s after 1970, expected a moment of the years 0 to 9999`)
}
