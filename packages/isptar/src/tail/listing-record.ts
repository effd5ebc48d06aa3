/** What one line of the listing says of one entry (SPEC 3). */
import type { Device, EntryType, Time } from '../tar/entry-type.ts'

/** Where a file's data lies. */
export interface Location {
  /** 0 for this archive, n for its nth base. */
  readonly depth: number
  /** Slice of that archive, from 1. */
  readonly slice: number
  /** Where in that slice the data member begins, in bytes. */
  readonly offset: number
  /** Where in the member's plaintext the data begins; means something in groups only. */
  readonly plainOffset: number
}

/** One line of the listing, decoded. */
export interface ListingRecord {
  readonly pathBytes: Uint8Array
  readonly type: EntryType
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly userName: string
  readonly groupName: string
  /** Absent where the listing has none: the base format gives it to files only. */
  readonly mtime?: Time | undefined
  /** Length of the data in bytes; 0 for all but files. */
  readonly sizeBytes: number
  /** Target of a symlink or hardlink. */
  readonly linkBytes?: Uint8Array | undefined
  readonly device?: Device | undefined
  /** Only files with data have one. */
  readonly location?: Location | undefined
  /** The columns after the base fields that have no field above, by key, known and unknown. */
  readonly columns: ReadonlyMap<string, string>
}
