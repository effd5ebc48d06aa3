/** Lists the entries that were written, and sums them up. */
import { createSha256 } from '#sha256'
import { decodeText } from '../bytes/text.ts'
import type { ListedLines } from '../io/slice-journal.ts'
import { KiB } from '../limits.ts'
import type { TailMembers } from '../tail/encode-tail.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import { listEntry, type ListedData } from './listed-entry.ts'
import { ListingBuilder, type ListingBuilderOptions } from './listing-builder.ts'
import type { EntryTotals } from './writer-state.ts'

/** Lines for the next checkpoint are held up to this much. */
const NEW_LINES_BYTES: number = 64 * KiB

/** SHA-256 of nothing: that of every empty file. */
const EMPTY_DIGEST: Uint8Array = createSha256().digest()

/** What became of an added entry. */
export interface AddedEntry {
  /** Its path as stored. */
  readonly path: string
  readonly sizeBytes: number
  /**
   * Length of its data member in this archive in bytes; 0 without data, for data that is in a base, and for data in a group,
   * which is not written yet.
   */
  readonly packedBytes: number
  /** Whether its data was cut or filled to the given size, or changed while it was read; the listing flags it. */
  readonly dirty: boolean
}

/** The entries so far. */
export class EntryList {
  readonly #listing: ListingBuilder
  readonly #totals = { dataBytes: 0, dirtyCount: 0, referenceCount: 0, referencedBytes: 0 }

  constructor(options: ListingBuilderOptions) {
    this.#listing = new ListingBuilder(options)
  }

  /** How many there are. */
  get entryCount(): number {
    return this.#listing.entryCount
  }

  /** What they came to. */
  get totals(): EntryTotals {
    return this.#totals
  }

  /** Whether so many lines are new that they should be kept. */
  get isDue(): boolean {
    return this.#listing.newBytes >= NEW_LINES_BYTES
  }

  /** Takes over what an earlier run listed; comes first. */
  async resume(lines: AsyncIterable<ListedLines>, totals: EntryTotals): Promise<void> {
    for await (const some of lines) this.#listing.addKnown(some)
    Object.assign(this.#totals, totals)
  }

  /** Gives the lines that were added since the last call. */
  takeNew(): ListedLines {
    return this.#listing.takeNew()
  }

  /**
   * Lists an entry.
   *
   * @param data - where its data lies
   * @param digest - SHA-256 of its data, where it is known
   */
  add(header: TarHeader, data: ListedData, isDirty: boolean, digest: Uint8Array | undefined): void {
    const { sizeBytes, type } = header
    const record = listEntry(header, data, isDirty)
    this.#listing.add(record, digest ?? (type === 'file' && sizeBytes === 0 ? EMPTY_DIGEST : undefined))
    const totals = this.#totals
    totals.dataBytes += sizeBytes
    if (isDirtyEntry(data, isDirty)) totals.dirtyCount += 1
    if (data.location === undefined || data.location.depth === 0) return
    totals.referenceCount += 1
    totals.referencedBytes += sizeBytes
  }

  /** Ends the listing. */
  finish(): { members: TailMembers; identity: string; entryCount: number; ordered: boolean } {
    const { entryCount, ordered } = this.#listing
    return { ...this.#listing.finish(), entryCount, ordered }
  }
}

/** What an added entry is told to be. */
export function toAddedEntry(header: TarHeader, data: ListedData, isDirty: boolean, packedBytes: number): AddedEntry {
  const { pathBytes, sizeBytes } = header
  return { path: decodeText(pathBytes), sizeBytes, packedBytes, dirty: isDirtyEntry(data, isDirty) }
}

function isDirtyEntry(data: ListedData, isDirty: boolean): boolean {
  return isDirty || data.columns.get('dirty') === '1'
}
