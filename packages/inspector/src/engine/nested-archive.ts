/** Archives that are entries of the open one. */
import {
  type Archive,
  type Entry,
  entrySource,
  isIsptarError,
  MemorySource,
  normalizeEntryPath,
  openArchive,
} from 'isptar'
import type { NestedListing, NestedRow } from '../contract/entry-calls.ts'
import { wholeKept } from './read-window.ts'
import { withFailures } from './with-failures.ts'

/** Rows that are given. */
const MAX_ROWS = 1000

/**
 * Lists the first entries of an archive that is a file of another.
 *
 * @throws errors of the outer archive; what is wrong with the inner one is its note
 */
export async function nestedListing(archive: Archive, file: Entry, signal: AbortSignal): Promise<NestedListing> {
  let hasOuterFailed = false
  const kept = wholeKept(archive, file)
  const inner = kept === undefined ? entrySource(archive, file) : new MemorySource(kept)
  const source = withFailures(inner, () => {
    hasOuterFailed = true
  })
  try {
    return await listingOf(await openArchive(source, { signal }), signal)
  } catch (error) {
    if (hasOuterFailed || !isIsptarError(error)) throw error
    const note = error.message.includes('no trailer')
      ? 'It has no index: to list it, all of it would have to be read.'
      : `It cannot be listed: ${error.message}`
    return { summary: undefined, rows: [], isComplete: true, note }
  } finally {
    await source.close()
  }
}

async function listingOf(inner: Archive, signal: AbortSignal): Promise<NestedListing> {
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
}
