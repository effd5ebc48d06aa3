/** Offers what a walk finds to the other side of a pipe, and opens files when that side asks for them. */
import { decodeText } from '../bytes/text.ts'
import { StorageError } from '../errors.ts'
import type { OfferedData, OfferedEntry, PipeProblem, PipeTeller } from '../pipe/offered-entry.ts'
import type { Time } from '../tar/entry-type.ts'
import { toTarHeader } from '../write/entry-input.ts'
import { type FileData, openFileData } from './file-data.ts'
import { Hardlinks } from './hardlinks.ts'
import { toRootPath } from './root-path.ts'
import { describeStat, toProblem, type TreeEntry } from './tree-entry.ts'
import { nodeFileSystem, type TreeFileSystem } from './tree-file-system.ts'
import { type TreeRoots, type WalkInternals, walkWith, type WalkOptions } from './walk-tree.ts'

/** How to offer a tree. */
export interface OfferOptions extends Omit<WalkOptions, 'onProblem' | 'onNotice'>, Pick<WalkInternals, 'fileSystem'> {
  /** Whether to leave out the folders named as roots, as the original does; what is in them is offered. */
  readonly withoutRootFolders: boolean
}

/** Every entry of a walk has a time of its own. */
const NO_TIME: Time = { seconds: 0, nanoseconds: 0 }

/** The entries of a tree. */
export class TreeOffers {
  readonly #roots: TreeRoots
  readonly #options: OfferOptions
  readonly #tell: PipeTeller
  readonly #fileSystem: TreeFileSystem
  readonly #hardlinks: Hardlinks = new Hardlinks()
  #firstProblem: PipeProblem | undefined
  #excluded = 0

  constructor(roots: TreeRoots, options: OfferOptions, tell: PipeTeller) {
    this.#roots = roots
    this.#options = options
    this.#tell = tell
    this.#fileSystem = options.fileSystem ?? nodeFileSystem
  }

  /**
   * Walks and offers.
   *
   * @throws StorageError when there is nothing to offer because nothing could be read or everything was left out
   */
  async *entries(): AsyncGenerator<OfferedEntry, void, undefined> {
    const skipped = this.#options.withoutRootFolders ? rootPaths(this.#roots) : new Set<string>()
    let count = 0
    const found = walkWith(this.#roots, {
      ...this.#options,
      hardlinks: this.#hardlinks,
      onExcluded: () => {
        this.#excluded += 1
      },
      onProblem: (problem) => this.#report(problem),
      onNotice: (message) => this.#tell.notice(message),
    })
    for await (const entry of found) {
      count += 1
      if (entry.type !== 'directory' || !skipped.has(entry.path.toString('latin1'))) yield this.#offer(entry)
    }
    if (count === 0) this.#refuseNothing()
  }

  #offer(entry: TreeEntry): OfferedEntry {
    const hasLinks = entry.type === 'file' && entry.stat.nlink > 1n
    return { header: toTarHeader(entry, NO_TIME), hasLinks, open: () => this.#open(entry) }
  }

  #open(entry: TreeEntry): OfferedData | undefined {
    try {
      // The walk may be far ahead by now: only what changes from here on makes the data doubtful.
      const before = this.#fileSystem.lstat(entry.sourcePath)
      const data = before && openFileData(entry.sourcePath, { fileSystem: this.#fileSystem, before, onBytes: ignore })
      if (data !== undefined) return this.#opened(entry, data)
      const message = before === undefined ? 'no such file or folder' : 'something else than a file has taken its name'
      this.#report({ path: decodeText(entry.sourcePath), kind: 'vanished', message })
    } catch (error) {
      this.#report(toProblem(entry.sourcePath, error))
    }
    this.#hardlinks.forget(entry.stat)
    return undefined
  }

  #opened(entry: TreeEntry, data: FileData): OfferedData {
    // Another file may have taken the name since the walk saw it: its other names are not known to be links to it.
    if (data.stat.ino !== entry.stat.ino || data.stat.dev !== entry.stat.dev) this.#hardlinks.forget(entry.stat)
    return {
      header: toTarHeader({ ...entry, ...describeStat(data.stat) }, NO_TIME),
      chunks: data.chunks,
      trouble: () => troubleOf(entry, data),
      close: () => data.close(),
    }
  }

  #report(problem: PipeProblem): void {
    this.#firstProblem ??= problem
    this.#tell.problem(problem)
  }

  /** The archive of nothing would take the place of a good one because a root or a pattern was misspelt. */
  #refuseNothing(): void {
    const problem = this.#firstProblem
    if (problem !== undefined) {
      const kind = problem.kind === 'vanished' ? 'not-found' : 'denied'
      const message = `nothing could be read: ${JSON.stringify(problem.path)}: ${problem.message}`
      throw new StorageError(message, { operation: 'read', location: problem.path, kind })
    }
    if (this.#excluded === 0) return
    const message = 'nothing is left to send: the patterns leave everything out'
    throw new StorageError(message, { operation: 'read', location: 'client', kind: 'not-found' })
  }
}

function ignore(): void {}

function rootPaths(roots: TreeRoots): ReadonlySet<string> {
  const list = typeof roots === 'string' || Buffer.isBuffer(roots) ? [roots] : roots
  return new Set(list.map((root) => toRootPath(root).path.toString('latin1')))
}

function troubleOf(entry: TreeEntry, data: FileData): PipeProblem | undefined {
  if (!data.changed()) return undefined
  const path = decodeText(entry.sourcePath)
  if (data.failure === undefined)
    return { path, kind: 'changed', message: 'it changed while it was read; the entry is flagged dirty' }
  const cause = toProblem(entry.sourcePath, data.failure).message
  return { path, kind: 'unreadable', message: `${cause}; zeros stand for the rest, the entry is flagged dirty` }
}
