/** A file in an archive as a source of its own, so that an archive in an archive is opened where it lies. */
import { concatBytes } from '../bytes/concat.ts'
import { LimitError } from '../errors.ts'
import type { ByteSource, ReadOptions, TailBytes } from '../io/byte-source.ts'
import { checkCount, checkRange, checkRangeInside } from '../io/check-range.ts'
import { SharedWork } from '../io/shared-work.ts'
import { CHUNK_BYTES, MAX_ENTRY_SOURCE_BYTES, MiB } from '../limits.ts'
import { decodeSeekColumns } from '../tail/seek-column.ts'
import type { Entry, EntryReader } from './entry.ts'
import { followHardlinks, type Linked } from './follow-hardlinks.ts'

/** Chunks are kept up to this many bytes, one at least: what is read of an archive lies close together. */
const KEPT_BYTES: number = 8 * MiB

/** An archive, on this thread or another, as far as files in it are sources. */
export interface EntrySourceArchive extends EntryReader, Linked {
  get(path: string, options?: ReadOptions): Promise<Entry>
}

/**
 * Makes a source of a file in an archive. Where the file has seek points, as files above 1 MiB of this library do, a read
 * costs the chunks that it touches, each checked; those of reads no longer than a chunk are kept, up to 8 MiB. Any other
 * file is unfolded whole at the first read, and kept. Closing the source lets go of that, and leaves the archive open.
 *
 * @param archive - stays open for as long as the source is used
 * @param entry - a file, or a hardlink to one
 * @returns a source whose calls also throw what reading the entry throws, and LimitError for a file of more than 64 MiB
 * without seek points
 * @example
 * ```ts
 * const outer = await openArchive(new HttpSource('https://backups.example/site.tgz'))
 * for await (const { path } of outer.entries()) {
 *   if (!path.endsWith('.tgz')) continue
 *   const inner = await openArchive(entrySource(outer, path))
 *   for await (const entry of inner.children()) console.log(path, entry.path)
 * }
 * await outer.close()
 * ```
 */
export function entrySource(archive: EntrySourceArchive, entry: string | Entry): ByteSource {
  return new EntrySource(archive, entry)
}

/** The file, and how it can be read. */
interface Chunked {
  readonly file: Entry
  readonly sizeBytes: number
  /** A file without seek points is one chunk. */
  readonly chunkBytes: number
}

class EntrySource implements ByteSource {
  readonly name: string
  readonly #archive: EntrySourceArchive
  readonly #chunked: SharedWork<Chunked>
  /** By number, the one used last behind all others. */
  readonly #chunks = new Map<number, SharedWork<Uint8Array>>()

  constructor(archive: EntrySourceArchive, entry: string | Entry) {
    this.name = `${typeof entry === 'string' ? entry : entry.path} in ${archive.name}`
    this.#archive = archive
    this.#chunked = new SharedWork(async (signal) => {
      const found = typeof entry === 'string' ? await archive.get(entry, { signal }) : entry
      return this.#divide(await followHardlinks(archive, found, { signal }))
    })
  }

  #divide(file: Entry): Chunked {
    const { sizeBytes, columns } = file
    const seek = this.#archive.formatVersion === 2 ? decodeSeekColumns(columns, sizeBytes) : undefined
    const chunkBytes = seek && seek.crc32s.length > 0 ? Math.min(seek.chunkBytes, sizeBytes) : sizeBytes
    if (chunkBytes <= MAX_ENTRY_SOURCE_BYTES) return { file, sizeBytes, chunkBytes }
    throw new LimitError(
      `${this.name} has no seek points near enough to read parts of it: ${chunkBytes} bytes would be unfolded at once, ` +
        `more than ${MAX_ENTRY_SOURCE_BYTES}; extract it, and open what comes out`,
      { limit: 'MAX_ENTRY_SOURCE_BYTES', max: MAX_ENTRY_SOURCE_BYTES, actual: chunkBytes },
    )
  }

  async readTail(lengthBytes: number, options: ReadOptions = {}): Promise<TailBytes> {
    checkCount('lengthBytes', lengthBytes)
    const { sizeBytes } = await this.#chunked.get(options.signal)
    const length = Math.min(lengthBytes, sizeBytes)
    return { bytes: await this.read(sizeBytes - length, length, options), sizeBytes }
  }

  async read(offset: number, lengthBytes: number, options: ReadOptions = {}): Promise<Uint8Array> {
    const { file, chunkBytes } = await this.#inside(offset, lengthBytes, options)
    if (lengthBytes === 0) return new Uint8Array(0)
    const end = offset + lengthBytes
    // By one request, rather than by one a chunk.
    if (lengthBytes > chunkBytes) return this.#archive.bytes(file, { start: offset, end, signal: options.signal })
    const first = Math.floor(offset / chunkBytes)
    const count = Math.ceil(end / chunkBytes) - first
    const chunks = await Promise.all(Array.from({ length: count }, (_, i) => this.#chunk(first + i, options)))
    const parts = chunks.map((chunk, i) => {
      const start = (first + i) * chunkBytes
      return chunk.subarray(Math.max(offset - start, 0), end - start)
    })
    return concatBytes([...parts, new Uint8Array(0)], lengthBytes)
  }

  async *stream(offset: number, lengthBytes: number, options: ReadOptions = {}): AsyncIterable<Uint8Array> {
    const { file, chunkBytes } = await this.#inside(offset, lengthBytes, options)
    const end = offset + lengthBytes
    if (lengthBytes > chunkBytes) return yield* this.#pieces(file, { start: offset, end, signal: options.signal })
    for (let at = offset; at < end; at += CHUNK_BYTES) yield this.read(at, Math.min(CHUNK_BYTES, end - at), options)
  }

  async *#pieces(
    file: Entry,
    part: ReadOptions & { readonly start: number; readonly end: number },
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = this.#archive.stream(file, part).getReader()
    try {
      for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value
    } finally {
      await reader.cancel().catch(() => undefined)
    }
  }

  async #inside(offset: number, lengthBytes: number, { signal }: ReadOptions): Promise<Chunked> {
    checkRange(offset, lengthBytes)
    const chunked = await this.#chunked.get(signal)
    checkRangeInside(this.name, offset, lengthBytes, chunked.sizeBytes)
    return chunked
  }

  async #chunk(number: number, { signal }: ReadOptions): Promise<Uint8Array> {
    const { file, sizeBytes, chunkBytes } = await this.#chunked.get(signal)
    const start = number * chunkBytes
    const end = Math.min(start + chunkBytes, sizeBytes)
    const chunk =
      this.#chunks.get(number) ?? new SharedWork((ended) => this.#archive.bytes(file, { start, end, signal: ended }))
    this.#chunks.delete(number)
    this.#chunks.set(number, chunk)
    for (const oldest of this.#chunks.keys())
      if (this.#chunks.size > 1 && this.#chunks.size * chunkBytes > KEPT_BYTES) this.#chunks.delete(oldest)
    return chunk.get(signal)
  }

  async close(): Promise<void> {
    this.#chunks.clear()
  }
}
