/** Packs what a walk finds: takes it from a base, or has it stored by threads, and tells how it went. */
import { decodeText } from '../bytes/text.ts'
import type { BaseReuse } from '../chain/base-reuse.ts'
import { StorageError } from '../errors.ts'
import type { Target } from '../io/target.ts'
import type { ArchiveWriter } from '../write/archive-writer.ts'
import { HardlinkGuard } from './hardlink-guard.ts'
import { createOwnFileTest } from './own-files.ts'
import { laterFailure, type PathHook } from './pack-hooks.ts'
import { type PackJob, type PackResult, runPackJob } from './pack-job.ts'
import { decodePackNote, encodePackNote } from './pack-journal.ts'
import type { PackOptions, PackReport } from './pack-options.ts'
import { PackQueue } from './pack-queue.ts'
import { PackResume } from './pack-resume.ts'
import { PackSerially } from './pack-serially.ts'
import { PassedEntries } from './passed-entries.ts'
import { loadPosix } from './posix.ts'
import { EntryReuser } from './reuse-entry.ts'
import type { ReusedCounts } from './reuse-entry.ts'
import type { ResumedSlices } from './sliced-file-target.ts'
import type { FileIdentity, TreeEntry, TreeProblem } from './tree-entry.ts'
import { nodeFileSystem } from './tree-file-system.ts'
import type { TreeFileSystem } from './tree-file-system.ts'
import { walkWith } from './walk-tree.ts'
import type { TreeRoots, WalkInternals } from './walk-tree.ts'
import { checkThreads, WorkerPool } from './worker-pool.ts'

/** So many jobs come before threads are started: less is done sooner without. */
const PATIENCE = 2

const NOTHING_REUSED: ReusedCounts = { unchangedCount: 0, movedCount: 0, dataBytes: 0 }

/** One packing: {@link resume} or not, {@link pack}, {@link finish}; close it. */
export class Packer {
  readonly #writer: ArchiveWriter
  readonly #target: Target
  readonly #options: PackOptions & Pick<WalkInternals, 'fileSystem'>
  readonly #fileSystem: TreeFileSystem
  readonly #reuser: EntryReuser | undefined
  readonly #guard: HardlinkGuard = new HardlinkGuard()
  readonly #pool: WorkerPool<PackJob, PackResult>
  readonly #queue: PackQueue
  readonly #problems: TreeProblem[] = []
  readonly #notices: string[] = []
  readonly #rootStarts: number[] = []
  #root = 0
  #reusedBefore = NOTHING_REUSED
  #resume: PackResume | undefined
  #serially: PackSerially | undefined
  #isComplete = false
  #entries = 0
  #excluded = 0
  #bytes = 0

