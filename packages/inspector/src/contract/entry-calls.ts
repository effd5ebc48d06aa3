/** One entry: what is known of it, and a look at its data. */
import type { Row } from './browse-calls.ts'
import type { Trouble } from './trouble.ts'

/** Length of a window of data, in bytes. The last one may be shorter. */
export const PREVIEW_BYTES: number = 256 * 1024

/** Everything that the archive says of an entry. */
export interface EntryDetails extends Row {
  /** Permission bits. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly userName: string
  readonly groupName: string
  readonly mtimeNanoseconds: number | undefined
  readonly device: { readonly major: number; readonly minor: number } | undefined
  /** SHA-256, lower-case hex. */
  readonly digest: string | undefined
  /** Where its member begins: slice from 1, bytes in that slice; its name, where there are slices. */
  readonly location: EntryLocation | undefined
  readonly xattrs: readonly { readonly name: string; readonly value: Uint8Array }[]
  /** Why its path must not be trusted; undefined where it may be. */
  readonly unsafeReason: string | undefined
  /** Whether parts of it can be read without the rest. */
  readonly isSeekable: boolean
  /** The entry that a link leads to; undefined where it leads to none of this archive. Links in its folders are not followed. */
  readonly target: EntryPlace | undefined
  /** What could not be read of all this, and why. */
  readonly problems: readonly string[]
  /** Why some of it is not known yet: what reading it failed of, which may work another time. */
  readonly trouble: Trouble | undefined
}

/** A path and the number of its line in the listing; -1 for a folder without one. */
export interface EntryPlace {
  readonly path: string
  readonly line: number
}

/** Where the data of an entry lies. */
export interface EntryLocation {
  /** 0 for this archive, n for its nth base. */
  readonly depth: number
  /** From 1. */
  readonly slice: number
  readonly sliceName: string | undefined
  /** Of its member, in bytes of that slice. */
  readonly offset: number
  /** In the whole archive; undefined for data of a base. */
  readonly archiveOffset: number | undefined
  /** Whether its member holds other files as well. */
  readonly isInGroup: boolean
  readonly baseName: string | undefined
}

/** How the data of a file is shown. */
export type PreviewKind = 'text' | 'json' | 'image' | 'archive' | 'hex' | 'nothing'

/** A look at the data of a file. */
export interface Preview {
  readonly kind: PreviewKind
  /** Ways to show it, this one among them. */
  readonly choices: readonly PreviewKind[]
  /** The window of data, in bytes of the file; the whole file where it is an image. */
  readonly start: number
  readonly end: number
  readonly sizeBytes: number
  /** Whether what is shown was checked against the archive's CRC-32; a part of a file without chunks is not. */
  readonly isChecked: boolean
  /** The data of the window. */
  readonly bytes: Uint8Array
  /** Decoded, for `text` and `json`. */
  readonly text: string | undefined
  /** How it was decoded, as the encoding standard calls it. */
  readonly encoding: string | undefined
  /** Bytes at the window's end that are a part of a character: to be passed along with the window that follows. */
  readonly carry: Uint8Array
  /** Content type of an image. */
  readonly imageType: string | undefined
  /** Why there is nothing to see, or not what was asked for. */
  readonly note: string | undefined
  /** What showing it reads, in bytes of the archive, where that is so much that it was not done unasked. */
  readonly unreadBytes: number | undefined
  /** What the windows beside this one would read, in bytes of the archive; undefined where there is none. */
  readonly previousCostBytes: number | undefined
  readonly nextCostBytes: number | undefined
  /** What the last window would read, in the same way. */
  readonly lastCostBytes?: number | undefined
  /** Whether a window costs the same wherever it lies; else all that is before it is read as well. */
  readonly isSeekable: boolean
}

/** Which window to give, and how. */
export interface PreviewOptions {
  readonly line: number
  /** In bytes of the file, inside it. */
  readonly start: number
  /** How to show it. `auto` guesses; what costs much to show is then not read. */
  readonly as: PreviewKind | 'auto'
  /** How to decode it. @defaultValue a guess */
  readonly encoding?: string | undefined
  /** {@link Preview.carry} of the window before. */
  readonly carry?: Uint8Array | undefined
  /** Whether to give data whose CRC is wrong. @defaultValue false */
  readonly isUnchecked?: boolean | undefined
}

/** What lies in an archive that is itself an entry. */
export interface NestedListing {
  /** Undefined where it is no archive that can be listed without reading all of it. */
  readonly summary: NestedSummary | undefined
  /** The first entries, 1,000 at most. */
  readonly rows: readonly NestedRow[]
  /** Whether those are all. */
  readonly isComplete: boolean
  /** Why it is not listed. */
  readonly note: string | undefined
}

/** What a nested archive says of itself. */
export interface NestedSummary {
  readonly formatVersion: 1 | 2
  readonly entryCount: number | undefined
  /** RFC 3339. */
  readonly createdAt: string | undefined
  readonly isDifferential: boolean
}

/** An entry of a nested archive. */
export interface NestedRow {
  readonly path: string
  readonly type: Row['type']
  readonly sizeBytes: number
}

/** Looking at one entry. */
export interface EntryCalls {
  /**
   * Gives what is known of an entry; undefined for a folder without a line.
   *
   * @param line - which of several of that path; below 0 the last of them, if there is one
   * @throws TroubleError, where no entry has that path, or the listing cannot be read
   */
  details(path: string, line: number, signal: AbortSignal): Promise<EntryDetails | undefined>
  /**
   * Gives a window of a file's data, {@link PREVIEW_BYTES} at most, and what it seems to be; of an image, all of it. A
   * hardlink has the data of the file that it names. Files with chunks cost the chunks touched; of others that are not
   * small everything before the window is read, and nothing behind it.
   *
   * @throws TroubleError, for data that is damaged or cannot be read
   */
  preview(path: string, options: PreviewOptions, signal: AbortSignal): Promise<Preview>
  /**
   * Lists an archive that is an entry. One that has no listing is not read through: a note says so.
   *
   * @throws TroubleError, where its own data is damaged or cannot be read
   */
  nested(path: string, line: number, signal: AbortSignal): Promise<NestedListing>
}
