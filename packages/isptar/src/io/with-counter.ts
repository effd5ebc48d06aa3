/** Counts what is asked of a source and what comes back: for statistics, and for tests that count exact requests. */
import type { ByteSource, ReadOptions, TailBytes } from './byte-source.ts'

/** One range that was asked for; the offset of a tail read is minus its length until the answer tells the size. */
export interface CountedRange {
  /** Where it begins, in bytes. */
  offset: number
  /** How long it is, in bytes. */
  lengthBytes: number
}

/** A source that counts. */
export interface CountedSource extends ByteSource {
  /** Calls of `readTail` and `read` and iterations of `stream`, also those that failed. */
  readonly requests: number
  /** Bytes that came. */
  readonly bytes: number
  /** The ranges, in the order in which they were asked for; grows by one with each call, for as long as it counts. */
  readonly log: readonly Readonly<CountedRange>[]
}

/**
 * Wraps a source so that it counts. Closing it closes the source.
 *
 * @param source - any source
 * @example
 * ```ts
 * const counter = withCounter(new HttpSource('https://backups.example/site.tgz'))
 * const archive = await openArchive(counter)
 * console.log(archive.sizeBytes, counter.requests, counter.bytes)
 * await archive.close()
 * ```
 */
export function withCounter(source: ByteSource): CountedSource {
  return new Counter(source)
}

class Counter implements CountedSource {
  readonly name: string
  readonly locate: ByteSource['locate']
  readonly log: CountedRange[] = []
  bytes = 0
  readonly #source: ByteSource

  constructor(source: ByteSource) {
    this.name = source.name
    this.locate = source.locate?.bind(source)
    this.#source = source
  }

  get requests(): number {
    return this.log.length
  }

  get sliceNames(): readonly string[] | undefined {
    return this.#source.sliceNames
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    const range = { offset: -lengthBytes, lengthBytes }
    this.log.push(range)
    const tail = await this.#source.readTail(lengthBytes, options)
    range.lengthBytes = tail.bytes.length
    range.offset = tail.sizeBytes - tail.bytes.length
    this.bytes += tail.bytes.length
    return tail
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    this.log.push({ offset, lengthBytes })
    const bytes = await this.#source.read(offset, lengthBytes, options)
    this.bytes += bytes.length
    return bytes
  }

  async *stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    this.log.push({ offset, lengthBytes })
    for await (const chunk of this.#source.stream(offset, lengthBytes, options)) {
      this.bytes += chunk.length
      yield chunk
    }
  }

  async close(): Promise<void> {
    await this.#source.close()
  }
}
