/** Opens an archive by its path, whether it is one file or slices of it (SPEC 7). */
import { stat } from 'node:fs/promises'
import { FormatError, LimitError, StorageError } from '../errors.ts'
import type { ByteSource } from '../io/byte-source.ts'
import type { SlicePart } from '../io/lazy-source.ts'
import { splitSliceName } from '../io/slice-name.ts'
import { MAX_SLICES } from '../limits.ts'
import { openSlices } from '../read/open-slices.ts'
import { readSliceSizes } from '../read/read-slice-sizes.ts'
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
  /**
   * The archive's isolated catalogue, which `openArchive` is given as well: it tells the number of slices and their sizes,
   * so that none needs to be at hand. It stays open.
   *
   * @defaultValue none
   */
  catalogue?: ByteSource | undefined
}

/**
 * Makes a source of the archive at a path: the file itself, or else its slices `PATH.part1`, `PATH.part2`, … A path
 * that ends in `.partN` stands for all slices. Where both `PATH` and slices exist, `PATH` is the archive: a writer never
 * leaves both. Looks at the folder; opens nothing yet, and later only the slices of which a byte is needed.
 *
 * The slice with the highest number, at hand or in `path`, is taken for the last; it holds the listing. Others may be
 * missing for as long as nothing in them is needed, and are fetched then, see {@link OpenFileOptions.fetchSlice}. With a
 * catalogue that says how many there are, this holds for the last one, too.
 *
 * @param path - of the archive, or of any of its slices
 * @throws FormatError for more slices than the catalogue knows, or what is no catalogue; LimitError for a slice number
 * beyond 100,000; StorageError of kind `not-found` when neither the file nor its last slice is there
 * @example
 * ```ts
 * const archive = await openArchive(await openFile('site.tgz'))
 * console.log(await archive.text('site/etc/motd'))
 * await archive.close()
 * ```
 */
export async function openFile(path: string, options: OpenFileOptions = {}): Promise<ByteSource> {
  const given = splitSliceName(path)
  if (given === undefined && (await exists(path))) return new FileSource(path)
  const archive = given?.whole ?? path
  const found = await findSliceFiles(archive)
  const highest = [...found.keys()].reduce((high, slice) => Math.max(high, slice), given?.slice ?? 0)
  if (highest > MAX_SLICES) throw tooMany(`${archive}.part${highest}`, highest)
  const { catalogue, fetchSlice } = options
  const sizes = catalogue && (await readSliceSizes(catalogue))
  if (sizes && highest > sizes.length) throw notInCatalogue(`${archive}.part${highest}`, catalogue.name, sizes.length)
  const count = sizes?.length ?? highest
  const hasNone = sizes ? found.size === 0 && fetchSlice === undefined : count === 0
  if (hasNone) throw nothingFound(path, fetchSlice !== undefined)
  if (!sizes && !found.has(count) && fetchSlice === undefined) throw endMissing(archive, count)
  const pool = new FilePool()
  const parts = Array.from({ length: count }, (_, index): SlicePart => {
    const slice = index + 1
    // What fits in one slice has the name of the archive.
    const place = sizes?.length === 1 && !found.has(1) ? archive : `${archive}.part${slice}`
    const pin = found.get(slice)
    return pin ? filePart(place, pin, pool) : missingPart({ path: place, archive, slice }, fetchSlice, pool)
  })
  return openSlices(parts, { name: archive, lacksEnd: catalogue !== undefined, sizes })
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

function nothingFound(path: string, fetches: boolean): StorageError {
  const hint = fetches ? `; to fetch slices, name the last one, ${path}.partN, or give the catalogue (--listing)` : ''
  const message = `cannot open ${path}: no such file, nor slices of it${hint}`
  return new StorageError(message, { operation: 'open', location: path, kind: 'not-found' })
}

function endMissing(archive: string, slice: number): StorageError {
  return notFound({ path: `${archive}.part${slice}`, slice }, 'is missing; it holds the listing if it is the last')
}

function notInCatalogue(path: string, catalogue: string, count: number): FormatError {
  return new FormatError(
    `cannot open ${path}: by the catalogue ${catalogue} there are ${count} slices; give the catalogue of this archive, ` +
      'or move the file away if it is of another',
  )
}

function tooMany(path: string, actual: number): LimitError {
  const message = `cannot open ${path}: at most ${MAX_SLICES} slices are read; move this file away if it is no slice`
  return new LimitError(message, { limit: 'MAX_SLICES', max: MAX_SLICES, actual })
}
