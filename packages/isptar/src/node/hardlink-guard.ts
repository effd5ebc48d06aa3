/**
 * Keeps hardlinks from naming what is not in the archive. A walk tells that a file is a further name of an earlier one when
 * that one is still on its way; it may turn out that it could not be stored.
 */
import { createDescriber, type DescribeOptions, type EntryDescriber } from './describe-entry.ts'
import { Hardlinks } from './hardlinks.ts'
import type { Posix } from './posix.ts'
import type { TreeEntry } from './tree-entry.ts'
import { nodeFileSystem } from './tree-file-system.ts'
import type { TreeFileSystem } from './tree-file-system.ts'

/** Knows which files with several names are on their way, and which were lost. */
export class HardlinkGuard {
  /** What the walk finds further names by. */
  readonly hardlinks: Hardlinks = new Hardlinks()
  readonly #coming = new Set<string>()
  readonly #lost = new Set<string>()
  #describe: EntryDescriber | undefined

  /** Says how what was taken for a hardlink is described anew; comes first. */
  describeBy(options: DescribeOptions & { readonly fileSystem?: TreeFileSystem | undefined }, posix: Posix): void {
    const { fileSystem = nodeFileSystem } = options
    this.#describe = createDescriber({ ...options, hardlinks: this.hardlinks, onNotice: undefined }, fileSystem, posix)
  }

  /** Whether an entry is a hardlink to one that is still on its way. */
  isUnsure({ linkTarget, type }: TreeEntry): boolean {
    return type === 'hardlink' && linkTarget !== undefined && this.#coming.has(keyOf(linkTarget))
  }

  /** Gives an entry as it is to be stored; a hardlink to what was lost becomes the file itself. */
  check(entry: TreeEntry): TreeEntry | undefined {
    const isLost =
      entry.type === 'hardlink' && entry.linkTarget !== undefined && this.#lost.has(keyOf(entry.linkTarget))
    const certain = isLost ? this.#describe?.(entry) : entry
    if (certain?.type === 'file' && certain.stat.nlink > 1n) this.#coming.add(keyOf(certain.path))
    return certain
  }

  /** An entry was stored. */
  stored(entry: TreeEntry): void {
    if (entry.stat.nlink > 1n) this.#coming.delete(keyOf(entry.path))
  }

  /** An entry was not stored, or was another file by then. */
  lost(entry: TreeEntry): void {
    this.hardlinks.forget(entry.stat)
    if (entry.stat.nlink < 2n) return
    this.#coming.delete(keyOf(entry.path))
    this.#lost.add(keyOf(entry.path))
  }
}

function keyOf(path: Buffer): string {
  return path.toString('latin1')
}
