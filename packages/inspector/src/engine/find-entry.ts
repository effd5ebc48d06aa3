/** Finds entries by path and line. */
import { type Archive, type Entry, normalizeEntryPath } from 'isptar'
import { TroubleError } from '../contract/trouble.ts'

/** Hardlinks that are followed; more are a loop. */
const MAX_LINKS = 40

/** What was found last: details, data and archive of one entry are asked for one after the other. */
const lastFound = new WeakMap<Archive, { readonly path: string; readonly line: number; readonly entry: Entry }>()

/**
 * Gives an entry. Costs a block of the listing, or a pass over it where there is no index; nothing when it is the one that
 * was asked for before.
 *
 * @param line - which of several of that path; of a line that has another path, or below 0, the last of that path
 * @throws TroubleError of kind `not-found`
 */
export async function findEntry(archive: Archive, path: string, line: number, signal: AbortSignal): Promise<Entry> {
  const last = lastFound.get(archive)
  if (last?.path === path && last.line === line) return last.entry
  const entry = (await entryOfLine(archive, path, line, signal)) ?? (await archive.find(path, { signal }))
  if (entry === undefined)
    throw new TroubleError({ kind: 'not-found', title: 'No entry has this path', detail: path, advice: '' })
  lastFound.set(archive, { path, line, entry })
  return entry
}

/** Whether there is an entry of this path. Costs what {@link findEntry} costs. */
export async function hasEntry(archive: Archive, path: string, signal: AbortSignal): Promise<boolean> {
  return (await archive.find(path, { signal })) !== undefined
}

async function entryOfLine(
  archive: Archive,
  path: string,
  line: number,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  if (line < 0) return undefined
  const entry = await archive.entryAt(line, { signal })
  return entry !== undefined && normalizeEntryPath(entry.path) === normalizeEntryPath(path) ? entry : undefined
}

/**
 * Gives the file whose data an entry has: itself, or what a hardlink names; undefined for what has no data.
 *
 * @throws TroubleError of kind `damaged` for links to nothing, or in a circle
 */
export async function fileOf(archive: Archive, entry: Entry, signal: AbortSignal): Promise<Entry | undefined> {
  let current = entry
  for (let depth = 0; depth < MAX_LINKS; depth += 1) {
    if (current.type === 'file') return current
    if (current.type !== 'hardlink') return current === entry ? undefined : broken(entry, 'it names what is no file')
    const target = await archive.find(current.linkTarget ?? '', { signal })
    if (target === undefined) return broken(entry, `the archive has no ${JSON.stringify(current.linkTarget)}`)
    current = target
  }
  return broken(entry, 'its hardlinks lead round in a circle')
}

function broken(entry: Entry, why: string): never {
  const title = 'This hardlink has no data'
  throw new TroubleError({ kind: 'damaged', title, detail: `${JSON.stringify(entry.path)}: ${why}`, advice: '' })
}
