/** Finds archives in a folder by their identity, for bases whose names an archive does not know (SPEC 8). */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { splitSliceName } from '../io/slice-name.ts'
import { MAX_SEARCHED_ARCHIVES } from '../limits.ts'
import type { Archive } from '../read/archive.ts'

/** What is taken for an archive, besides slices. */
const ARCHIVE_NAME = /\.(?:tgz|tar\.gz)$/i

/**
 * Gives the paths of a folder's archives by their identities: files `*.tgz`, `*.tar.gz` and slices, the first thousand by
 * name. Costs a read of the end of each. Catalogues have no data, and archives of the original record no identity: neither
 * is among them.
 *
 * @param open - gives undefined for what is no archive
 */
export async function findArchives(
  folder: string,
  open: (path: string) => Promise<Archive | undefined>,
): Promise<ReadonlyMap<string, string>> {
  // A folder that may be entered but not be read has none to offer.
  const files = await readdir(folder).catch(() => [])
  const names = files.flatMap((file) => splitSliceName(file)?.whole ?? (ARCHIVE_NAME.test(file) ? file : []))
  const found = new Map<string, string>()
  for (const name of [...new Set(names)].toSorted().slice(0, MAX_SEARCHED_ARCHIVES)) {
    const path = join(folder, name)
    const archive = await open(path)
    if (archive?.identity !== undefined && !archive.isCatalogue) found.set(archive.identity, path)
    await archive?.close()
  }
  return found
}
