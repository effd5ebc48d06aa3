/**
 * Packs folders into an archive. What cannot be read or changes meanwhile is reported and never ends the packing; any
 * failure of the target does, and then leaves nothing behind.
 */
import type { BaseReuse } from '../chain/base-reuse.ts'
import type { Target } from '../io/target.ts'
import type { Time } from '../tar/entry-type.ts'
import { TOP_FOLDER } from '../write/archive-info.ts'
import { type ArchiveWriter, createArchive, type CreateOptions } from '../write/archive-writer.ts'
import { openBases } from './open-bases.ts'
import { runBetweenHooks } from './pack-hooks.ts'
import { keepPackJournal, refuseOtherPacking } from './pack-journal.ts'
import type { PackOptions, PackReport } from './pack-options.ts'
import { Packer } from './packer.ts'
import { isTopFolder } from './top-folder.ts'
import type { TreeRoots, WalkInternals } from './walk-tree.ts'

export type { PackOptions, PackProgress, PackReport } from './pack-options.ts'

/**
 * Packs one root or several, in the order given.
 *
 * @param roots - paths of folders or of anything else
 * @param target - where the archive goes; it is committed, or aborted when this throws
 * @param options - what to leave out, how to compress and whom to tell
 * @throws BaseMismatchError when the bases do not belong together, before anything is written; StorageError when nothing at
 * all could be read or everything was left out, or when the target fails or the run to resume was another; TypeError when
 * a target cannot be resumed; `signal.reason` on abort
 * @example
 * ```ts
 * const { ok, problems, summary } = await packTree('site', new FileTarget('packed.tgz'), { exclude: ['cache/'] })
 * console.log(ok, problems, summary.sizeBytes)
 * ```
 */
export async function packTree(roots: TreeRoots, target: Target, options: PackOptions = {}): Promise<PackReport> {
  await refuseOtherPacking(target)
  return runBetweenHooks(options, () => packWith(roots, target, options))
}

/** {@link packTree} on a file system that tests may choose. */
export async function packWith(
  roots: TreeRoots,
  target: Target,
  options: PackOptions & Pick<WalkInternals, 'fileSystem'>,
): Promise<PackReport> {
  let writer: ArchiveWriter | undefined
  let reuse: BaseReuse | undefined
  let packer: Packer | undefined
  try {
    reuse = await openBases(target, options)
    const resumed = await keepPackJournal(roots, target, reuse?.identities, options)
    const checkpointNote = (): string => packer?.describe() ?? ''
    writer = createArchive(target, { ...describeArchive(roots, reuse, options), checkpointNote })
    packer = new Packer(writer, target, reuse, options)
    if (resumed) await packer.resume(resumed)
    await packer.pack(roots)
    return await packer.finish()
  } catch (error) {
    await (writer ?? target).abort().catch(() => undefined)
    if (writer === undefined) await options.catalogue?.abort().catch(() => undefined)
    throw error
  } finally {
    await packer?.close()
    await reuse?.close()
  }
}

function describeArchive(roots: TreeRoots, reuse: BaseReuse | undefined, options: PackOptions): CreateOptions {
  const { level, storeSuffixes, digest, seekBytes, groupBytes, catalogue, signal } = options
  const createdAt = options.createdAt ?? sourceDateEpoch(process.env['SOURCE_DATE_EPOCH'])
  const serviceInfo = isTopFolder(roots) ? TOP_FOLDER : undefined
  const bases = reuse?.identities
  return { level, storeSuffixes, digest, seekBytes, groupBytes, catalogue, createdAt, bases, serviceInfo, signal }
}

/**
 * Reads the time that reproducible builds set (https://reproducible-builds.org/specs/source-date-epoch/).
 *
 * @param text - whole seconds since 1970; undefined when it is not set
 * @throws RangeError when it is something else
 */
export function sourceDateEpoch(text: string | undefined): Time | undefined {
  if (text === undefined || text === '') return undefined
  const seconds = /^[0-9]{1,15}$/.test(text) ? Number(text) : Number.NaN
  if (Number.isSafeInteger(seconds)) return { seconds, nanoseconds: 0 }
  throw new RangeError(`SOURCE_DATE_EPOCH is ${JSON.stringify(text)}, expected whole seconds since 1970`)
}
