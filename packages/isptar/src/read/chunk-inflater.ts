/** Inflates a chunk: a run of deflate blocks between two full flushes, whose plain length and CRC-32 are recorded. */
import { IntegrityError } from '../errors.ts'
import type { Codec, RawInflater } from '../gzip/codec.ts'
import { prefersWindow, tryInflateNatively, type WindowFacts } from '../gzip/native-inflate.ts'
import { INFLATE_BYTES } from '../limits.ts'

/** What is recorded of a chunk. */
export interface ChunkFacts {
  readonly plainBytes: number
  readonly crc32: number
  /** Length of the chunk as it is packed; where it is given, the engine may inflate the chunk at once. */
  readonly packedBytes?: number | undefined
  /**
   * Whether its last block is the final one of its member; else it ends with a full flush.
   * @defaultValue false
   */
  readonly isFinal?: boolean | undefined
}

/** One chunk being read: any number of `push`, then `finish`; `close` frees the codec in any case. */
export class ChunkInflater {
  readonly #codec: Codec
  readonly #facts: ChunkFacts
  readonly #inflater: RawInflater
  readonly #packedBytes: number
  readonly #windowFacts: WindowFacts
  /** Whether the engine inflates the chunk at once; it is held until it is whole then. */
  readonly #atOnce: boolean
  #window: Uint8Array = new Uint8Array(0)
  #windowBytes = 0
  #plainBytes = 0
  #crc = 0
  #ended = false

  constructor(codec: Codec, facts: ChunkFacts) {
    this.#codec = codec
    this.#facts = facts
    this.#inflater = codec.createInflater()
    const { plainBytes, packedBytes = 0, isFinal = false } = facts
    this.#windowFacts = { maxBytes: plainBytes, isFinal }
    this.#packedBytes = packedBytes
    this.#atOnce = packedBytes > 0 && prefersWindow(codec, packedBytes, this.#windowFacts)
  }

  /**
   * Takes the next packed bytes and gives what they unfold to.
   *
   * @throws IntegrityError when they are broken, or unfold to more than is recorded
   */
  async *push(packed: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
    if (!this.#atOnce) return yield* this.#inflate(packed)
    if (this.#windowBytes === 0) this.#window = new Uint8Array(this.#packedBytes)
    const window = this.#window
    window.set(packed, this.#windowBytes)
    this.#windowBytes += packed.length
    if (this.#windowBytes < window.length) return
    const plain = await tryInflateNatively(this.#codec, window, this.#windowFacts)
    if (plain === undefined) return yield* this.#inflate(window)
    this.#take(plain)
    yield plain
  }

  async *#inflate(packed: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
    for (let from = 0; from < packed.length && !this.#ended; from += INFLATE_BYTES) {
      const step = await this.#inflater.push(packed.subarray(from, from + INFLATE_BYTES))
      this.#ended = step.ended
      for (const part of step.plain) this.#take(part)
      yield* step.plain
    }
  }

  /** @throws IntegrityError when length or CRC-32 of what came out are not those recorded */
  finish(): void {
    const { plainBytes, crc32 } = this.#facts
    if (this.#plainBytes !== plainBytes) throw this.#wrong('bytes', plainBytes, this.#plainBytes)
    if (this.#crc !== crc32) throw this.#wrong('as CRC-32', crc32, this.#crc)
  }

  /** Frees the codec. */
  close(): void {
    this.#inflater.close()
  }

  #take(part: Uint8Array): void {
    this.#crc = this.#codec.crc32(part, this.#crc)
    this.#plainBytes += part.length
    const { plainBytes } = this.#facts
    if (this.#plainBytes > plainBytes) throw this.#wrong('bytes', plainBytes, this.#plainBytes)
  }

  #wrong(what: string, expected: number, actual: number): IntegrityError {
    return new IntegrityError(`a chunk has ${actual} ${what}, recorded is ${expected}`, { expected, actual })
  }
}
