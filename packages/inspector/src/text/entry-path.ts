/** Paths of entries, taken apart. Slashes at the beginning of a name belong to it: `/etc` lies in the root, `/b` in `a`. */

/** Gives the path of the folder that it lies in; empty for the root. */
export function parentPath(path: string): string {
  return path.slice(0, parentLength(path))
}

/** Gives the last part of a path, as stored: never show it but by `printable`. */
export function baseName(path: string): string {
  const length = parentLength(path)
  return length === 0 ? path : path.slice(length + 1)
}

/** Gives the folders from the root's child down to this one, this one included; none for the root. */
export function folderChain(folder: string): readonly string[] {
  const chain: string[] = []
  for (let path = folder; path !== ''; path = parentPath(path)) chain.unshift(path)
  return chain
}

/** Tells whether one of the folders that it lies in is among these paths. */
export function isBelowAny(path: string, folders: ReadonlySet<string>): boolean {
  if (folders.size === 0) return false
  for (let parent = parentPath(path); parent !== ''; parent = parentPath(parent)) if (folders.has(parent)) return true
  return false
}

function parentLength(path: string): number {
  // What ends with a slash has a name of slashes alone.
  let slash = path.lastIndexOf('/')
  while (slash > 0 && path[slash - 1] === '/') slash -= 1
  return Math.max(slash, 0)
}
