/**
 * Finds files of a base by what is in them, under whichever path: sixteen bytes an entry. Whether any file has a size is
 * known at once, so only those are hashed that may be found.
 */
import { equalBytes } from '../bytes/text.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import type { Entry } from '../read/entry.ts'
import type { EntryLookup } from './entry-lookup.ts'
import { GrowingArray } from './growing-array.ts'

/** Sizes and digests of a base's files. Add entries in stored order, then finish. */
export class ContentTable {
  /** By line; 0 for what cannot be referred to. */
  readonly #sizes = new GrowingArray((length) => new Float64Array(length))
  /** The first four bytes of each digest, by line. */
  readonly #prefixes = new GrowingArray((length) => new Uint32Array(length))
  /** Lines by size and prefix. */
  #order = new Uint32Array(0)

  /** Adds a file with data; all others are passed over. */
  add(line: number, sizeBytes: number, digest: Uint8Array): void {
    while (this.#sizes.length < line) {
      this.#sizes.push(0)
      this.#prefixes.push(0)
    }
    this.#sizes.push(sizeBytes)
    this.#prefixes.push(prefixOf(digest))
  }

  /** Sorts; nothing is added afterwards. */
  finish(): void {
    const [sizes, prefixes] = [this.#sizes.values(), this.#prefixes.values()]
    const lines = Uint32Array.from({ length: sizes.length }, (_, line) => line).filter((line) => sizes[line] !== 0)
    this.#order = lines.sort((a, b) => at(sizes, a) - at(sizes, b) || at(prefixes, a) - at(prefixes, b) || a - b)
  }

  /** Tells whether the base has a file of this size. */
  hasSize(sizeBytes: number): boolean {
    const line = this.#order[this.#firstFrom(sizeBytes, 0)]
    return line !== undefined && at(this.#sizes.values(), line) === sizeBytes
  }

  /**
   * Finds a file of this content. Reads 32 bytes for each whose size and beginning of the digest are the same.
   *
   * @param lookup - of the same archive
   */
  async find(
    content: { readonly sizeBytes: number; readonly digest: Uint8Array },
    lookup: EntryLookup,
    options: ReadOptions,
  ): Promise<Entry | undefined> {
    const { sizeBytes, digest } = content
    const prefix = prefixOf(digest)
    const [sizes, prefixes] = [this.#sizes.values(), this.#prefixes.values()]
    for (let k = this.#firstFrom(sizeBytes, prefix); k < this.#order.length; k += 1) {
      const line = at(this.#order, k)
      if (at(sizes, line) !== sizeBytes || at(prefixes, line) !== prefix) return undefined
      const entry = await lookup.atLine(line)
      const found = await entry?.digest(options)
      if (found && equalBytes(found, digest)) return entry
    }
    return undefined
  }

  /** Binary search for the first place in the order that is not before a size and prefix. */
  #firstFrom(sizeBytes: number, prefix: number): number {
    const [sizes, prefixes] = [this.#sizes.values(), this.#prefixes.values()]
    let low = 0
    let high = this.#order.length
    while (low < high) {
      const middle = (low + high) >>> 1
      const line = at(this.#order, middle)
      const size = at(sizes, line)
      if (size > sizeBytes || (size === sizeBytes && at(prefixes, line) >= prefix)) high = middle
      else low = middle + 1
    }
    return low
  }
}

function prefixOf([a = 0, b = 0, c = 0, d = 0]: Uint8Array): number {
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0
}

function at(values: Uint32Array | Float64Array, index: number): number {
  return values[index] ?? 0
}
