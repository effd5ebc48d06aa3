/** Opens an archive by its path, whether it is one file or slices of it (SPEC 7). */
import { stat } from 'node:fs/promises'
import { LimitError, StorageError } from '../errors.ts'
import type { ByteSource } from '../io/byte-source.ts'
import type { SlicePart } from '../io/lazy-source.ts'
import { splitSliceName } from '../io/slice-name.ts'
import { MAX_SLICES } from '../limits.ts'
import { openSlices } from '../read/open-slices.ts'
import { errnoOf, fileError } from './file-error.ts'
import { FilePool } from './file-pool.ts'
import { type FilePin, FileSource } from './file-source.ts'
import { type FetchSlice, findSliceFiles, missingPart, notFound } from './slice-files.ts'

/** Options of {@link openFile}. */
export interface OpenFileOptions {
  /**
   * Brings a slice that is not there, when a byte of it is needed; called once a slice, whether it succeeds or fails.
   *
   * @defaultValue a read that needs a missing slice fails
   */
  fetchSlice?: FetchSlice | undefined
  /** Whether the last slice is elsewhere: the listing then comes from a catalogue. @defaultValue false */
  lacksEnd?: boolean | undefined
}

/**
 * Makes a source of the archive at a path: the file itself, or else its slices `PATH.part1`, `PATH.part2`, … A path
 * that ends in `.partN` stands for all slices. Where both `PATH` and slices exist, `PATH` is the archive: a writer never
 * leaves both. Looks at the folder; opens nothing yet, and later only the slices of which a byte is needed.
 *
 * The slice with the highest number, at hand or in `path`, is taken for the last; it holds the listing. Others may be
 * missing for as long as nothing in them is needed, and are fetched then, see {@link OpenFileOptions.fetchSlice}.
 *
 * @param path - of the archive, or of any of its slices
 * @throws StorageError of kind `not-found` when neither the file nor its last slice is there; LimitError for a slice
 * number beyond 100,000
 */
export async function openFile(path: string, options: OpenFileOptions = {}): Promise<ByteSource> {
  const given = splitSliceName(path)
  if (given === undefined && (await exists(path))) return new FileSource(path)
  const archive = given?.whole ?? path
  const found = await findSliceFiles(archive)
  const count = [...found.keys()].reduce((highest, slice) => Math.max(highest, slice), given?.slice ?? 0)
  if (count === 0) throw nothingFound(path)
  if (count > MAX_SLICES) throw tooMany(`${archive}.part${count}`, count)
  const pool = new FilePool()
  const parts = Array.from({ length: count }, (_, index): SlicePart => {
    const missing = { path: `${archive}.part${index + 1}`, archive, slice: index + 1 }
    const pin = found.get(missing.slice)
    return pin === undefined ? missingPart(missing, options.fetchSlice, pool) : filePart(missing.path, pin, pool)
  })
  if (!found.has(count) && options.fetchSlice === undefined)
    throw notFound(
      { path: `${archive}.part${count}`, slice: count },
      'is missing; it holds the listing if it is the last',
    )
  return openSlices(parts, { name: archive, lacksEnd: options.lacksEnd })
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

function filePart(path: string, pin: FilePin, pool: FilePool): SlicePart {
  return { name: path, sizeBytes: pin.sizeBytes, open: async () => pool.open(path, pin) }
}

function nothingFound(path: string): StorageError {
  const message = `cannot open ${path}: no such file, nor slices of it`
  return new StorageError(message, { operation: 'open', location: path, kind: 'not-found' })
}

function tooMany(path: string, actual: number): LimitError {
  const message = `cannot open ${path}: at most ${MAX_SLICES} slices are read; move this file away if it is no slice`
  return new LimitError(message, { limit: 'MAX_SLICES', max: MAX_SLICES, actual })
}
