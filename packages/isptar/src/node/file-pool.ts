/** Keeps few files open however many are read: those that are not in use are closed and opened anew when needed. */
import type { ByteSource, ReadOptions, TailBytes } from '../io/byte-source.ts'
import { type FilePin, FileSource } from './file-source.ts'

/** Descriptors that the files of a pool hold at most, unless more are read at the same moment. */
const MAX_OPEN_FILES = 16

/** Files that share a bound on how many are open. */
export class FilePool {
  readonly #maxOpen: number
  /** The files that may be open, the one whose last use is longest ago first. */
  readonly #open = new Set<PooledFile>()

  /** @param maxOpen - how many files are open at once; more are while more are read at the same moment */
  constructor(maxOpen: number = MAX_OPEN_FILES) {
    this.#maxOpen = maxOpen
  }

  /**
   * Makes a source over a file of this pool. Opens nothing yet.
   *
   * @param pin - the size and time the file has: when it has others at any later opening, it changed
   */
  open(path: string, pin: FilePin): ByteSource {
    return new PooledFile(this, path, pin)
  }

  /** Takes note that a file is used now, and closes others for it. */
  async used(file: PooledFile): Promise<void> {
    this.#open.delete(file)
    this.#open.add(file)
    const surplus = this.#open.size - this.#maxOpen
    if (surplus <= 0) return
    const idle = [...this.#open].filter((other) => other.isIdle).slice(0, surplus)
    for (const other of idle) this.#open.delete(other)
    await Promise.all(idle.map(async (other) => other.rest()))
  }

  /** Takes note that a file was closed for good. */
  forget(file: PooledFile): void {
    this.#open.delete(file)
  }
}

class PooledFile implements ByteSource {
  readonly name: string
  readonly #pool: FilePool
  readonly #pin: FilePin
  #source: FileSource
  #users = 0
  #closed = false

  constructor(pool: FilePool, path: string, pin: FilePin) {
    this.name = path
    this.#pool = pool
    this.#pin = pin
    this.#source = new FileSource(path, pin)
  }

  get isIdle(): boolean {
    return this.#users === 0
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    return this.#use((source) => source.readTail(lengthBytes, options))
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    return this.#use((source) => source.read(offset, lengthBytes, options))
  }

  async *stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    this.#users += 1
    try {
      await this.#announce()
      yield* this.#source.stream(offset, lengthBytes, options)
    } finally {
      this.#users -= 1
    }
  }

  /** Closes the file until its next use. */
  async rest(): Promise<void> {
    const source = this.#source
    this.#source = new FileSource(this.name, this.#pin)
    await source.close()
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#pool.forget(this)
    await this.#source.close()
  }

  async #use<T>(work: (source: FileSource) => Promise<T>): Promise<T> {
    this.#users += 1
    try {
      await this.#announce()
      return await work(this.#source)
    } finally {
      this.#users -= 1
    }
  }

  /** A file that was closed for good says so itself, and takes nobody's place. */
  async #announce(): Promise<void> {
    if (!this.#closed) await this.#pool.used(this)
  }
}
