/** What lies in a folder, as it travels between threads: entries as they do, and the rest beside them. */
import type { Entry, EntryReader } from '../read/entry.ts'
import type { FolderItem } from '../read/folder-items.ts'
import { type EntryBatch, packEntries, unpackEntries } from './entry-batch.ts'
import type { Parcel } from './message-peer.ts'

/** Some items of a folder. */
export interface ItemBatch {
  readonly items: readonly (Omit<FolderItem, 'entry'> & { readonly hasEntry: boolean })[]
  /** Those of the items that have one, in order. */
  readonly entries: EntryBatch
}

/** Packs items. */
export function packItems(items: readonly FolderItem[]): Parcel<ItemBatch> {
  const { value: entries, transfer } = packEntries(items.flatMap(({ entry }) => entry ?? []))
  const rest = items.map(({ entry, ...item }) => ({ ...item, hasEntry: entry !== undefined }))
  return { value: { items: rest, entries }, transfer }
}

/** Unpacks items; their entries become those of a reader. */
export function* unpackItems(
  { items, entries }: ItemBatch,
  reader: EntryReader,
): Generator<FolderItem, void, undefined> {
  const unpacked = unpackEntries(entries, reader)
  for (const { hasEntry, ...item } of items) {
    const entry: Entry | undefined = hasEntry ? (unpacked.next().value ?? undefined) : undefined
    yield { ...item, entry }
  }
}
