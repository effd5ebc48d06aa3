/** Says how much a selection is, without reading much for it. */
import type { Archive } from 'isptar'
import type { RowType } from '../contract/browse-calls.ts'
import type { TakeMeasure } from '../contract/take-calls.ts'
import type { EntryTable } from './entry-table.ts'
import { findsFast, PathScope } from './path-scope.ts'
import { readyTable } from './whole-table.ts'
import { WorkSlice } from './work-slice.ts'

/** Up to so many paths are looked up one by one. */
const MAX_LOOKUPS = 32
/** Rows between two looks at the clock. */
const STRIDE = 1024

/** See `TakeCalls.measure`. */
export async function measureSelection(
  archive: Archive,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<TakeMeasure | undefined> {
  const sum = new SelectionSum(paths)
  const table = readyTable(archive)
  if (table) {
    await addRows(sum, table, new PathScope(paths), signal)
    return sum.measure(true)
  }
  if (paths.length > (findsFast(archive) ? MAX_LOOKUPS : 1)) return undefined
  // Something may lie below what is no folder by its own line; taking out says so then.
  let isAll = true
  for (const path of paths) {
    const entry = path === '' ? undefined : await archive.find(path, { signal })
    if (entry) sum.add(path, entry.place.line, entry.type, entry.sizeBytes)
    if (entry === undefined || entry.type === 'directory') isAll = false
  }
  return sum.measure(isAll)
}

async function addRows(sum: SelectionSum, table: EntryTable, scope: PathScope, signal: AbortSignal): Promise<void> {
  const slice = new WorkSlice()
  for (let row = 0; row < table.count; row += 1) {
    if (row % STRIDE === 0) {
      await slice.breathe()
      signal.throwIfAborted()
    }
    const path = table.path(row)
    if (scope.has(path)) sum.add(path, table.line(row), table.type(row), table.sizeBytes(row))
  }
}

/** What was selected, added up. */
class SelectionSum {
  readonly #selected: ReadonlySet<string>
  #onlyFile: TakeMeasure['onlyFile']
  #fileBytes = 0

  constructor(paths: readonly string[]) {
    this.#selected = new Set(paths)
  }

  /** Adds an entry that is selected, or lies in a folder that is. */
  add(path: string, line: number, type: RowType, sizeBytes: number): void {
    this.#fileBytes += sizeBytes
    // Of several lines the last counts.
    if (this.#selected.size === 1 && this.#selected.has(path) && (type === 'file' || type === 'hardlink'))
      this.#onlyFile = { path, line }
  }

  measure(isAll: boolean): TakeMeasure {
    return { fileBytes: this.#fileBytes, isAll, onlyFile: this.#onlyFile }
  }
}
