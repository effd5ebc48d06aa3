/** What an archive was packed from: the roots that `packTree` was given, as far as its paths tell. */
import { comparePaths, encodeText } from '../bytes/text.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import type { Archive } from '../read/archive.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'

/** The root of a folder's own content. */
const ALL = '.'

/**
 * Gives the paths that have no folder above them in the archive, in the archive's order; `.` alone where the archive holds
 * a folder's own content. Costs a pass over the listing.
 */
export async function archiveRoots(archive: Archive, options: ReadOptions): Promise<string[]> {
  if (archive.serviceInfo.get('top') === 'folder') return [ALL]
  const roots = new Set<string>()
  for await (const { path } of archive.entries(options)) {
    // The original writes what it was given: this one was packed from `.`.
    if (path === ALL || path.startsWith('./')) return [ALL]
    const normal = normalizeEntryPath(path)
    if (!hasFolderIn(normal, roots)) roots.add(normal)
  }
  const outermost = [...roots].filter((root) => !hasFolderIn(root, roots))
  return outermost.sort((a, b) => comparePaths(encodeText(a), encodeText(b)))
}

function hasFolderIn(path: string, folders: ReadonlySet<string>): boolean {
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1))
    if (folders.has(path.slice(0, slash))) return true
  return false
}
