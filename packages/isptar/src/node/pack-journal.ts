/** The journal of a packing: what two runs must have in common, and what the second needs to know of the first. */
import { resolve } from 'node:path'
import { decodeText } from '../bytes/text.ts'
import type { Target } from '../io/target.ts'
import type { BaseIdentity } from '../write/archive-info.ts'
import type { PackOptions } from './pack-options.ts'
import type { ReusedCounts } from './reuse-entry.ts'
import type { RunFacts } from './run-facts.ts'
import { type ResumedSlices, SlicedFileTarget } from './sliced-file-target.ts'
import type { TreeProblem } from './tree-entry.ts'
import type { TreeRoots } from './walk-tree.ts'

/** Most problems that are kept for another run. */
const MAX_PROBLEMS = 10_000

/** What a packing says of itself at a checkpoint. */
export interface PackNote {
  /** For each root that was begun: how many entries came before it. */
  readonly rootStarts: readonly number[]
  readonly problems: readonly TreeProblem[]
  readonly reused: ReusedCounts
}

/** Encodes a note. */
export function encodePackNote({ problems, ...rest }: PackNote): string {
  return JSON.stringify({ ...rest, problems: problems.slice(0, MAX_PROBLEMS) })
}

/** Decodes a note that {@link encodePackNote} made. */
export function decodePackNote(note: string): PackNote {
  return JSON.parse(note) as PackNote
}

/**
 * Keeps a journal where the target can: for slices that are files. None is kept where none is wanted, and where data is
 * copied from bases: it comes in members of any length, inside which nobody can go on.
 *
 * @param bases - the archives that entries may refer to
 * @returns where an earlier run stopped; undefined when all begins anew
 * @throws TypeError when it is to be resumed and cannot be; StorageError when the earlier run was another
 */
export async function keepPackJournal(
  roots: TreeRoots,
  target: Target,
  bases: readonly BaseIdentity[] | undefined,
  options: PackOptions,
): Promise<ResumedSlices | undefined> {
  const { resume = false, journal = true, copyData } = options
  if (target instanceof SlicedFileTarget && journal && copyData !== true)
    return target.keepJournal(describeRun(roots, bases, options), resume)
  if (resume)
    throw new TypeError('only slices that are files can be resumed, with a journal and without copies from bases')
  if (target instanceof SlicedFileTarget) await target.forgoJournal()
  return undefined
}

/** Refuses to pack where another run is packing; nothing was done then. */
export async function refuseOtherPacking(target: Target): Promise<void> {
  if (target instanceof SlicedFileTarget) await target.refuseOtherRun()
}

function describeRun(roots: TreeRoots, bases: readonly BaseIdentity[] = [], options: PackOptions): RunFacts {
  const list = typeof roots === 'string' || Buffer.isBuffer(roots) ? [roots] : roots
  const { exclude, excludeFrom, excludeCaches, oneFileSystem, xattrs, readFrom } = options
  const { level, storeSuffixes, digest, seekBytes, groupBytes, compare, moved } = options
  return {
    roots: list.map(textOf),
    'working folder': resolve(textOf(options.cwd ?? '')),
    ...{
      exclude,
      excludeCaches,
      oneFileSystem,
      xattrs,
      level,
      storeSuffixes,
      digest,
      seekBytes,
      groupBytes,
      compare,
      moved,
    },
    excludeFrom: excludeFrom?.map(textOf),
    readFrom: readFrom && Array.from(readFrom, (pair) => pair.map(textOf)),
    bases: bases.map(({ identity }) => identity),
  }
}

function textOf(path: string | Buffer): string {
  return typeof path === 'string' ? path : decodeText(path)
}
