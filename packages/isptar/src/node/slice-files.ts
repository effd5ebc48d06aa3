/** The slices of an archive in a folder: which are there, and what to do about those that are not (SPEC 7). */
import { readdir, stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'
import { CommandError, StorageError } from '../errors.ts'
import type { ByteSource } from '../io/byte-source.ts'
import type { SlicePart } from '../io/lazy-source.ts'
import { splitSliceName } from '../io/slice-name.ts'
import { errnoOf, fileError } from './file-error.ts'
import type { FilePool } from './file-pool.ts'
import type { FilePin } from './file-source.ts'

/** A slice that is needed and not there. */
export interface MissingSlice {
  /** Path at which it belongs. */
  readonly path: string
  /** Path of the archive: that of the slice without `.partN`. */
  readonly archive: string
  /** Its number, from 1. */
  readonly slice: number
  /** Aborted when the archive is closed. */
  readonly signal: AbortSignal
}

/** Brings a slice: puts it at its path, whole when the promise settles, or gives a source of it. */
export type FetchSlice = (missing: MissingSlice) => Promise<ByteSource | void>

/**
 * Looks which slices are there.
 *
 * @param archive - path without `.partN`
 * @returns by its number the size and time of each
 * @throws StorageError when the folder cannot be read, or one of them is no regular file
 */
export async function findSliceFiles(archive: string): Promise<ReadonlyMap<number, FilePin>> {
  const numbers = (await readFolder(archive)).flatMap((file) => {
    const split = splitSliceName(file)
    return split?.whole === basename(archive) ? [split.slice] : []
  })
  const found = await Promise.all(
    numbers.map(async (slice) => [slice, await findPin(`${archive}.part${slice}`)] as const),
  )
  return new Map(found.flatMap(([slice, pin]) => (pin === undefined ? [] : [[slice, pin] as const])))
}

async function readFolder(archive: string): Promise<readonly string[]> {
  try {
    return await readdir(dirname(archive))
  } catch (error) {
    throw fileError(error, 'open', archive)
  }
}

/** Gives size and time of a file; undefined when it is not there. */
async function findPin(path: string): Promise<FilePin | undefined> {
  try {
    const found = await stat(path, { bigint: true })
    if (found.isFile()) return { sizeBytes: Number(found.size), mtimeNs: found.mtimeNs }
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return undefined
    throw fileError(error, 'open', path)
  }
  const why = 'not a regular file; only those can be read at any place'
  throw new StorageError(`cannot open ${path}: ${why}`, { operation: 'open', location: path, kind: 'other' })
}

/** Makes a part of a slice that is not there: it is fetched at the first need, once, and then read from its path. */
export function missingPart(
  missing: Omit<MissingSlice, 'signal'>,
  fetchSlice: FetchSlice | undefined,
  pool: FilePool,
): SlicePart {
  let fetching: Promise<ByteSource> | undefined
  const fetchNow = async (signal: AbortSignal): Promise<ByteSource> => {
    const { path } = missing
    if (fetchSlice === undefined) throw notFound(missing, 'is missing; put it beside the others')
    const given = await fetched(fetchSlice, { ...missing, signal })
    if (given) return given
    const pin = await findPin(path)
    if (pin === undefined) throw notFound(missing, 'was fetched, but there is no such file now')
    return pool.open(path, pin)
  }
  return { name: missing.path, open: async (signal) => (fetching ??= fetchNow(signal)) }
}

async function fetched(fetchSlice: FetchSlice, missing: MissingSlice): Promise<ByteSource | void> {
  try {
    return await fetchSlice(missing)
  } catch (error) {
    throw fetchError(error, missing)
  }
}

/** Says that a slice is not there. */
export function notFound({ path, slice }: Pick<MissingSlice, 'path' | 'slice'>, why: string): StorageError {
  const message = `cannot open ${path}: slice ${slice} ${why}`
  return new StorageError(message, { operation: 'open', location: path, kind: 'not-found' })
}

function fetchError(
  error: unknown,
  { path, slice }: Pick<MissingSlice, 'path' | 'slice'>,
): StorageError | CommandError {
  const why = error instanceof Error ? error.message : String(error)
  const message = `cannot fetch ${path} (slice ${slice}): ${why}`
  if (error instanceof CommandError) {
    const { command, exitCode, signal } = error
    return new CommandError(message, { command, exitCode, signal, cause: error })
  }
  const kind = error instanceof StorageError ? error.kind : 'other'
  return new StorageError(message, { operation: 'fetch', location: path, kind, cause: error })
}
