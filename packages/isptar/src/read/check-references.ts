/**
 * Holds the references of a differential archive of the original program against its bases. It records no identity of
 * theirs, so each reference must be found: the same path, size, time and place. That is done before data of a base is
 * given, and once.
 */
import { BaseMismatchError } from '../errors.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import { SharedWork } from '../io/shared-work.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import type { Entry } from './entry.ts'
import type { DataContext } from './locate-data.ts'

/** An archive as far as this check goes. */
export interface Referring {
  readonly name: string
  entries(options: ReadOptions): AsyncIterable<Entry>
}

/** A differential archive with the bases that were given. */
export interface Differential extends Referring {
  readonly baseIdentities: readonly string[]
  readonly baseNames: readonly string[]
  readonly bases: readonly (Referring | undefined)[]
  /** What is known of those that are missing. */
  readonly dataContext?: Pick<DataContext, 'whyMissing'>
}

/**
 * Makes sure of the bases of an archive; see `Archive.checkBases`.
 *
 * @param made - the checks that were made before, by the number of the base; takes new ones
 */
export async function checkReferredBases(
  archive: Differential,
  depths: ReadonlySet<number> | undefined,
  options: ReadOptions,
  made: Map<number, SharedWork<void>> = new Map(),
): Promise<void> {
  for (const depth of depths ?? (await neededDepths(archive, options))) {
    const base = archive.bases[depth - 1]
    if (base === undefined) throw missingBase(archive, depth)
    // What records identities was held against them when it was opened.
    if (archive.baseIdentities.length === 0) await checkOnce({ archive, depth, base }, options, made)
  }
}

function checkOnce(reference: Reference, { signal }: ReadOptions, made: Map<number, SharedWork<void>>): Promise<void> {
  const check = made.get(reference.depth) ?? new SharedWork((ended) => checkReferences(reference, { signal: ended }))
  made.set(reference.depth, check)
  return check.get(signal)
}

async function neededDepths(archive: Referring, options: ReadOptions): Promise<ReadonlySet<number>> {
  const depths = new Set<number>()
  for await (const { location } of archive.entries(options))
    if (location && location.depth > 0) depths.add(location.depth)
  return depths
}

function missingBase({ name, baseNames, dataContext }: Differential, depth: number): BaseMismatchError {
  const known = baseNames[depth - 1] ?? ''
  const why = dataContext?.whyMissing?.get(depth)
  const then = known === '' ? '' : ` (${JSON.stringify(known)} when it was made)`
  const hint = why === undefined ? then : ` (${why})`
  return new BaseMismatchError(
    `${name} needs its base ${depth}${hint}, which was not given: give the bases, nearest first`,
  )
}

/** The archive, and the base of a depth. */
interface Reference {
  readonly archive: Referring
  readonly depth: number
  readonly base: Referring
}

/** Checks the references to one base. Memory grows with their number. */
async function checkReferences({ archive, depth, base }: Reference, options: ReadOptions): Promise<void> {
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
