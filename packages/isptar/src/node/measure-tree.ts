/** How much there is to pack, known before the packing: for a bar and the time that is left. */
import { type TreeRoots, walkTree, type WalkOptions } from './walk-tree.ts'

/** What a tree holds. */
export interface TreeSize {
  /** Entries that would be stored. */
  readonly entryCount: number
  /** Sum of the files' sizes in bytes, each hardlinked file once. */
  readonly dataBytes: number
}

/**
 * Walks a tree and adds it up: about 10 µs an entry, no file is opened. What cannot be looked at is left out in silence.
 *
 * @param roots - as for `packTree`
 * @param options - what to leave out, as for `packTree`
 */
export async function measureTree(roots: TreeRoots, options: WalkOptions = {}): Promise<TreeSize> {
  let entryCount = 0
  let dataBytes = 0
  const silent = { xattrs: false, onProblem: undefined, onNotice: undefined }
  for await (const entry of walkTree(roots, { ...options, ...silent })) {
    entryCount += 1
    if (entry.type === 'file') dataBytes += entry.sizeBytes
  }
  return { entryCount, dataBytes }
}
