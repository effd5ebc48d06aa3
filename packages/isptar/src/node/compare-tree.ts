/** Compares an archive with the folder that it was packed from, or restored to. */
import { createSha256 } from '#sha256'
import { stat } from 'node:fs/promises'
import { decodeText, encodeText } from '../bytes/text.ts'
import { archiveRoots } from '../chain/archive-roots.ts'
import { archiveSide } from '../chain/compare.ts'
import { type ComparedItem, type CompareOptions, compareSides, type Difference } from '../chain/compare-sides.ts'
import { type DataFacts, DataFactsReader } from '../chain/data-facts.ts'
import { StorageError } from '../errors.ts'
import type { Archive } from '../read/archive.ts'
import { judgeEntryPath } from '../tar/entry-path.ts'
import { fileError } from './file-error.ts'
import { openFileData } from './file-data.ts'
import { joinPath } from './root-path.ts'
import { toProblem, type TreeEntry, type TreeProblem } from './tree-entry.ts'
import { nodeFileSystem } from './tree-file-system.ts'
import { walkTree, type WalkOptions } from './walk-tree.ts'

/** Options of {@link compareWithTree}: those of comparing, and what the walk leaves out, as for `packTree`. */
export interface CompareTreeOptions extends CompareOptions, Omit<WalkOptions, 'cwd' | 'readFrom' | 'signal'> {}

/**
 * Gives what differs between an archive and a folder, in the order of paths: `added` is in the folder only. The folder is
 * the one in which the archive's paths lie, as for `packTree` with `cwd`, and for `extractTree`. Only what the archive
 * was packed from is looked at: where it holds `site`, other things beside `site` in the folder are not told.
 *
 * By `metadata`, a file of the same size, time and rights is the same; by `content` every such file is read, and where
 * the archive has no digest of it, its data there, too.
 *
 * What cannot be looked at goes to `onProblem` and is not compared. Costs a pass over the listing to find the roots, and
 * one to compare.
 *
 * @param archive - its bases are needed only to read data that has no digest
 * @param folder - the folder in which the archive's paths lie
 * @throws StorageError when there is no such folder; what reading the archive throws
 */
export async function* compareWithTree(
  archive: Archive,
  folder: string | Buffer,
  options: CompareTreeOptions = {},
): AsyncGenerator<Difference, void, undefined> {
  await checkFolder(folder)
  const { signal } = options
  const roots = await archiveRoots(archive, { signal })
  const tree = new TreeSide(Buffer.from(folder), options)
  const facts = new DataFactsReader({ signal })
  const before = archiveSide(archive, facts, options)
  // What lies in a folder that could not be read is not known to be gone.
  for await (const difference of compareSides(before, tree.items(roots), options))
    if (difference.kind !== 'removed' || !tree.isUnknown(difference.path)) yield difference
}

async function checkFolder(folder: string | Buffer): Promise<void> {
  if (folder.length === 0) throw new TypeError('the folder is the empty string; the present one is "."')
  const location = decodeText(Buffer.from(folder))
  const found = await stat(folder).catch((error: unknown) => Promise.reject(fileError(error, 'open', location)))
  if (found.isDirectory()) return
  throw new StorageError(`cannot compare with ${location}: it is no folder`, {
    operation: 'open',
    location,
    kind: 'other',
  })
}

/** A folder as one side of a comparison. */
class TreeSide {
  readonly #folder: Buffer
  readonly #options: CompareTreeOptions
  /** Paths in the file system that could not be looked at. */
  readonly #unknown = new Set<string>()

  constructor(folder: Buffer, options: CompareTreeOptions) {
    this.#folder = folder
    this.#options = options
  }

  async *items(roots: readonly string[]): AsyncGenerator<ComparedItem, void, undefined> {
    const { by: _by, ignore: _ignore, same: _same, ...walk } = this.#options
    const safe = roots.filter((root) => root === '.' || judgeEntryPath(root) === undefined)
    const paths = safe.map((root) => Buffer.from(encodeText(root)))
    const entries = walkTree(paths, { ...walk, cwd: this.#folder, onProblem: (problem) => this.#note(problem) })
    for await (const entry of entries) yield new TreeItem(entry, this.#options)
  }

  /** Whether this path, or a folder above it, could not be looked at. */
  isUnknown(path: string): boolean {
    if (this.#unknown.size === 0) return false
    const names = path.split('/')
    const above = ['', ...names.map((_, i) => names.slice(0, i + 1).join('/'))]
    return above.some((folder) => this.#unknown.has(this.#placeOf(folder)))
  }

  #placeOf(path: string): string {
    return decodeText(joinPath(this.#folder, Buffer.from(encodeText(path))))
  }

  /** A root that is not there was removed, which is what is to be found out. */
  #note(problem: TreeProblem): void {
    if (problem.kind === 'vanished') return
    this.#unknown.add(problem.path)
    this.#options.onProblem?.(problem)
  }
}

class TreeItem implements ComparedItem {
  readonly pathBytes: Uint8Array
  readonly metadata: ComparedItem['metadata']
  readonly #entry: TreeEntry
  readonly #options: CompareTreeOptions

  constructor(entry: TreeEntry, options: CompareTreeOptions) {
    const { path, linkTarget, stat: _stat, sourcePath: _sourcePath, ...metadata } = entry
    this.pathBytes = path
    this.metadata = { ...metadata, pathBytes: path, linkBytes: linkTarget, isCoarse: false }
    this.#entry = entry
    this.#options = options
  }

  async facts(): Promise<DataFacts> {
    return { sizeBytes: this.#entry.sizeBytes }
  }

  /** Reads the file; what cannot be read is told. One that changes meanwhile may differ or not. */
  async hash(): Promise<Uint8Array | undefined> {
    const { sourcePath, stat: before } = this.#entry
    const { signal } = this.#options
    try {
      const data = openFileData(sourcePath, {
        fileSystem: nodeFileSystem,
        before,
        onBytes: () => signal?.throwIfAborted(),
      })
      if (data === undefined) throw new Error('something else than a file has taken its name')
      const sha256 = createSha256()
      for await (const chunk of data.chunks) sha256.update(chunk)
      return data.failure === undefined ? sha256.digest() : this.#tell(data.failure)
    } catch (error) {
      signal?.throwIfAborted()
      return this.#tell(error)
    }
  }

  #tell(error: unknown): undefined {
    this.#options.onProblem?.(toProblem(this.#entry.sourcePath, error))
    return undefined
  }
}
