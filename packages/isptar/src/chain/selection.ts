/**
 * Which entries of an archive are copied, and how those hardlinks are whose file is not: the first of them becomes the file,
 * the others link to it. No data is read.
 */
import { decodeText } from '../bytes/text.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import { MAX_LINK_DEPTH } from '../limits.ts'
import type { Archive } from '../read/archive.ts'
import { Entry } from '../read/entry.ts'
import { isDotted, pathOfEntry } from '../read/line-match.ts'
import type { LineChoice } from '../read/list-entries.ts'
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
export interface Selection extends LineChoice {
  /** Which bases have data of it, by their number. */
  readonly depths: ReadonlySet<number>
  /** How many files with data it has. */
  readonly fileCount: number
  /** Gives a hardlink whose target changes as what it becomes; undefined for all others. */
  changed(entry: Entry): CopiedEntry | undefined
}

/** How to make a selection. */
export interface SelectOptions extends ReadOptions {
  /** Whether entries of other archives, perhaps of the same paths, come behind it and count before it. */
  readonly isFollowed: boolean
}

/**
 * Makes a selection. Costs a pass over the listing, and another where hardlinks are in it, which decodes nothing but what
 * they lead to; memory a byte an entry and some for each hardlink.
 *
 * @param select - asked once for each entry, in stored order
 * @throws what reading the listing, and `select`, throws
 */
export async function selectEntries(
  archive: Archive,
  select: (entry: Entry) => boolean,
  { isFollowed, signal }: SelectOptions,
): Promise<Selection> {
  const selection = new ListedSelection(archive)
  for await (const entry of archive.entries({ signal })) selection.add(entry, select(entry))
  const ends = selection.findEnds()
  if (ends) for await (const entry of archive.entriesOf(ends, { signal })) selection.addEnd(entry)
  selection.relink(isFollowed)
  return selection
}

/** A hardlink, without what it was read from. */
interface Link {
  readonly line: number
  readonly path: string
  /** Where it leads, as a lookup asks for it. */
  readonly target: string
}

class ListedSelection implements Selection {
  readonly #archive: Archive
  readonly depths = new Set<number>()
  fileCount = 0
  /** 1 for each line that is selected. */
  readonly #selected = new GrowingArray((length) => new Uint8Array(length))
  /** Hardlinks by their paths, but for those whose path has another line behind theirs, which counts. */
  readonly #links = new Map<string, Link>()
  /** Selected hardlinks, in order. */
  readonly #chosen: Link[] = []
  /** What selected hardlinks lead to, by path; undefined until it is found. */
  readonly #ends = new Map<string, Entry | undefined>()
  /** By line: the entry that a link becomes, or the path that it is to link to. */
  readonly #changed = new Map<number, Entry | string>()

  constructor(archive: Archive) {
    this.#archive = archive
  }

  add(entry: Entry, isSelected: boolean): void {
    const { line } = entry.place
    while (this.#selected.length < line) this.#selected.push(0)
    this.#selected.push(isSelected ? 1 : 0)
    if (isSelected) this.#addData(entry)
    if (entry.type !== 'hardlink') {
      if (this.#links.size > 0) this.#links.delete(pathAsFound(entry.pathBytes))
      return
    }
    const path = pathAsFound(entry.pathBytes)
    const link: Link = { line, path, target: normalizeEntryPath(entry.linkTarget ?? '') }
    this.#links.set(path, link)
    if (isSelected) this.#chosen.push(link)
  }

  #addData({ location }: Entry): void {
    if (location === undefined) return
    this.fileCount += 1
    if (location.depth > 0) this.depths.add(location.depth)
  }

  /** Begins to look for what selected hardlinks lead to; gives which lines that may be, undefined where there are none. */
  findEnds(): LineChoice | undefined {
    for (const link of this.#chosen) this.#ends.set(this.#endOf(link), undefined)
    if (this.#ends.size === 0) return undefined
    const has = (line: Uint8Array): boolean => {
      const path = pathOfEntry(line)
      return path !== undefined && this.#ends.has(pathAsFound(path))
    }
    return { has, mayHold: () => true }
  }

  /** Follows hardlinks to the path that they lead to. */
  #endOf({ target }: Link): string {
    let path = target
    for (let depth = 0; depth < MAX_LINK_DEPTH; depth += 1) path = this.#links.get(path)?.target ?? path
    return path
  }

  /** Takes an entry that is such an end; of one path in several lines the last counts. */
  addEnd({ record, place }: Entry): void {
    const { pathBytes, linkBytes } = record
    // A copy: what was read is much larger.
    const kept = {
      ...record,
      pathBytes: new Uint8Array(pathBytes),
      linkBytes: linkBytes && new Uint8Array(linkBytes),
    }
    this.#ends.set(pathAsFound(pathBytes), new Entry(kept, this.#archive, place))
  }

  relink(isFollowed: boolean): void {
    const heirs = new Map<string, string>()
    for (const link of this.#chosen) {
      const end = this.#endOf(link)
      const source = this.#ends.get(end)
      // What leads to nothing, or round in a circle, is copied as it is.
      if (source === undefined || source.type === 'hardlink' || source.type === 'directory') continue
      const hasSource = this.#hasLine(source.place.line)
      const via = this.#links.get(link.target)
      if (hasSource && (via === undefined || this.#hasLine(via.line))) continue
      const target = hasSource ? end : heirs.get(end)
      if (target !== undefined) {
        this.#changed.set(link.line, target)
        continue
      }
      this.#addData(source)
      this.#changed.set(link.line, source)
      // No link may lead to what has another line of its path behind it.
      if (!isFollowed && this.#links.get(link.path) === link) heirs.set(end, link.path)
    }
  }

  has(_: Uint8Array, line: number): boolean {
    return this.#hasLine(line)
  }

  mayHold(firstLine: number, endLine: number): boolean {
    return this.#selected.values().subarray(firstLine, endLine).includes(1)
  }

  #hasLine(line: number): boolean {
    return this.#selected.at(line) === 1
  }

  changed(entry: Entry): CopiedEntry | undefined {
    const change = this.#changed.get(entry.place.line)
    if (change === undefined) return undefined
    if (typeof change === 'string') return { source: entry, input: { ...describeForWriter(entry), linkTarget: change } }
    return { source: change, input: { ...describeForWriter(change), path: entry.pathBytes } }
  }
}

/** Gives a stored path as a lookup finds it. */
function pathAsFound(pathBytes: Uint8Array): string {
  return decodeText(isDotted(pathBytes) ? pathBytes.subarray(2) : pathBytes)
}
