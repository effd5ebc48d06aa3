/**
 * Walks folders in the archive's order (SPEC 1.3): a folder, then what is in it, names by signed bytes. Nothing is
 * opened but folders and cache tags; what cannot be looked at is reported and passed over. Names are bytes throughout.
 */
import { setImmediate } from 'node:timers/promises'
import { createExcludeRules } from './exclude-rules.ts'
import { PathHooks } from './path-hooks.ts'
import { loadPosix } from './posix.ts'
import { ReadFrom } from './read-from.ts'
import { toRootPath } from './root-path.ts'
import type { TreeEntry } from './tree-entry.ts'
import { TreeWalker } from './tree-walker.ts'
import type { TreeRoots, WalkInternals, WalkOptions } from './walk-options.ts'

export type { TreeRoots, WalkInternals, WalkOptions } from './walk-options.ts'

/** After so many entries the walk lets timers and signals have their turn. */
const ENTRIES_PER_TURN = 512

/**
 * Walks one root or several. One `lstat` an entry, one reading of each folder. A root `.` has no entry of its own.
 *
 * @param roots - paths of folders or of anything else
 * @param options - what to leave out and whom to tell
 * @throws TypeError for an empty root; StorageError when a file of patterns cannot be read, or when `readFrom` has a path
 * that no root leads to
 */
export function walkTree(roots: TreeRoots, options: WalkOptions = {}): AsyncGenerator<TreeEntry, void, undefined> {
  return walkWith(roots, options)
}

/** {@link walkTree} with what only packing and tests say. */
export async function* walkWith(
  roots: TreeRoots,
  options: WalkOptions & WalkInternals,
): AsyncGenerator<TreeEntry, void, undefined> {
  const { signal, onNotice, onRoot } = options
  const list = typeof roots === 'string' || Buffer.isBuffer(roots) ? [roots] : roots
  const rootPaths = list.map((root) => toRootPath(root, options.cwd))
  const readFrom = options.readFrom && new ReadFrom(options.readFrom, options.cwd)
  readFrom?.checkRoots(rootPaths.map(({ sourcePath }) => sourcePath))
  const hooks = await PathHooks.create(options.pathHooks)
  const isExcluded = await createExcludeRules(options.exclude, options.excludeFrom)
  const walker = new TreeWalker(options, await loadPosix(), { isExcluded, hooks, readFrom })
  let turn = 0
  try {
    for (const [number, root] of rootPaths.entries()) {
      onRoot?.(number)
      if (root.notice !== undefined) onNotice?.(root.notice)
      for (const step of walker.walk(root)) {
        turn += 1
        if (turn % ENTRIES_PER_TURN === 0) await setImmediate()
        signal?.throwIfAborted()
        if ('run' in step) await step.run()
        else yield step
      }
    }
  } finally {
    await hooks?.leaveAll(onNotice)
  }
  walker.tellUnmet()
}
