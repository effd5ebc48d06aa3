/** Which rows are selected, as keys and clicks change it. */

/** Fetches the paths of rows from one place to before another. */
export type PathsOf = (start: number, end: number) => Promise<readonly string[] | undefined>

/** Changes a selection: single rows, and ranges from where one began. */
export class ListSelection {
  readonly #pathsOf: PathsOf
  #anchor = 0
  /** What was selected before the range was. */
  #base: ReadonlySet<string> = new Set()
  #change = 0

  constructor(pathsOf: PathsOf) {
    this.#pathsOf = pathsOf
  }

  /** Begins ranges at a row from now on; what is selected stays so. */
  anchor(index: number, selected: ReadonlySet<string>): void {
    this.#anchor = index
    this.#base = selected
    this.#change += 1
  }

  /** Gives the selection with a path in it, or without it where it was. */
  toggle(index: number, path: string, selected: ReadonlySet<string>): ReadonlySet<string> {
    const next = new Set(selected)
    if (!next.delete(path)) next.add(path)
    this.anchor(index, next)
    return next
  }

  /** Gives the selection with all rows up to this one; undefined when there was another change meanwhile. */
  async extend(index: number): Promise<ReadonlySet<string> | undefined> {
    this.#change += 1
    const change = this.#change
    const paths = await this.#pathsOf(Math.min(index, this.#anchor), Math.max(index, this.#anchor) + 1)
    return paths && change === this.#change ? new Set([...this.#base, ...paths]) : undefined
  }
}
