/** Entries that are meant when paths are named: folders stand for all that is in them. */
import { type Archive, type Entry, normalizeEntryPath } from 'isptar'
import { folderChain, isBelowAny, parentPath } from '../text/entry-path.ts'
import { hasIndex } from './has-index.ts'

/** Up to so many are looked up one by one; for more, one pass over the listing costs less. */
const MAX_LOOKUPS = 64
/** A pass over as many lines costs nothing that one would notice. */
const FEW_LINES = 4096

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
    return this.#paths.has(path) || this.#paths.has('') || isBelowAny(path, this.#paths)
  }

  /** Whether something that is named lies in this folder. */
  leadsTo(path: string): boolean {
    this.#folders ??= new Set([...this.#paths].flatMap((named) => folderChain(parentPath(named))))
    return this.#folders.has(path)
  }

  /** Those that lie in no other. */
  get roots(): readonly string[] {
    if (this.#paths.has('')) return ['']
    return [...this.#paths].filter((path) => !isBelowAny(path, this.#paths))
  }
}

/** How to read entries. */
export interface EntriesInScopeOptions {
  /**
   * Whether they come with their digests, which costs a pass over listing and digests; `none`: in the same order, but
   * without. @defaultValue undefined: without, in any order
   */
  readonly digests?: 'all' | 'none' | undefined
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
  { digests, signal }: EntriesInScopeOptions,
): AsyncGenerator<Entry, void, undefined> {
  const { roots } = scope
  const options = { digests: digests === 'all', signal }
  const maxLookups = digests === undefined && hasIndex(archive) ? MAX_LOOKUPS : 1
  if (roots.length <= maxLookups) for (const under of roots) yield* archive.entries({ ...options, under })
  else for await (const entry of archive.entries(options)) if (scope.has(normalizeEntryPath(entry.path))) yield entry
}

/** Whether a path is found without a long pass over the listing. */
export function findsFast(archive: Archive): boolean {
  return hasIndex(archive) || (archive.entryCount ?? Number.POSITIVE_INFINITY) <= FEW_LINES
}
