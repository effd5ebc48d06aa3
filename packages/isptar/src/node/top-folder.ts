/** Tells whether what is packed is the content of one folder, so that restoring may remove what is not in the archive. */
import { toRootPath } from './root-path.ts'
import type { TreeRoots } from './walk-tree.ts'

/** Whether the archive's paths begin in the one folder that is packed. */
export function isTopFolder(roots: TreeRoots): boolean {
  const [root, ...others] = typeof roots === 'string' || Buffer.isBuffer(roots) ? [roots] : roots
  return root !== undefined && others.length === 0 && toRootPath(root).path.length === 0
}
