/** Entries that came in any order, given in the archive's: their lines stand in one buffer, not in an object each. */
import { comparePaths } from '../bytes/text.ts'
import type { Archive } from '../read/archive.ts'
import { Entry } from '../read/entry.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import { encodeListingLine } from '../tail/encode-listing-line.ts'
import { GrowingArray } from './growing-array.ts'

const DIGEST_BYTES = 32

/** A table of entries of one archive. Holds path, digest and line of each, and twenty-four bytes. */
export class SortingTable {
  readonly #archive: Archive
  /** Path, digest (zeros where none is known) and listing line of one entry after the other. */
  readonly #bytes = new GrowingArray((length) => new Uint8Array(length))
  /** Where the path of each entry begins. */
  readonly #starts = new GrowingArray((length) => new Float64Array(length))
  /** Where the path of each entry ends. */
  readonly #pathEnds = new GrowingArray((length) => new Float64Array(length))
  /** Numbers of the lines in the listing. */
  readonly #lines = new GrowingArray((length) => new Float64Array(length))

  constructor(archive: Archive) {
    this.#archive = archive
  }

  /**
   * Takes an entry.
   *
   * @param pathBytes - its path, normalised
   */
  add({ record, place }: Entry, pathBytes: Uint8Array): void {
    this.#lines.push(place.line)
    this.#starts.push(this.#bytes.length)
    this.#bytes.append(pathBytes)
    this.#pathEnds.push(this.#bytes.length)
    this.#bytes.append(place.digest ?? new Uint8Array(DIGEST_BYTES))
    this.#bytes.append(encodeListingLine(record))
  }

  /** Gives the entries in order; of one path, in the order in which they came. */
  *sorted(): Generator<Entry, void, undefined> {
    const order = Uint32Array.from({ length: this.#lines.length }, (_, index) => index)
    order.sort((a, b) => comparePaths(this.#pathOf(a), this.#pathOf(b)) || a - b)
    for (const index of order) {
      const entry = this.#entryOf(index)
      if (entry !== undefined) yield entry
    }
  }

  #pathOf(index: number): Uint8Array {
    return this.#bytes.values().subarray(this.#starts.values()[index], this.#pathEnds.values()[index])
  }

  #entryOf(index: number): Entry | undefined {
    const pathEnd = this.#pathEnds.values()[index] ?? 0
    const lineStart = pathEnd + DIGEST_BYTES
    const end = this.#starts.values()[index + 1] ?? this.#bytes.length
    // Copies: what is given may be kept when the table has gone.
    const digest = this.#bytes.values().slice(pathEnd, lineStart)
    const record = decodeListingLine(this.#bytes.values().slice(lineStart, end - 1))
    const isKnown = digest.some((byte) => byte !== 0)
    const place = { line: this.#lines.values()[index] ?? 0, checked: true, digest: isKnown ? digest : undefined }
    return record && new Entry(record, this.#archive, place)
  }
}
