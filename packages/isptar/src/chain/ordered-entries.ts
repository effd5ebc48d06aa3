/** Gives the entries of any archive in the archive's order, each path once, so that two can be gone through together. */
import { comparePaths, encodeText } from '../bytes/text.ts'
import { FormatError } from '../errors.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import { SortingTable } from './sorting-table.ts'

/** An entry, and its path without what does not matter in it. */
export interface OrderedEntry {
  readonly pathBytes: Uint8Array
  readonly entry: Entry
}

/** How to give entries. */
export interface OrderedEntriesOptions extends ReadOptions {
  /** Whether with their digests. @defaultValue false */
  digests?: boolean | undefined
}

/**
 * Gives each entry once; of several of one path, the last, which is the one that counts. The packed folder's own entry
 * (`.`) is left out. Memory is flat where the archive says that it is in order; else its listing is held.
 *
 * @throws FormatError when it is not in the order that it claims; what reading the listing throws
 */
export async function* orderedEntries(
  archive: Archive,
  options: OrderedEntriesOptions,
): AsyncGenerator<OrderedEntry, void, undefined> {
  const isOrdered = archive.serviceInfo.get('order') === 'path'
  const entries = isOrdered ? archive.entries(options) : sortEntries(archive, options)
  let last: OrderedEntry | undefined
  for await (const entry of entries) {
    const next = { pathBytes: normalPath(entry), entry }
    const order = last === undefined ? 1 : comparePaths(next.pathBytes, last.pathBytes)
    if (order < 0) throw disordered(archive, entry)
    if (last !== undefined && order > 0 && last.pathBytes.length > 0) yield last
    last = next
  }
  if (last !== undefined && last.pathBytes.length > 0) yield last
}

async function* sortEntries(archive: Archive, options: OrderedEntriesOptions): AsyncGenerator<Entry, void, undefined> {
  const table = new SortingTable(archive)
  for await (const entry of archive.entries(options)) table.add(entry, normalPath(entry))
  yield* table.sorted()
}

function normalPath({ path, pathBytes }: Entry): Uint8Array {
  const normal = normalizeEntryPath(path)
  return normal === path ? pathBytes : encodeText(normal)
}

/** Makes the error for an entry that is not where the archive's order has it. */
export function disordered(archive: Archive, entry: Entry): FormatError {
  return new FormatError(
    `${archive.name} says that its listing is in the order of paths, but ${JSON.stringify(entry.path)} is not where it belongs`,
  )
}
