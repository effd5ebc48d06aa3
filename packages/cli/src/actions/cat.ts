/** Writes files of an archive to standard output. */
import { type Archive, type Entry, UnsupportedError } from 'isptar'
import type { Context } from '../context.ts'
import { OK } from '../exit-code.ts'
import { openNamed } from '../open-named.ts'

/** Runs `isptar cat`. */
export async function cat(name: string, paths: readonly string[], context: Context): Promise<number> {
  const { archive } = await openNamed(name, context)
  try {
    const entries: Entry[] = []
    for (const path of paths) entries.push(await findFile(archive, path, context))
    for (const entry of entries) await writeData(entry, context)
    return OK
  } finally {
    await archive.close()
  }
}

async function findFile(archive: Archive, path: string, context: Context): Promise<Entry> {
  const entry = await archive.get(path, { signal: context.io.signal })
  if (hasData(entry)) return entry
  throw new UnsupportedError(`${JSON.stringify(entry.path)} is a ${entry.type}: it has no data to write`)
}

/** Tells whether an entry has data of its own or shares that of another. */
export function hasData(entry: Entry): boolean {
  return entry.type === 'file' || entry.type === 'hardlink'
}

/**
 * Writes the data of a file to standard output, as it comes.
 *
 * @throws IntegrityError at the end, when what was written turns out to be wrong
 */
export async function writeData(entry: Entry, context: Context): Promise<void> {
  const { stdout, signal } = context.io
  for await (const chunk of entry.stream({ signal })) await stdout.write(chunk)
}
