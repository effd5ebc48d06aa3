/** The words for what an entry is and when it was changed, shared by tar headers and the listing. */

/** What an entry is. */
export type EntryType = 'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo' | 'char' | 'block'

/** A moment: whole seconds since 1970-01-01 UTC, which may be negative, and nanoseconds 0–999,999,999 after it. */
export interface Time {
  /** Whole seconds, rounded down. */
  readonly seconds: number
  /** Nanoseconds after `seconds`. */
  readonly nanoseconds: number
}

/** The number of a character or block device. */
export interface Device {
  readonly major: number
  readonly minor: number
}

/** What every description of an entry says, in a tar header and in the listing. Names are bytes: no encoding is implied. */
export interface EntryMetadata {
  /** Path without a leading or trailing `/`. */
  readonly pathBytes: Uint8Array
  readonly type: EntryType
  /** Permission bits and setuid, setgid, sticky: `& 0o7777`. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Empty when it is not known. */
  readonly userName: string
  /** Empty when it is not known. */
  readonly groupName: string
  /** Length of the data in bytes; 0 for all but files. */
  readonly sizeBytes: number
  /** Only for `char` and `block`. */
  readonly device?: Device | undefined
}
