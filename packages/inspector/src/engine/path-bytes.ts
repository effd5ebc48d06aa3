/** Raw paths of listings: written in one way, and seen from a folder. */
import { encodeText, normalizeEntryPath } from 'isptar'

const DOT = 0x2e
const SLASH = 0x2f

/** Gives the path as `normalizeEntryPath` writes it: a view. */
export function normalBytes(path: Uint8Array): Uint8Array {
  const rest = withoutDots(path)
  return rest.length > 1 && rest.at(-1) === SLASH ? rest.subarray(0, -1) : rest
}

/** Gives what the paths of all that is in a folder begin with: nothing for the root. */
export function folderPrefix(folder: string): Uint8Array {
  const path = normalizeEntryPath(folder)
  return encodeText(path === '' ? '' : `${path}/`)
}

/** Tells whether bytes begin with others. */
export function beginsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false
  for (let k = 0; k < prefix.length; k += 1) if (bytes[k] !== prefix[k]) return false
  return true
}

/** Gives where the name begins in a normalised path. */
export function nameStart(path: Uint8Array): number {
  let slash = path.lastIndexOf(SLASH)
  while (slash > 0 && path[slash - 1] === SLASH) slash -= 1
  return slash <= 0 ? 0 : slash + 1
}

/** The child of a folder that a path is, or lies in. */
export interface ChildBytes {
  /** The child's path: a view. */
  readonly bytes: Uint8Array
  /** Whether the path is the child's own. */
  readonly isOwn: boolean
}

/** Finds it as `Archive.children` does; undefined for what is not in the folder, and for the folder itself. */
export function childBytes(path: Uint8Array, prefix: Uint8Array): ChildBytes | undefined {
  const stored = withoutDots(path)
  if (!beginsWith(stored, prefix)) return undefined
  let end = prefix.length
  while (stored[end] === SLASH) end += 1
  while (end < stored.length && stored[end] !== SLASH) end += 1
  if (end === prefix.length) return undefined
  return { bytes: stored.subarray(0, end), isOwn: stored.length <= end + 1 }
}

function withoutDots(path: Uint8Array): Uint8Array {
  let start = 0
  while (path[start] === DOT && path[start + 1] === SLASH) start += 2
  if (path.length === start + 1 && path[start] === DOT) start += 1
  return start === 0 ? path : path.subarray(start)
}
