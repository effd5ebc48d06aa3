/** Saves differences as a file of lines. */
import type { DifferenceKind, DifferenceRow } from '../contract/compare-calls.ts'
import type { Comparison } from '../session/comparison.ts'

/** Rows that are fetched together. */
const PAGE = 10_000

/** How differences become a file. */
export interface SavedReport {
  readonly name: string
  /** Its media type. */
  readonly type: string
  /** What stands before the lines. */
  readonly head: string
  readonly line: (row: DifferenceRow) => string
}

/** Fetches all differences of these kinds and offers them as a file. Memory grows with the report. */
export async function saveReport(
  comparison: Comparison,
  kinds: readonly DifferenceKind[],
  { name, type, head, line }: SavedReport,
): Promise<void> {
  const parts = [head]
  for (let start = 0; ; start += PAGE) {
    const rows = await comparison.differences(kinds, start, start + PAGE)
    parts.push(rows.map(line).join(''))
    if (rows.length < PAGE) break
  }
  const url = URL.createObjectURL(new Blob(parts, { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // The browser has begun to take it by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
