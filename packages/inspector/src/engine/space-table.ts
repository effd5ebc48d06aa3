/** The space that each folder and file takes, in columns: one pass over the rows, one back over the folders. */
import { decodeText } from 'isptar'
import type { SpaceMeasure, SpaceNode, SpaceOthers } from '../contract/picture-calls.ts'
import type { EntryTable } from './entry-table.ts'
import { largestOf } from './largest-of.ts'
import { NONE, PathTree } from './path-tree.ts'

/** Rows between two looks at messages of the page. */
const PAUSE_ROWS = 50_000
const MAX_CHILDREN = 600
const MAX_GRANDCHILDREN = 80
/** Children that are listed however small they are. */
const MIN_CHILDREN = 20
/** What is smaller than this share of the folder is joined. */
const SMALL_SHARE = 1 / 2000

/** How much of a folder is given. */
export interface SpaceOptions {
  /** How deep children are given, from 1. */
  readonly depth: number
  readonly by: SpaceMeasure
}

/** Sums of every folder. */
export class SpaceTable {
  readonly #table: EntryTable
  readonly #tree: PathTree
  readonly #sizes: Float64Array
  readonly #packed: Float64Array
  readonly #counts: Uint32Array
  /** Children of node k, in the order of their first rows, are from `#childStarts[k]` to before that of the next. */
  readonly #childStarts: Uint32Array
  readonly #children: Uint32Array

  private constructor(table: EntryTable, tree: PathTree, packedByRow: Float64Array) {
    const { count } = tree
    this.#table = table
    this.#tree = tree
    this.#sizes = new Float64Array(count)
    this.#packed = new Float64Array(count)
    this.#counts = new Uint32Array(count)
    this.#childStarts = new Uint32Array(count + 1)
    this.#children = new Uint32Array(Math.max(count - 1, 0))
    this.#sum(packedByRow)
    this.#listChildren()
  }

  /**
   * Sums up.
   *
   * @param packedByRow - what each row takes in the archive, in bytes
   */
  static async build(table: EntryTable, packedByRow: Float64Array, signal?: AbortSignal): Promise<SpaceTable> {
    const tree = new PathTree(table)
    for (let row = 0; row < table.count; row += 1) {
      tree.add(row)
      if (row % PAUSE_ROWS !== PAUSE_ROWS - 1) continue
      await new Promise((resolve) => setTimeout(resolve))
      signal?.throwIfAborted()
    }
    return new SpaceTable(table, tree, packedByRow)
  }

  /** Gives a folder, or a file; undefined where there is none. */
  space(path: string, options: SpaceOptions): SpaceNode | undefined {
    const node = this.#tree.find(path)
    if (node === NONE) return undefined
    const values = options.by === 'size' ? this.#sizes : this.#packed
    return this.#node(node, { ...options, isTop: true, smallest: (values[node] ?? 0) * SMALL_SHARE })
  }

  /** Children come after what they are in, so that from the end each is complete when it is added to its folder. */
  #sum(packedByRow: Float64Array): void {
    for (let node = this.#tree.count - 1; node >= 0; node -= 1) {
      const row = this.#tree.row(node)
      if (row !== NONE) this.#addTo(node, this.#table.sizeBytes(row), packedByRow[row] ?? 0, 1)
      const parent = this.#tree.parent(node)
      if (parent === NONE) continue
      this.#addTo(parent, this.#sizes[node] ?? 0, this.#packed[node] ?? 0, this.#counts[node] ?? 0)
    }
  }

  #addTo(node: number, size: number, packed: number, count: number): void {
    this.#sizes[node] = (this.#sizes[node] ?? 0) + size
    this.#packed[node] = (this.#packed[node] ?? 0) + packed
    this.#counts[node] = (this.#counts[node] ?? 0) + count
  }

  #listChildren(): void {
    const starts = this.#childStarts
    for (let node = 1; node < this.#tree.count; node += 1) {
      const next = this.#tree.parent(node) + 1
      starts[next] = (starts[next] ?? 0) + 1
    }
    for (let node = 1; node < starts.length; node += 1) starts[node] = (starts[node] ?? 0) + (starts[node - 1] ?? 0)
    const free = starts.slice()
    for (let node = 1; node < this.#tree.count; node += 1) {
      const parent = this.#tree.parent(node)
      const place = free[parent] ?? 0
      this.#children[place] = node
      free[parent] = place + 1
    }
  }

  #node(node: number, options: SpaceOptions & { isTop: boolean; smallest: number }): SpaceNode {
    const row = this.#tree.row(node)
    const children = this.#childrenOf(node)
    const isFolder = node === 0 || children.length > 0 || (row !== NONE && this.#table.isFolder(row))
    const facts = {
      path: decodeText(this.#tree.path(node)),
      line: row === NONE ? -1 : this.#table.line(row),
      isFolder,
      sizeBytes: this.#sizes[node] ?? 0,
      packedBytes: Math.round(this.#packed[node] ?? 0),
      entryCount: this.#counts[node] ?? 0,
    }
    if (options.depth === 0 || !isFolder) return { ...facts, children: undefined, others: undefined }
    const { listed, others } = this.#divide(children, options)
    const below = { ...options, isTop: false, depth: options.depth - 1 }
    return { ...facts, children: listed.map((child) => this.#node(child, below)), others }
  }

  #divide(
    children: Uint32Array,
    { by, isTop, smallest }: SpaceOptions & { isTop: boolean; smallest: number },
  ): { listed: readonly number[]; others: SpaceOthers | undefined } {
    const values = by === 'size' ? this.#sizes : this.#packed
    const largest = largestOf(children, isTop ? MAX_CHILDREN : MAX_GRANDCHILDREN, (child) => values[child] ?? 0)
    const listed = largest.filter((child, k) => (isTop && k < MIN_CHILDREN) || (values[child] ?? 0) > smallest)
    const count = children.length - listed.length
    if (count === 0) return { listed, others: undefined }
    const restOf = (column: Float64Array): number =>
      sumOf(children, column) - listed.reduce((sum, child) => sum + (column[child] ?? 0), 0)
    return {
      listed,
      // What is left of sums of fractions is never below nothing.
      others: { count, sizeBytes: restOf(this.#sizes), packedBytes: Math.max(Math.round(restOf(this.#packed)), 0) },
    }
  }

  #childrenOf(node: number): Uint32Array {
    return this.#children.subarray(this.#childStarts[node], this.#childStarts[node + 1])
  }
}

function sumOf(nodes: Uint32Array, column: Float64Array): number {
  let sum = 0
  for (const node of nodes) sum += column[node] ?? 0
  return sum
}
