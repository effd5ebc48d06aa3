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