  constructor(
    writer: ArchiveWriter,
    target: Target,
    reuse: BaseReuse | undefined,
    options: PackOptions & Pick<WalkInternals, 'fileSystem'>,
  ) {
    const { compare = 'metadata', fileSystem = nodeFileSystem, signal } = options
    this.#writer = writer
    this.#target = target
    this.#options = options
    this.#fileSystem = fileSystem
    this.#reuser = reuse && new EntryReuser(reuse, writer, { compare, fileSystem, signal })
    const runHere = (job: PackJob): PackResult => runPackJob(job, fileSystem)
    // Threads have this machine's file system only.
    const threads = fileSystem === nodeFileSystem ? checkThreads(options.threads) : 1
    this.#pool = new WorkerPool({ script: 'pack-worker', threads, patience: PATIENCE, runHere })
    this.#queue = new PackQueue({
      ...{ writer, sliceBytes: target.sliceBytes, pool: this.#pool, runHere, fileSystem },
      isOrphan: (entry) => this.#guard.isOrphan(entry),
      addSerially: (entry) => this.#addSerially(entry),
      onStored: (entry, isTold) => this.#takeStored(entry, isTold),
      onData: (entry, dataBytes) => this.#takeData(entry, dataBytes),
      onDirty: (entry, failure) => this.#reportDirty(entry, failure),
    })
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
      hardlinks: this.#guard.hardlinks,
      addFile: async (entry) => (await this.#serially?.addFile(entry)) ?? false,
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

  async pack(roots: TreeRoots): Promise<void> {
    if (this.#isComplete) return
    const isTarget = createOwnFileTest(this.#target)
    const isOwnFile = (file: FileIdentity): boolean => isTarget(file) || this.#options.isOwnFile?.(file) === true
    await this.#startSerially(isOwnFile)
    const entries = walkWith(roots, {
      ...this.#options,
      hardlinks: this.#guard.hardlinks,
      pathHooks: this.#options.hooks?.paths?.map((hook) => this.#inTurn(hook)),
      onRoot: (root) => {
        this.#root = root
      },
      onExcluded: () => {
        this.#excluded += 1
      },
      isOwnFile,
      // The walk is ahead of what is stored.
      onProblem: (problem) => this.#queue.tell(() => this.#report(problem)),
      onNotice: (message) => this.#notify(message),
    })
    try {
      for await (const entry of entries) {
        if (await this.#resume?.passes(entry, this.#root)) continue
        await this.#startRoot()
        const reused = await this.#reuser?.find(entry)
        if (reused) await this.#queue.inTurn(async () => this.#takeReused(entry, reused))
        else await this.#queue.add(entry)
      }
      await this.#queue.drain()
      await this.#resume?.finish()
    } finally {
      await this.#resume?.close()
    }
  }

  /** Ends its threads; no file stays open. */
  async close(): Promise<void> {
    await this.#pool.close()
    this.#queue.close()
  }

  async #startSerially(isOwnFile: (file: FileIdentity) => boolean): Promise<void> {
    this.#serially = new PackSerially({
      ...{ writer: this.#writer, fileSystem: this.#fileSystem, posix: await loadPosix() },
      ...{ xattrs: this.#options.xattrs, isOwnFile },
      onLost: (entry) => this.#guard.lost(entry),
      onData: (entry, dataBytes) => this.#takeData(entry, dataBytes),
      onDirty: (entry, failure) => this.#reportDirty(entry, failure),
      onProblem: (problem) => this.#report(problem),
    })
  }

  /** How many entries came before a root is known once all of them are stored. */
  async #startRoot(): Promise<void> {
    if (this.#rootStarts.length > this.#root) return
    await this.#queue.drain()
    while (this.#rootStarts.length <= this.#root) this.#rootStarts.push(this.#entries)
  }

  /** What is packed for a hook is packed before it goes on; a hook that ends something runs in any case. */
  #inTurn({ before, after, ...hook }: PathHook): PathHook {
    return {
      ...hook,
      before: async (at) => {
        await this.#queue.drain()
        try {
          await before?.(at)
        } catch (error) {
          // No archive comes of what is still on its way.
          this.#queue.drop()
          throw error
        }
      },
      after: async (at) => {
        if (this.#options.signal?.aborted) this.#queue.drop()
        try {
          await this.#queue.drain()
        } catch (error) {
          await after?.(at).catch((failure: unknown) => this.#notify(laterFailure(failure)))
          throw error
        }
        await after?.(at)
      },
    }
  }

  async #takeReused(entry: TreeEntry, reused: () => Promise<void>): Promise<void> {
    if (this.#guard.isOrphan(entry)) return this.#addSerially(entry)
    await reused()
    this.#bytes += entry.sizeBytes
    this.#count(entry)
  }

  #takeData(entry: TreeEntry, dataBytes: number): void {
    this.#bytes += dataBytes
    if (entry.sizeBytes > dataBytes) this.#tell(entry)
  }

  /** The data of a file of several parts was told of as it came. */
  #takeStored(entry: TreeEntry, isTold: boolean): void {
    if (!isTold) this.#bytes += entry.sizeBytes
    this.#count(entry)
  }

  #count(entry: TreeEntry): void {
    this.#entries += 1
    this.#tell(entry)
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

  async finish(): Promise<PackReport> {
    const [problem] = this.#problems
    // An empty archive must not take the place of a good one because a root or a pattern was misspelt, or not mounted.
    if (this.#entries === 0 && problem !== undefined) throw nothingPacked(this.#target, problem)
    if (this.#entries === 0 && this.#excluded > 0) throw everythingExcluded(this.#target)
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

  /** Stores an entry by itself, as it is now and as what came before it allows. */
  async #addSerially(entry: TreeEntry): Promise<void> {
    const settled = this.#guard.settle(entry)
    if (await this.#serially?.add(settled)) this.#count(settled)
  }

  #reportDirty(entry: TreeEntry, failure: string | undefined): void {
    const path = decodeText(entry.sourcePath)
    if (failure === undefined)
      this.#report({ path, kind: 'changed', message: 'it changed while it was read; the entry is flagged dirty' })
    else
      this.#report({
        path,
        kind: 'unreadable',
        message: `${failure}; zeros stand for what could not be read, the entry is flagged dirty`,
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
