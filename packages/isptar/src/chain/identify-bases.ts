/** Works out which archives a new differential one is based on, and that they belong together (SPEC 8). */
import { BaseMismatchError } from '../errors.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import type { Archive } from '../read/archive.ts'
import { checkReferredBases } from '../read/check-references.ts'
import type { BaseIdentity } from '../write/archive-info.ts'

/** An archive remembers so many of its bases; those know the further ones. */
const REMEMBERED = 8

/** The bases of a new archive. */
export interface IdentifiedBases {
  /** The one whose listing counts. */
  readonly nearest: Archive
  /** Nearest first. */
  readonly identities: readonly BaseIdentity[]
  /** How deep the nearest one's references may lead so that each base they lead to is known. */
  readonly maxDepth: number
}

/**
 * Identifies bases.
 *
 * @param given - nearest first; further ones may be left out, or be those that the nearest was opened with
 * @throws BaseMismatchError when one is not the base of those before it; TypeError for none
 */
export async function identifyBases(given: readonly Archive[], options: ReadOptions = {}): Promise<IdentifiedBases> {
  const [nearest, ...others] = given
  if (nearest === undefined) throw new TypeError('a differential archive needs a base: none is given')
  const further = others.length > 0 ? others : nearest.bases
  const identities: BaseIdentity[] = [{ identity: await nearest.computeIdentity(options), name: nameOf(nearest) }]
  for (let depth = 1; ; depth += 1) {
    const base = further[depth - 1]
    const known = nearest.baseIdentities[depth - 1] ?? further[depth - 2]?.baseIdentities[0]
    const identity = await base?.computeIdentity(options)
    if (base && identity !== known) await checkUnknown(nearest, base, depth, known, options)
    if (identity === undefined && known === undefined) break
    identities.push({ identity: identity ?? known ?? '', name: nameOf(base) ?? nearest.baseNames[depth - 1] })
  }
  const knowsAll = nearest.baseIdentities.length >= REMEMBERED
  return { nearest, identities, maxDepth: knowsAll ? Number.POSITIVE_INFINITY : identities.length - 1 }
}

/** The original's archives record no bases: that these are theirs is told by the references. */
async function checkUnknown(
  nearest: Archive,
  base: Archive,
  depth: number,
  known: string | undefined,
  options: ReadOptions,
): Promise<void> {
  const hasReferences = known === undefined && (await deepestReference(nearest, options)) >= depth
  if (!hasReferences) throw notItsBase(nearest, base, depth, known)
  const { name } = nearest
  const bases = Array.from({ length: depth }, () => base)
  const referring = { name, entries: nearest.entries.bind(nearest), baseIdentities: [], baseNames: [], bases }
  await checkReferredBases(referring, new Set([depth]), options)
}

async function deepestReference(archive: Archive, options: ReadOptions): Promise<number> {
  if (archive.formatVersion === 2) return 0
  let deepest = 0
  for await (const { location } of archive.entries(options)) deepest = Math.max(deepest, location?.depth ?? 0)
  return deepest
}

function notItsBase(nearest: Archive, base: Archive, depth: number, known: string | undefined): BaseMismatchError {
  const why = known === undefined ? 'it needs none' : 'it was made from another'
  return new BaseMismatchError(`${base.name} is not base ${depth} of ${nearest.name}: ${why}; give bases nearest first`)
}

/** A catalogue's own name leads to no data, so it is no hint. */
function nameOf(archive: Archive | undefined): string | undefined {
  if (archive === undefined || archive.isCatalogue) return undefined
  return archive.name.split('/').at(-1)
}
