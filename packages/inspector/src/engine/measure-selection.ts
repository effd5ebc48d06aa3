/** Says how much a selection is, without reading much for it. */
import type { Archive } from 'isptar'
import type { RowType } from '../contract/browse-calls.ts'
import type { TakeMeasure } from '../contract/take-calls.ts'
import type { EntryTable } from './entry-table.ts'
import { findsFast, PathScope } from './path-scope.ts'
import { readyTable } from './whole-table.ts'

/** Up to so many paths are looked up one by one. */
const MAX_LOOKUPS = 32

interface Found {
  readonly path: string
  readonly line: number
  readonly type: RowType
  readonly sizeBytes: number
}

/** See `TakeCalls.measure`. */
export async function measureSelection(
  archive: Archive,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<TakeMeasure | undefined> {
  const table = readyTable(archive)
  if (table) return measureOf(found(table, new PathScope(paths)), new Set(paths), true)
  if (paths.length > (findsFast(archive) ? MAX_LOOKUPS : 1)) return undefined
  const entries: Found[] = []
  for (const path of paths) {
    const entry = path === '' ? undefined : await archive.find(path, { signal })
    const { place, type, sizeBytes } = entry ?? { place: { line: -1 }, type: 'folder', sizeBytes: 0 }
    entries.push({ path, line: place.line, type, sizeBytes })
  }
  // Something may lie below what is no folder by its own line; taking out says so then.
  return measureOf(
    entries,
    new Set(paths),
    entries.every(({ type }) => type !== 'directory' && type !== 'folder'),
  )
}

function* found(table: EntryTable, scope: PathScope): Generator<Found, void, undefined> {
  for (let row = 0; row < table.count; row += 1) {
    const path = table.path(row)
    if (scope.has(path)) yield { path, line: table.line(row), type: table.type(row), sizeBytes: table.sizeBytes(row) }
  }
}

function measureOf(entries: Iterable<Found>, selected: ReadonlySet<string>, isAll: boolean): TakeMeasure {
  const files = new Map<string, Found>()
  let fileBytes = 0
  for (const entry of entries) {
    fileBytes += entry.sizeBytes
    // Of several lines the last counts.
    if (selected.has(entry.path) && (entry.type === 'file' || entry.type === 'hardlink')) files.set(entry.path, entry)
  }
  const [only] = selected.size === 1 ? files.values() : []
  return { fileBytes, isAll, onlyFile: only && { path: only.path, line: only.line } }
}
