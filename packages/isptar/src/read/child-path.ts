/**
 * Paths as seen from a folder that they lie in: which of the folder's children they are, or lie in. Works on any bytes: names
 * that no system would take have a place in the tree, too.
 */
import { comparePaths, encodeText, equalBytes } from '../bytes/text.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import type { IndexBlock } from '../tail/index-section.ts'
import { lastWhere } from './last-where.ts'
import { isDotted, startsWith } from './line-match.ts'

const DOT = 0x2e
const SLASH = 0x2f

/** A path below a folder. */
export interface ChildPath {
  /** The path of the folder's child that it is, or lies in: a view. */
  readonly bytes: Uint8Array
  /** Whether it is that child's own path. */
  readonly isOwn: boolean
}

/** Gives what the paths of all that is in a folder begin with: nothing for the root. */
export function folderPrefix(folder: string): Uint8Array {
  const path = normalizeEntryPath(folder)
  return encodeText(path === '' ? '' : `${path}/`)
}

/**
 * Finds the child of a folder that a path is, or lies in. Slashes at the beginning of its name belong to the name, so that
 * `/etc/x` is in `/etc` of the root, and `a//b` is `/b` in `a`.
 *
 * @param path - raw, as stored
 * @param prefix - of {@link folderPrefix}
 * @returns undefined for what is not in the folder, and for the folder itself
 */
export function childPath(path: Uint8Array, prefix: Uint8Array): ChildPath | undefined {
  const stored = withoutDots(path)
  if (!startsWith(stored, prefix)) return undefined
  let end = prefix.length
  while (stored[end] === SLASH) end += 1
  while (end < stored.length && stored[end] !== SLASH) end += 1
  if (end === prefix.length) return undefined
  return { bytes: stored.subarray(0, end), isOwn: stored.length <= end + 1 }
}

/**
 * Gives the numbers of the blocks that may say something of a folder's children: all that hold it but those after the first
 * that lie within one child, by their own first path and by that of the next.
 *
 * @param blocks - of the index, in order
 * @param prefix - of {@link folderPrefix}
 */
export function blocksOfChildren(blocks: readonly IndexBlock[], prefix: Uint8Array): readonly number[] {
  const first = lastWhere(blocks, ({ firstPath }) => comparePaths(firstPath, prefix) <= 0)
  const wanted: number[] = []
  for (let k = first; k < blocks.length; k += 1) {
    const [block, next] = [blocks[k], blocks[k + 1]]
    if (k > first && block && !startsWith(block.firstPath, prefix)) break
    const child = block && childPath(block.firstPath, prefix)
    const after = next && childPath(next.firstPath, prefix)
    const isWithin = child && after && !child.isOwn && equalBytes(child.bytes, after.bytes)
    if (k === first || !isWithin) wanted.push(k)
  }
  return wanted
}

/** As `normalizeEntryPath` does at the beginning of a path. */
function withoutDots(path: Uint8Array): Uint8Array {
  let rest = path
  while (isDotted(rest)) rest = rest.subarray(2)
  return rest.length === 1 && rest[0] === DOT ? rest.subarray(1) : rest
}
