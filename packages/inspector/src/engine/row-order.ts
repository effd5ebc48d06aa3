/** Orders of rows: indices into a table, sorted without an object for each. */
import type { SortKey, SortOrder } from '../contract/browse-calls.ts'
import type { EntryTable } from './entry-table.ts'

/** Up to so many rows names are compared as people do: half a million comparisons, some tenths of a second. */
const COLLATED_ROWS = 20_000

const collator = new Intl.Collator(undefined, { numeric: true })

/**
 * Sorts rows of a table; see `SortKey` for how. Numbers cost linear time, names by bytes little where they are almost
 * in order, as listings are.
 *
 * @param rows - in stored order
 * @returns a new array
 */
export function sortedRows(table: EntryTable, rows: Uint32Array, sort: SortOrder): Uint32Array {
  if (sort.key === 'stored') return sort.descending ? rows.slice().reverse() : rows.slice()
  const sorted = sort.key === 'name' ? byName(table, rows, sort) : byNumber(rows, sort, numberOf(table, sort.key))
  return foldersFirst(table, sorted)
}

function byName(table: EntryTable, rows: Uint32Array, { descending }: SortOrder): Uint32Array {
  const sign = descending ? -1 : 1
  // Sorting of plain arrays takes advantage of what is in order already; that of typed arrays does not.
  const sorted = Array.from(rows)
  if (rows.length > COLLATED_ROWS) return Uint32Array.from(sorted.sort((a, b) => sign * table.comparePaths(a, b)))
  const names = new Map(sorted.map((row) => [row, table.path(row)]))
  const nameOf = (row: number): string => names.get(row) ?? ''
  return Uint32Array.from(sorted.sort((a, b) => sign * collator.compare(nameOf(a), nameOf(b))))
}

/** Gives NaN for what a row does not have. */
function numberOf(table: EntryTable, key: Exclude<SortKey, 'stored' | 'name'>): (row: number) => number {
  if (key === 'size') return (row) => (table.type(row) === 'file' ? table.sizeBytes(row) : Number.NaN)
  if (key === 'packed') return (row) => table.packedBytes(row) ?? Number.NaN
  return (row) => table.mtimeSeconds(row)
}

/** A radix sort of the numbers' bits, lowest byte first: linear, and stable. */
function byNumber(rows: Uint32Array, { descending }: SortOrder, keyOf: (row: number) => number): Uint32Array {
  const known = rows.filter((row) => !Number.isNaN(keyOf(row)))
  const missing = rows.filter((row) => Number.isNaN(keyOf(row)))
  const words = orderedBits(known, descending, keyOf)
  let order = Uint32Array.from(known.keys())
  for (const word of words) for (const shift of [0, 8, 16, 24]) order = byByte(order, word, shift)
  const sorted = new Uint32Array(rows.length)
  for (const [place, index] of order.entries()) sorted[place] = known[index] ?? 0
  sorted.set(missing, known.length)
  return sorted
}

/** Gives the low and high words of integers that are in the order of the numbers. */
function orderedBits(
  rows: Uint32Array,
  descending: boolean,
  keyOf: (row: number) => number,
): [Uint32Array, Uint32Array] {
  const low = new Uint32Array(rows.length)
  const high = new Uint32Array(rows.length)
  const bits = new DataView(new ArrayBuffer(8))
  for (const [index, row] of rows.entries()) {
    // Makes 0 of -0.
    bits.setFloat64(0, keyOf(row) + 0)
    const isNegative = bits.getInt32(0) < 0
    const flip = isNegative === descending ? 0 : 0xffff_ffff
    const sign = descending ? 0x7fff_ffff : 0x8000_0000
    high[index] = bits.getUint32(0) ^ (isNegative ? flip : sign)
    low[index] = bits.getUint32(4) ^ (isNegative ? flip : descending ? 0xffff_ffff : 0)
  }
  return [low, high]
}

function byByte(order: Uint32Array<ArrayBuffer>, word: Uint32Array, shift: number): Uint32Array<ArrayBuffer> {
  const places = new Uint32Array(257)
  const byteOf = (index: number): number => ((word[index] ?? 0) >>> shift) & 0xff
  for (const index of order) places[byteOf(index) + 1] = (places[byteOf(index) + 1] ?? 0) + 1
  if (places.includes(order.length)) return order
  for (let byte = 1; byte < 257; byte += 1) places[byte] = (places[byte] ?? 0) + (places[byte - 1] ?? 0)
  const sorted = new Uint32Array(order.length)
  for (const index of order) {
    const byte = byteOf(index)
    const place = places[byte] ?? 0
    sorted[place] = index
    places[byte] = place + 1
  }
  return sorted
}

function foldersFirst(table: EntryTable, rows: Uint32Array): Uint32Array {
  const sorted = new Uint32Array(rows.length)
  let place = 0
  for (const wanted of [true, false])
    for (const row of rows)
      if (table.isFolder(row) === wanted) {
        sorted[place] = row
        place += 1
      }
  return sorted
}
