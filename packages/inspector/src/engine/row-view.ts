/** Rows of a table that are in a view, in its order; they may become more. */
import type { Row, SortOrder, ViewState } from '../contract/browse-calls.ts'
import { Column } from './column.ts'
import type { EntryTable } from './entry-table.ts'
import type { RowMatcher } from './row-matcher.ts'
import { sortedRows } from './row-order.ts'

/** The rows of a view. */
export class RowView {
  readonly table: EntryTable
  readonly #taken = new Column((length) => new Uint32Array(length))
  #sort: SortOrder
  /** The rows taken first, sorted; those after them are in stored order. */
  #sorted: Uint32Array = new Uint32Array(0)
  #order = 0

  constructor(table: EntryTable, sort: SortOrder) {
    this.table = table
    this.#sort = sort
  }

  get count(): number {
    return this.#taken.length
  }

  /** How far it is; see `ViewState`. */
  state(isComplete: boolean, searchedCount: number | undefined): ViewState {
    return { count: this.count, isComplete, order: this.#order, searchedCount }
  }

  /** Adds a row of the table. */
  take(row: number): void {
    this.#taken.push(row)
  }

  /** Sorts what has come, where that is all, or so much that it pays: sorting costs no more than twice what it must. */
  settle(isComplete: boolean): void {
    const isDue = isComplete ? this.count > this.#sorted.length : this.count >= 2 * this.#sorted.length
    if (isDue && this.count > 0) this.#sortNow()
  }

  /** Sorts all anew. */
  sort(sort: SortOrder): void {
    this.#sort = sort
    this.#sortNow()
  }

  #sortNow(): void {
    this.#sorted = sortedRows(this.table, this.#taken.values(), this.#sort)
    this.#order += 1
  }

  #at(place: number): number {
    return this.#sorted[place] ?? this.#taken.at(place)
  }

  /** Gives the rows from one place to before another, or to the end. */
  rows(start: number, end: number): readonly Row[] {
    return this.#map(start, end, (row) => this.table.row(row))
  }

  /** Gives their paths. */
  paths(start: number, end: number): readonly string[] {
    return this.#map(start, end, (row) => this.table.path(row))
  }

  #map<T>(start: number, end: number, of: (row: number) => T): readonly T[] {
    const found: T[] = []
    for (let place = Math.max(start, 0); place < Math.min(end, this.count); place += 1) found.push(of(this.#at(place)))
    return found
  }

  /** Gives the first place from `start` on, then from the beginning, of a row that matches; -1 where there is none. */
  find(matches: RowMatcher, start: number): number {
    for (let step = 0; step < this.count; step += 1) {
      const place = (start + step) % this.count
      if (matches(this.table, this.#at(place))) return place
    }
    return -1
  }
}
