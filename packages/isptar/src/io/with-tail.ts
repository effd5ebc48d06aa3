/** Answers the first question of every reader, the tail, from bytes that came with the opening. */
import type { ByteSource, ReadOptions, TailBytes } from './byte-source.ts'
import { checkCount } from './check-range.ts'

/**
 * Wraps a source whose end was read already. Closing it closes the source.
 *
 * @param source - any source
 * @param tail - what its `readTail` gave; kept in memory
 */
export function withTail(source: ByteSource, tail: TailBytes): ByteSource {
  return new Tailed(source, tail)
}

class Tailed implements ByteSource {
  readonly name: string
  readonly locate: ByteSource['locate']
  readonly #source: ByteSource
  readonly #tail: TailBytes

  constructor(source: ByteSource, tail: TailBytes) {
    this.name = source.name
    this.locate = source.locate?.bind(source)
    this.#source = source
    this.#tail = tail
  }

  get sliceNames(): readonly string[] | undefined {
    return this.#source.sliceNames
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    checkCount('lengthBytes', lengthBytes)
    const { bytes, sizeBytes } = this.#tail
    if (bytes.length < Math.min(lengthBytes, sizeBytes)) return this.#source.readTail(lengthBytes, options)
    options?.signal?.throwIfAborted()
    return { bytes: bytes.slice(Math.max(0, bytes.length - lengthBytes)), sizeBytes }
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    return this.#source.read(offset, lengthBytes, options)
  }

  stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    return this.#source.stream(offset, lengthBytes, options)
  }

  async close(): Promise<void> {
    await this.#source.close()
  }
}
