/**
 * The links of an extraction: collected while everything else is restored and made after it, so that no entry can be
 * written through one. Symlinks are made as they are stored, also those that lead out of the target folder: nothing
 * here ever follows them. A hardlink is made only to what this extraction itself restored; where that is not there,
 * since it was not wanted, the data is restored in its stead.
 */
import { linkSync, lstatSync } from 'node:fs'
import { UnsafePathError } from '../errors.ts'
import { placeEntry } from '../extract/place-entry.ts'
import { MAX_LINK_DEPTH } from '../limits.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import type { ExtractSettings } from './extract-options.ts'
import { install, type Spot } from './restore-file.ts'
import type { RestoreLedger } from './restore-ledger.ts'
import type { RestoreRoot } from './restore-root.ts'
import type { TreeRestorer } from './restore-tree.ts'

/** Places that links are going to take. */
export class PendingLinks {
  readonly #links = new Map<string, Entry>()

  /** Adds a link; of several for one place the last counts. */
  add(place: string, entry: Entry): void {
    this.#links.delete(place)
    this.#links.set(place, entry)
  }

  /** Drops the link of a place: something else takes it. */
  drop(place: string): void {
    this.#links.delete(place)
  }

  /** Takes the link of a place out. */
  take(place: string): Entry | undefined {
    const entry = this.#links.get(place)
    this.#links.delete(place)
    return entry
  }

  /** Tells whether a symlink is going to take a place. */
  isSymlink(place: string): boolean {
    return this.#links.size > 0 && this.#links.get(place)?.type === 'symlink'
  }

  /** The links, in the order of the archive. */
  entries(): Iterable<Entry> {
    return this.#links.values()
  }

  /** The places, in the order of the archive. */
  places(): readonly string[] {
    return [...this.#links.keys()]
  }
}

/** What restoring links takes. */
export interface LinkContext {
  readonly archive: Archive
  readonly tree: TreeRestorer
  readonly pending: PendingLinks
  readonly ledger: RestoreLedger
  readonly settings: ExtractSettings
  /** Another way into the target folder, for the targets of hardlinks; undefined when there is nothing to link to. */
  readonly sources: RestoreRoot | undefined
  /** Takes what was thrown for one link. */
  readonly onFailure: (entry: Entry, error: unknown) => void
  /** Told when a link is done, refused or not. */
  readonly onDone: (entry: Entry) => void
}

/** Makes the links of an extraction. */
export class LinkRestorer {
  readonly #context: LinkContext
  /** Where data stands that was restored instead of a link to it, by the path of that data's entry. */
  readonly #copies = new Map<string, string>()
  /** Targets that the extraction did not come by, by normalised path; undefined when the archive has none. */
  readonly #targets = new Map<string, Entry | undefined>()

  constructor(context: LinkContext) {
    this.#context = context
  }

  /** Makes all links, each after the one it leads to. */
  async restoreAll(): Promise<void> {
    await this.#findTargets()
    for (const place of this.#context.pending.places()) await this.#restorePending(place, 0)
  }

  /** One pass over the listing finds all targets at once; one more for each step of targets that are links again. */
  async #findTargets(): Promise<void> {
    const { archive, settings } = this.#context
    for (let depth = 0; depth < MAX_LINK_DEPTH; depth += 1) {
      const missing = this.#missingTargets()
      if (missing.length === 0) return
      for (const path of missing) this.#targets.set(path, undefined)
      const wanted = new Set(missing)
      for await (const entry of archive.entries({ signal: settings.signal })) {
        const path = normalizeEntryPath(entry.path)
        if (wanted.has(path)) this.#targets.set(path, entry)
      }
    }
  }

