/**
 * Holds the references of a differential archive of the original program against its bases. It records no identity of
 * theirs, so each reference must be found: the same path, size, time and place.
 */
import { BaseMismatchError } from '../errors.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import type { Entry } from './entry.ts'

/** An archive as far as this check goes. */
export interface Referring {
  readonly name: string
  entries(options: ReadOptions): AsyncIterable<Entry>
}

/** {@link checkReferences} takes the archive, and the base of a depth. */
export interface Reference {
  readonly archive: Referring
  readonly depth: number
  readonly base: Referring
}

/**
 * Checks the references to one base. Memory grows with their number.
 *
 * @throws BaseMismatchError naming an entry that the base does not have
 */
export async function checkReferences({ archive, depth, base }: Reference, options: ReadOptions): Promise<void> {
  const open = new Map<string, string>()
  for await (const entry of archive.entries(options))
    if (entry.location?.depth === depth) open.set(keyOf(entry), entry.path)
  for await (const entry of base.entries(options)) if (entry.location?.depth === 0) open.delete(keyOf(entry))
  const [missing] = open.values()
  if (missing === undefined) return
  throw new BaseMismatchError(
    `${base.name} is not base ${depth} of ${archive.name}: it does not have ${JSON.stringify(missing)} as that refers to it`,
  )
}

function keyOf({ path, location, sizeBytes, mtime }: Entry): string {
  return `${location?.slice}:${location?.offset}:${sizeBytes}:${mtime?.seconds}:${normalizeEntryPath(path)}`
}
