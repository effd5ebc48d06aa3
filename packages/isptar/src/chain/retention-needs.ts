/** Which archives an archive needs to be restored, as far as it can be known without them (SPEC 8). */
import type { ReadOptions } from '../io/byte-source.ts'
import type { Archive } from '../read/archive.ts'
import { MAX_BASES } from '../write/archive-info.ts'

/** What planning a retention needs to know of an archive. */
export interface RetentionArchive {
  /** What to call it. */
  readonly name: string
  /** SHA-256 of its listing, hex. */
  readonly identity: string
  /** When it was written, RFC 3339; undefined where it does not say. */
  readonly createdAt: string | undefined
  /** Identities of its bases, nearest first: the nearest eight, or all where it has fewer. */
  readonly baseIdentities: readonly string[]
  /**
   * Depths at which its entries have data, and of the bases by which those are found, where that is known.
   * @defaultValue all of its bases may be needed
   */
  readonly usedDepths?: ReadonlySet<number> | undefined
  /** Whether it stays whatever the policy says. @defaultValue false */
  readonly pinned?: boolean | undefined
}

/** How to describe an archive. */
export interface DescribeForRetentionOptions extends ReadOptions {
  /**
   * Whether to look which bases entries really refer to, which costs a pass over the listing; without it an archive
   * needs all its bases. Archives of format 1 are always looked at.
   * @defaultValue false
   */
  exact?: boolean | undefined
}

/**
 * Describes an open archive for `planRetention`. Costs nothing beyond opening it, but for `exact` and for format 1.
 *
 * @throws FormatError, IntegrityError, StorageError when the listing cannot be read
 */
export async function describeForRetention(
  archive: Archive,
  { exact = false, ...options }: DescribeForRetentionOptions = {},
): Promise<RetentionArchive> {
  const looks = exact || archive.formatVersion === 1
  return {
    name: archive.name,
    identity: await archive.computeIdentity(options),
    createdAt: archive.createdAt,
    baseIdentities: archive.baseIdentities,
    ...(looks && { usedDepths: await findDepths(archive, options) }),
  }
}

async function findDepths(archive: Archive, options: ReadOptions): Promise<ReadonlySet<number>> {
  const depths = new Set<number>()
  for await (const { location } of archive.entries(options))
    if (location !== undefined && location.depth > 0) depths.add(location.depth)
  // A base that it has no name for is found by the one before it: those added here are looked at in turn.
  for (const depth of depths) if (depth > 1 && !archive.baseNames[depth - 1]) depths.add(depth - 1)
  return depths
}

/** The bases an archive needs. */
export interface NeededBases {
  readonly identities: ReadonlySet<string>
  /** False where it needs, or may need, others that are not known. */
  readonly isComplete: boolean
}

/** Works out which bases an archive needs; those beyond the ones it names are named by its farthest. */
export function neededBases(
  archive: RetentionArchive,
  byIdentity: ReadonlyMap<string, readonly RetentionArchive[]>,
): NeededBases {
  const all = allBases(archive, byIdentity)
  if (archive.usedDepths === undefined) return all
  const inOrder = [...all.identities]
  const used = [...archive.usedDepths].map((depth) => inOrder[depth - 1])
  const known = used.filter((identity) => identity !== undefined)
  return { identities: new Set(known), isComplete: known.length === used.length }
}

function allBases(
  archive: RetentionArchive,
  byIdentity: ReadonlyMap<string, readonly RetentionArchive[]>,
): NeededBases {
  const identities = new Set<string>()
  let named = archive.baseIdentities
  for (;;) {
    const before = identities.size
    for (const identity of named) identities.add(identity)
    if (named.length < MAX_BASES || identities.size === before) return { identities, isComplete: true }
    const farthest = byIdentity.get(named.at(-1) ?? '')?.[0]
    if (farthest === undefined) return { identities, isComplete: false }
    named = farthest.baseIdentities
  }
}
