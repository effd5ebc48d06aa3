/** A source that is opened when a byte of it is needed: one slice of many, which may first have to be fetched. */
import { IntegrityError, StorageError } from '../errors.ts'
import type { ByteSource, ReadOptions, TailBytes } from './byte-source.ts'
import { checkCount, checkRange, checkRangeInside } from './check-range.ts'
import { untilAborted } from './until-aborted.ts'

/** A slice: what it is called, its size where that is known, and how to open it. */
export interface SlicePart {
  /** What to call it in messages; without credentials. */
  readonly name: string
  /** Its size in bytes, where the store tells that without opening it. */
  readonly sizeBytes?: number | undefined
  /**
   * Opens it, fetching it first where it is not at hand. Called when a byte of it is needed, or its size and nothing
   * else tells that; once, and again only after it failed. What it gives is closed with the whole.
   *
   * @param signal - aborted when the whole is closed
   * @throws StorageError naming the slice
   */
  open(signal: AbortSignal): Promise<ByteSource>
}

/** Reads a slice that is opened at the first need. */
export class LazySource implements ByteSource {
  readonly name: string
  readonly #part: SlicePart
  readonly #closing = new AbortController()
  #opening: Promise<ByteSource> | undefined
  #actualBytes: number | undefined
  #expectedBytes: number | undefined

  /** @param part - what to read */
  constructor(part: SlicePart) {
    this.name = part.name
    this.#part = part
    this.#actualBytes = part.sizeBytes
  }

  /** Its size in bytes, as far as that is known without opening it. */
  get sizeBytes(): number | undefined {
    return this.#expectedBytes ?? this.#actualBytes
  }

  /** Says how long it must be; reads of one that has another length fail with an `IntegrityError`. */
  expectSize(sizeBytes: number): void {
    this.#expectedBytes = sizeBytes
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    checkCount('lengthBytes', lengthBytes)
    const { sizeBytes } = this
    if (lengthBytes > 0 || sizeBytes === undefined) return (await this.#open(options)).readTail(lengthBytes, options)
    options?.signal?.throwIfAborted()
    return { bytes: new Uint8Array(0), sizeBytes }
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    this.#checkRange(offset, lengthBytes)
    return (await this.#open(options)).read(offset, lengthBytes, options)
  }

  async *stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    this.#checkRange(offset, lengthBytes)
    yield* (await this.#open(options)).stream(offset, lengthBytes, options)
  }

  async close(): Promise<void> {
    this.#closing.abort()
    const source = await this.#opening?.catch(() => undefined)
    await source?.close()
  }

  #checkRange(offset: number, lengthBytes: number): void {
    if (this.sizeBytes === undefined) checkRange(offset, lengthBytes)
    else checkRangeInside(this.name, offset, lengthBytes, this.sizeBytes)
  }

  /** Opens it once for all callers; none of them can abort that for the others. */
  async #open(options: ReadOptions | undefined): Promise<ByteSource> {
    options?.signal?.throwIfAborted()
    this.#checkOpen()
    this.#checkSize()
    this.#opening ??= this.#openNow().catch((error: unknown) => {
      this.#opening = undefined
      this.#checkOpen()
      throw error
    })
    const source = await untilAborted(this.#opening, options?.signal)
    this.#checkSize()
    return source
  }

  async #openNow(): Promise<ByteSource> {
    const source = await this.#part.open(this.#closing.signal)
    try {
      this.#actualBytes ??= (await source.readTail(0)).sizeBytes
      return source
    } catch (error) {
      await source.close()
      throw error
    }
  }

  #checkOpen(): void {
    if (!this.#closing.signal.aborted) return
    throw new StorageError(`cannot read ${this.name}: the source was closed`, {
      operation: 'read',
      location: this.name,
      kind: 'closed',
    })
  }

  #checkSize(): void {
    const [actual, expected] = [this.#actualBytes, this.#expectedBytes]
    if (actual === undefined || expected === undefined || actual === expected) return
    throw new IntegrityError(
      `${this.name} has ${actual} bytes, expected ${expected}: it is cut short, or a slice of another archive; ` +
        'put the right one in its place',
      { expected, actual },
    )
  }
}
