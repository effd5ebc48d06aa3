/** Inflates one gzip member from a stream of packed chunks, in bounded memory, and says where it ended. */
import type { Codec } from '../gzip/codec.ts'
import { MemberDecoder, type MemberDecoderOptions } from '../gzip/member-decoder.ts'
import { INFLATE_BYTES } from '../limits.ts'

/** Options of {@link MemberReader}. */
export interface MemberReaderOptions {
  /** Reads on when CRC or size are wrong. @defaultValue false */
  readonly ignoreChecksum?: boolean | undefined
  /** Its length and that of its plaintext, where they are known. */
  readonly expected?: MemberDecoderOptions['expected']
}

/** Reads one member. */
export class MemberReader {
  readonly #chunks: AsyncIterable<Uint8Array>
  readonly #decoder: MemberDecoder
  #packedBytes = 0

  /** @param chunks - packed bytes from the member's first on; more may follow the member */
  constructor(chunks: AsyncIterable<Uint8Array>, codec: Codec, options: MemberReaderOptions = {}) {
    this.#chunks = chunks
    this.#decoder = new MemberDecoder(codec, {
      ignoreChecksum: options.ignoreChecksum ?? false,
      expected: options.expected,
    })
  }

  /** Length of the member so far, in bytes; of the whole once {@link plain} has ended. */
  get packedBytes(): number {
    return this.#packedBytes
  }

  /** CRC-32 of the plaintext so far; of the whole once {@link plain} has ended. */
  get crc32(): number {
    return this.#decoder.crc32
  }

  /**
   * Gives the plaintext piece by piece; ends after CRC and size were found right.
   *
   * @throws FormatError, IntegrityError
   */
  async *plain(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of this.#chunks) {
        for (let i = 0; i < chunk.length; i += INFLATE_BYTES) {
          const step = await this.#decoder.push(chunk.subarray(i, i + INFLATE_BYTES))
          this.#packedBytes += step.usedBytes
          yield* step.plain
          if (step.ended) return
        }
      }
      await this.#decoder.finish()
    } finally {
      this.#decoder.close()
    }
  }
}
