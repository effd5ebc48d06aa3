/** What a walk can be told. */
import type { Hardlinks } from './hardlinks.ts'
import type { PathHook } from './pack-hooks.ts'
import type { ReadFromOption } from './read-from.ts'
import type { FileIdentity, TreeProblem } from './tree-entry.ts'
import type { TreeFileSystem } from './tree-file-system.ts'

/** One root or several, in the order in which they are to be stored. */
export type TreeRoots = string | Buffer | readonly (string | Buffer)[]

/** Options of {@link walkTree}. */
export interface WalkOptions {
  /** Folder in which relative roots lie. @defaultValue the present one */
  cwd?: string | Buffer | undefined
  /** Patterns of what to leave out, as in a `.gitignore` that lies where the archive's paths begin. */
  exclude?: readonly string[] | undefined
  /** Files of such patterns, one a line; those of `exclude` overrule them. */
  excludeFrom?: readonly (string | Buffer)[] | undefined
  /** Whether to leave out the content of folders tagged as caches (`CACHEDIR.TAG`). @defaultValue false */
  excludeCaches?: boolean | undefined
  /** Whether to stay in the file system of each root; other ones leave an empty folder. @defaultValue false */
  oneFileSystem?: boolean | undefined
  /** Whether to read extended attributes. @defaultValue true */
  xattrs?: boolean | undefined
  /**
   * Tells which files to leave out because they are the archive that is being written; a notice names each. A target of
   * `packTree` that is a file is known without it; it is for archives that reach a file by another way, a pipe or a
   * stream, inside the tree that is packed.
   */
  isOwnFile?: ((file: FileIdentity) => boolean) | undefined
  /**
   * Folders to read instead of a root or what lies below one, such as a snapshot that is mounted elsewhere. The keys are
   * paths as roots are given; what is there is stored under its own name. Links to the folders are followed.
   */
  readFrom?: ReadFromOption | undefined
  /** Told of everything that could not be looked at. */
  onProblem?: ((problem: TreeProblem) => void) | undefined
  /** Told what is worth knowing and loses nothing that an archive could hold. */
  onNotice?: ((message: string) => void) | undefined
  /** Ends the walk early. */
  signal?: AbortSignal | undefined
}

/** What packing and tests say to a walk beside its options. */
export interface WalkInternals {
  /** Takes note of files of several names. @defaultValue a new one */
  readonly hardlinks?: Hardlinks | undefined
  /** The calls to look with. @defaultValue this machine's */
  readonly fileSystem?: TreeFileSystem | undefined
  /** Told of each root before it is looked at, with its number. */
  readonly onRoot?: ((root: number) => void) | undefined
  /** Told of each path that a pattern leaves out. */
  readonly onExcluded?: (() => void) | undefined
  /** What to do before and after the paths that patterns match. */
  readonly pathHooks?: readonly PathHook[] | undefined
}
