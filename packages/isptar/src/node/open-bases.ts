/** The bases of an archive that is written here: made ready, and kept from being replaced by what is written. */
import { existsSync, realpathSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { type BaseReuse, openBaseReuse } from '../chain/base-reuse.ts'
import { BaseMismatchError } from '../errors.ts'
import type { Target } from '../io/target.ts'
import type { Archive } from '../read/archive.ts'
import { findEarlier } from './earlier-slices.ts'
import { FileTarget } from './file-target.ts'
import { filesOf } from './own-files.ts'
import { SlicedFileTarget } from './sliced-file-target.ts'

/** What of the options of a packing says what its bases are and how they are used. */
export interface BaseOptions {
  base?: Archive | readonly Archive[] | undefined
  moved?: boolean | undefined
  copyData?: boolean | undefined
  catalogue?: Target | undefined
  signal?: AbortSignal | undefined
}

/**
 * Makes the bases ready, when there are any. Whoever calls closes what it gives.
 *
 * @param target - where the archive goes
 * @throws BaseMismatchError when they do not belong together, or one would be replaced while it is needed; TypeError when
 * the catalogue is to replace the archive
 */
export async function openBases(target: Target, options: BaseOptions): Promise<BaseReuse | undefined> {
  const { base, moved = true, copyData, catalogue, signal } = options
  if (base === undefined && catalogue === undefined) return undefined
  const taken = await placesOf(target)
  const takenByCatalogue = catalogue ? await placesOf(catalogue) : []
  if (takenByCatalogue.some((place) => taken.includes(place)))
    throw new TypeError(`the catalogue would replace the archive: ${catalogue?.name}`)
  if (base === undefined) return undefined
  const bases = 'identity' in base ? [base] : base
  // A file is replaced when all is copied from it; slices go before the first new one is stored.
  const isKept = copyData && !(target instanceof SlicedFileTarget)
  refuseLoss(isKept ? takenByCatalogue : [...taken, ...takenByCatalogue], bases)
  return openBaseReuse(bases, { moved, copyData, signal })
}

/** An archive in the place of its own base would lose all that it refers to. */
function refuseLoss(taken: readonly string[], bases: readonly Archive[]): void {
  for (const path of filesOf(bases).paths)
    if (taken.includes(realpathSync(path)))
      throw new BaseMismatchError(`${path} would be replaced, but it is a base: choose another name`)
}

/** Where the files of a target will lie, and those that it replaces, with links followed. */
async function placesOf(target: Target): Promise<readonly string[]> {
  const { name } = target
  if (target instanceof FileTarget) return [placeOf(name)]
  if (!(target instanceof SlicedFileTarget)) return []
  const { slices } = await findEarlier(name)
  return [name, ...[1, ...slices].map((slice) => `${name}.part${slice}`)].map(placeOf)
}

function placeOf(path: string): string {
  if (existsSync(path)) return realpathSync(path)
  const folder = dirname(path)
  return join(existsSync(folder) ? realpathSync(folder) : folder, basename(path))
}
