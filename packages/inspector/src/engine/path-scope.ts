/** Entries that are meant when paths are named: folders stand for all that is in them. */
import { type Archive, type Entry, normalizeEntryPath } from 'isptar'

/** Up to so many are looked up one by one; for more, one pass over the listing costs less. */
const MAX_LOOKUPS = 64
/** Digests of more entries than this are read in one pass, of fewer one by one. */
const MAX_SINGLE_DIGESTS = 8

/** Paths that were named. */
export class PathScope {
  readonly #paths: ReadonlySet<string>
  #folders: ReadonlySet<string> | undefined

  /** @param paths - normalised; the empty one stands for all */
  constructor(paths: readonly string[]) {
    this.#paths = new Set(paths)
  }

  /** Whether a path is named, or lies in a folder that is. Costs a lookup a component. */
  has(path: string): boolean {
    if (this.#paths.has(path) || this.#paths.has('')) return true
    return ancestorsOf(path).some((ancestor) => this.#paths.has(ancestor))
  }

  /** Whether something that is named lies in this folder. */
  leadsTo(path: string): boolean {
    this.#folders ??= new Set([...this.#paths].flatMap(ancestorsOf))
    return this.#folders.has(path)
  }

  /** Those that lie in no other. */
  get roots(): readonly string[] {
    if (this.#paths.has('')) return ['']
    return [...this.#paths].filter((path) => !ancestorsOf(path).some((ancestor) => this.#paths.has(ancestor)))
  }
}

/** Gives the folders that a path lies in, outermost first, without the root. */
export function ancestorsOf(path: string): readonly string[] {
  const ancestors: string[] = []
  for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1))
    if (end > 0) ancestors.push(path.slice(0, end))
  return ancestors
}

/** How to read entries. */
export interface EntriesInScopeOptions {
  /** How many there are: whether digests are wanted of each is decided by it. Without it they come with none. */
  readonly digestsFor?: number | undefined
  readonly signal: AbortSignal
}

/**
 * Gives the entries that are named. A few roots are looked up each, which costs blocks of the listing where the archive has
 * an index; for many all of it is read.
 *
 * @throws as `Archive.entries`
 */
export async function* entriesInScope(
  archive: Archive,
  scope: PathScope,
  { digestsFor = 0, signal }: EntriesInScopeOptions,
): AsyncGenerator<Entry, void, undefined> {
  const { roots } = scope
  const digests = archive.hasDigests && digestsFor > MAX_SINGLE_DIGESTS
  const isLookedUp = digests ? roots.length === 1 : roots.length <= (hasIndex(archive) ? MAX_LOOKUPS : 1)
  if (isLookedUp) for (const under of roots) yield* archive.entries({ under, digests, signal })
  else
    for await (const entry of archive.entries({ digests, signal }))
      if (scope.has(normalizeEntryPath(entry.path))) yield entry
}

/** Whether a path is found without a pass over the listing. */
export function hasIndex({ tail, serviceInfo }: Archive): boolean {
  return tail.sections.some(({ name }) => name === 'index') && serviceInfo.get('order') === 'path'
}
