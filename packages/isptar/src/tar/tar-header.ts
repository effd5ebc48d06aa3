/** What a tar header says of one entry (POSIX.1-2001 pax, GNU tar). */
import type { EntryMetadata, Time } from './entry-type.ts'

/** One tar entry's metadata. */
export interface TarHeader extends EntryMetadata {
  readonly mtime: Time
  /** Target of a symlink or hardlink; empty for the rest. */
  readonly linkBytes: Uint8Array
  /** Extended attributes by full name (`user.note`, `security.capability`). */
  readonly xattrs?: ReadonlyMap<string, Uint8Array> | undefined
}
