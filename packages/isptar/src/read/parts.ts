/**
 * The parts of a merged archive (SPEC 3.6): where the lines of each begin and end, and what it takes to see one of them
 * as an archive of its own.
 */
import { EntryNotFoundError, FormatError } from '../errors.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import { formatCreated } from '../tail/created-text.ts'
import { announcesParts, beginsLikePartMark, decodePartMark, hasParts } from '../tail/part-mark.ts'
import type { ServiceInfo } from '../tail/service-info.ts'
import type { Time } from '../tar/entry-type.ts'
import type { DigestSection } from './digest-section.ts'
import { LineLookup, type LineRange } from './line-lookup.ts'
import type { Listing } from './listing.ts'

/** One part of a merged archive: its lines of the listing, the mark behind them not counted. */
export interface Part extends LineRange {
  readonly name: string
  /** When the archive was written that it was; unknown in format 1. */
  readonly createdAt: Time | undefined
}

/** An archive, as far as its parts go. */
export interface Partable {
  readonly source: { readonly name: string }
  readonly serviceInfo: ServiceInfo
  readonly listing: Listing
  readonly lookup: LineLookup
  readonly digests: DigestSection | undefined
}

/** What differs between an archive and one of its parts. */
export interface OpenedPart extends Pick<Partable, 'serviceInfo' | 'lookup' | 'digests'> {
  readonly partName: string
}

/** These speak of the whole. */
const KEYS_OF_WHOLE = ['parts', 'parts_count', 'order', 'entries', 'data_size', 'created']

/**
 * Finds the parts. Costs a pass over the listing, nothing for an archive that was not merged.
 *
 * @returns the parts in order; none when it was not merged
 * @throws FormatError when the listing has other parts than the service info says
 */
export async function findParts(whole: Partable, options: ReadOptions): Promise<readonly Part[]> {
  const { serviceInfo, lookup, source } = whole
  if (!hasParts(serviceInfo)) return []
  const parts: Part[] = []
  let firstLine = 0
  let lineCount = 0
  for await (const batch of lookup.all(options)) {
    lineCount = batch.firstLine + batch.lines.length
    for (const [index, line] of batch.lines.entries()) {
      const record = beginsLikePartMark(line) ? decodeListingLine(line) : undefined
      const name = record && decodePartMark(record, parts.length + 1)
      if (name === undefined) continue
      const endLine = batch.firstLine + index
      parts.push({ name, firstLine, endLine, createdAt: record?.mtime })
      firstLine = endLine + 1
    }
  }
  const names = parts.map(({ name }) => name)
  if (firstLine === lineCount && announcesParts(serviceInfo, names)) return parts
  const expected = serviceInfo.get('parts_count') ?? JSON.stringify(serviceInfo.get('parts'))
  throw new FormatError(
    `${source.name} is merged of parts, but its listing has ${parts.length} marks for ${expected} parts, ` +
      `and ${lineCount - firstLine} lines behind the last`,
  )
}

/**
 * Picks a part.
 *
 * @param which - its name, the last of those that share it; or its place, from 0
 * @throws EntryNotFoundError when there is none; FormatError
 */
export async function findPart(whole: Partable, which: string | number, options: ReadOptions): Promise<Part> {
  const parts = await findParts(whole, options)
  const part = typeof which === 'number' ? parts[which] : parts.findLast(({ name }) => name === which)
  if (part !== undefined) return part
  throw new EntryNotFoundError(String(which), whole.source.name, { parts: parts.map(({ name }) => name) })
}

/** Restricts an archive to one of its parts. */
export function openPart(whole: Partable, part: Part): OpenedPart {
  const kept = [...whole.serviceInfo].filter(([key]) => !KEYS_OF_WHOLE.includes(key))
  const created = part.createdAt && formatCreated(part.createdAt)
  return {
    partName: part.name,
    serviceInfo: new Map(created === undefined ? kept : [...kept, ['created', created]]),
    lookup: new LineLookup(whole.listing, undefined, part),
    digests: whole.digests?.startingAt(part.firstLine),
  }
}
