/** Finds the entry that is meant, and the file that has its data. */
import { type Archive, type Entry, normalizeEntryPath, type ReadOptions } from 'isptar'

/** As many links as the library follows. */
const MAX_LINKS = 40

/**
 * Gives the entry of a path.
 *
 * @param line - its line, where several have that path; -1 for the last of them
 * @throws EntryNotFoundError
 */
export async function entryOfKey(archive: Archive, path: string, line: number, options: ReadOptions): Promise<Entry> {
  const entry = line < 0 ? undefined : await archive.entryAt(line, options)
  return entry !== undefined && normalizeEntryPath(entry.path) === path ? entry : archive.get(path, options)
}

/** Gives the file that a hardlink names; all else as it is, also a link to nothing: reading it says what is wrong. */
export async function dataEntry(archive: Archive, entry: Entry, options: ReadOptions): Promise<Entry> {
  let current: Entry | undefined = entry
  for (let links = 0; current?.type === 'hardlink' && links < MAX_LINKS; links += 1)
    current = await archive.find(current.linkTarget ?? '', options)
  return current === undefined || current.type === 'hardlink' ? entry : current
}
