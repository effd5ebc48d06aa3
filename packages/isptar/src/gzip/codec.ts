/**
 * The contract of raw deflate and CRC-32 behind the conditional `#codec` import: `node:zlib` on Node, pako elsewhere.
 * `test/gzip/codec-suite.ts` holds both to it. Codecs throw `IntegrityError` for data that is no deflate stream.
 */

/** Compression effort: 0 stores, 1 is fastest, 9 is smallest. */
export type Level = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9

/** What a one-shot inflate gives. */
export interface Inflated {
  /** The plaintext. */
  plain: Uint8Array
  /** Length of the deflate stream in bytes; what follows it was not looked at. */
  packedBytes: number
}

/** What one push into a {@link RawInflater} gives. */
export interface InflateStep {
  /** Plaintext, in order. */
  plain: readonly Uint8Array[]
  /** How many bytes of the pushed chunk were used; all of them unless `ended`. */
  usedBytes: number
  /**
   * Whether the final block ended within this chunk. A stream that ends exactly at the end of a chunk may be told by
   * the next push only, with `usedBytes` 0.
   */
  ended: boolean
}

/** Inflates one raw deflate stream that comes in chunks. */
export interface RawInflater {
  /** Takes the next chunk, not empty. */
  push(chunk: Uint8Array): Promise<InflateStep>
  /** Says that no chunk follows: true when the stream had ended. Call once; nothing follows. */
  finish(): Promise<boolean>
  /** Frees what it holds; needed after an early end, harmless otherwise. */
  close(): void
}

/**
 * How deflated data ends. `final`: the stream ends with it. `flush`: with a full flush, so that inflating can begin anew at
 * what follows (RFC 1951); pieces that were deflated apart follow each other in one stream.
 */
export type DeflateEnd = 'final' | 'flush'

/** Raw deflate (RFC 1951) of whole buffers, inflating of whole ones and of chunks, and CRC-32. */
export interface Codec {
  /** `pako` or `zlib`. */
  readonly name: string
  /**
   * Deflates a whole buffer.
   *
   * @param end - what follows it. @defaultValue `final`
   */
  deflateRaw(plain: Uint8Array, level: Level, end?: DeflateEnd): Uint8Array
  /**
   * Deflates a whole buffer, as {@link deflateRaw} does, into room that is at hand; codecs may lack it.
   *
   * @returns how many bytes were made; undefined when there is too little room for that, or it cannot be done
   */
  readonly deflateInto?: ((plain: Uint8Array, level: Level, room: Uint8Array) => number | undefined) | undefined
  /**
   * Inflates one whole stream from the start of a buffer that may hold more behind it.
   *
   * @param maxBytes - most plaintext to make
   * @throws LimitError past `maxBytes`; IntegrityError when the stream is broken or cut
   */
  inflateRaw(packed: Uint8Array, maxBytes: number): Inflated
  /** Starts inflating a stream in chunks. */
  createInflater(): RawInflater
  /** Computes or continues a CRC-32. */
  crc32(bytes: Uint8Array, seed?: number): number
}
