/**
 * Walks folders in the archive's order (SPEC 1.3): a folder, then what is in it, names by signed bytes. Nothing is
 * opened but folders and cache tags; what cannot be looked at is reported and passed over. Names are bytes throughout.
 * The walk keeps its own stack, so that depth is bounded by the longest path of the system, not by the engine.
 */
import type { BigIntStats } from 'node:fs'
import { setImmediate } from 'node:timers/promises'
import { comparePaths, decodeText } from '../bytes/text.ts'
import { judgeEntryPath } from '../tar/entry-path.ts'
import { CACHE_TAG, isCacheFolder } from './cache-folder.ts'
import { createDescriber } from './describe-entry.ts'
import type { EntryDescriber, Found } from './describe-entry.ts'
import { createExcludeRules } from './exclude-rules.ts'
import type { ExcludeRules } from './exclude-rules.ts'
import type { Hardlinks } from './hardlinks.ts'
import { loadPosix } from './posix.ts'
import type { Posix } from './posix.ts'
import { joinPath, toRootPath } from './root-path.ts'
import type { RootPath } from './root-path.ts'
import { toProblem } from './tree-entry.ts'
import type { FileIdentity, TreeEntry, TreeProblem, TreeProblemKind } from './tree-entry.ts'
import { nodeFileSystem } from './tree-file-system.ts'
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
  /** Told of each path that a pattern leaves out. */
  readonly onExcluded?: (() => void) | undefined
}

/** After so many entries the walk lets timers and signals have their turn. */
const ENTRIES_PER_TURN = 512

/**
 * Walks one root or several. One `lstat` an entry, one reading of each folder. A root `.` has no entry of its own.
 *
 * @param roots - paths of folders or of anything else
 * @param options - what to leave out and whom to tell
 * @throws TypeError for an empty root; StorageError when a file of patterns cannot be read
 */
export function walkTree(roots: TreeRoots, options: WalkOptions = {}): AsyncGenerator<TreeEntry, void, undefined> {
  return walkWith(roots, options)
}

/** {@link walkTree} with what only packing and tests say. */
export async function* walkWith(
  roots: TreeRoots,
  options: WalkOptions & WalkInternals,
): AsyncGenerator<TreeEntry, void, undefined> {
  const { signal, onNotice } = options
  const list = typeof roots === 'string' || Buffer.isBuffer(roots) ? [roots] : roots
  const rootPaths = list.map((root) => toRootPath(root, options.cwd))
  const walker = new Walker(options, await loadPosix(), await createExcludeRules(options.exclude, options.excludeFrom))
  let turn = 0
  for (const root of rootPaths) {
    if (root.notice !== undefined) onNotice?.(root.notice)
    for (const entry of walker.walk(root)) {
      turn += 1
      if (turn % ENTRIES_PER_TURN === 0) await setImmediate()
      signal?.throwIfAborted()
      yield entry
    }
  }
  for (const pattern of walker.unmetPatterns) onNotice?.(`the pattern ${JSON.stringify(pattern)} left nothing out`)
}

/** A folder whose names are being gone through. */
interface OpenFolder {
  readonly sourcePath: Buffer
  readonly path: Buffer
  readonly names: readonly Buffer[]
  next: number
}

class Walker {
  readonly #options: WalkOptions & WalkInternals
  readonly #fileSystem: TreeFileSystem
  readonly #describe: EntryDescriber
  readonly #isExcluded: ExcludeRules | undefined

  constructor(options: WalkOptions & WalkInternals, posix: Posix, isExcluded: ExcludeRules | undefined) {
    this.#options = options
    this.#fileSystem = options.fileSystem ?? nodeFileSystem
    this.#describe = createDescriber(options, this.#fileSystem, posix)
    this.#isExcluded = isExcluded
  }

  /** Patterns that are of no use, which is most often a typing error. */
  get unmetPatterns(): readonly string[] {
    return this.#isExcluded?.unmet() ?? []
  }

  *walk(root: RootPath): Generator<TreeEntry, void, undefined> {
    const start = this.#look(root.sourcePath, root.path)
    if (start === undefined) return
    const open: OpenFolder[] = []
    yield* this.#visit(start, start.stat.dev, open)
    for (let folder = open.at(-1); folder !== undefined; folder = open.at(-1)) {
      const name = folder.names[folder.next]
      folder.next += 1
      if (name === undefined) {
        open.pop()
        continue
      }
      const found = this.#look(joinPath(folder.sourcePath, name), joinPath(folder.path, name))
      if (found !== undefined) yield* this.#visit(found, start.stat.dev, open)
    }
  }

  /** Gives the entry, and puts a folder to be gone through next on top of the stack. */
  *#visit(found: Found, rootDevice: bigint, open: OpenFolder[]): Generator<TreeEntry, void, undefined> {
    const { sourcePath, path, stat } = found
    const isElsewhere = this.#options.oneFileSystem === true && stat.dev !== rootDevice
    if (isElsewhere && !stat.isDirectory()) return
    if (path.length > 0) {
      const entry = this.#describe(found)
      if (entry === undefined) return
      yield entry
    }
    if (stat.isDirectory() && !isElsewhere) open.push({ sourcePath, path, names: this.#list(sourcePath), next: 0 })
  }

  /** Looks at a path; undefined when it is left out or cannot be looked at, which is then reported. */
  #look(sourcePath: Buffer, path: Buffer): Found | undefined {
    let stat: BigIntStats | undefined
    try {
      stat = this.#fileSystem.lstat(sourcePath)
    } catch (error) {
      this.#reportError(sourcePath, error)
      return undefined
    }
    const text = decodeText(path)
    if (stat === undefined) {
      if (this.#isExcluded?.(text, false) !== true) this.#report(sourcePath, 'vanished', 'no such file or folder')
      return undefined
    }
    if (path.length === 0) return { sourcePath, path, stat }
    if (this.#isExcluded?.(text, stat.isDirectory()) === true) {
      this.#options.onExcluded?.()
      return undefined
    }
    const reason = judgeEntryPath(text)
    if (reason === undefined) return { sourcePath, path, stat }
    this.#report(sourcePath, 'unstorable', `no archive may hold this path: ${reason}`)
    return undefined
  }

  #list(sourcePath: Buffer): readonly Buffer[] {
    try {
      const names = this.#fileSystem.readdir(sourcePath).sort(comparePaths)
      const isCache =
        this.#options.excludeCaches === true &&
        names.some((name) => name.equals(CACHE_TAG)) &&
        isCacheFolder(sourcePath, this.#fileSystem)
      return isCache ? [CACHE_TAG] : names
    } catch (error) {
      this.#reportError(sourcePath, error)
      return []
    }
  }

  #reportError(sourcePath: Buffer, error: unknown): void {
    this.#options.onProblem?.(toProblem(sourcePath, error))
  }

  #report(sourcePath: Buffer, kind: TreeProblemKind, message: string): void {
    this.#options.onProblem?.({ path: decodeText(sourcePath), kind, message })
  }
}
