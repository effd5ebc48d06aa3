/** Entries as columns, for folders and searches of a million of them. */
import { decodeText, type Entry, judgeEntryPath, normalizeEntryPath } from 'isptar'
import type { Row, RowType } from '../contract/browse-calls.ts'
import { BytesColumn, Column } from './column.ts'

const TYPES: readonly RowType[] = ['file', 'directory', 'symlink', 'hardlink', 'fifo', 'char', 'block', 'folder']
const NONE = -1

/** Where the data of a row lies. */
export interface RowPlace {
  readonly depth: number
  readonly slice: number
  /** In that slice, in bytes. */
  readonly offset: number
  /** Above 0 in a group. */
  readonly plainOffset: number
}

/** Rows in the order in which they were added. */
export class EntryTable {
  readonly #paths = new BytesColumn()
  readonly #links = new BytesColumn()
  readonly #lines = new Column((length) => new Float64Array(length))
  readonly #types = new Column((length) => new Uint8Array(length))
  /** 1: can be opened, 2: changed while it was packed, 4: has a link target. */
  readonly #flags = new Column((length) => new Uint8Array(length))
  readonly #sizes = new Column((length) => new Float64Array(length))
  readonly #packed = new Column((length) => new Float64Array(length))
  readonly #mtimes = new Column((length) => new Float64Array(length))
  readonly #depths = new Column((length) => new Float64Array(length))
  readonly #slices = new Column((length) => new Float64Array(length))
  readonly #offsets = new Column((length) => new Float64Array(length))
  readonly #plainOffsets = new Column((length) => new Float64Array(length))

  get count(): number {
    return this.#lines.length
  }

  /**
   * Adds an entry.
   *
   * @param isFolder - whether it can be opened
   */
  add(entry: Entry, isFolder: boolean = entry.type === 'directory'): void {
    const { linkTargetBytes, location } = entry
    this.#paths.push(entry.pathBytes)
    this.#links.push(linkTargetBytes ?? new Uint8Array(0))
    this.#lines.push(entry.place.line)
    this.#types.push(TYPES.indexOf(entry.type))
    this.#flags.push((isFolder ? 1 : 0) | (entry.dirty ? 2 : 0) | (linkTargetBytes ? 4 : 0))
    this.#sizes.push(entry.sizeBytes)
    this.#packed.push(packedBytesOf(entry) ?? NONE)
    this.#mtimes.push(entry.mtime?.seconds ?? Number.NaN)
    this.#depths.push(location?.depth ?? NONE)
    this.#slices.push(location?.slice ?? NONE)
    this.#offsets.push(location?.offset ?? NONE)
    this.#plainOffsets.push(location?.plainOffset ?? 0)
  }

  /** Adds a row of another table; see {@link add}. */
  copy(other: EntryTable, row: number, isFolder: boolean): void {
    this.#paths.push(other.#paths.at(row))
    this.#links.push(other.#links.at(row))
    this.#types.push(other.#types.at(row))
    this.#flags.push((other.#flags.at(row) & ~1) | (isFolder ? 1 : 0))
    this.#lines.push(other.#lines.at(row))
    this.#sizes.push(other.#sizes.at(row))
    this.#packed.push(other.#packed.at(row))
    this.#mtimes.push(other.#mtimes.at(row))
    this.#depths.push(other.#depths.at(row))
    this.#slices.push(other.#slices.at(row))
    this.#offsets.push(other.#offsets.at(row))
    this.#plainOffsets.push(other.#plainOffsets.at(row))
  }

  /** Adds a folder that has no line of its own. */
  addFolder(pathBytes: Uint8Array): void {
    this.#paths.push(pathBytes)
    this.#links.push(new Uint8Array(0))
    this.#types.push(TYPES.indexOf('folder'))
    this.#flags.push(1)
    this.#mtimes.push(Number.NaN)
    for (const column of [this.#sizes, this.#plainOffsets]) column.push(0)
    for (const column of [this.#lines, this.#packed, this.#depths, this.#slices, this.#offsets]) column.push(NONE)
  }

  /** Gives the raw path; it holds only until more rows are added. */
  pathBytes(row: number): Uint8Array {
    return this.#paths.at(row)
  }

  /** Compares the raw paths of two rows by their bytes, `/` below all others. */
  comparePaths(a: number, b: number): number {
    return this.#paths.compare(a, b)
  }

  /** Gives the path, normalised. */
  path(row: number): string {
    return normalizeEntryPath(decodeText(this.#paths.at(row)))
  }

  line(row: number): number {
    return this.#lines.at(row)
  }

  type(row: number): RowType {
    return TYPES[this.#types.at(row)] ?? 'file'
  }

  isFolder(row: number): boolean {
    return (this.#flags.at(row) & 1) !== 0
  }

  /** Of its data, in bytes. */
  sizeBytes(row: number): number {
    return this.#sizes.at(row)
  }

  /** Of its member, or of the group that it is in, in bytes; undefined where the listing does not say. */
  packedBytes(row: number): number | undefined {
    return known(this.#packed.at(row))
  }

  /** Seconds since 1970; NaN where the listing has none. */
  mtimeSeconds(row: number): number {
    return this.#mtimes.at(row)
  }

  /** Where its data lies; undefined for entries without data. */
  place(row: number): RowPlace | undefined {
    const depth = this.#depths.at(row)
    if (depth === NONE) return undefined
    const [slice, offset, plainOffset] = [this.#slices.at(row), this.#offsets.at(row), this.#plainOffsets.at(row)]
    return { depth, slice, offset, plainOffset }
  }

  /** Gives a row as the page shows it. */
  row(row: number): Row {
    const flags = this.#flags.at(row)
    const mtime = this.#mtimes.at(row)
    const path = this.path(row)
    return {
      path,
      line: this.line(row),
      type: this.type(row),
      isFolder: (flags & 1) !== 0,
      sizeBytes: this.sizeBytes(row),
      packedBytes: this.packedBytes(row),
      mtimeSeconds: Number.isNaN(mtime) ? undefined : mtime,
      depth: known(this.#depths.at(row)),
      linkTarget: (flags & 4) === 0 ? undefined : decodeText(this.#links.at(row)),
      isDirty: (flags & 2) !== 0,
      isUnsafe: judgeEntryPath(path) !== undefined,
    }
  }
}

function known(value: number): number | undefined {
  return value === NONE ? undefined : value
}

/** A malformed column hides the size, not the entry; reading its data says what is wrong. */
function packedBytesOf(entry: Entry): number | undefined {
  try {
    return entry.packedBytes
  } catch {
    return undefined
  }
}
