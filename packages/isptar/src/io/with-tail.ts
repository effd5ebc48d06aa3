/** A source whose last bytes are already at hand: what lies in them costs no request. */
import { concatBytes } from '../bytes/concat.ts'
import { CHUNK_BYTES } from '../limits.ts'
import type { ByteSource, ReadOptions, TailBytes } from './byte-source.ts'
import { checkCount, checkRange } from './check-range.ts'

/**
 * Wraps a source whose end was read already: answers from it what lies in it, and asks the source only for what lies
 * before. Closing it closes the source.
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
    return { bytes: new Uint8Array(bytes.subarray(Math.max(0, bytes.length - lengthBytes))), sizeBytes }
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    const known = this.#known(offset, lengthBytes)
    if (known.length === 0) return this.#source.read(offset, lengthBytes, options)
    options?.signal?.throwIfAborted()
    if (known.length === lengthBytes) return new Uint8Array(known)
    return concatBytes([await this.#source.read(offset, lengthBytes - known.length, options), known])
  }

  async *stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    const known = this.#known(offset, lengthBytes)
    if (known.length < lengthBytes || lengthBytes === 0)
      yield* this.#source.stream(offset, lengthBytes - known.length, options)
    for (let i = 0; i < known.length; i += CHUNK_BYTES) {
      options?.signal?.throwIfAborted()
      yield new Uint8Array(known.subarray(i, i + CHUNK_BYTES))
    }
  }

  /** The end of the range that is at hand; nothing of a range that the source must refuse. */
  #known(offset: number, lengthBytes: number): Uint8Array {
    checkRange(offset, lengthBytes)
    const { bytes, sizeBytes } = this.#tail
    const end = offset + lengthBytes
    if (end > sizeBytes) return new Uint8Array(0)
    const start = sizeBytes - bytes.length
    return bytes.subarray(Math.max(offset - start, 0), Math.max(end - start, 0))
  }

  async close(): Promise<void> {
    await this.#source.close()
  }
}
