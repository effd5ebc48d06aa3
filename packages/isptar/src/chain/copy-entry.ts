/**
 * Moves entries from one archive into another without recompression: the data member goes over byte for byte, whichever
 * base of its archive it lies in. Only tar headers are made anew.
 */
import type { ReadOptions } from '../io/byte-source.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import type { AddedEntry, ArchiveWriter } from '../write/archive-writer.ts'
import type { WatchedData } from '../write/entry-data.ts'
import type { EntryInput } from '../write/entry-input.ts'
import { describeForWriter } from './entry-input.ts'

/** How to copy entries. */
export interface CopyOptions extends ReadOptions {
  /** Whether each member is inflated and checked on its way. @defaultValue true */
  verify?: boolean | undefined
}

/**
 * Adds an entry of an open archive to one that is written. Members of the original program that hold more than their
 * file's data are inflated and deflated anew, since they cannot be cut.
 *
 * @param archive - where the entry is from, open with the bases that it needs
 * @param input - what to store it as. @defaultValue as it is
 * @throws BaseMismatchError when its base was not given; FormatError, IntegrityError when its data is damaged; what
 * `ArchiveWriter.addPacked` throws
 */
export async function copyEntry(
  writer: ArchiveWriter,
  archive: Archive,
  entry: Entry,
  options: CopyOptions = {},
  input: EntryInput = describeForWriter(entry),
): Promise<AddedEntry> {
  const hasData = entry.type === 'file' && entry.sizeBytes > 0
  if (!hasData) return entry.type === 'file' ? writer.add(input, nothingOf(entry)) : writer.add(input)
  const packed = await archive.packed(entry, options)
  if (packed === undefined) return writer.add(input, archive.stream(entry, { signal: options.signal }))
  const digest = await entry.digest(options)
  return writer.addPacked(input, { ...packed, record: entry.record, hasColumns: archive.formatVersion === 2, digest })
}

/** The data of an empty file, which may have been empty only while it was packed. */
function nothingOf({ dirty }: Entry): WatchedData {
  return { chunks: noChunks(), changed: () => dirty }
}

async function* noChunks(): AsyncGenerator<Uint8Array, void, undefined> {}
