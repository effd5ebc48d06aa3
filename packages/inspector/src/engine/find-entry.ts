/** Finds entries by path and line, and files by links to them. */
import { type Archive, type Entry, normalizeEntryPath } from 'isptar'
import type { FoundPath } from '../contract/archive-calls.ts'
import { TroubleError } from '../contract/trouble.ts'

/** Hardlinks that are followed, as many as the library does; more are a loop. */
const MAX_LINKS = 40

/** What was found last: details, data and archive of one entry are asked for one after the other. */
const lastFound = new WeakMap<Archive, { readonly path: string; readonly line: number; readonly entry: Entry }>()

/**
 * Gives an entry; undefined where there is none. Costs a block of the listing, or a pass over it where there is no index;
 * nothing when it is the one that was asked for before.
 *
 * @param path - normalised
 * @param line - which of several of that path; of a line that has another path, or below 0, the last of that path
 */
export async function findEntry(
  archive: Archive,
  path: string,
  line: number,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  const last = lastFound.get(archive)
  if (last?.path === path && last.line === line) return last.entry
  const atLine = line < 0 ? undefined : await archive.entryAt(line, { signal })
  const isIt = atLine !== undefined && normalizeEntryPath(atLine.path) === path
  const entry = isIt ? atLine : await archive.find(path, { signal })
  if (entry !== undefined) lastFound.set(archive, { path, line, entry })
  return entry
}

/**
 * Gives an entry; see {@link findEntry}.
 *
 * @throws TroubleError of kind `not-found`
 */
export async function getEntry(archive: Archive, path: string, line: number, signal: AbortSignal): Promise<Entry> {
  const entry = await findEntry(archive, path, line, signal)
  if (entry !== undefined) return entry
  throw new TroubleError({ kind: 'not-found', title: 'No entry has this path', detail: path, advice: '' })
}

/** Looks up an entry, of several the last, or a folder that has none; undefined where there is neither. */
export async function findPath(archive: Archive, path: string, signal: AbortSignal): Promise<FoundPath | undefined> {
  const entry = await archive.find(path, { signal })
  const normal = normalizeEntryPath(path)
  if (entry !== undefined) return { path: normal, line: entry.place.line, isFolder: entry.type === 'directory' }
  for await (const _ of archive.children(path, { signal })) return { path: normal, line: -1, isFolder: true }
  return undefined
}

/** Gives what a hardlink leads to, and all else as it is; undefined for links to nothing, or in a circle. */
export async function followLinks(archive: Archive, entry: Entry, signal: AbortSignal): Promise<Entry | undefined> {
  let current: Entry | undefined = entry
  for (let links = 0; current?.type === 'hardlink' && links < MAX_LINKS; links += 1)
    current = await archive.find(current.linkTarget ?? '', { signal })
  return current?.type === 'hardlink' ? undefined : current
}

/**
 * Gives the file whose data an entry has: itself, or what a hardlink names; undefined for what has no data.
 *
 * @throws TroubleError of kind `damaged` for links to what is no file
 */
export async function fileOf(archive: Archive, entry: Entry, signal: AbortSignal): Promise<Entry | undefined> {
  const found = await followLinks(archive, entry, signal)
  if (found?.type === 'file') return found
  if (entry.type !== 'hardlink') return undefined
  const detail = `${JSON.stringify(entry.path)}: ${JSON.stringify(entry.linkTarget)} is no file of the archive`
  throw new TroubleError({ kind: 'damaged', title: 'This hardlink has no data', detail, advice: '' })
}
