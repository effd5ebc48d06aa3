/** What a packing is told, and what it tells. */
import type { Level } from '../gzip/codec.ts'
import type { Target } from '../io/target.ts'
import type { Archive } from '../read/archive.ts'
import type { Time } from '../tar/entry-type.ts'
import type { ArchiveSummary } from '../write/archive-writer.ts'
import type { PackHooks } from './pack-hooks.ts'
import type { CompareBy, ReusedCounts } from './reuse-entry.ts'
import type { TreeProblem } from './tree-entry.ts'
import type { WalkOptions } from './walk-tree.ts'

/** How far the packing is. */
export interface PackProgress {
  /** Entries stored so far. */
  readonly entryCount: number
  /** Bytes of file data read or found in a base so far. */
  readonly dataBytes: number
  /** Path in the archive of the entry at hand. */
  readonly path: string
}

/** Options of {@link packTree}. */
export interface PackOptions extends WalkOptions {
  /** Compression effort. @defaultValue 6 */
  level?: Level | undefined
  /** Files whose names end so are stored, not deflated. @defaultValue those of compressed formats */
  storeSuffixes?: readonly string[] | undefined
  /** The archive's own time. @defaultValue `SOURCE_DATE_EPOCH` of the environment, else now */
  createdAt?: Time | Date | undefined
  /** Whether to keep the SHA-256 of every file. @defaultValue `sha256` */
  digest?: 'sha256' | 'none' | undefined
  /** Plain bytes between two seek points inside a file; 0 for none. @defaultValue 1,048,576 */
  seekBytes?: number | undefined
  /**
   * Small files share members of so many plain bytes, up to 1 MiB; 0 for none. See `CreateOptions.groupBytes`.
   * @defaultValue 0
   */
  groupBytes?: number | undefined
  /**
   * How many threads read and deflate; with 1 none is started. Neither the archive nor what is told depends on it. Under
   * way are 2 MiB of data for each and 4 MiB more, and what they were deflated to. @defaultValue one for each core, at most 8
   */
  threads?: number | undefined
  /** Takes the isolated catalogue. @defaultValue none */
  catalogue?: Target | undefined
  /**
   * What the archive shall be a differential of: what is unchanged there is referred to and not stored again. Several are
   * the nearest and its own bases in turn; the listing of the nearest counts, and may be a catalogue. They stay open.
   * @defaultValue none: a full archive
   */
  base?: Archive | readonly Archive[] | undefined
  /**
   * What tells that a file is unchanged: owner, size and time, or its content, for which every file of the same size is
   * read. Files whose time is not before the nearest base's are told by their content in any case. @defaultValue `metadata`
   */
  compare?: CompareBy | undefined
  /**
   * Whether files that were moved, copied or touched are found by their content, where the nearest base has digests. For
   * this a file is read if the base has one of its size. @defaultValue true
   */
  moved?: boolean | undefined
  /**
   * Whether to copy data from the bases, as it is packed, instead of referring to it: the archive then needs none of them.
   * @defaultValue false
   */
  copyData?: boolean | undefined
  /**
   * Whether to go on where an earlier run stopped; all else must be as it was then. For a `SlicedFileTarget` only, which
   * keeps a journal for this as it packs, unless data is copied from bases. Begins anew where there is no journal.
   * @defaultValue false
   */
  resume?: boolean | undefined
  /**
   * Whether a `SlicedFileTarget` keeps a journal. It takes about 1 MiB of disk beside the slices, more for long listings.
   * Without one nothing goes on behind a failure, and no second run of the same name is noticed.
   * @defaultValue true
   */
  journal?: boolean | undefined
  /** What to do before and after the packing, and before and after what patterns match is packed. */
  hooks?: PackHooks | undefined
  /** Told after each entry, and at least once a mebibyte of a file. */
  onProgress?: ((progress: PackProgress) => void) | undefined
}

/** What was packed, and what was not. */
export interface PackReport {
  /** What the writer says of the archive. */
  readonly summary: ArchiveSummary
  readonly entryCount: number
  /** Whether everything was taken as it is: there are no problems, and `hooks.afterRun` did not fail. */
  readonly ok: boolean
  /** What was taken from the bases. */
  readonly reused: ReusedCounts
  /** What is missing, or stored but doubtful. */
  readonly problems: readonly TreeProblem[]
  /** What `hooks.afterRun` failed with; the archive is whole all the same. */
  readonly afterRunError?: unknown
  /** What is worth knowing: sockets passed over, a leading `/` taken off, … */
  readonly notices: readonly string[]
}
