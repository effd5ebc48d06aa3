/** Looks through the whole listing, from what is known of it at once to its end. */
import type { Archive } from 'isptar'
import type { EntryTable } from './entry-table.ts'
import { rowMatcher } from './row-matcher.ts'
import { wholeTable } from './whole-table.ts'
import { WorkSlice } from './work-slice.ts'

/** Rows that are looked through at once: some milliseconds. */
const STEP_ROWS = 8192

/** What to look for; see `ViewSubject`. */
export interface Wanted {
  readonly under: string
  readonly pattern: string
}

/**
 * Searches.
 *
 * @param onFound - given the rows found since the last call, and how many were looked through in all
 * @throws as `wholeTable`
 */
export async function searchRows(
  archive: Archive,
  { under, pattern }: Wanted,
  signal: AbortSignal,
  onFound: (table: EntryTable, found: readonly number[], searchedCount: number) => void,
): Promise<void> {
  const matches = rowMatcher(pattern, under)
  let searched = 0
  const step = (table: EntryTable): void => {
    const found: number[] = []
    const end = Math.min(table.count, searched + STEP_ROWS)
    for (; searched < end; searched += 1) if (matches(table, searched)) found.push(searched)
    onFound(table, found, searched)
  }
  // Some of what was read till now, while the rest is being read.
  const table = await wholeTable(archive, (_, growing) => step(growing), signal)
  const slice = new WorkSlice()
  while (searched < table.count) {
    step(table)
    await slice.breathe()
    signal.throwIfAborted()
  }
}
