/**
 * Moves entries from one archive into another without recompression: the data member goes over byte for byte, whichever
 * base of its archive it lies in. Only tar headers are made anew. Groups are moved by `findUnits`.
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
 * Adds an entry of an open archive to one that is written. What cannot be cut out of its member is inflated and deflated
 * anew: files of groups, and those whose members, by the original program, hold more than their data.
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
  if (packed === undefined) return writer.add(input, dataOf(archive, entry, options))
  const digest = await entry.digest(options)
  return writer.addPacked(input, { ...packed, record: entry.record, hasColumns: archive.formatVersion === 2, digest })
}

/** The data of an empty file, which may have been empty only while it was packed. */
function nothingOf({ dirty }: Entry): WatchedData {
  return { chunks: noChunks(), changed: () => dirty }
}

/** The data of a file as it is in its archive, which flags it where it was changed while it was packed. */
function dataOf(archive: Archive, entry: Entry, { signal }: ReadOptions): WatchedData {
  return { chunks: archive.stream(entry, { signal }), changed: () => entry.dirty }
}

async function* noChunks(): AsyncGenerator<Uint8Array, void, undefined> {}
