/** What lies where a journal is to be kept. A file that somebody else gave this name is never replaced. */
import { open } from 'node:fs/promises'
import { lookAt, removeFile, taken } from './earlier-slices.ts'
import { fileError } from './file-error.ts'
import { readJournal } from './journal-file.ts'

/** How a journal begins. */
const BEGINNING = '{"kind":"begin"'

/**
 * Clears the place of a journal that is begun.
 *
 * @throws StorageError of kind `exists` when what is there is no journal
 */
export async function removeJournalFile(path: string): Promise<void> {
  const found = await lookAt(path)
  if (found === undefined) return
  const isJournal = found.isFile() && (found.size === 0 || (await hasBeginning(path)))
  if (!isJournal)
    throw taken(path, 'what is there is no journal, or its beginning is damaged; remove it, or choose another name')
  await removeFile(path)
}

/** Gives the path at which a journal is written anew before it takes the place of the old one. */
export function rewritePath(path: string): string {
  return `${path}.new`
}

/**
 * Removes what a crash left of a journal that was written anew.
 *
 * @param path - of the journal itself
 * @throws StorageError of kind `exists` when what is there is something else
 */
export async function removeRewrite(path: string): Promise<void> {
  const place = rewritePath(path)
  const found = await lookAt(place)
  if (found === undefined) return
  if (!found.isFile() || !(await mayBeRewrite(place)))
    throw taken(place, 'a journal has to take that name, and what is there is none; remove it, or choose another name')
  await removeFile(place)
}

async function hasBeginning(path: string): Promise<boolean> {
  for await (const { kind } of readJournal(path)) return kind === 'begin'
  return false
}

/** The first record may be cut, or its bytes never have reached the disk. */
async function mayBeRewrite(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(BEGINNING.length), 0, BEGINNING.length, 0)
      const bytes = buffer.subarray(0, bytesRead)
      return BEGINNING.startsWith(bytes.toString('latin1')) || bytes.every((byte) => byte === 0)
    } finally {
      await handle.close()
    }
  } catch (error) {
    throw fileError(error, 'read', path)
  }
}
