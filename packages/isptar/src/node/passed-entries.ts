/**
 * Goes through the entries that an earlier run stored, beside a walk that meets them again in the same order: root after
 * root, and in each by path (SPEC 3.5). Lines are read as they are needed.
 */
import { comparePaths } from '../bytes/text.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import type { ListingRecord } from '../tail/listing-record.ts'
import type { TreeEntry } from './tree-entry.ts'

const LF = 0x0a
const SLASH = 0x2f

/** What was stored, up to the point at which the earlier run stopped. */
export interface Passed {
  /** Whole lines of the listing. */
  readonly lines: AsyncIterable<{ readonly lines: Uint8Array }>
  /** For each root that was begun: how many lines came before it. */
  readonly rootStarts: readonly number[]
  /** Path of the file of which a part is stored; it comes last. */
  readonly openPath: Uint8Array | undefined
}

/**
 * What an entry of the walk is. `stored`: by this record; `new`: it was not there when the earlier run came by; `open`: a
 * part of it is stored; `lost`: another one is, which the walk does not meet any more; `ahead`: it is still to be stored.
 */
export type PassedState =
  | { readonly is: 'stored'; readonly record: ListingRecord }
  | { readonly is: 'new' | 'open' | 'lost' | 'ahead' }

interface Stored {
  readonly root: number
  readonly path: Uint8Array
  /** Undefined for the file of which a part is stored. */
  readonly record: ListingRecord | undefined
}

/** The entries of an earlier run. */
export class PassedEntries {
  readonly #stored: AsyncGenerator<Stored, void, undefined>
  /** What comes next, once it was looked for. */
  #next: IteratorResult<Stored, void> | undefined
  #last: Stored | undefined

  constructor(passed: Passed) {
    this.#stored = listStored(passed)
  }

  /**
   * Tells what an entry is; to be asked of all in turn. After `lost` and what it takes, the same entry is asked for again.
   *
   * @param entry - met by the walk
   * @param root - number of its root
   */
  async meet({ path }: Pick<TreeEntry, 'path'>, root: number): Promise<PassedState> {
    for (;;) {
      this.#next ??= await this.#stored.next()
      const { done, value } = this.#next
      if (done === true) return { is: this.#isBelowFile(path, root) ? 'new' : 'ahead' }
      const order = root - value.root || comparePaths(path, value.path)
      if (order < 0) return { is: 'new' }
      this.#last = value
      this.#next = undefined
      if (order === 0) return value.record ? { is: 'stored', record: value.record } : { is: 'open' }
      if (!value.record) return { is: 'lost' }
    }
  }

  /** Ends the pass after a whole walk: true when it did not meet the file of which a part is stored. */
  async finish(): Promise<boolean> {
    for (;;) {
      this.#next ??= await this.#stored.next()
      const { done, value } = this.#next
      if (done === true) return false
      if (!value.record) return true
      this.#next = undefined
    }
  }

  /** Lets go of the lines. */
  async close(): Promise<void> {
    await this.#stored.return()
  }

  /** What was a file when it was stored cannot have others below it in the archive. */
  #isBelowFile(path: Uint8Array, root: number): boolean {
    const last = this.#last
    if (last === undefined || last.root !== root || last.record?.type === 'directory') return false
    const start = last.path.length
    return path[start] === SLASH && comparePaths(path.subarray(0, start), last.path) === 0
  }
}

async function* listStored({ lines, rootStarts, openPath }: Passed): AsyncGenerator<Stored, void, undefined> {
  let count = 0
  let root = 0
  for await (const some of lines) {
    for (let from = 0, end = 0; from < some.lines.length; from = end + 1) {
      end = some.lines.indexOf(LF, from)
      while ((rootStarts[root + 1] ?? Number.POSITIVE_INFINITY) <= count) root += 1
      const record = decodeListingLine(some.lines.subarray(from, end))
      if (record) yield { root, path: record.pathBytes, record }
      count += 1
    }
  }
  if (openPath) yield { root: rootStarts.length - 1, path: openPath, record: undefined }
}
