/** What every command that writes an archive does with its name and its options. */
import { existsSync } from 'node:fs'
import { encodeText, STORED_SUFFIXES, type Target } from 'isptar'
import { FileTarget, SlicedFileTarget } from 'isptar/node'
import { UsageError } from './command-io.ts'
import type { Context } from './context.ts'
import { createOnSlice } from './on-slice.ts'
import { isUrl } from './open-named.ts'
import { OutputTarget } from './output-target.ts'
import type { SliceOptions } from './slice-options.ts'
import { escapeName } from './text/escape-name.ts'

/** What of a command's options says how its archive is written. */
export interface NewArchiveOptions extends SliceOptions {
  /** Whether an archive of that name is replaced. */
  readonly force?: true
  /** Whether `/bin/sh` runs commands. */
  readonly shell?: true
}

/**
 * Refuses names under which no archive is written, and a time of its own that is none.
 *
 * @param name - as on the command line
 * @param options - how it is written
 * @throws UsageError
 */
export function checkNewArchive(name: string, options: SliceOptions = {}): void {
  if (name === '' || name.endsWith('/')) throw new UsageError(`not the name of a file: ${JSON.stringify(name)}`)
  const epoch = process.env['SOURCE_DATE_EPOCH'] ?? ''
  if (!/^\d{0,15}$/.test(epoch))
    throw new UsageError(`SOURCE_DATE_EPOCH is ${JSON.stringify(epoch)}, expected whole seconds since 1970`)
  const slice = /(?<=[^/])\.part[1-9]\d*$/.exec(name)
  if (slice !== null)
    throw new UsageError(`a name that ends in ${slice[0]} means a slice of an archive; choose another: ${name}`)
  if (options.slice === undefined && options.onSlice !== undefined)
    throw new UsageError('--on-slice is of use only with --slice')
  if (options.slice !== undefined) return
  const part = `${name}.part1`
  // Even with --force: of an archive and slices of one name, which one is read depends on who asks.
  if (name !== '-' && existsSync(part))
    throw new UsageError(
      `${part} is a slice of an archive of that name; remove the slices, choose another name, or use --slice`,
    )
}

/**
 * Gives where a new archive goes: a file, slices, or standard output for `-`.
 *
 * @throws UsageError for a URL, a terminal, slices without a name or a command that cannot be read
 */
export function openNewArchive(name: string, options: NewArchiveOptions, context: Context): Target {
  if (isUrl(name))
    throw new UsageError('an archive cannot be created at a URL; write it to - and pipe it to an uploader')
  const { slice } = options
  const overwrite = options.force ?? false
  if (slice !== undefined) return openSlices(name, { ...options, slice }, context)
  if (name !== '-') return new FileTarget(name, { overwrite })
  if (context.io.stdout.isTty) throw new UsageError('an archive is not written to a terminal: redirect standard output')
  return new OutputTarget(context.io.stdout)
}

function openSlices(
  name: string,
  { slice, onSlice, force, shell }: NewArchiveOptions & { readonly slice: number },
  context: Context,
): SlicedFileTarget {
  if (name === '-') throw new UsageError('slices are files: give the archive a name, or leave out --slice')
  const handOver = onSlice === undefined ? undefined : createOnSlice(onSlice, name, shell ?? false, context)
  return new SlicedFileTarget(name, {
    sliceBytes: slice,
    overwrite: force ?? false,
    handsOver: handOver !== undefined,
    onSlice: async (finished) => {
      await context.detail(`slice ${finished.slice} is whole: ${escapeName(finished.name)}`)
      await handOver?.(finished)
    },
  })
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
