/** Paths as lookups compare them: the original stores some with a leading `./`. */
import type { Entry } from '../read/entry.ts'

const DOT = 0x2e
const SLASH = 0x2f

/** Gives the path of an entry without leading `./`. */
export function pathKey({ pathBytes }: Pick<Entry, 'pathBytes'>): Uint8Array {
  let start = 0
  while (pathBytes[start] === DOT && pathBytes[start + 1] === SLASH) start += 2
  return pathBytes.subarray(start)
}

/** Tells whether a path is this folder or lies below it. */
export function isBelow(path: Uint8Array, folder: Uint8Array): boolean {
  if (path.length < folder.length || (path.length > folder.length && path[folder.length] !== SLASH)) return false
  return folder.every((byte, index) => path[index] === byte)
}
