/** The order in which archives of one backup were written. */
import type { Archive } from '../read/archive.ts'

/**
 * Gives archives newest first: by the time they say, and of one time, differentials before their bases. Where one does not
 * say when it was written, all stay in the order given.
 */
export function newestFirst(archives: readonly Archive[]): Archive[] {
  const rest = archives.map((archive) => ({ archive, time: Date.parse(archive.createdAt ?? '') }))
  if (rest.some(({ time }) => Number.isNaN(time))) return [...archives]
  rest.sort((a, b) => b.time - a.time)
  const ordered: Archive[] = []
  while (rest.length > 0) {
    const sameTime = rest.filter(({ time }) => time === rest[0]?.time).map(({ archive }) => archive)
    const isNewest = (archive: Archive): boolean => !sameTime.some((other) => isBaseOf(archive, other))
    const [next] = rest.splice(Math.max(sameTime.findIndex(isNewest), 0), 1)
    if (next !== undefined) ordered.push(next.archive)
  }
  return ordered
}

function isBaseOf(archive: Archive, other: Archive): boolean {
  return archive.identity !== undefined && other.baseIdentities.includes(archive.identity)
}
