/**
 * A source that reads ahead: small reads that follow one another, as a pass over all headers makes them, cost one
 * request a window instead of one each. For random access it would fetch much that nobody asked for.
 */
import { CHUNK_BYTES } from '../limits.ts'
import type { ByteSource, ReadOptions, TailBytes } from './byte-source.ts'
import { checkCount, checkRange } from './check-range.ts'
import { endOfSlice } from './slice-border.ts'
import { untilAborted } from './until-aborted.ts'

/** Options of {@link withReadAhead}. */
export interface ReadAheadOptions {
  /**
   * How much is read at once, and kept in memory. Reads of as much or more, and streams, pass through.
   *
   * @defaultValue 262144
   */
  windowBytes?: number | undefined
  /**
   * No window goes beyond this place; reads that do pass through. It must not lie behind the end of the source.
   *
   * @defaultValue the size of the source, asked for when no tail was read before
   */
  endOffset?: number | undefined
}

/**
 * Wraps a source for a sequential pass: a small read fetches a window from its offset, and reads that lie in the last
 * window are answered from memory. Closing it closes the source.
 *
 * @param source - any source
 * @throws RangeError for options that are no counts of bytes
 */
export function withReadAhead(source: ByteSource, options: ReadAheadOptions = {}): ByteSource {
  return new ReadAhead(source, options)
}

interface Window {
  readonly offset: number
  readonly end: number
  readonly bytes: Promise<Uint8Array>
}

class ReadAhead implements ByteSource {
  readonly name: string
  readonly locate: ByteSource['locate']
  readonly #source: ByteSource
  readonly #windowBytes: number
  #end: number | undefined
  #sizesKnown = false
  #window: Window | undefined

  constructor(source: ByteSource, { windowBytes = CHUNK_BYTES, endOffset }: ReadAheadOptions) {
    checkCount('windowBytes', windowBytes)
    if (endOffset !== undefined) checkCount('endOffset', endOffset)
    this.name = source.name
    this.locate = source.locate?.bind(source)
    this.#source = source
    this.#windowBytes = windowBytes
    this.#end = endOffset
  }

  get sliceNames(): readonly string[] | undefined {
    return this.#source.sliceNames
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    const tail = await this.#source.readTail(lengthBytes, options)
    this.#end ??= tail.sizeBytes
    return tail
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    checkRange(offset, lengthBytes)
    options?.signal?.throwIfAborted()
    if (lengthBytes === 0 || lengthBytes >= this.#windowBytes) return this.#source.read(offset, lengthBytes, options)
    const limit = await this.#limit(options)
    const end = offset + lengthBytes
    if (end > limit) return this.#source.read(offset, lengthBytes, options)
    const window = this.#window
    if (window === undefined || offset < window.offset || end > window.end) {
      // The next slice may be elsewhere: it is not fetched for what nobody asked for.
      const border = endOfSlice(this.#source, end - 1) ?? limit
      const bytes = await this.#fetch(offset, Math.min(offset + this.#windowBytes, limit, border), options)
      // A window that cannot be read is no answer to a call that wants the beginning of it.
      if (bytes === undefined) return this.#source.read(offset, lengthBytes, options)
      return new Uint8Array(bytes.subarray(0, lengthBytes))
    }
    const bytes = await untilAborted(
      window.bytes.catch(() => undefined),
      options?.signal,
    )
    // Whoever asked for the window failed or left, which is no answer to this call.
    if (bytes === undefined) return this.#source.read(offset, lengthBytes, options)
    return new Uint8Array(bytes.subarray(offset - window.offset, end - window.offset))
  }

  stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    return this.#source.stream(offset, lengthBytes, options)
  }

  async close(): Promise<void> {
    this.#window = undefined
    await this.#source.close()
  }

  /** Gives where the last window ends, and has learned the sizes of slices then. */
  async #limit(options: ReadOptions | undefined): Promise<number> {
    const sizesKnown = this.#source.sliceNames === undefined || this.#sizesKnown
    if (this.#end !== undefined && sizesKnown) return this.#end
    const { sizeBytes } = await this.readTail(0, options)
    this.#sizesKnown = true
    return this.#end ?? sizeBytes
  }

  /** Makes a range the window, for others to wait for too; one that fails is forgotten, and undefined is given. */
  async #fetch(offset: number, end: number, options: ReadOptions | undefined): Promise<Uint8Array | undefined> {
    const window = { offset, end, bytes: this.#source.read(offset, end - offset, options) }
    this.#window = window
    try {
      return await window.bytes
    } catch {
      if (this.#window === window) this.#window = undefined
      options?.signal?.throwIfAborted()
      return undefined
    }
  }
}
