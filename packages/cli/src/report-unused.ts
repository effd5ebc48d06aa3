/** Says which patterns of a command line met nothing: a typing error must not look like success. */
import { type Archive, EntryNotFoundError } from 'isptar'
import type { Context } from './context.ts'
import { exitCodeOfKind, OK } from './exit-code.ts'
import type { PatternSet } from './patterns.ts'

/**
 * Prints a line for each pattern without an entry. Call when all entries were looked at.
 *
 * @returns the exit code
 */
export async function reportUnused(wanted: PatternSet, archive: Archive, context: Context): Promise<number> {
  for (const pattern of wanted.unused) await context.fail(new EntryNotFoundError(pattern, archive.name).message)
  return wanted.unused.length === 0 ? OK : exitCodeOfKind('entry-not-found')
}
