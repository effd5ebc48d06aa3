/** Entries as they travel between threads: their records, with all their bytes in one buffer that is handed over. */
import { concatBytes } from '../bytes/concat.ts'
import { Entry, type EntryLine, type EntryReader } from '../read/entry.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import type { Parcel } from './message-peer.ts'

/** A record without its bytes, and how many of them it has in the batch. */
interface PackedEntry {
  readonly record: Omit<ListingRecord, 'pathBytes' | 'linkBytes'>
  readonly pathLength: number
  /** Undefined where it is no link. */
  readonly linkLength: number | undefined
  readonly line: number
  readonly checked: boolean
  /** Undefined where it did not come with one. */
  readonly digestLength: number | undefined
}

/** Some entries. */
export interface EntryBatch {
  readonly entries: readonly PackedEntry[]
  readonly bytes: Uint8Array
}

/** Packs entries. */
export function packEntries(entries: readonly Entry[]): Parcel<EntryBatch> {
  const parts: Uint8Array[] = []
  const packed = entries.map(({ record, place }) => {
    const { pathBytes, linkBytes, ...rest } = record
    const { line, checked, digest } = place
    for (const part of [pathBytes, linkBytes, digest]) if (part) parts.push(part)
    const lengths = { pathLength: pathBytes.length, linkLength: linkBytes?.length, digestLength: digest?.length }
    return { record: rest, line, checked, ...lengths }
  })
  // Never of one part, which would be given as it is: the sender's.
  const bytes = concatBytes([...parts, new Uint8Array(0)])
  return { value: { entries: packed, bytes }, transfer: [bytes.buffer] }
}

/** Unpacks entries, as those of a reader. */
export function* unpackEntries({ entries, bytes }: EntryBatch, reader: EntryReader): Generator<Entry, void, undefined> {
  let at = 0
  const take = (length: number): Uint8Array => bytes.subarray(at, (at += length))
  for (const { record, pathLength, linkLength, line, checked, digestLength } of entries) {
    const pathBytes = take(pathLength)
    const linkBytes = linkLength === undefined ? undefined : take(linkLength)
    const place: EntryLine = { line, checked, digest: digestLength === undefined ? undefined : take(digestLength) }
    yield new Entry({ ...record, pathBytes, linkBytes }, reader, place)
  }
}
