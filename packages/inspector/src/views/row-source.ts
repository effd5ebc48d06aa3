/** Rows of a view of the engine, fetched as they are seen. */
import type { BrowseCalls, Row, SortOrder, ViewState, ViewSubject } from '../contract/browse-calls.ts'
import type { Trouble } from '../contract/trouble.ts'
import { asTrouble } from '../session/session.ts'

/** Rows that are fetched at once. */
const BLOCK_ROWS = 128

/** Blocks that are kept. */
const KEPT_BLOCKS = 64

interface Block {
  readonly rows: readonly Row[]
  /** The view's order when they were asked for. */
  readonly order: number
}

interface Source {
  readonly browse: BrowseCalls
  readonly view: Promise<number>
}

/** One view at a time. What is answered for an earlier one is dropped. */
export class RowSource {
  readonly #onChange: () => void
  #source: Source | undefined
  #state: ViewState | undefined
  #trouble: Trouble | undefined
  readonly #blocks = new Map<number, Block>()
  readonly #fetching = new Set<number>()

  /** @param onChange - told when there is more, or other, to be shown */
  constructor(onChange: () => void) {
    this.#onChange = onChange
  }

  /** How far the view is; undefined before anything is known. */
  get state(): ViewState | undefined {
    return this.#state
  }

  /** Why there are no more rows. */
  get trouble(): Trouble | undefined {
    return this.#trouble
  }

  get count(): number {
    return this.#state?.count ?? 0
  }

  /** Shows another subject. */
  open(browse: BrowseCalls, subject: ViewSubject, sort: SortOrder): void {
    this.close()
    const view = browse.openView(subject, sort, (state) => {
      if (this.#source === source) this.#take(state)
    })
    const source: Source = { browse, view }
    this.#source = source
    view.then((number) => browse.whenComplete(number)).catch((error) => this.#fail(source, error))
  }

  /** Ends the view. */
  close(): void {
    const source = this.#source
    this.#source = undefined
    this.#state = undefined
    this.#trouble = undefined
    this.#blocks.clear()
    this.#fetching.clear()
    // What could not be opened needs no closing.
    source?.view.then((number) => source.browse.closeView(number)).catch(() => {})
  }

  /** Sorts anew. */
  async sort(sort: SortOrder): Promise<void> {
    const state = await this.#ask((browse, view) => browse.sortView(view, sort))
    if (state) this.#take(state)
  }

  #take(state: ViewState): void {
    this.#state = state
    this.#onChange()
  }

  #fail(source: Source, error: unknown): void {
    if (this.#source !== source) return
    const trouble = asTrouble(error)
    if (trouble.kind === 'aborted') return
    this.#trouble = trouble
    this.#onChange()
  }

  /** Asks the engine about the view; gives undefined where another one is shown when it answers. */
  async #ask<T>(call: (browse: BrowseCalls, view: number) => Promise<T>): Promise<T | undefined> {
    const source = this.#source
    if (source === undefined) return undefined
    try {
      const answer = await call(source.browse, await source.view)
      return this.#source === source ? answer : undefined
    } catch (error) {
      this.#fail(source, error)
      return undefined
    }
  }

  /** Gives a row where it is there; else it is fetched, and {@link RowSource} tells. */
  row(index: number): Row | undefined {
    const number = Math.floor(index / BLOCK_ROWS)
    const block = this.#blocks.get(number)
    if (!block || this.#isOld(number, block)) void this.#fetch(number)
    return block?.rows[index % BLOCK_ROWS]
  }

  /** Gives a row, also where it has to be fetched. */
  async load(index: number): Promise<Row | undefined> {
    if (index < 0 || index >= this.count) return undefined
    const number = Math.floor(index / BLOCK_ROWS)
    const block = this.#blocks.get(number)
    if (block && !this.#isOld(number, block)) return block.rows[index % BLOCK_ROWS]
    return (await this.#ask((browse, view) => browse.rows(view, index, index + 1)))?.[0]
  }

  #isOld(number: number, { rows, order }: Block): boolean {
    return order !== this.#state?.order || rows.length < Math.min(BLOCK_ROWS, this.count - number * BLOCK_ROWS)
  }

  async #fetch(number: number): Promise<void> {
    const order = this.#state?.order
    if (this.#fetching.has(number) || order === undefined || this.#trouble) return
    this.#fetching.add(number)
    const start = number * BLOCK_ROWS
    const rows = await this.#ask((browse, view) => browse.rows(view, start, start + BLOCK_ROWS))
    if (rows === undefined) return
    this.#fetching.delete(number)
    this.#blocks.delete(number)
    this.#blocks.set(number, { rows, order })
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= KEPT_BLOCKS) break
      this.#blocks.delete(oldest)
    }
    this.#onChange()
  }

  /** Gives the place of a path; -1 where it is not there. */
  async indexOf(path: string): Promise<number> {
    return (await this.#ask((browse, view) => browse.indexOf(view, path))) ?? -1
  }

  /** Gives the place of the next name that begins so; -1 where there is none. */
  async indexOfPrefix(prefix: string, start: number): Promise<number> {
    return (await this.#ask((browse, view) => browse.indexOfPrefix(view, prefix, start))) ?? -1
  }

  /** Gives the paths of all rows, or of some; undefined when another view is shown meanwhile. */
  paths(start?: number, end?: number): Promise<readonly string[] | undefined> {
    return this.#ask((browse, view) => browse.paths(view, start, end))
  }
}
