/** A source over a Blob or File: what a browser gives for a chosen or dropped file, read without loading it whole. */
import { StorageError } from '../errors.ts'
import type { ByteSource, ReadOptions, TailBytes } from './byte-source.ts'
import { checkCount, checkRangeInside } from './check-range.ts'
import { untilAborted } from './until-aborted.ts'

/** Reads a Blob or File. */
export class BlobSource implements ByteSource {
  readonly name: string
  readonly #blob: Blob

  /**
   * @param blob - a Blob, or a File
   * @param name - what to call it in messages
   * @defaultValue name the File's name, `blob` for a Blob
   */
  constructor(blob: Blob, name?: string) {
    this.name = name ?? ('name' in blob && typeof blob.name === 'string' ? blob.name : 'blob')
    this.#blob = blob
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    checkCount('lengthBytes', lengthBytes)
    const sizeBytes = this.#blob.size
    const length = Math.min(lengthBytes, sizeBytes)
    return { bytes: await this.read(sizeBytes - length, length, options), sizeBytes }
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    checkRangeInside(this.name, offset, lengthBytes, this.#blob.size)
    options?.signal?.throwIfAborted()
    const buffer = await untilAborted(
      this.#blob
        .slice(offset, offset + lengthBytes)
        .arrayBuffer()
        .catch((error: unknown) => {
          throw this.#changed(error)
        }),
      options?.signal,
    )
    if (buffer.byteLength !== lengthBytes) throw this.#changed()
    return new Uint8Array(buffer)
  }

  async *stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    checkRangeInside(this.name, offset, lengthBytes, this.#blob.size)
    options?.signal?.throwIfAborted()
    const reader = this.#blob
      .slice(offset, offset + lengthBytes)
      .stream()
      .getReader()
    let left = lengthBytes
    try {
      while (left > 0) {
        const { done, value } = await untilAborted(this.#next(reader), options?.signal)
        if (done || value.length > left) throw this.#changed()
        left -= value.length
        yield value
      }
    } finally {
      await reader.cancel().catch(() => undefined)
    }
  }

  async close(): Promise<void> {}

  async #next(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<ReadableStreamReadResult<Uint8Array>> {
    try {
      return await reader.read()
    } catch (error) {
      throw this.#changed(error)
    }
  }

  /** A File is pinned by the browser, which refuses to read it once the file on disk is another. */
  #changed(cause?: unknown): StorageError {
    return new StorageError(`cannot read ${this.name}: it changed or went away since it was chosen; choose it again`, {
      operation: 'read',
      location: this.name,
      kind: 'changed',
      cause,
    })
  }
}
