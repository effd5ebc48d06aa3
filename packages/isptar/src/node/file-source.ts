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

interface OpenFile extends FilePin {
  readonly handle: FileHandle
}

/** What a file must still be when it is opened. */
export interface FilePin {
  /** Its size in bytes. */
  readonly sizeBytes: number
  /** Its modification time, in nanoseconds since 1970. */
  readonly mtimeNs: bigint
}

/** Reads a file. Holds it open from the first read until `close`. */
export class FileSource implements ByteSource {
  readonly name: string
  readonly #path: string
  readonly #pin: FilePin | undefined
  #file: Promise<OpenFile> | undefined
  #closed = false

  /**
   * @param path - of a regular file
   * @param pin - size and time it has, where they are known: with others it counts as changed. @defaultValue those it
   * has when it is opened
   */
  constructor(path: string, pin?: FilePin) {
    this.name = path
    this.#path = path
    this.#pin = pin
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
      const pin = this.#pin ?? { sizeBytes: Number(size), mtimeNs }
      if (pin.sizeBytes === Number(size) && pin.mtimeNs === mtimeNs) return { handle, ...pin }
      throw this.#error('open', 'changed', 'it changed since it was found; open the archive anew')
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
