/** Writes files of an archive to standard output. */
import { type Archive, type Entry, UnsupportedError } from 'isptar'
import type { RelativeOptions } from '../base-options.ts'
import type { Context } from '../context.ts'
import { OK, PARTIAL } from '../exit-code.ts'
import { openNamed } from '../open-named.ts'
import type { PartOptions } from '../part-options.ts'
import { escapeName } from '../text/escape-name.ts'

/** Runs `isptar cat`. The exit code says whether what was written is as it was in one moment. */
export async function cat(
  name: string,
  paths: readonly string[],
  options: RelativeOptions & PartOptions,
  context: Context,
): Promise<number> {
  const { archive } = await openNamed(name, { ...options, findsBases: true }, context)
  try {
    const entries: Entry[] = []
    for (const path of paths) entries.push(await findFile(archive, path, context))
    let exitCode = OK
    for (const entry of entries) if (!(await writeData(entry, archive, context))) exitCode = PARTIAL
    return exitCode
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
 * Writes the data of a file to standard output, as it comes; says when it changed while it was packed.
 *
 * @returns false for data that changed so
 * @throws IntegrityError at the end, when what was written turns out to be wrong
 */
export async function writeData(entry: Entry, archive: Archive, context: Context): Promise<boolean> {
  const { stdout, signal } = context.io
  for await (const chunk of entry.stream({ signal })) await stdout.write(chunk)
  if (!(await isDirty(entry, archive, signal))) return true
  await context.fail(`${escapeName(entry.path)}: it changed while it was packed; parts of it may not fit together`)
  return false
}

/** A hardlink is as dirty as the entry that holds its data. */
async function isDirty(entry: Entry, archive: Archive, signal: AbortSignal): Promise<boolean> {
  if (entry.type !== 'hardlink' || entry.linkTarget === undefined) return entry.dirty
  return (await archive.get(entry.linkTarget, { signal })).dirty
}
