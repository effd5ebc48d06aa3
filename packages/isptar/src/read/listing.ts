/**
 * Reads the listing. One that fits is read and inflated at once and its text kept; a longer one is fetched and inflated
 * anew at each pass, streaming, so memory does not grow with it. A pass that ends has checked the CRC of every line it
 * gave; data is only read on the word of a listing that was checked whole.
 */
import { concatBytes } from '../bytes/concat.ts'
import { FormatError, isIsptarError, LimitError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import { decodeMember } from '../gzip/decode-member.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { SharedWork } from '../io/shared-work.ts'
import { CHUNK_BYTES, MAX_LINE_BYTES, MAX_LISTING_RATIO, RESIDENT_LISTING_BYTES } from '../limits.ts'
import { LineSplitter } from '../tail/line-splitter.ts'
import { MemberReader } from './member-reader.ts'

/** Options of {@link Listing}. */
export interface ListingOptions {
  readonly codec: Codec
  /** Longest plaintext that is kept in memory, in bytes. */
  readonly residentBytes: number
  /** How long the plaintext is said to be. */
  readonly plainBytes?: number | undefined
}

/** Makes something of the plaintext, which comes in chunks. */
export interface TextSink<T> {
  /** Whether the empty line was seen. */
  readonly ended: boolean
  push(chunk: Uint8Array): T
  finish(): T
}

/** The listing of an open archive. */
export class Listing {
  readonly #bytes: ByteSource
  readonly #offset: number
  readonly #roomBytes: number
  readonly #options: ListingOptions
  readonly #checking = new SharedWork(async (signal) => {
    for await (const _ of this.batches({ signal })) signal.throwIfAborted()
  })
  #text: Uint8Array | undefined
  #whole = false
  /** Length of the member, once it was read to its end. */
  #packedBytes = 0

  /**
   * @param bytes - the archive
   * @param place - where the listing member begins and how many bytes it may take
   */
  constructor(
    bytes: ByteSource,
    place: { readonly listingOffset: number; readonly listingPackedBytes: number },
    options: ListingOptions,
  ) {
    this.#bytes = bytes
    this.#offset = place.listingOffset
    this.#roomBytes = place.listingPackedBytes
    this.#options = options
  }

  /**
   * Gives the lines in stored order, in batches.
   *
   * @throws IntegrityError at the end when the CRC is wrong; FormatError, LimitError
   */
  batches(options: ReadOptions = {}): AsyncGenerator<readonly Uint8Array[], void, undefined> {
    return this.pass(new LineSplitter(MAX_LINE_BYTES), options)
  }

  /** Gives what a sink makes of the text, in stored order; see {@link batches}. */
  async *pass<T>(sink: TextSink<T>, options: ReadOptions = {}): AsyncGenerator<T, void, undefined> {
    for await (const piece of this.plain(options)) yield sink.push(piece)
    yield sink.finish()
    if (!sink.ended) await this.#refuseSecondMember(options)
    this.#whole = true
  }

  /** Whether the whole of it was read once and found right. */
  get wasChecked(): boolean {
    return this.#whole
  }

  /** Makes sure that the whole listing was checked; costs a pass at most once, which all callers share. */
  async ensureWhole(options: ReadOptions = {}): Promise<void> {
    if (!this.#whole) await this.#checking.get(options.signal)
  }

  /** Whether its text is in memory, so that a pass reads nothing. */
  get isKept(): boolean {
    return this.#text !== undefined
  }

  /** Whether it may be short enough to be kept in memory, so that one pass serves all that follow. */
  get mayBeKept(): boolean {
    return this.#roomBytes <= this.#options.residentBytes
  }

  /** Gives the plaintext piece by piece, up to the end of the member, whose CRC was then right. */
  async *plain(options: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    const packed = this.#text === undefined && this.#mayFit ? await this.#read(options) : undefined
    if (packed) this.#unfold(packed)
    // What is wrong with it shows where it is, after what stands before that.
    if (this.#text === undefined) return yield* this.#inflate(packed ? once(packed) : this.#stream(options))
    for (let i = 0; i < this.#text.length; i += CHUNK_BYTES) {
      options.signal?.throwIfAborted()
      yield this.#text.subarray(i, i + CHUNK_BYTES)
    }
  }

  /** Whether it is worth trying to unfold it at once. */
  get #mayFit(): boolean {
    const { plainBytes = 0, residentBytes } = this.#options
    return this.#roomBytes <= residentBytes && plainBytes <= residentBytes
  }

  #read(options: ReadOptions): Promise<Uint8Array> {
    return this.#bytes.read(this.#offset, this.#roomBytes, options)
  }

  #stream(options: ReadOptions): AsyncIterable<Uint8Array> {
    return this.#bytes.stream(this.#offset, this.#roomBytes, options)
  }

  /** Unfolds it by one call, and keeps it when it is as it should be. */
  #unfold(packed: Uint8Array): void {
    const { codec, residentBytes, plainBytes = residentBytes } = this.#options
    try {
      const member = decodeMember(codec, packed, { maxBytes: plainBytes })
      this.#packedBytes = member.packedBytes
      this.#text = member.plain
    } catch (error) {
      if (!isIsptarError(error)) throw error
    }
  }

  async *#inflate(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
    const member = new MemberReader(chunks, this.#options.codec)
    const kept: Uint8Array[] = []
    let plainBytes = 0
    for await (const piece of member.plain()) {
      plainBytes += piece.length
      this.#checkRatio(plainBytes)
      if (plainBytes <= this.#options.residentBytes) kept.push(piece)
      else kept.length = 0
      yield piece
    }
    this.#packedBytes = member.packedBytes
    if (plainBytes <= this.#options.residentBytes) this.#text = concatBytes(kept, plainBytes)
  }

  /** The original reads the first member only and loses the rest of such a listing in silence. */
  async #refuseSecondMember(options: ReadOptions): Promise<void> {
    const offset = this.#offset + this.#packedBytes
    const after = await this.#bytes.read(offset, Math.min(2, this.#roomBytes - this.#packedBytes), options)
    if (after[0] !== 0x1f || after[1] !== 0x8b) return
    throw new FormatError(
      `the listing of ${this.#bytes.name} has no empty line at its end and another gzip member follows: it must be one`,
      { offset },
    )
  }

  #checkRatio(plainBytes: number): void {
    const max = Math.max(this.#roomBytes * MAX_LISTING_RATIO, this.#options.residentBytes, RESIDENT_LISTING_BYTES)
    if (plainBytes <= max) return
    throw new LimitError(
      `the listing of ${this.#bytes.name} unfolds to more than ${MAX_LISTING_RATIO} times its ${this.#roomBytes} bytes`,
      { limit: 'MAX_LISTING_RATIO', max, actual: plainBytes },
    )
  }
}

async function* once(chunk: Uint8Array): AsyncGenerator<Uint8Array, void, undefined> {
  yield chunk
}
