/**
 * Finds lines of the listing: through the index where the archive has one, which reads a block or a few, else by a pass
 * over all of it. Lines come as bytes; objects are made of those that are asked for only.
 */
import { comparePaths } from '../bytes/text.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import { decodeListingLine } from '../tail/decode-listing-line.ts'
import { type PathBlock, PathGatherer } from '../tail/path-gatherer.ts'
import { type LineMatch, matchFolder, matchPath, pathOfLine } from './line-match.ts'
import type { Listing } from './listing.ts'
import type { ListingIndex } from './listing-index.ts'

/** Lines that follow each other. */
export interface LineBatch {
  /** Number of the first in the listing, from 0. */
  readonly firstLine: number
  readonly lines: readonly Uint8Array[]
  /** Whether they were checked already; of a pass that still runs they are not. */
  readonly checked: boolean
}

/** Which entries to give. */
export interface EntriesOptions extends ReadOptions {
  /** A folder: only it and what is in it. @defaultValue everything */
  under?: string | undefined
  /** Whether entries come with their SHA-256; costs a pass over the digest section. @defaultValue false */
  digests?: boolean | undefined
}

/** Which paths to give, and how. */
export interface PathsOptions extends ReadOptions {
  /** A folder: only it and what is in it. @defaultValue everything */
  under?: string | undefined
  /** The byte that follows each path. @defaultValue 10, LF */
  terminator?: number | undefined
}

const LF = 0x0a

/** One line. */
export interface FoundLine {
  /** Number in the listing, from 0. */
  readonly line: number
  readonly bytes: Uint8Array
}

/** Lines of the listing from the first to before the end, counted from 0. */
export interface LineRange {
  readonly firstLine: number
  readonly endLine: number
}

/** Looks lines up. */
export class LineLookup {
  readonly #listing: Listing
  readonly #index: ListingIndex | undefined
  readonly #range: LineRange

  /**
   * @param index - where the archive has one; its lines are in order then
   * @param range - the only lines to see, of an archive without index. @defaultValue all
   */
  constructor(listing: Listing, index: ListingIndex | undefined, range?: LineRange) {
    this.#listing = listing
    this.#index = index
    this.#range = range ?? { firstLine: 0, endLine: Number.POSITIVE_INFINITY }
  }

  /** The index, where the archive has one. */
  get index(): ListingIndex | undefined {
    return this.#index
  }

  /**
   * Finds the line of a path; of several, the last. It was checked by its own CRC, or with the whole listing.
   *
   * @param pathBytes - raw, normalised
   */
  async find(pathBytes: Uint8Array, options: ReadOptions): Promise<FoundLine | undefined> {
    const isPath = matchPath(pathBytes)
    const matches: LineMatch = (line) => isPath(line) && decodeListingLine(line) !== undefined
    const blocks = await this.#index?.from(pathBytes, options)
    if (blocks === undefined) return this.#findLast(matches, options)
    for await (const { entriesBefore, lines } of blocks) {
      const index = lines.findIndex(matches)
      return foundAt(lines, index, entriesBefore)
    }
    return undefined
  }

  /**
   * Gives the line of a number, from 0; undefined behind the last. Costs a block, or, without an index, a pass.
   */
  async atLine(line: number, options: ReadOptions): Promise<Uint8Array | undefined> {
    const block = await this.#index?.atLine(line, options)
    if (block) return block.lines[line - block.entriesBefore]
    // A pass that stops at the line would not have checked it.
    await this.#listing.ensureWhole(options)
    for await (const { firstLine, lines } of this.all(options))
      if (firstLine <= line && line < firstLine + lines.length) return lines[line - firstLine]
    return undefined
  }

