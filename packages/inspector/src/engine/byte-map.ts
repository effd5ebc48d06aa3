/** What lies where in an archive, of what is known. Pure. */
import type { ByteMap, Place, PlaceFile, RangeContent } from '../contract/picture-calls.ts'
import type { ArchiveLayout } from './archive-layout.ts'
import type { EntryTable } from './entry-table.ts'
import type { MemberTable } from './member-table.ts'
import type { RangeSet } from './range-set.ts'

const MAX_CELLS = 100_000
const MAX_FILES = 8

const KINDS: readonly Place['kind'][] = [
  ...(['data', 'group', 'headers', 'digests', 'listing', 'index', 'service-info', 'trailer', 'unknown'] as const),
]

/** A part of an archive, in bytes. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** What is known of an archive. */
export interface KnownPlaces {
  readonly layout: ArchiveLayout
  /** Undefined while the listing was not read. */
  readonly listed: { readonly table: EntryTable; readonly members: MemberTable } | undefined
  /** What was fetched. */
  readonly fetched: RangeSet
}

/** Draws a part of an archive. Linear in the members of the part. */
export function drawByteMap(known: KnownPlaces, wanted: ByteRange, cellCount: number): ByteMap {
  const { layout, listed, fetched } = known
  const range = clipRange(wanted, layout.sizeBytes)
  const length = range.end - range.start
  const cellBytes = Math.max(Math.ceil(length / Math.min(Math.max(Math.trunc(cellCount), 1), MAX_CELLS)), 1)
  const shares = (): CellShares => new CellShares(range, cellBytes)
  const [data, groups, tail, came] = [shares(), shares(), shares(), shares()]
  if (listed !== undefined) {
    const { members } = listed
    for (let k = members.firstAfter(range.start); k < members.count && members.start(k) < range.end; k += 1)
      (members.isGroup(k) ? groups : data).add(members.start(k), members.end(k))
  }
  for (const { offset, endOffset } of layout.tail) tail.add(offset, endOffset)
  for (const [start, end] of fetched.within(range.start, range.end)) came.add(start, end)
  return {
    sizeBytes: layout.sizeBytes,
    ...range,
    cellBytes,
    data: data.bytes(),
    groups: groups.bytes(),
    tail: tail.bytes(),
    fetched: came.bytes(),
    isListed: listed !== undefined,
    isComplete: listed !== undefined && !layout.isPart,
    sliceStarts: layout.sliceStarts,
  }
}

/** Says what lies in a part of an archive. Linear in the members of the part. */
export function describeRange(known: KnownPlaces, wanted: ByteRange): RangeContent {
  const { layout, listed, fetched } = known
  const range = clipRange(wanted, layout.sizeBytes)
  let largest: Omit<Place, 'files' | 'fileCount'> | undefined
  let largestMember: number | undefined
  let largestBytes = 0
  const kinds = new Set<Place['kind']>()
  const offer = (kind: Place['kind'], offset: number, endOffset: number, member?: number): void => {
    const bytes = Math.min(endOffset, range.end) - Math.max(offset, range.start)
    if (bytes <= 0 || offset >= endOffset) return
    kinds.add(kind)
    if (bytes <= largestBytes) return
    largest = { kind, offset, endOffset }
    largestMember = member
    largestBytes = bytes
  }
  const rest = listed === undefined || layout.isPart ? 'unknown' : 'headers'
  const members = listed?.members
  const first = members?.firstAfter(range.start) ?? 0
  const count = members?.count ?? 0
  let end = members === undefined || first === 0 ? 0 : members.end(first - 1)
  let k = first
  for (; members !== undefined && k < count && members.start(k) < range.end; k += 1) {
    offer(members.isGroup(k) ? 'group' : 'data', members.start(k), members.end(k), k)
    offer(rest, end, members.start(k))
    end = members.end(k)
  }
  const after = k < count && members ? members.start(k) : layout.dataEnd
  if (end < range.end && after > range.start) offer(rest, end, after)
  for (const part of layout.tail)
    if (part.offset < range.end && part.endOffset > range.start) offer(part.kind, part.offset, part.endOffset)
  const found = largest ?? { kind: 'unknown', offset: range.start, endOffset: range.end }
  return {
    largest: { ...found, ...filesOf(known, largestMember) },
    kinds: KINDS.filter((kind) => kinds.has(kind)),
    memberCount: k - first,
    fetchedBytes: lengthOf(fetched.within(range.start, range.end)),
  }
}

function filesOf({ listed }: KnownPlaces, member: number | undefined): Pick<Place, 'files' | 'fileCount'> {
  if (listed === undefined || member === undefined) return { files: [], fileCount: 0 }
  const rows = listed.members.rows(member)
  const files = Array.from(rows.subarray(0, MAX_FILES), (row): PlaceFile => {
    return { path: listed.table.path(row), line: listed.table.line(row) }
  })
  return { files, fileCount: rows.length }
}

/** At least one byte of the archive, where it has one. */
function clipRange({ start, end }: ByteRange, sizeBytes: number): ByteRange {
  const first = Math.min(Math.max(Math.trunc(start), 0), Math.max(sizeBytes - 1, 0))
  return { start: first, end: Math.min(Math.max(Math.trunc(end), first + 1), sizeBytes) }
}

function lengthOf(ranges: Iterable<readonly [start: number, end: number]>): number {
  let sum = 0
  for (const [start, end] of ranges) sum += end - start
  return sum
}

/** Bytes of each cell that are of one kind. */
class CellShares {
  readonly #range: ByteRange
  readonly #cellBytes: number
  readonly #sums: Float64Array

  constructor(range: ByteRange, cellBytes: number) {
    this.#range = range
    this.#cellBytes = cellBytes
    this.#sums = new Float64Array(Math.ceil((range.end - range.start) / cellBytes))
  }

  /** Adds bytes of the archive; those outside of the range do not count. */
  add(offset: number, endOffset: number): void {
    const start = Math.max(offset, this.#range.start) - this.#range.start
    const end = Math.min(endOffset, this.#range.end) - this.#range.start
    for (let at = start; at < end; ) {
      const cell = Math.floor(at / this.#cellBytes)
      const next = Math.min((cell + 1) * this.#cellBytes, end)
      this.#sums[cell] = (this.#sums[cell] ?? 0) + next - at
      at = next
    }
  }

  /** 0 for nothing, 255 for all, between them for what is neither. */
  bytes(): Uint8Array {
    const length = this.#range.end - this.#range.start
    return Uint8Array.from(this.#sums, (sum, cell) => {
      const cellBytes = Math.min(this.#cellBytes, length - cell * this.#cellBytes)
      if (sum === 0) return 0
      return sum >= cellBytes ? 255 : 1 + Math.floor((253 * sum) / cellBytes)
    })
  }
}
