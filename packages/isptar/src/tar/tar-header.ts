/** What a tar header says of one entry (POSIX.1-2001 pax, GNU tar). */
import type { Device, EntryType, Time } from './entry-type.ts'

/** One tar entry's metadata. Names are bytes: tar does not say in which encoding they are. */
export interface TarHeader {
  /** Path without a trailing `/`. When decoded, a leading `/` or `./` is still there, for the caller to judge. */
  readonly pathBytes: Uint8Array
  readonly type: EntryType
  /** Permission bits and setuid, setgid, sticky: `& 0o7777`. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  readonly userName: string
  readonly groupName: string
  readonly mtime: Time
  /** Length of the data that follows, in bytes; 0 for all but files. */
  readonly sizeBytes: number
  /** Target of a symlink or hardlink; empty for the rest. */
  readonly linkBytes: Uint8Array
  /** Only for `char` and `block`. */
  readonly device?: Device | undefined
  /** Extended attributes by full name (`user.note`, `security.capability`). */
  readonly xattrs?: ReadonlyMap<string, Uint8Array> | undefined
}
