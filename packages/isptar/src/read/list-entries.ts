/** The entries of a listing in stored order. Lines become objects only where they are wanted. */
import { encodeText } from '../bytes/text.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import type { DigestSection } from './digest-section.ts'
import { Entry, type EntryReader } from './entry.ts'
import { matchFolder } from './line-match.ts'
import type { EntriesOptions, LineLookup } from './line-lookup.ts'

/** Tells whether the entry of a line is wanted, by the line and its number, from 0. */
export type LineChoice = (line: Uint8Array, number: number) => boolean

/** What entries are read from. */
export interface Listed {
  readonly lookup: LineLookup
  readonly digests: DigestSection | undefined
}

/**
 * Gives entries; see `Archive.entries`.
 *
 * @param reader - what they are to be read by
 * @param isChosen - chooses among those of the folder; other lines are not decoded. @defaultValue all
 * @throws as `Archive.entries`
 */
export async function* listEntries(
  listed: Listed,
  reader: EntryReader,
  options: EntriesOptions,
  isChosen?: LineChoice,
): AsyncGenerator<Entry, void, undefined> {
  const folder = encodeText(normalizeEntryPath(options.under ?? ''))
  const isInside = matchFolder(folder)
  // Digests are read along line by line, so that lines are, too.
  const digests = options.digests ? listed.digests?.all(options) : undefined
  const batches = digests ? listed.lookup.all(options) : listed.lookup.near(folder, options)
  try {
    for await (const { firstLine, lines, checked } of batches) {
      for (const [index, bytes] of lines.entries()) {
        const line = firstLine + index
        const digest = digests && ((await digests.next()).value ?? undefined)
        if (!isInside(bytes) || isChosen?.(bytes, line) === false) continue
        const record = decodeListingLine(bytes)
        if (record !== undefined) yield new Entry(record, reader, { line, checked, digest })
      }
    }
    await digests?.next() // The digests' CRC may stand behind the last of them.
  } finally {
    await digests?.return()
  }
}
