/**
 * A source over one file. It is opened at the first use; size and modification time are pinned then and compared after
 * each read, so that bytes of two versions never mix. A file replaced by a rename is read on as it was.
 */
import { open, stat } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { StorageError } from '../errors.ts'
import { checkCount, checkRange, checkRangeInside } from '../io/check-range.ts'
import type { ByteSource, ReadOptions, TailBytes } from '../io/byte-source.ts'
import { CHUNK_BYTES, MiB } from '../limits.ts'
import { fileError } from './file-error.ts'

/** Most bytes asked of the system at once: it takes no 2 GiB in one call, and an abort is seen between two calls. */
const STEP_BYTES = 64 * MiB

interface OpenFile {
  readonly handle: FileHandle
  readonly sizeBytes: number
  readonly mtimeNs: bigint
}

/** Reads a file. Holds it open from the first read until `close`. */
export class FileSource implements ByteSource {
  readonly name: string
  readonly #path: string
  #file: Promise<OpenFile> | undefined
  #closed = false

  /** @param path - of a regular file */
  constructor(path: string) {
    this.name = path
    this.#path = path
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    checkCount('lengthBytes', lengthBytes)
    const file = await this.#open(options)
    const length = Math.min(lengthBytes, file.sizeBytes)
    return { bytes: await this.#readFrom(file, file.sizeBytes - length, length, options), sizeBytes: file.sizeBytes }
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    checkRange(offset, lengthBytes)
    const file = await this.#open(options)
    checkRangeInside(this.name, offset, lengthBytes, file.sizeBytes)
    return this.#readFrom(file, offset, lengthBytes, options)
  }

  async *stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    checkRange(offset, lengthBytes)
    const file = await this.#open(options)
    checkRangeInside(this.name, offset, lengthBytes, file.sizeBytes)
    const end = offset + lengthBytes
    for (let at = offset; at < end; at += CHUNK_BYTES) {
      yield await this.#readFrom(file, at, Math.min(CHUNK_BYTES, end - at), options)
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    const file = await this.#file?.catch(() => undefined)
    this.#file = undefined
    await file?.handle.close()
  }

  async #open(options: ReadOptions | undefined): Promise<OpenFile> {
    options?.signal?.throwIfAborted()
    if (this.#closed) throw this.#error('read', 'closed', 'the source was closed')
    this.#file ??= this.#openNow()
    try {
      return await this.#file
    } catch (error) {
      this.#file = undefined
      throw fileError(error, 'open', this.name)
    }
  }

  async #openNow(): Promise<OpenFile> {
    // Opening a FIFO would wait for a writer, so the type is looked at first.
    if (!(await stat(this.#path)).isFile()) {
      throw this.#error('open', 'other', 'not a regular file; only those can be read at any place')
    }
    const handle = await open(this.#path, 'r')
    try {
      const { size, mtimeNs } = await handle.stat({ bigint: true })
      return { handle, sizeBytes: Number(size), mtimeNs }
    } catch (error) {
      await handle.close()
      throw error
    }
  }

  async #readFrom(file: OpenFile, offset: number, length: number, options?: ReadOptions): Promise<Uint8Array> {
    const bytes = new Uint8Array(length)
    try {
      let done = 0
      while (done < length) {
        options?.signal?.throwIfAborted()
        const { bytesRead } = await file.handle.read(bytes, done, Math.min(STEP_BYTES, length - done), offset + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
      const now = await file.handle.stat({ bigint: true })
      if (done === length && Number(now.size) === file.sizeBytes && now.mtimeNs === file.mtimeNs) return bytes
    } catch (error) {
      if (options?.signal?.aborted) throw options.signal.reason
      if (this.#closed) throw this.#error('read', 'closed', 'the source was closed')
      throw fileError(error, 'read', this.name)
    }
    throw this.#error('read', 'changed', 'it changed while it was read; open it anew')
  }

  #error(operation: string, kind: StorageError['kind'], why: string): StorageError {
    return new StorageError(`cannot ${operation} ${this.name}: ${why}`, { operation, location: this.name, kind })
  }
}
