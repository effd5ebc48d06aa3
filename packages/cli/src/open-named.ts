/** Opens what stands on the command line for an archive: a file, slices by their common name, or a URL. */
import { type Archive, type CountedSource, openArchive, withCounter } from 'isptar'
import { openFile, openUrl } from 'isptar/node'
import { UsageError } from './command-io.ts'
import type { Context } from './context.ts'

/** An open archive and what was read of it so far. */
export interface NamedArchive {
  readonly archive: Archive
  readonly counter: CountedSource
}

/**
 * Opens an archive. Whoever calls closes it.
 *
 * @param name - as on the command line
 * @throws UsageError for `-`, as an archive is read from its end, and for a URL that is none
 */
export async function openNamed(name: string, context: Context): Promise<NamedArchive> {
  if (name === '-')
    throw new UsageError('an archive cannot be read from standard input: it is read from its end; name a file or a URL')
  const { signal } = context.io
  const source = isUrl(name) ? await openUrl(checkUrl(name), { signal }) : await openFile(name)
  const counter = withCounter(source)
  const archive = await openArchive(counter, { signal })
  for (const notice of archive.notices) await context.warn(notice)
  return { archive, counter }
}

function checkUrl(name: string): string {
  if (URL.canParse(name)) return name
  throw new UsageError(`not a URL: ${name}`)
}

/** Tells URLs from file names. */
export function isUrl(name: string): boolean {
  return /^https?:\/\//i.test(name)
}
