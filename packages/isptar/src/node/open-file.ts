/** Opens an archive by its path, whether it is one file or slices of it (SPEC 7). */
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { StorageError } from '../errors.ts'
import type { ByteSource } from '../io/byte-source.ts'
import { SliceSource } from '../io/slice-source.ts'
import { splitSliceName } from '../io/slice-name.ts'
import { errnoOf, fileError } from './file-error.ts'
import { FileSource } from './file-source.ts'

/**
 * Makes a source of the archive at a path: the file itself, or else its slices `PATH.part1`, `PATH.part2`, … A path
 * that ends in `.partN` stands for all slices. Where both `PATH` and slices exist, `PATH` is the archive: a writer never
 * leaves both. Looks at the folder; opens nothing yet.
 *
 * @param path - of the archive, or of any of its slices
 * @throws StorageError of kind `not-found`, naming the slice that is missing
 */
export async function openFile(path: string): Promise<ByteSource> {
  const given = splitSliceName(path)
  if (given === undefined && (await exists(path))) return new FileSource(path)
  const whole = given?.whole ?? path
  const found = await findSlices(whole)
  const count = Math.max(given?.slice ?? 1, ...found)
  for (let slice = 1; slice <= count; slice += 1) {
    if (!found.has(slice)) throw missing(whole, slice, found, given === undefined ? path : undefined)
  }
  const parts = Array.from({ length: count }, (_, index) => new FileSource(`${whole}.part${index + 1}`))
  return new SliceSource(parts, whole)
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return false
    throw fileError(error, 'open', path)
  }
}

async function findSlices(whole: string): Promise<ReadonlySet<number>> {
  const folder = dirname(whole)
  const name = basename(whole)
  try {
    const slices = new Set<number>()
    for (const file of await readdir(folder)) {
      const split = splitSliceName(file)
      if (split?.whole === name) slices.add(split.slice)
    }
    return slices
  } catch (error) {
    throw fileError(error, 'open', whole)
  }
}

function missing(whole: string, slice: number, found: ReadonlySet<number>, path: string | undefined): StorageError {
  const location = found.size === 0 && path !== undefined ? path : `${whole}.part${slice}`
  const why = found.size === 0 ? 'no such file, nor slices of it' : `slice ${slice} is missing; put all in one folder`
  return new StorageError(`cannot open ${location}: ${why}`, { operation: 'open', location, kind: 'not-found' })
}
