/** What every command that writes an archive does with its name and its options. */
import { existsSync } from 'node:fs'
import { encodeText, STORED_SUFFIXES, type Target } from 'isptar'
import { FileTarget } from 'isptar/node'
import { UsageError } from './command-io.ts'
import type { Context } from './context.ts'
import { isUrl } from './open-named.ts'
import { OutputTarget } from './output-target.ts'

/**
 * Refuses names under which no archive is written, and a time of its own that is none.
 *
 * @param name - as on the command line
 * @throws UsageError
 */
export function checkNewArchive(name: string): void {
  if (name === '' || name.endsWith('/')) throw new UsageError(`not the name of a file: ${JSON.stringify(name)}`)
  const epoch = process.env['SOURCE_DATE_EPOCH'] ?? ''
  if (!/^\d{0,15}$/.test(epoch))
    throw new UsageError(`SOURCE_DATE_EPOCH is ${JSON.stringify(epoch)}, expected whole seconds since 1970`)
  const slice = /(?<=[^/])\.part[1-9]\d*$/.exec(name)
  if (slice !== null)
    throw new UsageError(`a name that ends in ${slice[0]} means a slice of an archive; choose another: ${name}`)
  const part = `${name}.part1`
  // Even with --force: of an archive and slices of one name, which one is read depends on who asks.
  if (name !== '-' && existsSync(part))
    throw new UsageError(`${part} is a slice of an archive of that name; remove the slices or choose another name`)
}

/**
 * Gives where a new archive goes: a file, or standard output for `-`.
 *
 * @param force - whether an archive of that name is replaced
 * @throws UsageError for a URL or a terminal
 */
export function openNewArchive(name: string, force: boolean, context: Context): Target {
  if (isUrl(name))
    throw new UsageError('an archive cannot be created at a URL; write it to - and pipe it to an uploader')
  if (name !== '-') return new FileTarget(name, { overwrite: force })
  if (context.io.stdout.isTty) throw new UsageError('an archive is not written to a terminal: redirect standard output')
  return new OutputTarget(context.io.stdout)
}

/** Gives the suffixes of files that are stored: the usual ones and those of the command line, as `jpg`, `.JPG` or `*.jpg`. */
export function storedSuffixes(more: readonly string[] | undefined): string[] {
  return [...STORED_SUFFIXES, ...(more ?? []).map(normalizeSuffix)]
}

function normalizeSuffix(suffix: string): string {
  const bare = suffix.toLowerCase().replace(/^\*?\.?/, '')
  if (bare === '') throw new UsageError(`not a suffix: ${JSON.stringify(suffix)}`)
  return `.${bare}`
}

/** Names in the file system are any bytes. */
export function bytesOf(path: string): Buffer {
  return Buffer.from(encodeText(path))
}

/**
 * Refuses paths to pack, and a folder to take them from, that are empty.
 *
 * @throws UsageError
 */
export function checkRoots(paths: readonly string[], directory: string | undefined): void {
  if (paths.includes('')) throw new UsageError('a path to pack is the empty string; this folder is "."')
  if (directory === '') throw new UsageError('the folder to take paths from is the empty string; this one is "."')
}
