/**
 * All lines of a listing that cannot be gone through in order, for lookups: their text in one piece and eight bytes each.
 * Objects are made only of what is asked for.
 */
import { comparePaths } from '../bytes/text.ts'
import { LimitError } from '../errors.ts'
import type { Archive } from '../read/archive.ts'
import { Entry } from '../read/entry.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import { encodeListingLine } from '../tail/encode-listing-line.ts'
import { unescapeField } from '../tail/escape.ts'
import type { EntryLookup } from './entry-lookup.ts'
import { GrowingArray } from './growing-array.ts'
import { isBelow, pathKey } from './path-key.ts'

const TAB = 0x09
const MAX_TEXT_BYTES = 2 ** 32 - 1

/** Lookups in a listing in any order. Add every entry, then finish. */
export class LineTable implements EntryLookup {
  readonly #archive: Archive
  readonly #text = new GrowingArray((length) => new Uint8Array(length))
  /** Where each line begins; those that are no entries are empty. */
  readonly #starts = new GrowingArray((length) => new Uint32Array(length))
  /** Lines by path; of one path, in stored order. */
  #order = new Uint32Array(0)

  /** @param archive - whose entries they are */
  constructor(archive: Archive) {
    this.#archive = archive
  }

  /**
   * Adds the next entry.
   *
   * @throws LimitError for more than 4 GiB of text
   */
  add(entry: Entry): void {
    while (this.#starts.length <= entry.place.line) this.#starts.push(this.#text.length)
    this.#text.append(encodeListingLine(entry.record))
    const actual = this.#text.length
    if (actual <= MAX_TEXT_BYTES) return
    const what = `the listing of ${this.#archive.name} is out of order and has more than ${MAX_TEXT_BYTES} bytes`
    throw new LimitError(what, { limit: 'MAX_TEXT_BYTES', max: MAX_TEXT_BYTES, actual })
  }

  /** Sorts, which keeps lines of one path in stored order; nothing is added afterwards. */
  finish(): void {
    const count = this.#starts.length
    this.#starts.push(this.#text.length)
    const lines = Uint32Array.from({ length: count }, (_, line) => line).filter((line) => this.#line(line).length > 0)
    this.#order = lines.sort((a, b) => comparePaths(this.#path(a), this.#path(b)))
  }

  async find(path: Uint8Array): Promise<Entry | undefined> {
    // The last of several lies before the first that is greater.
    const line = this.#order[this.#firstWhere((found) => comparePaths(found, path) > 0) - 1]
    return line !== undefined && comparePaths(this.#path(line), path) === 0 ? this.atLine(line) : undefined
  }

  async reaches(path: Uint8Array): Promise<boolean> {
    const line = this.#order[this.#firstWhere((found) => comparePaths(found, path) >= 0)]
    return line !== undefined && isBelow(this.#path(line), path)
  }

  async atLine(line: number): Promise<Entry | undefined> {
    const record = line < this.#starts.length - 1 ? decodeListingLine(this.#line(line).slice()) : undefined
    return record && new Entry(record, this.#archive, { line, checked: true })
  }

  async close(): Promise<void> {}

  /** Text of a line, without its LF. */
  #line(line: number): Uint8Array {
    const starts = this.#starts.values()
    const [start = 0, end = start] = [starts[line], starts[line + 1]]
    return this.#text.values().subarray(start, Math.max(start, end - 1))
  }

  #path(line: number): Uint8Array {
    const text = this.#line(line)
    return pathKey({ pathBytes: unescapeField(text.subarray(0, text.indexOf(TAB))) })
  }

  /** Binary search for the first place in the order whose path is so; the number of places when none is. */
  #firstWhere(holds: (path: Uint8Array) => boolean): number {
    let low = 0
    let high = this.#order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (holds(this.#path(this.#order[middle] ?? 0))) high = middle
      else low = middle + 1
    }
    return low
  }
}
