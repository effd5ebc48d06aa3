/** Finds out which paths are further names of a file already met, by file system and file number. */
import type { FileIdentity } from './tree-entry.ts'

interface FirstName {
  readonly path: Buffer
  /** Names not met yet. */
  left: number
}

/** The files with several names met so far; forgets those whose names were all met. */
export class Hardlinks {
  readonly #firstNames = new Map<string, FirstName>()

  /**
   * Takes note of a file.
   *
   * @param file - its identity and number of names
   * @param path - its path in the archive
   * @returns path of the entry that holds its data, undefined when this one shall
   */
  claim(file: FileIdentity & { nlink: bigint }, path: Buffer): Buffer | undefined {
    if (file.nlink < 2n) return undefined
    const key = keyOf(file)
    const first = this.#firstNames.get(key)
    if (first === undefined) {
      this.#firstNames.set(key, { path, left: Number(file.nlink) - 1 })
      return undefined
    }
    // The same path again, by roots that overlap: no entry may be a link to itself.
    if (first.path.equals(path)) return undefined
    first.left -= 1
    if (first.left === 0) this.#firstNames.delete(key)
    return first.path
  }

  /** Withdraws a claim whose entry was not stored after all: the next name is then stored with the data. */
  forget(file: FileIdentity): void {
    this.#firstNames.delete(keyOf(file))
  }
}

function keyOf(file: FileIdentity): string {
  return `${file.dev}:${file.ino}`
}
