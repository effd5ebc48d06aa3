/**
 * Reads a file for an archive in bounded memory and tells afterwards whether it kept still meanwhile. Reads as much as
 * was there when the file was opened: what is added later is left; what is cut off is for the writer to fill up.
 */
import type { BigIntStats } from 'node:fs'
import { MiB } from '../limits.ts'
import type { TreeFileSystem } from './tree-file-system.ts'

/** Large enough that the calls cost nothing beside the deflating, small enough to hold. */
const READ_BYTES: number = MiB / 2

/** What of a stat changes with a file, and tells it from others. */
export const COMPARED = ['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const

/** What reading a file takes. */
export interface FileDataOptions {
  readonly fileSystem: TreeFileSystem
  /** What the walk saw of it: what differs from that afterwards has changed. */
  readonly before: BigIntStats
  /** Told how many bytes each reading gave. */
  readonly onBytes: (count: number) => void
}

/** An open file, in the form in which `ArchiveWriter.add` takes data. Close it, also after reading it. */
export class FileData {
  /** What the file system said when it was opened; its size is how much is read. */
  readonly stat: BigIntStats
  /** What kept a part of it from being read, if anything did; zeros stand for such a part. */
  failure: unknown
  readonly #fileSystem: TreeFileSystem
  readonly #before: BigIntStats
  readonly #onBytes: (count: number) => void
  #fd: number | undefined
  #changed = false

  /** Use {@link openFileData}. */
  constructor(fd: number, stat: BigIntStats, options: FileDataOptions) {
    this.#fd = fd
    this.stat = stat
    this.#fileSystem = options.fileSystem
    this.#before = options.before
    this.#onBytes = options.onBytes
  }

  /** The data, in arrays that are not used again. */
  get chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    return this.#read()
  }

  /** Whether what was seen and read of it may be no state it ever was in; asked once the chunks have ended. */
  changed(): boolean {
    return this.#changed
  }

  /** Closes the file; safe to call twice. */
  close(): void {
    const fd = this.#fd
    this.#fd = undefined
    if (fd !== undefined) this.#fileSystem.close(fd)
  }

  async *#read(): AsyncGenerator<Uint8Array, void, undefined> {
    const size = Number(this.stat.size)
    let offset = 0
    try {
      while (offset < size) {
        const chunk = this.#readChunk(offset, Math.min(READ_BYTES, size - offset))
        if (chunk === undefined) break
        offset += chunk.length
        this.#onBytes(chunk.length)
        yield chunk
      }
    } finally {
      this.#changed = offset < size || this.#hasMoved()
      this.close()
    }
  }

  #readChunk(offset: number, lengthBytes: number): Uint8Array | undefined {
    if (this.#fd === undefined) throw new TypeError('the file was closed before it was read')
    const buffer = Buffer.allocUnsafe(lengthBytes)
    try {
      const count = this.#fileSystem.read(this.#fd, buffer, offset)
      return count > 0 ? buffer.subarray(0, count) : undefined
    } catch (error) {
      this.failure ??= error
      return buffer.fill(0)
    }
  }

  #hasMoved(): boolean {
    if (this.#fd === undefined || this.failure !== undefined) return true
    try {
      const after = this.#fileSystem.fstat(this.#fd)
      return COMPARED.some((key) => after[key] !== this.#before[key])
    } catch (error) {
      this.failure = error
      return true
    }
  }
}

/**
 * Opens a regular file; follows no symlink at the end of its path.
 *
 * @param path - of the file
 * @returns undefined when it is no regular file any more
 * @throws what the file system throws
 */
export function openFileData(path: Buffer, options: FileDataOptions): FileData | undefined {
  const { fileSystem } = options
  const fd = fileSystem.open(path)
  let data: FileData | undefined
  try {
    const stat = fileSystem.fstat(fd)
    if (stat.isFile()) data = new FileData(fd, stat, options)
  } finally {
    if (data === undefined) fileSystem.close(fd)
  }
  return data
}
