/**
 * Reads the listing line by line, streaming. A listing that fits is inflated once and its text kept; a longer one is
 * fetched and inflated anew at each pass, so memory does not grow with it. A pass that ends has checked the CRC of
 * every line it gave; data is only read on the word of a listing that was checked whole.
 */
import { concatBytes } from '../bytes/concat.ts'
import { FormatError, LimitError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { CHUNK_BYTES, MAX_LINE_BYTES, MAX_LISTING_RATIO, RESIDENT_LISTING_BYTES } from '../limits.ts'
import { LineSplitter } from '../tail/line-splitter.ts'
import { MemberReader } from './member-reader.ts'

const LF = 0x0a

/** Options of {@link Listing}. */
export interface ListingOptions {
  readonly codec: Codec
  /** Longest plaintext that is kept in memory, in bytes. */
  readonly residentBytes: number
}

/** The listing of an open archive. */
export class Listing {
  readonly #bytes: ByteSource
  readonly #offset: number
  readonly #packedBytes: number
  readonly #options: ListingOptions
  #text: Uint8Array | undefined
  #whole = false

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
    this.#packedBytes = place.listingPackedBytes
    this.#options = options
  }

  /**
   * Gives the lines in stored order, in batches.
   *
   * @throws IntegrityError at the end when the CRC is wrong; FormatError, LimitError
   */
  async *batches(options: ReadOptions = {}): AsyncGenerator<readonly Uint8Array[], void, undefined> {
    const splitter = new LineSplitter(MAX_LINE_BYTES)
    for await (const piece of this.plain(options)) yield splitter.push(piece)
    yield splitter.finish()
  }

  /** Makes sure that the listing's CRC was checked to its end; costs a pass at most once. */
  async ensureWhole(options: ReadOptions = {}): Promise<void> {
    if (this.#whole) return
    for await (const _ of this.plain(options)) options.signal?.throwIfAborted()
  }

  /** Gives the plaintext piece by piece, up to the end of the member. */
  async *plain(options: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#text === undefined) yield* this.#inflate(options)
    else
      for (let i = 0; i < this.#text.length; i += CHUNK_BYTES) {
        options.signal?.throwIfAborted()
        yield this.#text.subarray(i, i + CHUNK_BYTES)
      }
  }

  async *#inflate(options: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const chunks = this.#bytes.stream(this.#offset, this.#packedBytes, options)
    const member = new MemberReader(chunks, this.#options.codec)
    const kept: Uint8Array[] = []
    let plainBytes = 0
    let last: number | undefined
    let beforeLast: number | undefined
    for await (const piece of member.plain()) {
      plainBytes += piece.length
      this.#checkRatio(plainBytes)
      if (plainBytes <= this.#options.residentBytes) kept.push(piece)
      else kept.length = 0
      beforeLast = piece.length > 1 ? piece[piece.length - 2] : last
      last = piece[piece.length - 1]
      yield piece
    }
    const complete = last === LF && (beforeLast === LF || plainBytes === 1)
    if (!complete) this.#refuseSecondMember(member.after)
    this.#whole = true
    if (plainBytes <= this.#options.residentBytes) this.#text = concatBytes(kept, plainBytes)
  }

  /** The original reads the first member only and loses the rest of the listing in silence. */
  #refuseSecondMember(after: Uint8Array): void {
    if (after[0] !== 0x1f || after[1] !== 0x8b) return
    throw new FormatError(
      `the listing of ${this.#bytes.name} does not end with an empty line and another gzip member follows: a listing must be one member`,
      { offset: this.#offset },
    )
  }

  #checkRatio(plainBytes: number): void {
    const max = Math.max(this.#packedBytes * MAX_LISTING_RATIO, this.#options.residentBytes, RESIDENT_LISTING_BYTES)
    if (plainBytes <= max) return
    throw new LimitError(
      `the listing of ${this.#bytes.name} unfolds to more than ${MAX_LISTING_RATIO} times its ${this.#packedBytes} bytes`,
      { limit: 'MAX_LISTING_RATIO', max, actual: plainBytes },
    )
  }
}
