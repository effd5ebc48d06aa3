/** What lies under the names of an archive in slices before it is written: an older archive, or one not finished. */
import type { Stats } from 'node:fs'
import { lstat, readdir, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { StorageError } from '../errors.ts'
import { errnoOf, fileError } from './file-error.ts'
import { draftPrefix } from './file-target.ts'
import { findSliceFiles } from './slice-files.ts'

/** The files of an older archive. */
export interface EarlierArchive {
  /** What is known of `PATH`, when there is such a file. */
  readonly whole: Stats | undefined
  /** Numbers of the slices `PATH.partN`, highest first. */
  readonly slices: readonly number[]
  /** The file whose rights and owner the new ones take over. */
  readonly model: Stats | undefined
}

/**
 * Looks for them.
 *
 * @param path - of the archive, without `.partN`
 * @throws StorageError when the folder cannot be read, or what stands there is no regular file, which is never
 * replaced; nor is a symbolic link, since slices lie beside each other
 */
export async function findEarlier(path: string): Promise<EarlierArchive> {
  const whole = await lookAtFile(path)
  const slices = [...(await findSliceFiles(path)).keys()].sort((a, b) => b - a)
  let model = whole
  for (const slice of slices) model = await lookAtFile(`${path}.part${slice}`)
  return { whole, slices, model: whole ?? model }
}

async function lookAtFile(path: string): Promise<Stats | undefined> {
  const found = await lookAt(path)
  if (found === undefined || found.isFile()) return found
  const isLink = found.isSymbolicLink()
  throw taken(path, isLink ? 'it is a symbolic link; remove it or choose another name' : 'it is not a regular file')
}

/** Makes the error for an archive that must not be replaced. */
export function taken(path: string, why: string): StorageError {
  return new StorageError(`cannot write ${path}: ${why}`, { operation: 'write', location: path, kind: 'exists' })
}

/**
 * Removes slices, the highest first: it holds the listing, without which nobody takes the rest for an archive.
 *
 * @param path - of the archive
 * @param slices - their numbers
 */
export async function removeSlices(path: string, slices: readonly number[]): Promise<void> {
  for (const slice of slices.toSorted((a, b) => b - a)) await removeFile(`${path}.part${slice}`)
}

/** Removes what a run left of a slice that it was writing when it was killed, unless that may be another archive's. */
export async function removeDrafts(path: string): Promise<void> {
  const prefix = draftPrefix(path)
  if (prefix !== `.${basename(path)}.`) return
  for (const name of await readdir(dirname(path)))
    if (name.startsWith(prefix) && /^[0-9a-f]{12}\.tmp$/.test(name.slice(prefix.length)))
      await removeFile(join(dirname(path), name))
}

/** Removes a file; one that is gone already is no failure. */
export async function removeFile(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw fileError(error, 'remove', path)
  }
}

/** Looks at a path, not through a link; undefined when there is nothing. */
export async function lookAt(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw fileError(error, 'open', path)
  }
}
