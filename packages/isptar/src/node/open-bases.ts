/** The bases of an archive that is written here: made ready, and kept from being replaced by it. */
import { statSync } from 'node:fs'
import { type BaseReuse, openBaseReuse } from '../chain/base-reuse.ts'
import { BaseMismatchError } from '../errors.ts'
import type { Target } from '../io/target.ts'
import type { Archive } from '../read/archive.ts'
import { createOwnFileTest, filesOf } from './own-files.ts'

/** What of the options of a packing says what its bases are and how they are used. */
export interface BaseOptions {
  base?: Archive | readonly Archive[] | undefined
  moved?: boolean | undefined
  copyData?: boolean | undefined
  signal?: AbortSignal | undefined
}

/**
 * Makes the bases ready, when there are any. Whoever calls closes what it gives.
 *
 * @param target - where the archive goes
 * @throws BaseMismatchError when they do not belong together, or the archive would replace one
 */
export async function openBases(target: Target, options: BaseOptions): Promise<BaseReuse | undefined> {
  const { base, moved = true, copyData, signal } = options
  if (base === undefined) return undefined
  const bases = 'identity' in base ? [base] : base
  if (!copyData) refuseOwnBase(target, bases)
  return openBaseReuse(bases, { moved, copyData, signal })
}

/** An archive in the place of its own base would lose all that it refers to. */
function refuseOwnBase(target: Target, bases: readonly Archive[]): void {
  const isOwnFile = createOwnFileTest(target)
  for (const path of filesOf(bases).paths) {
    const file = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (file && isOwnFile(file)) throw new BaseMismatchError(`${path} would be replaced by a differential of itself`)
  }
}
