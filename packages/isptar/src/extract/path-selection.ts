/** Which entries are meant when a caller names some: exact paths, and folders with all that is below them. */
import { normalizeEntryPath } from '../tar/entry-path.ts'

/** A set of named paths that remembers which of them were met. */
export class PathSelection {
  readonly #unmet: Set<string>
  readonly #paths: ReadonlySet<string> | undefined
  readonly #under: string

  /**
   * @param only - paths as in the archive, `./` in front and `/` behind do not matter; `.` and undefined mean all
   * @param under - a path that all are to be at or below, given as those are; it counts as none of them
   */
  constructor(only: readonly string[] | undefined, under = '') {
    const paths = only?.map(normalizeEntryPath)
    this.#paths = paths === undefined || paths.includes('.') || paths.includes('') ? undefined : new Set(paths)
    this.#unmet = new Set(this.#paths)
    this.#under = normalizeEntryPath(under)
  }

  /** Tells whether a stored path is meant, as itself or as part of a folder. Costs one lookup a component. */
  has(path: string): boolean {
    if (this.#paths === undefined && this.#under === '') return true
    const normal = normalizeEntryPath(path)
    if (!this.#isUnder(normal)) return false
    if (this.#paths === undefined) return true
    for (let end = normal.indexOf('/'); ; end = normal.indexOf('/', end + 1)) {
      const part = end < 0 ? normal : normal.slice(0, end)
      if (this.#paths.has(part)) {
        this.#unmet.delete(part)
        return true
      }
      if (end < 0) return false
    }
  }

  #isUnder(path: string): boolean {
    return this.#under === '' || path === this.#under || path.startsWith(`${this.#under}/`)
  }

  /** The named paths that no entry has met so far. */
  get unmet(): readonly string[] {
    return [...this.#unmet]
  }
}
