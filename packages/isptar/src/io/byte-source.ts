/**
 * The contract between the reader and any store. Ranges are `(offset, length)`; a read gives exactly `length` bytes or
 * throws. A source pins what it opened: when the store changes under it, the next call is a `StorageError` of kind
 * `changed`. Constructors do no I/O. `test/source-suite.ts` holds every source to this.
 */

/** Options of every call that does I/O. */
export interface ReadOptions {
  /** Ends the call early; it then rejects with `signal.reason`. Other calls go on. */
  signal?: AbortSignal | undefined
}

/** The end of a source, and how long the whole is. */
export interface TailBytes {
  /**
   * The last bytes, as many as were asked for, all when the source is shorter. Slices of `openSlices` may give fewer, but
   * 39: what lies in the slices before the last is not worth opening them before it is needed.
   */
  bytes: Uint8Array
  /** Length of the whole source in bytes. */
  sizeBytes: number
}

/** Something that gives ranges of bytes: memory, a file, a Blob, an HTTP resource, slices joined. */
export interface ByteSource {
  /** What to call it in messages; without credentials. */
  readonly name: string
  /**
   * Gives the last bytes and the size, in one request where the store can. Empty sources give zero bytes.
   *
   * @param lengthBytes - how many bytes from the end
   */
  readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes>
  /**
   * Gives exactly `lengthBytes` bytes from `offset`.
   *
   * @throws StorageError of kind `out-of-range` when the source ends before
   */
  read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array>
  /**
   * Gives `lengthBytes` bytes from `offset` piece by piece, in one request where the store can. Ending the iteration
   * early ends the request. Yielded arrays belong to the consumer.
   */
  stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array>
  /**
   * Maps a place in a slice to a place in the whole (SPEC 7). Absent where there are no slices: then slice 1 is the
   * whole. Call after `readTail`, which learns the sizes.
   *
   * @param slice - from 1
   * @param offset - from the beginning of that slice; behind its end it counts on into the slices that follow, since
   *   an archive may be cut after it was written
   * @throws FormatError naming the slice when it does not exist, or the place lies behind the whole
   */
  locate?: ((slice: number, offset: number) => number) | undefined
  /** Names of the slices, first to last, once known; absent where there are none. */
  readonly sliceNames?: readonly string[] | undefined
  /** Gives back what the source holds open. Safe to call twice. */
  close(): Promise<void>
}
