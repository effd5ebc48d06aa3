/**
 * Which entries of an archive are copied, and how those hardlinks are whose file is not: the first of them becomes the file,
 * the others link to it. No data is read.
 */
import type { ReadOptions } from '../io/byte-source.ts'
import { MAX_LINK_DEPTH } from '../limits.ts'
import type { Archive } from '../read/archive.ts'
import { Entry } from '../read/entry.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import type { EntryInput } from '../write/entry-input.ts'
import { describeForWriter } from './entry-input.ts'
import { GrowingArray } from './growing-array.ts'

/** An entry as it is copied. */
export interface CopiedEntry {
  /** The entry whose data, and all but the path, it has. */
  readonly source: Entry
  /** What it is stored as. */
  readonly input: EntryInput
}

/** A selection of the entries of one archive. */
export interface Selection {
  /** Which bases have data of it, by their number. */
  readonly depths: ReadonlySet<number>
  /** How many files with data it has. */
  readonly fileCount: number
  /** Tells whether an entry is in it. */
  has(entry: Entry): boolean
  /** Gives a hardlink whose target changes as what it becomes; undefined for all others. */
  changed(entry: Entry): CopiedEntry | undefined
}

/**
 * Makes a selection. Costs a pass over the listing, and another where hardlinks are in it; memory a byte an entry and some
 * for each hardlink.
 *
 * @param select - asked once for each entry, in stored order
 * @throws what reading the listing, and `select`, throws
 */
export async function selectEntries(
  archive: Archive,
  select: (entry: Entry) => boolean,
  { signal }: ReadOptions,
): Promise<Selection> {
  const selection = new ListedSelection(archive)
  for await (const entry of archive.entries({ signal })) selection.add(entry, select(entry))
  if (selection.expectEnds() > 0) for await (const entry of archive.entries({ signal })) selection.addEnd(entry)
  selection.relink()
  return selection
}

/** A selected hardlink, without what it was read from. */
interface Link {
  readonly line: number
  readonly path: string
  readonly target: string
}

class ListedSelection implements Selection {
  readonly #archive: Archive
  readonly depths = new Set<number>()
  fileCount = 0
  /** 1 for each line that is selected. */
  readonly #selected = new GrowingArray((length) => new Uint8Array(length))
  /** Targets of all hardlinks by their paths. */
  readonly #targets = new Map<string, string>()
  /** Selected hardlinks, in order. */
  readonly #links: Link[] = []
  /** What selected hardlinks lead to, by path; undefined until it is found. */
  readonly #ends = new Map<string, Entry | undefined>()
  /** By line: the entry that a link becomes, or the path that it is to link to. */
  readonly #changed = new Map<number, Entry | string>()

  constructor(archive: Archive) {
    this.#archive = archive
  }

  add(entry: Entry, isSelected: boolean): void {
    while (this.#selected.length < entry.place.line) this.#selected.push(0)
    this.#selected.push(isSelected ? 1 : 0)
    const path = normalizeEntryPath(entry.path)
    // Of one path in several lines the last counts.
    const target = entry.type === 'hardlink' ? normalizeEntryPath(entry.linkTarget ?? '') : undefined
    if (target !== undefined) this.#targets.set(path, target)
    else if (this.#targets.size > 0) this.#targets.delete(path)
    if (!isSelected) return
    if (target !== undefined) this.#links.push({ line: entry.place.line, path, target })
    this.#addData(entry)
  }

  #addData({ location }: Entry): void {
    if (location === undefined) return
    this.fileCount += 1
    if (location.depth > 0) this.depths.add(location.depth)
  }

  /** Begins to look for what selected hardlinks lead to; gives how many there are. */
  expectEnds(): number {
    for (const link of this.#links) this.#ends.set(this.#endOf(link), undefined)
    return this.#ends.size
  }

  /** Follows hardlinks to the path that they lead to. */
  #endOf({ target }: Link): string {
    let path = target
    for (let depth = 0; depth < MAX_LINK_DEPTH; depth += 1) path = this.#targets.get(path) ?? path
    return path
  }

  /** Takes an entry that is such an end; the rest is passed over. */
  addEnd({ path, record, place }: Entry): void {
    const key = normalizeEntryPath(path)
    // A copy: what was read is much larger.
    const kept = { ...record, pathBytes: new Uint8Array(record.pathBytes) }
    if (this.#ends.has(key)) this.#ends.set(key, new Entry(kept, this.#archive, place))
  }

  relink(): void {
    const heirs = new Map<string, string>()
    const linkPaths = new Set(this.#links.map(({ path }) => path))
    for (const link of this.#links) {
      const end = this.#endOf(link)
      const source = this.#ends.get(end)
      // What leads to nothing, or round in a circle, is copied as it is.
      if (source === undefined || source.type === 'hardlink' || source.type === 'directory') continue
      if (this.has(source) && linkPaths.has(link.target)) continue
      const target = this.has(source) ? end : heirs.get(end)
      if (target === undefined) {
        heirs.set(end, link.path)
        this.#addData(source)
        this.#changed.set(link.line, source)
      } else if (target !== link.target) this.#changed.set(link.line, target)
    }
  }

  has({ place }: Entry): boolean {
    return this.#selected.values()[place.line] === 1
  }

  changed(entry: Entry): CopiedEntry | undefined {
    const change = this.#changed.get(entry.place.line)
    if (change === undefined) return undefined
    if (typeof change === 'string') return { source: entry, input: { ...describeForWriter(entry), linkTarget: change } }
    return { source: change, input: { ...describeForWriter(change), path: entry.pathBytes } }
  }
}
