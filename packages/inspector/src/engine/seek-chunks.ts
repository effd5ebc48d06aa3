/** The chunks of a large file: what of it can be read and checked without the rest. */
import type { Archive, Entry } from 'isptar'

/** A run of data in chunks. */
export interface ChunkRun {
  /** In bytes of the file. */
  readonly start: number
  readonly end: number
  /** Of the archive. */
  readonly packedBytes: number
}

/** Tells whether parts of a file can be read, and checked, without the rest. */
export function isSeekable(archive: Archive, entry: Entry): boolean {
  const { columns } = entry
  return archive.formatVersion === 2 && columns.has('seek') && (columns.get('seekcrc') ?? '') !== ''
}

/**
 * Gives the chunks that hold a part of a file.
 *
 * @param entry - for which {@link isSeekable} holds
 * @returns undefined where its columns are malformed; reading it says how
 */
export function chunksAround(entry: Entry, start: number, end: number): ChunkRun | undefined {
  const [, size = '', lengths = ''] = /^([0-9]{1,15}):([0-9,]+)$/.exec(entry.columns.get('seek') ?? '') ?? []
  const chunkBytes = Number(size)
  if (!(chunkBytes > 0)) return undefined
  const first = Math.floor(start / chunkBytes)
  const last = Math.ceil(end / chunkBytes)
  const packed = lengths.split(',').slice(first, last).map(Number)
  return {
    start: first * chunkBytes,
    end: Math.min(last * chunkBytes, entry.sizeBytes),
    packedBytes: packed.reduce((sum, length) => sum + length, 0),
  }
}
