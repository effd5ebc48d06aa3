/**
 * Puts one thing in its place: it is made under a temporary name in the same folder and renamed when it is whole, so
 * what fails or is cut off leaves nothing under the final name, and what stood there is never written into. Files are
 * not synced one by one; a caller that needs the restored tree on disk at once syncs the file system.
 */
import { randomBytes } from 'node:crypto'
import { closeSync, constants, openSync, renameSync, unlinkSync } from 'node:fs'
import { IntegrityError } from '../errors.ts'
import { MiB } from '../limits.ts'
import type { Entry } from '../read/entry.ts'
import { errnoOf } from './file-error.ts'
import { HoleWriter } from './restore-holes.ts'
import type { RestoreFolder } from './restore-root.ts'

/** Files up to this size are read whole before anything is made. */
export const WHOLE_FILE_BYTES: number = 1 * MiB

/** Makes a file that does not exist, and follows no link instead. */
export const CREATE_NEW: number =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | (constants.O_NOFOLLOW ?? 0)

/** A name in a folder, to put something at. */
export interface Spot {
  readonly folder: RestoreFolder
  readonly name: string
  /** Removes a folder that is in the way; called when what takes its place is whole. */
  readonly clear: () => Promise<void>
}

/** Gives a name that nobody guesses, of which `own-files.ts` knows that it is not finished. */
export function temporaryName(): string {
  return `.isptar-${randomBytes(8).toString('hex')}`
}

/**
 * Makes something under a temporary name and renames it.
 *
 * @param make - makes it at the path it is given
 */
export async function install(
  { folder, name, clear }: Spot,
  make: (path: Buffer) => Promise<void> | void,
): Promise<void> {
  const temporary = folder.at(temporaryName())
  try {
    await make(temporary)
    await clear()
    renameSync(temporary, folder.at(name))
  } catch (error) {
    // What has the name already is not ours.
    if (errnoOf(error) !== 'EEXIST') removeIfThere(temporary)
    throw error
  }
}

/**
 * Writes the data of an entry.
 *
 * @param finish - what is done with the open file once the data is in it
 * @throws IntegrityError when the data is not what the archive says; then nothing is left
 */
export async function restoreData(
  spot: Spot,
  entry: Entry,
  signal: AbortSignal | undefined,
  finish: (fd: number) => void,
): Promise<void> {
  const whole = entry.sizeBytes <= WHOLE_FILE_BYTES ? await readWhole(entry, signal) : undefined
  await install(spot, async (path) => {
    const fd = openSync(path, CREATE_NEW, 0o600)
    try {
      const written = await writeData(fd, whole ?? entry.stream({ signal }))
      if (written !== entry.sizeBytes) throw wrongSize(entry, written)
      finish(fd)
    } finally {
      closeSync(fd)
    }
  })
}

function readWhole(entry: Entry, signal: AbortSignal | undefined): Promise<Uint8Array> | Uint8Array {
  return entry.sizeBytes === 0 ? new Uint8Array() : entry.bytes({ signal })
}

async function writeData(fd: number, data: Uint8Array | AsyncIterable<Uint8Array>): Promise<number> {
  const file = new HoleWriter(fd)
  if (data instanceof Uint8Array) file.write(data)
  else for await (const chunk of data) file.write(chunk)
  return file.finish()
}

function wrongSize(entry: Entry, actual: number): IntegrityError {
  const message = `${JSON.stringify(entry.path)} has ${actual} bytes, the archive says ${entry.sizeBytes}`
  return new IntegrityError(message, { expected: entry.sizeBytes, actual, entry: entry.path })
}

/** Removes what an unfinished step may have made. */
export function removeIfThere(path: Buffer): void {
  try {
    unlinkSync(path)
  } catch (error) {
    if (errnoOf(error) !== 'ENOENT') throw error
  }
}
