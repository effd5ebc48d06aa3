/** Follows a hardlink to the file that has the data. */
import { EntryNotFoundError, FormatError, UnsupportedError } from '../errors.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import { MAX_LINK_DEPTH } from '../limits.ts'
import type { Entry } from './entry.ts'

/** An archive, as far as hardlinks go. */
export interface Linked {
  readonly name: string
  find(path: string, options: ReadOptions): Promise<Entry | undefined>
}

/**
 * Gives the file that an entry is, or is a hardlink to.
 *
 * @throws UnsupportedError for what is neither; EntryNotFoundError for a link to nothing; FormatError for a circle
 */
export async function followHardlinks(archive: Linked, entry: Entry, options: ReadOptions): Promise<Entry> {
  let current = entry
  for (let depth = 0; depth < MAX_LINK_DEPTH; depth += 1) {
    if (current.type === 'file') return current
    if (current.type !== 'hardlink') throw withoutData(current)
    const target = await archive.find(current.linkTarget ?? '', options)
    if (target === undefined)
      throw new EntryNotFoundError(current.linkTarget ?? '', archive.name, { neededBy: current.path })
    current = target
  }
  throw new FormatError(`${JSON.stringify(entry.path)}: hardlinks that lead round in a circle`)
}

function withoutData(entry: Entry): UnsupportedError {
  const name = JSON.stringify(entry.path)
  const hint = entry.linkTarget === undefined ? '' : ` to ${JSON.stringify(entry.linkTarget)}: ask for that`
  return new UnsupportedError(`${name} has no data: it is a ${entry.type}${hint}`)
}
