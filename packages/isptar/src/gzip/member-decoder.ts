/**
 * Unfolds a gzip member that comes in chunks cut anywhere: header, deflate stream, trailer. A push makes at most 1032
 * times its chunk (RFC 1951), so the caller's chunk size bounds the memory that a hostile member can take.
 */
import type { IntegrityError } from '../errors.ts'
import type { Codec, InflateStep, RawInflater } from './codec.ts'
import { MemberHeaderDecoder } from './member-header.ts'
import { checkMemberTrailer, cutMemberError, MEMBER_TRAILER_BYTES } from './member-trailer.ts'
import { isNativeExact, prefersNative } from './native-inflate.ts'
import { NativeInflater } from './native-inflater.ts'

/** Options of {@link MemberDecoder}. */
export interface MemberDecoderOptions {
  /**
   * Whether a wrong CRC-32 or length is only noted in `checksumError`, to save what can be saved.
   * @defaultValue false
   */
  ignoreChecksum?: boolean
  /**
   * Length of the member and of its plaintext, where they are known: the engine may inflate it then, and a member of another
   * length is broken.
   */
  expected?: { readonly packedBytes: number; readonly plainBytes: number } | undefined
}

/** What one push into a {@link MemberDecoder} gives. */
export interface MemberStep {
  /** Plaintext, in order. */
  plain: readonly Uint8Array[]
  /** How many bytes of the chunk were used; all of them unless `ended`. */
  usedBytes: number
  /** Whether the member, trailer included, ended there. */
  ended: boolean
}

/** A gzip member being read. One call at a time. */
export class MemberDecoder {
  readonly #codec: Codec
  readonly #ignoreChecksum: boolean
  readonly #header: MemberHeaderDecoder = new MemberHeaderDecoder()
  readonly #expected: MemberDecoderOptions['expected']
  #inflater: RawInflater | undefined
  readonly #trailer: Uint8Array = new Uint8Array(MEMBER_TRAILER_BYTES)
  #headerBytes = 0
  #trailerBytes = 0
  #phase: 'header' | 'data' | 'trailer' | 'ended' = 'header'
  #crc = 0
  #plainBytes = 0
  #packedBytes = 0
  #checksumError: IntegrityError | undefined

  constructor(codec: Codec, options: MemberDecoderOptions = {}) {
    this.#codec = codec
    this.#ignoreChecksum = options.ignoreChecksum ?? false
    this.#expected = options.expected
  }

  /** Plaintext made so far, in bytes. */
  get plainBytes(): number {
    return this.#plainBytes
  }

  /** Bytes of the member used so far. */
  get packedBytes(): number {
    return this.#packedBytes
  }

  /** CRC-32 of the plaintext made so far. */
  get crc32(): number {
    return this.#crc
  }

  /** What the trailer found wrong, where `ignoreChecksum` kept it from being thrown. */
  get checksumError(): IntegrityError | undefined {
    return this.#checksumError
  }

  /**
   * Takes the next chunk; what follows the member in it is left alone.
   *
   * @throws FormatError when it is no gzip member; IntegrityError when it is broken or its CRC-32 or length differ
   */
  async push(chunk: Uint8Array): Promise<MemberStep> {
    const plain: Uint8Array[] = []
    let usedBytes = 0
    while (usedBytes < chunk.length && this.#phase !== 'ended') {
      const step = await this.#step(chunk.subarray(usedBytes))
      plain.push(...step.plain)
      usedBytes += step.usedBytes
    }
    this.#packedBytes += usedBytes
    return { plain, usedBytes, ended: this.#phase === 'ended' }
  }

  /**
   * Says that no chunk follows.
   *
   * @throws IntegrityError when the member had not ended
   */
  async finish(): Promise<void> {
    this.close()
    if (this.#phase !== 'ended') throw cutMemberError()
  }

  /** Frees the codec; needed after an early end, harmless otherwise. */
  close(): void {
    this.#inflater?.close()
  }

  async #step(bytes: Uint8Array): Promise<Omit<InflateStep, 'ended'>> {
    if (this.#phase === 'header') return this.#takeHeader(bytes)
    if (this.#phase === 'data') return this.#takeData(bytes)
    return this.#takeTrailer(bytes)
  }

  #takeHeader(bytes: Uint8Array): Omit<InflateStep, 'ended'> {
    const { usedBytes, ended } = this.#header.push(bytes)
    this.#headerBytes += usedBytes
    if (ended) this.#phase = 'data'
    return { plain: [], usedBytes }
  }

  async #takeData(bytes: Uint8Array): Promise<Omit<InflateStep, 'ended'>> {
    this.#inflater ??= await this.#createInflater()
    const step = await this.#inflater.push(bytes)
    for (const part of step.plain) {
      this.#crc = this.#codec.crc32(part, this.#crc)
      this.#plainBytes += part.length
    }
    if (step.ended) {
      this.#phase = 'trailer'
      this.close()
    }
    return step
  }

  async #createInflater(): Promise<RawInflater> {
    const { packedBytes, plainBytes } = this.#expected ?? { packedBytes: 0, plainBytes: 0 }
    const deflatedBytes = packedBytes - this.#headerBytes - MEMBER_TRAILER_BYTES
    const native = deflatedBytes > 0 && prefersNative(this.#codec, deflatedBytes, plainBytes) && (await isNativeExact())
    return native ? new NativeInflater(deflatedBytes) : this.#codec.createInflater()
  }

  #takeTrailer(bytes: Uint8Array): Omit<InflateStep, 'ended'> {
    const part = bytes.subarray(0, MEMBER_TRAILER_BYTES - this.#trailerBytes)
    this.#trailer.set(part, this.#trailerBytes)
    this.#trailerBytes += part.length
    if (this.#trailerBytes === MEMBER_TRAILER_BYTES) {
      this.#phase = 'ended'
      this.#checksumError = checkMemberTrailer(this.#trailer, this.#crc, this.#plainBytes)
      if (this.#checksumError !== undefined && !this.#ignoreChecksum) throw this.#checksumError
    }
    return { plain: [], usedBytes: part.length }
  }
}
