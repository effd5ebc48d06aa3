/** Where a symlink leads inside its archive. */

/**
 * Gives the path that a target names from where its link lies; links on the way are not followed.
 *
 * @param path - of the link, normalised
 * @param target - as stored
 * @returns undefined for what is absolute, or outside; empty for the root
 */
export function resolveLink(path: string, target: string): string | undefined {
  if (target.startsWith('/')) return undefined
  const names = path.split('/').slice(0, -1)
  for (const name of target.split('/')) {
    if (name === '' || name === '.') continue
    if (name !== '..') names.push(name)
    else if (names.pop() === undefined) return undefined
  }
  return names.join('/')
}
