/**
 * Packs folders into an archive. What cannot be read or changes meanwhile is reported and never ends the packing; any
 * failure of the target does, and then leaves nothing behind.
 */
import { decodeText } from '../bytes/text.ts'
import type { BaseReuse } from '../chain/base-reuse.ts'
import { StorageError } from '../errors.ts'
import type { Target } from '../io/target.ts'
import type { Time } from '../tar/entry-type.ts'
import { TOP_FOLDER } from '../write/archive-info.ts'
import { createArchive } from '../write/archive-writer.ts'
import type { ArchiveWriter, CreateOptions } from '../write/archive-writer.ts'
import { openFileData } from './file-data.ts'
import type { FileData } from './file-data.ts'
import { Hardlinks } from './hardlinks.ts'
import { openBases } from './open-bases.ts'
import { createOwnFileTest } from './own-files.ts'
import { runBetweenHooks } from './pack-hooks.ts'
import { decodePackNote, encodePackNote, keepPackJournal, refuseOtherPacking } from './pack-journal.ts'
import type { PackOptions, PackReport } from './pack-options.ts'
import { PackResume } from './pack-resume.ts'
import { PassedEntries } from './passed-entries.ts'
import { EntryReuser } from './reuse-entry.ts'
import type { ReusedCounts } from './reuse-entry.ts'
import type { ResumedSlices } from './sliced-file-target.ts'
import { isTopFolder } from './top-folder.ts'
import { describeStat, toProblem } from './tree-entry.ts'
import type { FileIdentity, TreeEntry, TreeProblem } from './tree-entry.ts'
import { nodeFileSystem } from './tree-file-system.ts'
import type { TreeFileSystem } from './tree-file-system.ts'
import { walkWith } from './walk-tree.ts'
import type { TreeRoots, WalkInternals } from './walk-tree.ts'

export type { PackOptions, PackProgress, PackReport } from './pack-options.ts'

/**
 * Packs one root or several, in the order given.
 *
 * @param roots - paths of folders or of anything else
 * @param target - where the archive goes; it is committed, or aborted when this throws
 * @param options - what to leave out, how to compress and whom to tell
 * @throws BaseMismatchError when the bases do not belong together, before anything is written; StorageError when nothing at
 * all could be read or everything was left out, or when the target fails or the run to resume was another; TypeError when
 * a target cannot be resumed; `signal.reason` on abort
 * @example
 * ```ts
 * const { ok, problems, summary } = await packTree('site', new FileTarget('packed.tgz'), { exclude: ['cache/'] })
 * console.log(ok, problems, summary.sizeBytes)
 * ```
 */
export async function packTree(roots: TreeRoots, target: Target, options: PackOptions = {}): Promise<PackReport> {
  await refuseOtherPacking(target)
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
    reuse = await openBases(target, options)
    const resumed = await keepPackJournal(roots, target, reuse?.identities, options)
    const checkpointNote = (): string => packer.describe()
    writer = createArchive(target, { ...describeArchive(roots, reuse, options), checkpointNote })
    const packer = new Packer(writer, reuse, options)
    if (resumed) await packer.resume(resumed)
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

function describeArchive(roots: TreeRoots, reuse: BaseReuse | undefined, options: PackOptions): CreateOptions {
  const { level, storeSuffixes, digest, seekBytes, catalogue, signal } = options
  const createdAt = options.createdAt ?? sourceDateEpoch(process.env['SOURCE_DATE_EPOCH'])
  const serviceInfo = isTopFolder(roots) ? TOP_FOLDER : undefined
  const bases = reuse?.identities
  return { level, storeSuffixes, digest, seekBytes, catalogue, createdAt, bases, serviceInfo, signal }
}

const NOTHING_REUSED: ReusedCounts = { unchangedCount: 0, movedCount: 0, dataBytes: 0 }

class Packer {
  readonly #writer: ArchiveWriter
  readonly #options: PackOptions & Pick<WalkInternals, 'fileSystem'>
  readonly #fileSystem: TreeFileSystem
  readonly #reuser: EntryReuser | undefined
  readonly #hardlinks: Hardlinks = new Hardlinks()
  readonly #problems: TreeProblem[] = []
  readonly #notices: string[] = []
  readonly #rootStarts: number[] = []
  #root = 0
  #reusedBefore = NOTHING_REUSED
  #resume: PackResume | undefined
  #isComplete = false
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

  /** What another run would need to know of this one. */
  describe(): string {
    return encodePackNote({ rootStarts: this.#rootStarts, problems: this.#problems, reused: this.#reused() })
  }

  /** Goes on where an earlier run stopped; comes before {@link pack}. */
  async resume({ state, lines, notices }: ResumedSlices): Promise<void> {
    const { openPath, entryCount, isComplete, note } = await this.#writer.resume(lines(), state)
    const { rootStarts, problems, reused } = decodePackNote(note)
    this.#entries = entryCount
    this.#isComplete = isComplete
    this.#rootStarts.push(...rootStarts)
    this.#reusedBefore = reused
    for (const problem of problems) this.#report(problem)
    for (const notice of notices) this.#notify(notice)
    this.#resume = new PackResume({
      writer: this.#writer,
      passed: new PassedEntries({ lines: lines(), rootStarts, openPath }),
      openPath,
      hardlinks: this.#hardlinks,
      addFile: (entry) => this.#addFile(entry),
      onPassed: ({ sizeBytes }) => {
        this.#bytes += sizeBytes
      },
      onAdded: () => {
        this.#entries += 1
      },
      onProblem: (problem) => this.#report(problem),
      onNotice: (message) => this.#notify(message),
    })
  }

  async pack(roots: TreeRoots, isTarget: (file: FileIdentity) => boolean): Promise<void> {
    if (this.#isComplete) return
    const entries = walkWith(roots, {
      ...this.#options,
      hardlinks: this.#hardlinks,
      pathHooks: this.#options.hooks?.paths,
      onRoot: (root) => {
        this.#root = root
      },
      onExcluded: () => {
        this.#excluded += 1
      },
      isOwnFile: (file) => isTarget(file) || this.#options.isOwnFile?.(file) === true,
      onProblem: (problem) => this.#report(problem),
      onNotice: (message) => this.#notify(message),
    })
    try {
      for await (const entry of entries) {
        if (await this.#resume?.passes(entry, this.#root)) continue
        while (this.#rootStarts.length <= this.#root) this.#rootStarts.push(this.#entries)
        if (await this.#reuser?.add(entry)) this.#bytes += entry.sizeBytes
        else if (entry.type !== 'file') await this.#writer.add(entry)
        else if (!(await this.#addFile(entry))) continue
        this.#entries += 1
        this.#tell(entry)
      }
      await this.#resume?.finish()
    } finally {
      await this.#resume?.close()
    }
  }

  #reused(): ReusedCounts {
    const before = this.#reusedBefore
    const { unchangedCount, movedCount, dataBytes } = this.#reuser?.counts ?? NOTHING_REUSED
    return {
      unchangedCount: before.unchangedCount + unchangedCount,
      movedCount: before.movedCount + movedCount,
      dataBytes: before.dataBytes + dataBytes,
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
      entryCount: summary.entryCount,
      ok: this.#problems.length === 0,
      reused: this.#reused(),
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

  #notify(message: string): void {
    this.#notices.push(message)
    this.#options.onNotice?.(message)
  }

  /** What an earlier run found, too, is told once. */
  #report(problem: TreeProblem): void {
    if (this.#resume && this.#problems.some(({ path, kind }) => path === problem.path && kind === problem.kind)) return
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
