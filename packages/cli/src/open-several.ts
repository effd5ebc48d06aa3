/** Opens several archives of a command line; slices of one archive count as one. */
import { resolve } from 'node:path'
import type { Archive } from 'isptar'
import type { Context } from './context.ts'
import { isUrl, type NamedOptions, openNamed } from './open-named.ts'

/**
 * Gives the names of archives, each once: a pattern such as `backups/*` meets every slice of an archive.
 *
 * @param names - as on the command line
 * @returns the names without `.partN`, by where they lie
 */
export function distinctArchives(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(
    names.map((name) => {
      if (isUrl(name)) return [name, name]
      const whole = name.replace(/(?<=[^/])\.part[1-9]\d*$/, '')
      return [resolve(whole), whole]
    }),
  )
}

/**
 * Opens archives; all or none.
 *
 * @throws as {@link openNamed}
 */
export async function openSeveral(
  names: readonly string[],
  options: NamedOptions,
  context: Context,
): Promise<readonly Archive[]> {
  const opened: Archive[] = []
  try {
    for (const name of distinctArchives(names).values()) opened.push((await openNamed(name, options, context)).archive)
    return opened
  } catch (error) {
    await closeAll(opened)
    throw error
  }
}

/** Closes archives. */
export async function closeAll(archives: readonly Archive[]): Promise<void> {
  for (const archive of archives) await archive.close()
}
