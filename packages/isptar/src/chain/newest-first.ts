/** The order in which archives of one backup were written. */

/** What tells when an archive was written. */
export interface WrittenArchive {
  /** SHA-256 of its listing, hex. */
  readonly identity: string | undefined
  /** RFC 3339; undefined where it does not say. */
  readonly createdAt: string | undefined
  /** Identities of its bases, nearest first. */
  readonly baseIdentities: readonly string[]
}

/** Gives when an archive was written in milliseconds since 1970; NaN where it does not say. */
export function writtenAt({ createdAt }: WrittenArchive): number {
  return Date.parse(createdAt ?? '')
}

/**
 * Gives archives newest first: by the time they say, and of one time, differentials before their bases. Where one does not
 * say when it was written, all stay in the order given.
 */
export function newestFirst<A extends WrittenArchive>(archives: readonly A[]): A[] {
  const rest = archives.map((archive) => ({ archive, time: writtenAt(archive) }))
  if (rest.some(({ time }) => Number.isNaN(time))) return [...archives]
  rest.sort((a, b) => b.time - a.time)
  const ordered: A[] = []
  while (rest.length > 0) {
    const sameTime = rest.filter(({ time }) => time === rest[0]?.time).map(({ archive }) => archive)
    const isNewest = (archive: A): boolean => !sameTime.some((other) => isBaseOf(archive, other))
    const [next] = rest.splice(Math.max(sameTime.findIndex(isNewest), 0), 1)
    if (next !== undefined) ordered.push(next.archive)
  }
  return ordered
}

function isBaseOf(archive: WrittenArchive, other: WrittenArchive): boolean {
  return archive.identity !== undefined && other.baseIdentities.includes(archive.identity)
}