  /** Gives all lines in stored order. The listing is read to its end, also for a few lines of it, until it was checked. */
  async *all(options: ReadOptions): AsyncGenerator<LineBatch, void, undefined> {
    let lineCount = 0
    for await (const lines of this.#listing.batches(options)) {
      const firstLine = Math.max(lineCount, this.#range.firstLine)
      const endLine = Math.min(lineCount + lines.length, this.#range.endLine)
      if (firstLine < endLine)
        yield { firstLine, lines: lines.slice(firstLine - lineCount, endLine - lineCount), checked: false }
      lineCount += lines.length
      if (lineCount >= this.#range.endLine && this.#listing.wasChecked) return
    }
  }

  /**
   * Gives batches that hold the lines of a folder and of what is in it, and others.
   *
   * @param folderBytes - raw, normalised; empty for all
   */
  async *near(folderBytes: Uint8Array, options: ReadOptions): AsyncGenerator<LineBatch, void, undefined> {
    const blocks = folderBytes.length > 0 ? await this.#index?.from(folderBytes, options) : undefined
    if (blocks === undefined) return yield* this.all(options)
    const isInside = matchFolder(folderBytes)
    for await (const { entriesBefore, lines } of blocks) {
      yield { firstLine: entriesBefore, lines, checked: true }
      const last = lines.at(-1)
      if (last && !isInside(last) && comparePaths(pathOfLine(last), folderBytes) > 0) return
    }
  }

  /**
   * Gives batches that hold all lines that are wanted, and others. Of a listing that is not kept, by the index, only blocks
   * that hold one, unless that is most of them.
   *
   * @param mayHold - whether one of some lines may be wanted: from the first to before the end, which may be infinite
   */
  async *holding(
    mayHold: (firstLine: number, endLine: number) => boolean,
    options: ReadOptions,
  ): AsyncGenerator<LineBatch, void, undefined> {
    const index = this.#listing.isKept ? undefined : this.#index
    const blocks = (await index?.blocks(options)) ?? []
    const endOf = (k: number): number => blocks[k + 1]?.entriesBefore ?? Number.POSITIVE_INFINITY
    const wanted = [...blocks.keys()].filter((k) => mayHold(blocks[k]?.entriesBefore ?? 0, endOf(k)))
    if (index === undefined || wanted.length * 2 >= blocks.length) return yield* this.all(options)
    for await (const { entriesBefore, lines } of index.read(wanted, options))
      yield { firstLine: entriesBefore, lines, checked: true }
  }

  /**
   * Gives the paths of a folder and of what is in it, in stored order, without decoding lines that need none.
   *
   * @param folderBytes - raw, normalised; empty for all
   */
  async *paths(
    folderBytes: Uint8Array,
    options: Pick<PathsOptions, 'signal' | 'terminator'>,
  ): AsyncGenerator<PathBlock, void, undefined> {
    const gatherer = new PathGatherer(options.terminator ?? LF)
    const isAll = folderBytes.length === 0 && this.#range.firstLine === 0 && this.#range.endLine === Infinity
    const blocks = isAll ? this.#listing.pass(gatherer, options) : this.#pathsNear(folderBytes, gatherer, options)
    for await (const block of blocks) {
      if (block.ends.length > 0) yield block
      gatherer.check()
    }
  }

  async *#pathsNear(
    folderBytes: Uint8Array,
    gatherer: PathGatherer,
    options: ReadOptions,
  ): AsyncGenerator<PathBlock, void, undefined> {
    const isInside = matchFolder(folderBytes)
    for await (const { lines } of this.near(folderBytes, options)) yield gatherer.ofLines(lines.filter(isInside))
  }

  async #findLast(matches: LineMatch, options: ReadOptions): Promise<FoundLine | undefined> {
    // Lookups made at the same time wait for one pass, which keeps the text, rather than each keep its own.
    if (this.#listing.mayBeKept) await this.#listing.ensureWhole(options)
    let found: FoundLine | undefined
    for await (const { firstLine, lines } of this.all(options)) {
      const index = lines.findLastIndex(matches)
      found = foundAt(lines, index, firstLine) ?? found
    }
    return found
  }
}

/** A copy: lines are views of much larger buffers. */
function foundAt(lines: readonly Uint8Array[], index: number, firstLine: number): FoundLine | undefined {
  const bytes = lines[index]
  return bytes && { line: firstLine + index, bytes: new Uint8Array(bytes) }
}
