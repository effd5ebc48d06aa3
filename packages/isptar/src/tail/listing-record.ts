/** What one line of the listing says of one entry (SPEC 3). */
import type { EntryMetadata, Time } from '../tar/entry-type.ts'

/** Where a file's data lies. */
export interface Location {
  /** 0 for this archive, n for its nth base. */
  readonly depth: number
  /** Slice of that archive, from 1. */
  readonly slice: number
  /** Where in that slice the data member begins, in bytes; in a group, where its raw deflate does. */
  readonly offset: number
  /** Where in the member's plaintext the data begins; means something in groups only. */
  readonly plainOffset: number
}

/** One line of the listing, decoded. */
export interface ListingRecord extends EntryMetadata {
  /** Absent where the listing has none: the base format gives it to files only. */
  readonly mtime?: Time | undefined
  /** Target of a symlink or hardlink. */
  readonly linkBytes?: Uint8Array | undefined
  /** Only files with data have one. */
  readonly location?: Location | undefined
  /** The columns after the base fields that have no field above, by key, known and unknown. */
  readonly columns: ReadonlyMap<string, string>
}
