/** Rows that are fetched as they come into sight. */

/** Rows that are fetched together. */
const PAGE = 128
/** Pages that are kept. */
const KEPT = 24

/** Fetches rows by pages, and keeps the last of them. */
export class RowCache<T> {
  readonly #fetch: (start: number, end: number) => Promise<readonly T[]>
  readonly #changed: () => void
  /** By page, the one last fetched last. */
  readonly #pages = new Map<number, readonly T[]>()
  readonly #fetching = new Map<number, number>()
  #era = 0

  /**
   * @param fetch - gives rows from the first to before the end, fewer where there are no more
   * @param changed - told when rows have come
   */
  constructor(fetch: (start: number, end: number) => Promise<readonly T[]>, changed: () => void) {
    this.#fetch = fetch
    this.#changed = changed
  }

  /** Forgets all rows, also those on their way. */
  clear(): void {
    this.#pages.clear()
    this.#fetching.clear()
    this.#era += 1
  }

  /**
   * Gives a row, and fetches it with those around it where it is not there; then it is undefined.
   *
   * @param count - how many rows there are
   */
  at(index: number, count: number): T | undefined {
    const page = Math.floor(index / PAGE)
    const rows = this.#pages.get(page)
    const needed = Math.min(count - page * PAGE, PAGE)
    if ((rows?.length ?? 0) < needed && (this.#fetching.get(page) ?? 0) < needed) void this.#load(page, needed)
    return rows?.[index % PAGE]
  }

  async #load(page: number, needed: number): Promise<void> {
    const era = this.#era
    this.#fetching.set(page, needed)
    // What fails tells it elsewhere; the rows stay empty.
    const rows = await this.#fetch(page * PAGE, (page + 1) * PAGE).catch(() => undefined)
    if (era !== this.#era) return
    if (this.#fetching.get(page) === needed) this.#fetching.delete(page)
    if (rows === undefined) return
    const isNew = rows.length > (this.#pages.get(page)?.length ?? 0)
    if (!isNew) return
    this.#pages.delete(page)
    this.#pages.set(page, rows)
    const [oldest] = this.#pages.keys()
    if (this.#pages.size > KEPT && oldest !== undefined) this.#pages.delete(oldest)
    this.#changed()
  }
}
