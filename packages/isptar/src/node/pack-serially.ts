/** Stores files one after the other, each as it is when its turn comes: those that are not what the walk saw any more. */
import { decodeText } from '../bytes/text.ts'
import type { ArchiveWriter } from '../write/archive-writer.ts'
import { createDescriber, type DescribeOptions, type EntryDescriber } from './describe-entry.ts'
import { type FileData, openFileData } from './file-data.ts'
import { Hardlinks } from './hardlinks.ts'
import { hasData } from './pack-batch.ts'
import type { Posix } from './posix.ts'
import { describeStat, entryTypeOf, toProblem } from './tree-entry.ts'
import type { TreeEntry, TreeProblem } from './tree-entry.ts'
import type { TreeFileSystem } from './tree-file-system.ts'

/** What storing takes, and whom to tell. */
export interface PackSeriallyOptions extends Pick<DescribeOptions, 'xattrs' | 'isOwnFile'> {
  readonly writer: ArchiveWriter
  readonly fileSystem: TreeFileSystem
  readonly posix: Posix
  /** Told of an entry that is not stored, or is another file by now. */
  readonly onLost: (entry: TreeEntry) => void
  /** Told of each part of a file's data that is read. */
  readonly onData: (entry: TreeEntry, dataBytes: number) => void
  /** Told when a file changed, or could not be read in part, while it was stored. */
  readonly onDirty: (entry: TreeEntry, failure: string | undefined) => void
  readonly onProblem: (problem: TreeProblem) => void
}

/** Stores entries by themselves. One call at a time. */
export class PackSerially {
  readonly #options: PackSeriallyOptions
  readonly #hardlinks = new Hardlinks()
  readonly #describe: EntryDescriber

  constructor(options: PackSeriallyOptions) {
    const { xattrs, isOwnFile, onProblem, fileSystem, posix } = options
    this.#options = options
    this.#describe = createDescriber({ xattrs, isOwnFile, onProblem, hardlinks: this.#hardlinks }, fileSystem, posix)
  }

  /** Stores an entry; false when it has data and could not be opened, which was reported. */
  async add(entry: TreeEntry): Promise<boolean> {
    if (hasData(entry)) return this.addFile(entry)
    await this.#options.writer.add(entry)
    return true
  }

  /** Stores a file, which has data or had some; false when it could not be opened, which was reported. */
  async addFile(entry: TreeEntry): Promise<boolean> {
    const { writer, onLost, onDirty } = this.#options
    const now = this.#lookAgain(entry)
    const data = now && this.#open(now)
    if (now === undefined || data === undefined) {
      onLost(entry)
      return false
    }
    try {
      if (data.stat.ino !== entry.stat.ino || data.stat.dev !== entry.stat.dev) onLost(entry)
      // Size and time of the very file that is read: another one may have taken the name since it was looked at.
      const { dirty } = await writer.add({ ...now, ...describeStat(data.stat) }, data)
      if (dirty) onDirty(now, data.failure === undefined ? undefined : toProblem(now.sourcePath, data.failure).message)
    } finally {
      data.close()
    }
    return true
  }

  /** Describes a file as it is now; undefined when it may not be stored. */
  #lookAgain(entry: TreeEntry): TreeEntry | undefined {
    const { sourcePath, path } = entry
    try {
      const stat = this.#options.fileSystem.lstat(sourcePath)
      if (stat === undefined || entryTypeOf(stat) !== 'file') return entry
      // Its names are dealt with elsewhere.
      this.#hardlinks.forget(stat)
      return this.#describe({ sourcePath, path, stat })
    } catch {
      // Opening it finds the same, and tells.
      return entry
    }
  }

  #open(entry: TreeEntry): FileData | undefined {
    const { fileSystem, onData, onProblem } = this.#options
    try {
      const onBytes = (count: number): void => onData(entry, count)
      const data = openFileData(entry.sourcePath, { fileSystem, before: entry.stat, onBytes })
      if (data !== undefined) return data
      const path = decodeText(entry.sourcePath)
      onProblem({ path, kind: 'vanished', message: 'something else than a file has taken its name' })
    } catch (error) {
      onProblem(toProblem(entry.sourcePath, error))
    }
    return undefined
  }
}
