/** Rows of text in columns as wide as what they hold. */

/** One column. */
export interface Column {
  readonly title: string
  /** Whether it holds numbers, which stand at its right edge. @defaultValue false */
  readonly isNumber?: boolean
}

/**
 * Lays out a table with a line of titles.
 *
 * @param rows - one cell a column, fit to print
 * @returns lines, each ended
 */
export function layOutTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const titles = columns.map(({ title }) => title)
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => (row[i] ?? '').length)))
  const line = (row: readonly string[]): string => {
    const cells = row.map((cell, i) =>
      columns[i]?.isNumber ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
    )
    return `${cells.join('  ').trimEnd()}\n`
  }
  return [titles, ...rows].map(line).join('')
}
