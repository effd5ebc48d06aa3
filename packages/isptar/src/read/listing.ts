/**
 * Reads the listing line by line, streaming. A listing that fits is inflated once and its text kept; a longer one is
 * fetched and inflated anew at each pass, so memory does not grow with it. A pass that ends has checked the CRC of
 * every line it gave; data is only read on the word of a listing that was checked whole.
 */
import { concatBytes } from '../bytes/concat.ts'
import { FormatError, LimitError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
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
  async *batches(options: ReadOptions = {}): AsyncGenerator<readonly Uint8Array[], void, undefined> {
    const splitter = new LineSplitter(MAX_LINE_BYTES)
    for await (const piece of this.plain(options)) yield splitter.push(piece)
    yield splitter.finish()
    if (!splitter.ended) await this.#refuseSecondMember(options)
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

  /** Whether it may be short enough to be kept in memory, so that one pass serves all that follow. */
  get mayBeKept(): boolean {
    return this.#roomBytes <= this.#options.residentBytes
  }

  /** Gives the plaintext piece by piece, up to the end of the member, whose CRC was then right. */
  async *plain(options: ReadOptions = {}): AsyncGenerator<Uint8Array, void, undefined> {
    if (this.#text === undefined) yield* this.#inflate(options)
    else
      for (let i = 0; i < this.#text.length; i += CHUNK_BYTES) {
        options.signal?.throwIfAborted()
        yield this.#text.subarray(i, i + CHUNK_BYTES)
      }
  }

  async *#inflate(options: ReadOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const chunks = this.#bytes.stream(this.#offset, this.#roomBytes, options)
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
