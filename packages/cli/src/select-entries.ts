/** Gives the entries that the patterns of a command line pick, in stored order. */
import type { Archive, Entry } from 'isptar'
import type { PatternSet } from './patterns.ts'

/**
 * Gives the picked entries. One folder is asked for as such: an archive with an index then reads only its part of the
 * listing.
 */
export async function* selectEntries(
  archive: Archive,
  wanted: PatternSet,
  signal: AbortSignal,
): AsyncGenerator<Entry, void, undefined> {
  const under = wanted.onlyFolder
  for await (const entry of archive.entries(under === undefined ? { signal } : { under, signal })) {
    signal.throwIfAborted()
    if (wanted.matches(entry.path)) yield entry
  }
}
