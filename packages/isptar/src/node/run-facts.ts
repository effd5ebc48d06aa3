/** What the runs that write one archive must have in common, as its journal keeps it. */
import { StorageError } from '../errors.ts'

/** Raised with every change of the journal. */
const VERSION = 2

/** What two runs must have in common, by names that a message may say; each value is anything that JSON holds. */
export type RunFacts = Readonly<Record<string, unknown>>

interface Beginning {
  readonly version: number
  readonly facts: RunFacts
}

/** Gives what a journal begins with; anything that JSON holds. */
export function beginningOf(facts: RunFacts): Beginning {
  return { version: VERSION, facts }
}

/**
 * Compares a run with the one that began a journal.
 *
 * @param path - of the journal
 * @param begun - what {@link beginningOf} gave for the first run
 * @param now - what this run is
 * @throws StorageError of kind `exists` when they differ
 */
export function checkFacts(path: string, begun: unknown, now: RunFacts): void {
  const { version, facts } = begun as Beginning
  if (version !== VERSION)
    throw refused(path, `it was begun by another version of this program`, `version ${version}, not ${VERSION}`)
  const names = new Set([...Object.keys(facts), ...Object.keys(now)])
  for (const name of names) {
    const [then, here] = [facts[name], now[name]].map((value) => JSON.stringify(value) ?? 'nothing')
    if (then !== here) throw refused(path, `it was begun with another value of "${name}"`, `${then}, not ${here}`)
  }
}

function refused(path: string, why: string, details: string): StorageError {
  const message = `cannot go on by ${path}: ${why} (${details}); give what the first run was given, or begin anew`
  return new StorageError(message, { operation: 'resume', location: path, kind: 'exists' })
}
