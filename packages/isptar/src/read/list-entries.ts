/** The entries of a listing in stored order. Lines become objects only where they are wanted. */
import { encodeText } from '../bytes/text.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import type { DigestSection } from './digest-section.ts'
import { Entry, type EntryReader } from './entry.ts'
import { matchFolder } from './line-match.ts'
import type { EntriesOptions, LineBatch, LineLookup } from './line-lookup.ts'

/** Which lines are wanted; their numbers count from 0. */
export interface LineChoice {
  /** Tells whether the entry of a line is. */
  has(line: Uint8Array, number: number): boolean
  /** Tells whether one of some lines may be: from the first to before the end, which may be infinite. */
  mayHold(firstLine: number, endLine: number): boolean
}

/** What entries are read from. */
export interface Listed {
  readonly lookup: LineLookup
  readonly digests: DigestSection | undefined
}

/**
 * Gives entries; see `Archive.entries`.
 *
 * @param reader - what they are to be read by
 * @param choice - among those of the folder; other lines are not decoded, and, where digests are not wanted, not read where
 * the index leads over them. @defaultValue all
 * @throws as `Archive.entries`
 */
export async function* listEntries(
  listed: Listed,
  reader: EntryReader,
  options: EntriesOptions,
  choice?: LineChoice,
): AsyncGenerator<Entry, void, undefined> {
  const folder = encodeText(normalizeEntryPath(options.under ?? ''))
  const isInside = matchFolder(folder)
  // Digests are read along line by line, so that lines are, too.
  const digests = options.digests ? listed.digests?.all(options) : undefined
  const batches = digests ? listed.lookup.all(options) : batchesOf(listed.lookup, folder, options, choice)
  try {
    for await (const { firstLine, lines, checked } of batches) {
      for (const [index, bytes] of lines.entries()) {
        const line = firstLine + index
        const digest = digests && ((await digests.next()).value ?? undefined)
        if (!isInside(bytes) || choice?.has(bytes, line) === false) continue
        const record = decodeListingLine(bytes)
        if (record !== undefined) yield new Entry(record, reader, { line, checked, digest })
      }
    }
    await digests?.next() // The digests' CRC may stand behind the last of them.
  } finally {
    await digests?.return()
  }
}

function batchesOf(
  lookup: LineLookup,
  folder: Uint8Array,
  options: EntriesOptions,
  choice: LineChoice | undefined,
): AsyncGenerator<LineBatch, void, undefined> {
  if (choice === undefined || folder.length > 0) return lookup.near(folder, options)
  return lookup.holding((firstLine, endLine) => choice.mayHold(firstLine, endLine), options)
}
