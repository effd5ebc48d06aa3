/** What a tar stream tells, one header at a time. */
import type { TarHeader } from './tar-header.ts'

/** The header of an entry. */
export interface EntryRecord {
  readonly kind: 'entry'
  readonly header: TarHeader
  /** Length of the data between this header and the next, before padding; `header.sizeBytes` unless GNU tar's dumpdir. */
  readonly dataBytes: number
}

/**
 * A header that is sound but describes no entry of ours: a sparse file, a volume label, a part of a multi-volume file, a
 * vendor's type. Skip `dataBytes`; whoever must restore it throws `UnsupportedError`.
 */
export interface OtherRecord {
  readonly kind: 'other'
  /** The type letter; `S` also for a sparse file of GNU tar's pax kind. */
  readonly typeFlag: string
  /** The name given, as stored. */
  readonly pathBytes: Uint8Array
  /** Length of the data between this header and the next, before padding. */
  readonly dataBytes: number
}

/** A block of zeros; two of them end a tar stream. */
export interface EndRecord {
  readonly kind: 'end'
}

/** What {@link TarHeaderDecoder} gives. */
export type TarRecord = EntryRecord | OtherRecord | EndRecord
