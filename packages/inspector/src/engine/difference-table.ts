/** Differences as columns, for a million of them. */
import { type ChangedField, type ComparedMetadata, decodeText, type Difference, encodeText } from 'isptar'
import type { RowType } from '../contract/browse-calls.ts'
import type { ComparedSide, DifferenceKind, DifferenceRow } from '../contract/compare-calls.ts'
import { BytesColumn, Column } from './column.ts'

const KINDS: readonly DifferenceKind[] = ['added', 'removed', 'changed']
const TYPES: readonly RowType[] = ['file', 'directory', 'symlink', 'hardlink', 'fifo', 'char', 'block']
/** The order in which changes are told. */
const FIELDS: readonly ChangedField[] = [
  ...(['type', 'size', 'content', 'mtime', 'mode'] as const),
  ...(['owner', 'link', 'device', 'xattrs'] as const),
]
const ABSENT = 255
const NOTHING = new Uint8Array(0)

/** Differences in the order in which they were found. */
export class DifferenceTable {
  readonly #paths = new BytesColumn()
  readonly #kinds = new Column((length) => new Uint8Array(length))
  /** A bit for each of {@link FIELDS}. */
  readonly #changes = new Column((length) => new Uint32Array(length))
  readonly #before = new SideColumns()
  readonly #after = new SideColumns()
  /** Rows of some kinds, by those kinds, as far as they were asked for. */
  readonly #chosen = new Map<string, { readonly rows: Column<Uint32Array>; seen: number }>()

  get count(): number {
    return this.#kinds.length
  }

  /** Adds a difference; what is the same is left out. */
  add({ kind, path, changes, before, after }: Difference): void {
    if (kind === 'same') return
    this.#paths.push(encodeText(path))
    this.#kinds.push(KINDS.indexOf(kind))
    this.#changes.push(changes.reduce((bits, field) => bits | (1 << FIELDS.indexOf(field)), 0))
    this.#before.push(before)
    this.#after.push(after)
  }

  /** Gives differences of these kinds, from the first to before the end. The first call for some kinds costs a pass. */
  rows(kinds: readonly DifferenceKind[], start: number, end: number): DifferenceRow[] {
    const rows = this.#rowsOf(kinds)
    const last = Math.min(end, rows.length)
    return Array.from({ length: Math.max(last - start, 0) }, (_, index) => this.#row(rows.at(start + index)))
  }

  #rowsOf(kinds: readonly DifferenceKind[]): Column<Uint32Array> {
    const key = KINDS.filter((kind) => kinds.includes(kind)).join(' ')
    const chosen = this.#chosen.get(key) ?? { rows: new Column((length) => new Uint32Array(length)), seen: 0 }
    this.#chosen.set(key, chosen)
    const wanted = new Set(kinds.map((kind) => KINDS.indexOf(kind)))
    for (; chosen.seen < this.count; chosen.seen += 1)
      if (wanted.has(this.#kinds.at(chosen.seen))) chosen.rows.push(chosen.seen)
    return chosen.rows
  }

  #row(row: number): DifferenceRow {
    const bits = this.#changes.at(row)
    return {
      kind: KINDS[this.#kinds.at(row)] ?? 'changed',
      path: decodeText(this.#paths.at(row)),
      changes: FIELDS.filter((_, index) => (bits & (1 << index)) !== 0),
      before: this.#before.at(row),
      after: this.#after.at(row),
    }
  }
}

/** What differences have on one side. */
class SideColumns {
  readonly #types = new Column((length) => new Uint8Array(length))
  readonly #modes = new Column((length) => new Uint32Array(length))
  readonly #sizes = new Column((length) => new Float64Array(length))
  readonly #mtimes = new Column((length) => new Float64Array(length))
  readonly #links = new BytesColumn()
  /** Numbers of owners: there are few of them in an archive. */
  readonly #owners = new Column((length) => new Uint32Array(length))
  readonly #ownerNumbers = new Map<string, number>()
  readonly #ownerTexts: string[] = []

  push(side: ComparedMetadata | undefined): void {
    this.#types.push(side === undefined ? ABSENT : TYPES.indexOf(side.type))
    this.#modes.push(side?.mode ?? 0)
    this.#sizes.push(side?.sizeBytes ?? 0)
    this.#mtimes.push(side?.mtime?.seconds ?? Number.NaN)
    this.#links.push(side?.linkBytes ?? NOTHING)
    this.#owners.push(side === undefined ? 0 : this.#ownerNumber(ownerText(side)))
  }

  at(row: number): ComparedSide | undefined {
    const type = this.#types.at(row)
    if (type === ABSENT) return undefined
    const mtime = this.#mtimes.at(row)
    const isLink = TYPES[type] === 'symlink' || TYPES[type] === 'hardlink'
    return {
      type: TYPES[type] ?? 'file',
      mode: this.#modes.at(row),
      owner: this.#ownerTexts[this.#owners.at(row)] ?? '',
      sizeBytes: this.#sizes.at(row),
      mtimeSeconds: Number.isNaN(mtime) ? undefined : mtime,
      linkTarget: isLink ? decodeText(this.#links.at(row)) : undefined,
    }
  }

  #ownerNumber(text: string): number {
    const known = this.#ownerNumbers.get(text)
    if (known !== undefined) return known
    this.#ownerTexts.push(text)
    this.#ownerNumbers.set(text, this.#ownerTexts.length - 1)
    return this.#ownerTexts.length - 1
  }
}

function ownerText({ uid, gid, userName, groupName }: ComparedMetadata): string {
  const numbers = `${uid}:${gid}`
  return userName === '' && groupName === '' ? numbers : `${userName || uid}:${groupName || gid} (${numbers})`
}
