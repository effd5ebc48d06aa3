/** Paths as a way from the root. */

/**
 * Gives the folders that a path lies in, outermost first without the root, and the path itself; nothing for the root. Slashes
 * that begin a name belong to it, as where folders are listed.
 */
export function pathLineage(path: string): readonly string[] {
  const found: string[] = []
  for (let end = -1; end < path.length && path !== ''; ) {
    const start = end + 1
    end = start + (/^\/*[^/]*/.exec(path.slice(start))?.[0].length ?? 0)
    found.push(path.slice(0, end))
  }
  return found
}
