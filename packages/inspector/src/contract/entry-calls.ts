/** One entry: what is known of it, and a look at its data. */
import type { Row } from './browse-calls.ts'

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
  readonly location:
    | {
        readonly depth: number
        readonly slice: number
        readonly sliceName: string | undefined
        readonly offset: number
        /** In the whole archive; undefined for data of a base. */
        readonly archiveOffset: number | undefined
        readonly isInGroup: boolean
        readonly baseName: string | undefined
      }
    | undefined
  readonly xattrs: readonly { readonly name: string; readonly value: Uint8Array }[]
  /** Why its path must not be trusted; undefined where it may be. */
  readonly unsafeReason: string | undefined
  /** Whether parts of it can be read without the rest. */
  readonly isSeekable: boolean
}

/** How the data of a file is shown. */
export type PreviewKind = 'text' | 'json' | 'image' | 'archive' | 'hex' | 'nothing'

/** A look at the data of a file. */
export interface Preview {
  readonly kind: PreviewKind
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
  /** Content type of an image. */
  readonly imageType: string | undefined
  /** Why a nested archive is not listed; undefined where it can be opened. */
  readonly note: string | undefined
}

/** Looking at one entry. */
export interface EntryCalls {
  /** Gives what is known of an entry; undefined for a folder without a line. */
  details(path: string, line: number, signal: AbortSignal): Promise<EntryDetails | undefined>
  /**
   * Gives a window of a file's data, 256 KiB at most, and what it seems to be.
   *
   * @param as - how to show it. `auto` guesses
   */
  preview(
    path: string,
    options: { readonly line: number; readonly start: number; readonly as: PreviewKind | 'auto' },
    signal: AbortSignal,
  ): Promise<Preview>
}