  /** The paths that links lead to, over others too, and of which nothing is known. */
  #missingTargets(): readonly string[] {
    const paths = new Set<string>()
    const follow = (entry: Entry): void => {
      if (entry.type === 'hardlink') paths.add(normalizeEntryPath(entry.linkTarget ?? ''))
    }
    for (const entry of this.#context.pending.entries()) follow(entry)
    // A set gives what is added while it is gone through.
    for (const path of paths) {
      const target = this.#targetAt(path)
      if (target !== undefined) follow(target)
    }
    return [...paths].filter((path) => this.#targetAt(path) === undefined && !this.#targets.has(path))
  }

  #targetAt(path: string): Entry | undefined {
    return this.#context.ledger.seen(path) ?? this.#targets.get(path)
  }

  async #restorePending(place: string, depth: number): Promise<void> {
    const entry = this.#context.pending.take(place)
    if (entry === undefined) return
    this.#context.settings.signal?.throwIfAborted()
    try {
      if (entry.type === 'symlink') await this.#context.tree.restore(entry, place)
      else await this.#restoreHardlink(entry, place, depth)
    } catch (error) {
      this.#context.onFailure(entry, error)
    }
    this.#context.onDone(entry)
  }

  async #restoreHardlink(entry: Entry, place: string, depth: number): Promise<void> {
    const path = normalizeEntryPath(entry.linkTarget ?? '')
    const targetPlace = this.#placeOfTarget(entry)
    if (path === normalizeEntryPath(entry.path)) throw new UnsafePathError(entry.path, 'a hardlink to itself')
    if (targetPlace !== undefined && depth < MAX_LINK_DEPTH) await this.#restorePending(targetPlace, depth + 1)
    const source = this.#copies.get(path) ?? (this.#stands(targetPlace, path) ? targetPlace : undefined)
    if (source !== undefined && source !== place)
      return this.#context.tree.put(entry, place, (spot) => this.#link(entry, source, spot))
    await this.#context.tree.restore(this.#findData(entry), place)
    this.#copies.set(path, place).set(normalizeEntryPath(entry.path), place)
  }

  /** Where the target was or would have been restored, by the same rules as any entry. */
  #placeOfTarget(entry: Entry): string | undefined {
    const target = entry.linkTarget ?? ''
    try {
      return placeEntry(target, this.#context.settings)
    } catch (error) {
      if (!(error instanceof UnsafePathError)) throw error
      throw new UnsafePathError(entry.path, `its target ${JSON.stringify(target)}: ${error.reason}`, { cause: error })
    }
  }

  /** Whether the last entry of a path is what this extraction put at a place. */
  #stands(place: string | undefined, path: string): boolean {
    if (place === undefined) return false
    const made = this.#context.ledger.madeAt(place)
    return made !== undefined && made === this.#context.ledger.seen(path)
  }

  async #link(entry: Entry, source: string, spot: Spot): Promise<void> {
    const slash = source.lastIndexOf('/')
    const from = this.#context.sources?.enter(source.slice(0, Math.max(slash, 0)), false)
    const path = from?.at(source.slice(slash + 1))
    const target = path && lstatSync(path, { throwIfNoEntry: false })
    if (path === undefined || target === undefined || target.isDirectory())
      throw new UnsafePathError(entry.path, `its target ${JSON.stringify(source)} is a folder or gone`)
    await install(spot, (temporary) => linkSync(path, temporary))
  }

  /** Finds the entry that has what a hardlink leads to, over other hardlinks. */
  #findData(entry: Entry): Entry {
    let current = entry
    for (let depth = 0; depth < MAX_LINK_DEPTH; depth += 1) {
      const path = normalizeEntryPath(current.linkTarget ?? '')
      const target = this.#targetAt(path)
      if (target === undefined)
        throw new UnsafePathError(entry.path, `its target ${JSON.stringify(path)} is not in the archive`)
      if (target.type === 'directory') throw new UnsafePathError(entry.path, 'a hardlink to a folder')
      if (target.type !== 'hardlink') return target
      current = target
    }
    throw new UnsafePathError(entry.path, 'hardlinks that lead round in a circle')
  }
}
