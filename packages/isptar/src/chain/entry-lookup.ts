/**
 * Looks up what an archive has under paths that come in the archive's order (SPEC 3.5), as a walk of a tree gives them. Where
 * the listing is in order both are gone through side by side, in flat memory; where it is not, a table is made of it.
 */
import { comparePaths, decodeText } from '../bytes/text.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import { LineTable } from './line-table.ts'
import { disordered } from './ordered-entries.ts'
import { isBelow, pathKey } from './path-key.ts'

/** Entries by path and by line. Close it. */
export interface EntryLookup {
  /** Gives the entry of exactly this path; of several, the last. Cheap for paths that come in order. */
  find(path: Uint8Array): Promise<Entry | undefined>
  /** Tells whether there is an entry of this path or one below it. */
  reaches(path: Uint8Array): Promise<boolean>
  /** Gives the entry of a line of the listing. */
  atLine(line: number): Promise<Entry | undefined>
  close(): Promise<void>
}

/** How to look up. */
export interface EntryLookupOptions extends ReadOptions {
  /** Whether entries come with their SHA-256, where the archive has it. @defaultValue false */
  digests?: boolean | undefined
  /** Shown every entry once, in stored order, before the first lookup. */
  visit?: ((entry: Entry) => void) | undefined
}

/**
 * Prepares lookups. Reads the listing whole, which checks it; for archives that do not say that their listing is in order
 * its text is kept in memory, and eight bytes an entry.
 *
 * @throws FormatError, IntegrityError when the listing is damaged, or not in the order that it claims
 */
export async function openEntryLookup(archive: Archive, options: EntryLookupOptions = {}): Promise<EntryLookup> {
  const isOrdered = archive.serviceInfo.get('order') === 'path'
  const table = isOrdered ? undefined : new LineTable(archive)
  let last: Uint8Array | undefined
  for await (const entry of archive.entries({ digests: options.digests, signal: options.signal })) {
    options.visit?.(entry)
    const path = pathKey(entry)
    if (isOrdered && last && comparePaths(last, path) >= 0) throw disordered(archive, entry)
    last = path
    table?.add(entry)
  }
  if (table === undefined) return new OrderedLookup(archive, options)
  table.finish()
  return table
}

class OrderedLookup implements EntryLookup {
  readonly #archive: Archive
  readonly #options: EntryLookupOptions
  readonly #entries: AsyncGenerator<Entry, void, undefined>
  /** The first entry that is not before the path asked for last. */
  #at: Entry | undefined
  #asked: Uint8Array | undefined

  constructor(archive: Archive, options: EntryLookupOptions) {
    this.#archive = archive
    this.#options = options
    this.#entries = archive.entries({ digests: options.digests, signal: options.signal })
  }

  async find(path: Uint8Array): Promise<Entry | undefined> {
    if (!(await this.#goTo(path))) return this.#archive.find(decodeText(path), this.#options)
    return this.#at && comparePaths(pathKey(this.#at), path) === 0 ? this.#at : undefined
  }

  async reaches(path: Uint8Array): Promise<boolean> {
    if (await this.#goTo(path)) return this.#at !== undefined && isBelow(pathKey(this.#at), path)
    for await (const _ of this.#archive.entries({ under: decodeText(path), signal: this.#options.signal })) return true
    return false
  }

  atLine(line: number): Promise<Entry | undefined> {
    return this.#archive.entryAt(line, this.#options)
  }

  async close(): Promise<void> {
    await this.#entries.return()
  }

  /** Goes on to a path; false when it was passed already. */
  async #goTo(path: Uint8Array): Promise<boolean> {
    if (this.#asked && comparePaths(path, this.#asked) < 0) return false
    if (this.#asked === undefined) this.#at = await this.#next()
    this.#asked = path
    while (this.#at && comparePaths(pathKey(this.#at), path) < 0) this.#at = await this.#next()
    return true
  }

  async #next(): Promise<Entry | undefined> {
    const step = await this.#entries.next()
    return step.done ? undefined : step.value
  }
}
