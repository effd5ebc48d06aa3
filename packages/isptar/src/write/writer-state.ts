/** What a writer needs to go on from a point, beside the lines of the listing; kept as JSON text in checkpoints. */
import { decodeText, encodeText } from '../bytes/text.ts'
import { FormatError } from '../errors.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import { encodeListingLine } from '../tail/encode-listing-line.ts'
import { decodeXattrColumns } from '../tail/xattr-column.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import type { MemberState } from './chunked-member.ts'
import { listEntry, NO_DATA } from './listed-entry.ts'

/** Raised with every change of the text. */
const VERSION = 1

/** What the entries so far came to. */
export interface EntryTotals {
  readonly dataBytes: number
  readonly dirtyCount: number
  readonly referenceCount: number
  readonly referencedBytes: number
}

/** A file of which a part is written. */
export interface OpenFile {
  /** As it stands in the tar. */
  readonly header: TarHeader
  /** Where its data member begins in the archive. */
  readonly offset: number
  readonly member: MemberState
}

/** A point in the writing of an archive. */
export interface WriterState {
  /** Length of the archive so far. */
  readonly offset: number
  readonly totals: EntryTotals
  readonly open?: OpenFile | undefined
  /** Where the tail begins, once that is written too. */
  readonly tailOffset?: number | undefined
  /** What the caller wants to find again. */
  readonly note: string
}

/** Encodes a state. */
export function encodeWriterState(state: WriterState): string {
  const { open, ...rest } = state
  const line = open && decodeText(encodeListingLine(listEntry(open.header, NO_DATA, false)).subarray(0, -1))
  return JSON.stringify({ version: VERSION, ...rest, ...(open && { open: { ...open, header: line } }) })
}

/**
 * Decodes a state that {@link encodeWriterState} made.
 *
 * @throws FormatError for that of another version
 */
export function decodeWriterState(text: string): WriterState {
  type Stored = Omit<WriterState, 'open'> & {
    readonly version: number
    readonly open?: Omit<OpenFile, 'header'> & { readonly header: string }
  }
  const { version, open, ...rest } = JSON.parse(text) as Stored
  if (version !== VERSION)
    throw new FormatError(`the checkpoint is of version ${version}, this program reads ${VERSION}; begin anew`)
  return { ...rest, open: open && { ...open, header: decodeHeader(open.header) } }
}

function decodeHeader(line: string): TarHeader {
  const record = decodeListingLine(encodeText(line), { withoutPlaces: true })
  if (record?.mtime === undefined)
    throw new FormatError(`the checkpoint has no file in its line ${JSON.stringify(line)}`)
  const { columns, mtime } = record
  return { ...record, mtime, linkBytes: new Uint8Array(0), xattrs: decodeXattrColumns(columns) }
}
