/** The members with data of an archive, in the order in which they lie, as columns. */
import type { ArchiveLayout } from './archive-layout.ts'
import type { EntryTable } from './entry-table.ts'

/** Members that neither overlap nor lie outside of the archive, whatever its listing says. */
export class MemberTable {
  readonly count: number
  /** Rows with data in this archive, by where it lies. */
  readonly #rows: Uint32Array
  /** Of each member, its first row in `#rows`, and where it begins and ends; one more at the end of the first. */
  readonly #firsts: Uint32Array
  readonly #starts: Float64Array
  readonly #ends: Float64Array
  readonly #grouped: Uint8Array

  constructor(table: EntryTable, layout: ArchiveLayout) {
    const { rows, starts } = placedRows(table, layout)
    const count = starts.filter((start, k) => k === 0 || start !== starts[k - 1]).length
    this.count = count
    this.#rows = rows
    this.#firsts = new Uint32Array(count + 1)
    this.#starts = new Float64Array(count)
    this.#ends = new Float64Array(count)
    this.#grouped = new Uint8Array(count)
    let member = -1
    for (const [k, row] of rows.entries()) {
      const start = starts[k] ?? 0
      if (k === 0 || start !== starts[k - 1]) {
        member += 1
        this.#firsts[member] = k
        this.#starts[member] = start
      }
      const packed = table.packedBytes(row)
      const end = packed === undefined ? layout.dataEnd : start + packed
      this.#ends[member] = Math.max(this.#ends[member] ?? 0, end)
      if (isGrouped(table, row)) this.#grouped[member] = 1
    }
    this.#firsts[count] = rows.length
    for (let k = 0; k < count; k += 1)
      this.#ends[k] = Math.min(this.#ends[k] ?? 0, this.#starts[k + 1] ?? layout.dataEnd)
  }

  /** Where a member begins, in bytes from the start of the archive. */
  start(member: number): number {
    return this.#starts[member] ?? 0
  }

  /** The byte after a member. Without its length in the listing (format 1) it goes on to the next one. */
  end(member: number): number {
    return this.#ends[member] ?? 0
  }

  isGroup(member: number): boolean {
    return this.#grouped[member] === 1
  }

  /** The rows whose data is in a member. */
  rows(member: number): Uint32Array {
    return this.#rows.subarray(this.#firsts[member], this.#firsts[member + 1])
  }

  /** The first member that does not end before or at a place; `count` where there is none. */
  firstAfter(offset: number): number {
    let [low, high] = [0, this.count]
    while (low < high) {
      const middle = (low + high) >> 1
      if (this.end(middle) <= offset) low = middle + 1
      else high = middle
    }
    return low
  }

  /** Gives what each row takes in the archive, in bytes: its share of its member by size. */
  packedByRow(table: EntryTable): Float64Array {
    const packed = new Float64Array(table.count)
    for (let member = 0; member < this.count; member += 1) {
      const rows = this.rows(member)
      const bytes = this.end(member) - this.start(member)
      let sizes = 0
      for (const row of rows) sizes += table.sizeBytes(row)
      for (const row of rows) packed[row] = sizes === 0 ? 0 : (bytes * table.sizeBytes(row)) / sizes
    }
    return packed
  }
}

/** In version 2 a file of a group is told by what precedes its data. */
function isGrouped(table: EntryTable, row: number): boolean {
  return (table.place(row)?.plainOffset ?? 0) > 0 && table.packedBytes(row) !== undefined
}

function placedRows(table: EntryTable, layout: ArchiveLayout): { rows: Uint32Array; starts: Float64Array } {
  const rows = new Uint32Array(table.count)
  const starts = new Float64Array(table.count)
  let count = 0
  let isSorted = true
  for (let row = 0; row < table.count; row += 1) {
    const place = table.place(row)
    const start = place && layout.memberStart(place, isGrouped(table, row))
    if (start === undefined) continue
    if (count > 0 && start < (starts[count - 1] ?? 0)) isSorted = false
    rows[count] = row
    starts[count] = start
    count += 1
  }
  if (isSorted) return { rows: rows.subarray(0, count), starts: starts.subarray(0, count) }
  const order = new Uint32Array(count).map((_, k) => k).sort((a, b) => (starts[a] ?? 0) - (starts[b] ?? 0) || a - b)
  return { rows: order.map((k) => rows[k] ?? 0), starts: Float64Array.from(order, (k) => starts[k] ?? 0) }
}
