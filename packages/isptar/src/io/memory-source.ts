/** A source over bytes in memory: for archives that were already fetched, and for tests. */
import { CHUNK_BYTES } from '../limits.ts'
import type { ByteSource, ReadOptions, TailBytes } from './byte-source.ts'
import { checkCount, checkRangeInside } from './check-range.ts'

/** Reads bytes in memory. What it gives are copies. */
export class MemorySource implements ByteSource {
  readonly name: string
  readonly #bytes: Uint8Array

  /**
   * @param bytes - kept, not copied; they must not change
   * @param name - what to call them in messages
   * @defaultValue name `memory`
   */
  constructor(bytes: Uint8Array, name = 'memory') {
    this.name = name
    this.#bytes = bytes
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    checkCount('lengthBytes', lengthBytes)
    options?.signal?.throwIfAborted()
    const sizeBytes = this.#bytes.length
    return { bytes: this.#copy(Math.max(0, sizeBytes - lengthBytes), sizeBytes), sizeBytes }
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    checkRangeInside(this.name, offset, lengthBytes, this.#bytes.length)
    options?.signal?.throwIfAborted()
    return this.#copy(offset, offset + lengthBytes)
  }

  async *stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    checkRangeInside(this.name, offset, lengthBytes, this.#bytes.length)
    options?.signal?.throwIfAborted()
    const end = offset + lengthBytes
    for (let at = offset; at < end; at += CHUNK_BYTES) {
      yield this.#copy(at, Math.min(at + CHUNK_BYTES, end))
      options?.signal?.throwIfAborted()
    }
  }

  async close(): Promise<void> {}

  /** Not `slice`: that of a Node Buffer gives a view. */
  #copy(start: number, end: number): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(start, end))
  }
}
