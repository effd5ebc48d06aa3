/** What rows are called. */
import { baseName } from './entry-path.ts'
import { printable } from './printable.ts'

/** Gives the name of an entry as it may be shown; `.` for the root's own. */
export function nameText(path: string): string {
  return path === '' ? '.' : printable(baseName(path))
}
