/**
 * Packs folders into an archive. What cannot be read or changes meanwhile is reported and never ends the packing; any
 * failure of the target does, and then leaves nothing behind.
 */
import { statSync } from 'node:fs'
import { decodeText } from '../bytes/text.ts'
import { type BaseReuse, openBaseReuse } from '../chain/base-reuse.ts'
import { BaseMismatchError, StorageError } from '../errors.ts'
import type { Level } from '../gzip/codec.ts'
import type { Target } from '../io/target.ts'
import type { Archive } from '../read/archive.ts'
import type { Time } from '../tar/entry-type.ts'
import { createArchive } from '../write/archive-writer.ts'
import type { ArchiveSummary, ArchiveWriter, CreateOptions } from '../write/archive-writer.ts'
import { openFileData } from './file-data.ts'
import type { FileData } from './file-data.ts'
import { Hardlinks } from './hardlinks.ts'
import { createOwnFileTest, filesOf } from './own-files.ts'
import { runBetweenHooks } from './pack-hooks.ts'
import type { PackHooks } from './pack-hooks.ts'
import { EntryReuser } from './reuse-entry.ts'
import type { CompareBy, ReusedCounts } from './reuse-entry.ts'
import { toRootPath } from './root-path.ts'
import { describeStat, toProblem } from './tree-entry.ts'
import type { FileIdentity, TreeEntry, TreeProblem } from './tree-entry.ts'
import { nodeFileSystem } from './tree-file-system.ts'
import type { TreeFileSystem } from './tree-file-system.ts'
import { walkWith } from './walk-tree.ts'
import type { TreeRoots, WalkInternals, WalkOptions } from './walk-tree.ts'

/** Says that a folder's own content stands in the archive's root, so that restoring may remove what is not in it. */
const TOP_FOLDER: ReadonlyMap<string, string> = new Map([['top', 'folder']])

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
   * read. @defaultValue `metadata`
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
  /** What to do before and after the packing, and before and after what patterns match is packed. */
  hooks?: PackHooks | undefined
  /** Told after each entry and each half mebibyte of a file. */
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

/**
 * Packs one root or several, in the order given.
 *
 * @param roots - paths of folders or of anything else
 * @param target - where the archive goes; it is committed, or aborted when this throws
 * @param options - what to leave out, how to compress and whom to tell
 * @throws BaseMismatchError when the bases do not belong together, before anything is written; StorageError when nothing at
 * all could be read or everything was left out, or when the target fails; `signal.reason` on abort
 * @example
 * ```ts
 * const { ok, problems, summary } = await packTree('site', new FileTarget('packed.tgz'), { exclude: ['cache/'] })
 * console.log(ok, problems, summary.sizeBytes)
 * ```
 */
export async function packTree(roots: TreeRoots, target: Target, options: PackOptions = {}): Promise<PackReport> {
  return runBetweenHooks(options, () => packWith(roots, target, options))
}

/** {@link packTree} on a file system that tests may choose. */
export async function packWith(
  roots: TreeRoots,
  target: Target,
  options: PackOptions & Pick<WalkInternals, 'fileSystem'>,
): Promise<PackReport> {
  let writer: ArchiveWriter | undefined
  let reuse: BaseReuse | undefined
  try {
    refuseOwnBase(target, options)
    reuse = await openBases(options)
    writer = createArchive(target, describeArchive(roots, reuse, options))
    const packer = new Packer(writer, reuse, options)
    await packer.pack(roots, createOwnFileTest(target))
    return await packer.finish(target)
  } catch (error) {
    await (writer ?? target).abort().catch(() => undefined)
    if (writer === undefined) await options.catalogue?.abort().catch(() => undefined)
    throw error
  } finally {
    await reuse?.close()
  }
}

async function openBases(options: PackOptions): Promise<BaseReuse | undefined> {
  const { moved = true, copyData, signal } = options
  return options.base && openBaseReuse(basesOf(options), { moved, copyData, signal })
}

function basesOf({ base = [] }: PackOptions): readonly Archive[] {
  return 'identity' in base ? [base] : base
}

/** An archive in the place of its own base would lose all that it refers to. */
function refuseOwnBase(target: Target, options: PackOptions): void {
  if (options.copyData) return
  const isOwnFile = createOwnFileTest(target)
  for (const path of filesOf(basesOf(options)).paths) {
    const file = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (file && isOwnFile(file)) throw new BaseMismatchError(`${path} would be replaced by a differential of itself`)
  }
}

function describeArchive(roots: TreeRoots, reuse: BaseReuse | undefined, options: PackOptions): CreateOptions {
  const { level, storeSuffixes, digest, seekBytes, catalogue, signal } = options
  const createdAt = options.createdAt ?? sourceDateEpoch(process.env['SOURCE_DATE_EPOCH'])
  const serviceInfo = isTop(roots) ? TOP_FOLDER : undefined
  const bases = reuse?.identities
  return { level, storeSuffixes, digest, seekBytes, catalogue, createdAt, bases, serviceInfo, signal }
}

/** Whether the archive's paths begin in the one folder that is packed. */
function isTop(roots: TreeRoots): boolean {
  const [root, ...others] = typeof roots === 'string' || Buffer.isBuffer(roots) ? [roots] : roots
  return root !== undefined && others.length === 0 && toRootPath(root).path.length === 0
}

