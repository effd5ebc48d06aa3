/** Pictures of the open archive: where its space goes, and where things lie in it. */
import type { Archive } from 'isptar'
import type {
  ByteMap,
  ListingCost,
  PictureCalls,
  RangeContent,
  RequestRow,
  SpaceMeasure,
  SpaceNode,
} from '../contract/picture-calls.ts'
import type { ArchiveHolder } from './archive-holder.ts'
import { type ArchiveLayout, layoutOf } from './archive-layout.ts'
import { type ByteRange, describeRange, drawByteMap, type KnownPlaces } from './byte-map.ts'
import type { EntryTable } from './entry-table.ts'
import type { FetchRecorder } from './fetch-recorder.ts'
import { MemberTable } from './member-table.ts'
import { RangeSet } from './range-set.ts'
import { SpaceTable } from './space-table.ts'
import { hasWholeTable, readyTable, wholeTable } from './whole-table.ts'

/** Makes pictures for the page. What is made of an archive is kept as long as it is. */
export class PictureEngine implements PictureCalls {
  readonly #holder: ArchiveHolder
  readonly #layouts = new WeakMap<Archive, ArchiveLayout>()
  readonly #members = new WeakMap<Archive, MemberTable>()
  readonly #spaces = new WeakMap<Archive, SpaceTable>()

  constructor(holder: ArchiveHolder) {
    this.#holder = holder
  }

  async cost(): Promise<ListingCost> {
    const { archive } = this.#holder
    return { bytes: archive.tail.listingPackedBytes, isRead: hasWholeTable(archive) }
  }

  async space(
    folder: string,
    options: { readonly depth: number; readonly by: SpaceMeasure },
    onCount: (entryCount: number) => void,
    signal: AbortSignal,
  ): Promise<SpaceNode | undefined> {
    const { archive } = this.#holder
    const layout = this.#layout
    const table = readyTable(archive) ?? (await wholeTable(archive, onCount, signal))
    const known = this.#spaces.get(archive)
    if (known !== undefined) return known.space(folder, options)
    const made = await SpaceTable.build(table, this.#membersOf(archive, layout, table).packedByRow(table), signal)
    this.#spaces.set(archive, made)
    return made.space(folder, options)
  }

  async byteMap(range: ByteRange, cellCount: number): Promise<ByteMap> {
    return drawByteMap(this.#known, range, cellCount)
  }

  async completeMap(onCount: (entryCount: number) => void, signal: AbortSignal): Promise<void> {
    await wholeTable(this.#holder.archive, onCount, signal)
  }

  async contentOf(range: ByteRange): Promise<RangeContent> {
    return describeRange(this.#known, range)
  }

  async requests(limit: number): Promise<readonly RequestRow[]> {
    const [own, ...others] = this.#holder.counters
    const known = this.#known
    const rows = own === undefined ? [] : requestsOf(own, limit, known)
    return [...rows, ...others.flatMap((other) => requestsOf(other, limit, undefined))].slice(0, limit)
  }

  get #layout(): ArchiveLayout {
    const { archive } = this.#holder
    const layout = this.#layouts.get(archive) ?? layoutOf(this.#holder)
    this.#layouts.set(archive, layout)
    return layout
  }

  get #known(): KnownPlaces {
    const { archive, counters } = this.#holder
    const layout = this.#layout
    const table = readyTable(archive)
    const fetched = counters[0]?.ranges ?? new RangeSet()
    if (table === undefined) return { layout, listed: undefined, fetched }
    return { layout, listed: { table, members: this.#membersOf(archive, layout, table) }, fetched }
  }

  #membersOf(archive: Archive, layout: ArchiveLayout, table: EntryTable): MemberTable {
    const members = this.#members.get(archive) ?? new MemberTable(table, layout)
    this.#members.set(archive, members)
    return members
  }
}

function requestsOf(source: FetchRecorder, limit: number, known: KnownPlaces | undefined): readonly RequestRow[] {
  const rows: RequestRow[] = []
  for (const { number, offset, lengthBytes, receivedBytes } of source.recent.toReversed().slice(0, limit)) {
    const isKnown = known !== undefined && offset !== undefined && receivedBytes > 0
    const content = isKnown ? describeRange(known, { start: offset, end: offset + receivedBytes }) : undefined
    const sourceName = known === undefined ? source.name : undefined
    rows.push({ number, sourceName, offset, lengthBytes, receivedBytes, content })
  }
  return rows
}
