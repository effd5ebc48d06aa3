/** Tells when the folder to compare with is the one that was packed, and not the one in which it lies. */
import { lstatSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Archive } from 'isptar'
import { UsageError } from './command-io.ts'
import type { Context } from './context.ts'
import { bytesOf } from './new-archive.ts'
import { escapeName } from './text/escape-name.ts'

/**
 * Refuses the folder that was packed: its paths would all be told to be gone. Costs a look at the first entries, and more
 * only where the folder's name is that of a packed one.
 *
 * @throws UsageError which names the right folder
 */
export async function refusePackedFolder(archive: Archive, folder: string, { io }: Context): Promise<void> {
  if (archive.serviceInfo.get('top') === 'folder') return
  const { signal } = io
  const place = resolve(folder)
  const root = await sharedEnd(archive, place, signal)
  if (root === undefined || exists(join(place, root))) return
  for await (const { path } of archive.entries({ under: root, signal })) {
    if (path.length <= root.length || !exists(join(place, path.slice(root.length)))) continue
    const parent = resolve(place, ...root.split('/').map(() => '..'))
    throw new UsageError(
      `the paths of ${archive.name} begin with ${escapeName(root)}, which is not in ${folder}; ` +
        `if ${folder} is what was packed, give the folder in which that lies: ${parent}`,
    )
  }
}

/** With what paths of the archive begin and the folder's path ends. */
async function sharedEnd(archive: Archive, place: string, signal: AbortSignal): Promise<string | undefined> {
  for await (const { path } of archive.entries({ signal })) {
    const names = path.split('/')
    return names.map((_, index) => names.slice(0, index + 1).join('/')).find((start) => place.endsWith(`/${start}`))
  }
  return undefined
}

function exists(path: string): boolean {
  return lstatSync(bytesOf(path), { throwIfNoEntry: false }) !== undefined
}
