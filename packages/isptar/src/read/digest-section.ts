/** Reads SHA-256 digests out of the digest section (SPEC 6.1): one by a small read, or all of them in order. */
import { concatBytes } from '../bytes/concat.ts'
import { FormatError, IntegrityError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { DIGEST_BYTES, digestCount, digestOffset, isDigest } from '../tail/digest-section.ts'
import type { Section } from '../tail/tail-layout.ts'
import { MemberReader } from './member-reader.ts'

/** The digests of an archive. */
export class DigestSection {
  readonly #bytes: ByteSource
  readonly #section: Section
  readonly #codec: Codec
  readonly #firstLine: number

  /** @param firstLine - the line whose digest {@link all} begins with. @defaultValue 0 */
  constructor(bytes: ByteSource, section: Section, codec: Codec, firstLine: number = 0) {
    this.#bytes = bytes
    this.#section = section
    this.#codec = codec
    this.#firstLine = firstLine
  }

  /** Gives the same digests, all of them to begin at a later line. */
  startingAt(line: number): DigestSection {
    return new DigestSection(this.#bytes, this.#section, this.#codec, line)
  }

  /**
   * Gives the digest of a line. One read of 32 bytes.
   *
   * @param line - of the listing, from 0
   * @returns undefined where it has none
   * @throws FormatError when the section ends before it, or is none whose digests lie where they should; IntegrityError
   * when the source gives more or fewer bytes
   */
  async at(line: number, options?: ReadOptions): Promise<Uint8Array | undefined> {
    const { offset, packedBytes } = this.#section
    const count = digestCount(packedBytes)
    if (count === undefined || line >= count) {
      const found = count === undefined ? 'no whole digests' : `${count} digests`
      throw new FormatError(
        `the digest section of ${this.#bytes.name} has ${packedBytes} bytes: ${found}, none for line ${line}`,
      )
    }
    const digest = await this.#bytes.read(offset + digestOffset(line), DIGEST_BYTES, options)
    if (digest.length !== DIGEST_BYTES)
      throw new IntegrityError(`${this.#bytes.name} gave ${digest.length} bytes of a digest, expected ${DIGEST_BYTES}`)
    return isDigest(digest) ? digest : undefined
  }

  /**
   * Gives the digests of all lines in order, or from the line on that this one starts at. The section is read once, its
   * CRC is checked at the end.
   *
   * @throws IntegrityError, FormatError when it is damaged
   */
  async *all(options?: ReadOptions): AsyncGenerator<Uint8Array | undefined, void, undefined> {
    const { offset, packedBytes } = this.#section
    const member = new MemberReader(this.#bytes.stream(offset, packedBytes, options), this.#codec)
    let rest: Uint8Array = new Uint8Array(0)
    let skipped = 0
    for await (const piece of member.plain()) {
      const bytes = rest.length > 0 ? concatBytes([rest, piece]) : piece
      let from = 0
      for (; from + DIGEST_BYTES <= bytes.length; from += DIGEST_BYTES) {
        if (skipped++ < this.#firstLine) continue
        const digest = bytes.subarray(from, from + DIGEST_BYTES)
        yield isDigest(digest) ? new Uint8Array(digest) : undefined
      }
      rest = new Uint8Array(bytes.subarray(from))
    }
  }
}
