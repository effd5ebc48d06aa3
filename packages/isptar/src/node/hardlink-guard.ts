/**
 * Keeps hardlinks from naming what is not in the archive. A walk calls a file a further name of an earlier one while that one
 * is still on its way; it may turn out that it could not be stored.
 */
import { Hardlinks } from './hardlinks.ts'
import type { TreeEntry } from './tree-entry.ts'

/** Knows which files with several names were lost. To be asked in the order of the archive. */
export class HardlinkGuard {
  /** What the walk finds further names by. */
  readonly hardlinks: Hardlinks = new Hardlinks()
  /** Paths of first names that were not stored. */
  readonly #lost = new Set<string>()
  /** Which of their further names took their place. */
  readonly #heirs = new Hardlinks()

  /** Whether an entry is a hardlink to one that was lost. */
  isOrphan({ linkTarget, type }: TreeEntry): boolean {
    return this.#lost.size > 0 && type === 'hardlink' && linkTarget !== undefined && this.#lost.has(keyOf(linkTarget))
  }

  /**
   * Gives an entry as it is to be stored: the first hardlink to what was lost becomes the file itself, which is still to be
   * looked at as one; the next ones become hardlinks to that.
   */
  settle(entry: TreeEntry): TreeEntry {
    if (!this.isOrphan(entry)) return entry
    const linkTarget = this.#heirs.claim(entry.stat, entry.path)
    if (linkTarget !== undefined) return { ...entry, linkTarget }
    const { linkTarget: _lost, ...file } = entry
    return { ...file, type: 'file', sizeBytes: Number(entry.stat.size) }
  }

  /** An entry was not stored, or was another file by then. */
  lost({ path, stat }: TreeEntry): void {
    if (stat.nlink < 2n) return
    this.#heirs.forget(stat)
    this.#lost.add(keyOf(path))
  }
}

function keyOf(path: Buffer): string {
  return path.toString('latin1')
}
