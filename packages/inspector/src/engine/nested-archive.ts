/** Archives that are entries of the open one. */
import { type Archive, type Entry, entrySource, isIsptarError, normalizeEntryPath, openArchive } from 'isptar'
import type { NestedListing, NestedRow } from '../contract/entry-calls.ts'

/** Rows that are given. */
const MAX_ROWS = 1000
/** What opening reads first. */
const TAIL_BYTES = 64 * 1024

/**
 * Lists the first entries of an archive that is a file of another.
 *
 * @throws errors of the outer archive; what is wrong with the inner one is its note
 */
export async function nestedListing(archive: Archive, file: Entry, signal: AbortSignal): Promise<NestedListing> {
  const source = entrySource(archive, file)
  // What is wrong with the outer archive fails here.
  await source.readTail(TAIL_BYTES, { signal })
  let inner: Archive
  try {
    inner = await openArchive(source, { signal })
  } catch (error) {
    if (isIsptarError(error, 'format'))
      return notListed('It has no index: to list it, all of it would have to be read.')
    throw error
  }
  try {
    const rows: NestedRow[] = []
    let isComplete = true
    for await (const entry of inner.entries({ signal })) {
      isComplete = rows.length < MAX_ROWS
      if (!isComplete) break
      rows.push({ path: normalizeEntryPath(entry.path), type: entry.type, sizeBytes: entry.sizeBytes })
    }
    const { formatVersion, entryCount, createdAt, baseIdentities } = inner
    const isDifferential = baseIdentities.length > 0
    return { summary: { formatVersion, entryCount, createdAt, isDifferential }, rows, isComplete, note: undefined }
  } finally {
    await inner.close()
  }
}

function notListed(note: string): NestedListing {
  return { summary: undefined, rows: [], isComplete: true, note }
}