class Packer {
  readonly #writer: ArchiveWriter
  readonly #options: PackOptions & Pick<WalkInternals, 'fileSystem'>
  readonly #fileSystem: TreeFileSystem
  readonly #reuser: EntryReuser | undefined
  readonly #hardlinks: Hardlinks = new Hardlinks()
  readonly #problems: TreeProblem[] = []
  readonly #notices: string[] = []
  #entries = 0
  #excluded = 0
  #bytes = 0

  constructor(
    writer: ArchiveWriter,
    reuse: BaseReuse | undefined,
    options: PackOptions & Pick<WalkInternals, 'fileSystem'>,
  ) {
    const { compare = 'metadata', fileSystem = nodeFileSystem, signal } = options
    this.#writer = writer
    this.#options = options
    this.#fileSystem = fileSystem
    this.#reuser = reuse && new EntryReuser(reuse, writer, { compare, fileSystem, signal })
  }

  async pack(roots: TreeRoots, isTarget: (file: FileIdentity) => boolean): Promise<void> {
    const entries = walkWith(roots, {
      ...this.#options,
      hardlinks: this.#hardlinks,
      pathHooks: this.#options.hooks?.paths,
      onExcluded: () => {
        this.#excluded += 1
      },
      isOwnFile: (file) => isTarget(file) || this.#options.isOwnFile?.(file) === true,
      onProblem: (problem) => this.#report(problem),
      onNotice: (message) => {
        this.#notices.push(message)
        this.#options.onNotice?.(message)
      },
    })
    for await (const entry of entries) {
      if (await this.#reuser?.add(entry)) this.#bytes += entry.sizeBytes
      else if (entry.type !== 'file') await this.#writer.add(entry)
      else if (!(await this.#addFile(entry))) continue
      this.#entries += 1
      this.#tell(entry)
    }
  }

  async finish(target: Target): Promise<PackReport> {
    const [problem] = this.#problems
    // An empty archive must not take the place of a good one because a root or a pattern was misspelt, or not mounted.
    if (this.#entries === 0 && problem !== undefined) throw nothingPacked(target, problem)
    if (this.#entries === 0 && this.#excluded > 0) throw everythingExcluded(target)
    const summary = await this.#writer.close()
    return {
      summary,
      entryCount: this.#entries,
      ok: this.#problems.length === 0,
      reused: this.#reuser?.counts ?? { unchangedCount: 0, movedCount: 0, dataBytes: 0 },
      problems: this.#problems,
      notices: this.#notices,
    }
  }

  /** Stores a file; false when it could not be opened. */
  async #addFile(entry: TreeEntry): Promise<boolean> {
    const data = this.#open(entry)
    if (data === undefined) {
      this.#hardlinks.forget(entry.stat)
      return false
    }
    try {
      if (data.stat.ino !== entry.stat.ino || data.stat.dev !== entry.stat.dev) this.#hardlinks.forget(entry.stat)
      // Size and time of the very file that is read: another one may have taken the name since the walk saw it.
      const { dirty } = await this.#writer.add({ ...entry, ...describeStat(data.stat) }, data)
      if (dirty) this.#reportDirty(entry, data)
    } finally {
      data.close()
    }
    return true
  }

  #open(entry: TreeEntry): FileData | undefined {
    try {
      const data = openFileData(entry.sourcePath, {
        fileSystem: this.#fileSystem,
        before: entry.stat,
        onBytes: (count) => {
          this.#bytes += count
          if (entry.sizeBytes > count) this.#tell(entry)
        },
      })
      if (data !== undefined) return data
      const path = decodeText(entry.sourcePath)
      this.#report({ path, kind: 'vanished', message: 'something else than a file has taken its name' })
    } catch (error) {
      this.#report(toProblem(entry.sourcePath, error))
    }
    return undefined
  }

  #reportDirty(entry: TreeEntry, data: FileData): void {
    const path = decodeText(entry.sourcePath)
    if (data.failure === undefined) {
      this.#report({
        path,
        kind: 'changed',
        message: 'it changed while it was read; the entry is flagged dirty',
      })
      return
    }
    const cause = toProblem(entry.sourcePath, data.failure).message
    this.#report({
      path,
      kind: 'unreadable',
      message: `${cause}; zeros stand for the rest, the entry is flagged dirty`,
    })
  }

  #report(problem: TreeProblem): void {
    this.#problems.push(problem)
    this.#options.onProblem?.(problem)
  }

  #tell(entry: TreeEntry): void {
    this.#options.onProgress?.({ entryCount: this.#entries, dataBytes: this.#bytes, path: decodeText(entry.path) })
  }
}

function nothingPacked(target: Target, problem: TreeProblem): StorageError {
  const kind = problem.kind === 'vanished' ? 'not-found' : 'denied'
  return new StorageError(
    `nothing could be packed into ${target.name}: ${JSON.stringify(problem.path)}: ${problem.message}`,
    { operation: 'read', location: problem.path, kind },
  )
}

function everythingExcluded(target: Target): StorageError {
  return new StorageError(`nothing is left to pack into ${target.name}: the patterns leave everything out`, {
    operation: 'read',
    location: target.name,
    kind: 'not-found',
  })
}

/**
 * Reads the time that reproducible builds set (https://reproducible-builds.org/specs/source-date-epoch/).
 *
 * @param text - whole seconds since 1970; undefined when it is not set
 * @throws RangeError when it is something else
 */
export function sourceDateEpoch(text: string | undefined): Time | undefined {
  if (text === undefined || text === '') return undefined
  const seconds = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(seconds)) return { seconds, nanoseconds: 0 }
  throw new RangeError(`SOURCE_DATE_EPOCH is ${JSON.stringify(text)}, expected whole seconds since 1970`)
}
