/** The tree of all paths of a table, in columns of numbers: folders without a line too, one node for each path. */
import { encodeText, normalizeEntryPath } from 'isptar'
import { Column } from './column.ts'
import type { EntryTable } from './entry-table.ts'
import { normalBytes } from './path-bytes.ts'

const SLASH = 0x2f
/** Another one each time, so that nobody can make an archive whose paths all have one hash. */
const FNV_START = Math.floor(Math.random() * 2 ** 32)
const FNV_PRIME = 0x01000193

/** What has no row, or is not there. */
export const NONE = -1

/** The root is node 0; a folder has a smaller number than all that is in it. */
export class PathTree {
  readonly #table: EntryTable
  readonly #parents = new Column((length) => new Int32Array(length))
  /** The last row of the path; NONE for folders without one. */
  readonly #rows = new Column((length) => new Int32Array(length))
  /** The path is the beginning of that of a row: which, and how long. */
  readonly #keyRows = new Column((length) => new Uint32Array(length))
  readonly #keyLengths = new Column((length) => new Uint32Array(length))
  readonly #hashes = new Column((length) => new Uint32Array(length))
  /** Open addressing: node + 1, 0 where there is none. */
  #slots = new Uint32Array(4096)
  /** The path before, and the ends and nodes of what it lies in: paths that follow each other share most of them. */
  #before: Uint8Array = new Uint8Array(0)
  #ends: number[] = []
  #nodes: number[] = []

  /** @param table - holds the paths; rows are added by number */
  constructor(table: EntryTable) {
    this.#table = table
    this.#insert(NONE, 0, 0, FNV_START)
  }

  get count(): number {
    return this.#parents.length
  }

  /** The folder that a node is in; NONE for the root. */
  parent(node: number): number {
    return this.#parents.at(node)
  }

  /** The last row that has a node's path; NONE for a folder without one. */
  row(node: number): number {
    return this.#rows.at(node)
  }

  /** Gives a node's raw path, normalised: a view. */
  path(node: number): Uint8Array {
    if (node === 0) return new Uint8Array(0)
    return normalBytes(this.#table.pathBytes(this.#keyRows.at(node))).subarray(0, this.#keyLengths.at(node))
  }

  /** Gives the node of a path; NONE where there is none. */
  find(path: string): number {
    const bytes = encodeText(normalizeEntryPath(path))
    return this.#find(bytes, bytes.length, hashOf(bytes, 0, bytes.length, FNV_START))
  }

  /** Adds the path of a row, and all that it lies in. Of one path in several rows the last counts. */
  add(row: number): void {
    const path = normalBytes(this.#table.pathBytes(row))
    let depth = this.#sharedDepth(path)
    let node = depth === 0 ? 0 : (this.#nodes[depth - 1] ?? 0)
    let end = depth === 0 ? 0 : (this.#ends[depth - 1] ?? 0)
    let hash = this.#hashes.at(node)
    while (end < path.length) {
      const nameStart = depth === 0 ? 0 : end + 1
      if (depth > 0 && nameStart === path.length) break
      const nameEnd = endOfName(path, nameStart)
      hash = hashOf(path, end, nameEnd, hash)
      const found = this.#find(path, nameEnd, hash)
      node = found === NONE ? this.#insert(node, row, nameEnd, hash) : found
      this.#ends[depth] = nameEnd
      this.#nodes[depth] = node
      depth += 1
      end = nameEnd
    }
    this.#ends.length = depth
    this.#nodes.length = depth
    this.#before = path
    this.#rows.set(node, row)
  }

  /** How many of the folders that the path before lies in, or is, this one lies in, too. */
  #sharedDepth(path: Uint8Array): number {
    const length = Math.min(path.length, this.#before.length)
    let shared = 0
    while (shared < length && path[shared] === this.#before[shared]) shared += 1
    let depth = 0
    for (const end of this.#ends) {
      if (end > shared || (end < path.length && path[end] !== SLASH)) break
      depth += 1
    }
    return depth
  }

  #find(path: Uint8Array, length: number, hash: number): number {
    const mask = this.#slots.length - 1
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const node = (this.#slots[slot] ?? 0) - 1
      if (node === NONE) return NONE
      if (this.#hashes.at(node) === hash && this.#keyLengths.at(node) === length && startsAlike(this.path(node), path))
        return node
    }
  }

  #insert(parent: number, row: number, length: number, hash: number): number {
    const node = this.count
    this.#parents.push(parent)
    this.#rows.push(NONE)
    this.#keyRows.push(row)
    this.#keyLengths.push(length)
    this.#hashes.push(hash)
    if (this.count * 2 > this.#slots.length) {
      this.#slots = new Uint32Array(this.#slots.length * 2)
      for (let k = 0; k < node; k += 1) this.#settle(k)
    }
    this.#settle(node)
    return node
  }

  #settle(node: number): void {
    const mask = this.#slots.length - 1
    let slot = this.#hashes.at(node) & mask
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask
    this.#slots[slot] = node + 1
  }
}

/** Slashes at the beginning of a name belong to it, as where folders are listed. */
function endOfName(path: Uint8Array, start: number): number {
  let end = start
  while (path[end] === SLASH) end += 1
  while (end < path.length && path[end] !== SLASH) end += 1
  return end
}

function hashOf(bytes: Uint8Array, start: number, end: number, before: number): number {
  let hash = before
  for (let k = start; k < end; k += 1) hash = Math.imul(hash ^ (bytes[k] ?? 0), FNV_PRIME) >>> 0
  return hash
}

function startsAlike(shorter: Uint8Array, path: Uint8Array): boolean {
  for (let k = shorter.length - 1; k >= 0; k -= 1) if (shorter[k] !== path[k]) return false
  return true
}
