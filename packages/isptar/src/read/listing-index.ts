/**
 * Looks paths up through the index section (SPEC 6.2): reads the block of the listing that can hold a path, and nothing
 * else of it. Each block is checked by its own CRC-32, which the index has and its CRC covers.
 */
import { comparePaths } from '../bytes/text.ts'
import { FormatError, isIsptarError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import { decodeMember } from '../gzip/decode-member.ts'
import { MEMBER_TRAILER_BYTES } from '../gzip/member-trailer.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { SharedWork } from '../io/shared-work.ts'
import { withReadAhead } from '../io/with-read-ahead.ts'
import { KiB, MAX_INDEX_BYTES, MAX_LINE_BYTES, MiB } from '../limits.ts'
import { decodeIndex, type IndexBlock } from '../tail/index-section.ts'
import { LineSplitter } from '../tail/line-splitter.ts'
import type { TailLayout } from '../tail/tail-layout.ts'
import { checkBlock, checkBlocks } from './check-block.ts'
import { type ChunkFacts, ChunkInflater } from './chunk-inflater.ts'
import { joinPieces } from './join-pieces.ts'
import { lastWhere } from './last-where.ts'

/** One line after 64 KiB of them is the longest a block gets. */
const MAX_BLOCK_BYTES: number = MAX_LINE_BYTES + 1 * MiB
/** A folder's lines, or a run of lookups, mostly stay within a few blocks. */
const KEPT_BLOCKS = 4
/** What lies between two blocks is read along with them up to here, rather than by a request more. */
const NEAR_BYTES: number = 64 * KiB
/** The first read of several blocks is short, so that the first line is soon there; each next one twice as long, to the last. */
const FIRST_RUN_BYTES: number = 64 * KiB
const LAST_RUN_BYTES: number = 1 * MiB

/** A block's lines. */
export interface ListingBlock {
  /** Lines before its first. */
  readonly entriesBefore: number
  /** In order, without LF. */
  readonly lines: readonly Uint8Array[]
}

/** A block, and which of the index it is. */
export interface NumberedBlock extends ListingBlock {
  /** From 0. */
  readonly number: number
}

/** Where a block lies. */
interface BlockPlace {
  /** In the archive. */
  readonly offset: number
  readonly end: number
  /** What its text must be. */
  readonly facts: ChunkFacts
}

/** Bytes of the archive that were read at once. */
interface Run {
  readonly offset: number
  readonly end: number
  readonly bytes: Uint8Array
}

/** A block's text, and what the index says of it. */
export interface IndexedText {
  readonly block: IndexBlock
  readonly text: Uint8Array
}

/** Where the index speaks of. */
export interface ListingIndexOptions {
  readonly codec: Codec
  readonly tail: TailLayout
  /** Plain length of the listing in bytes. */
  readonly plainBytes: number
}

/** The index of an open archive. */
export class ListingIndex {
  readonly #bytes: ByteSource
  readonly #options: ListingIndexOptions
  readonly #kept = new Map<number, ListingBlock>()
  readonly #blocks = new SharedWork((signal) => this.#load({ signal }))

  constructor(bytes: ByteSource, options: ListingIndexOptions) {
    this.#bytes = bytes
    this.#options = options
  }

  /**
   * Gives the blocks from the one that holds a path, or would hold it, to the end of the listing.
   *
   * @param pathBytes - raw; empty begins at the first
   * @returns undefined when the index is of a form this version does not know
   * @throws IntegrityError, FormatError when the index, or the block, is damaged
   */
  async from(
    pathBytes: Uint8Array,
    options: ReadOptions = {},
  ): Promise<AsyncGenerator<ListingBlock, void, undefined> | undefined> {
    const blocks = await this.#blocks.get(options.signal)
    return blocks && this.#readFrom(blocks, blockOf(blocks, pathBytes), options)
  }

  /** Gives what it says of all blocks; undefined when it is of a form this version does not know. */
  blocks(options: ReadOptions = {}): Promise<readonly IndexBlock[] | undefined> {
    return this.#blocks.get(options.signal)
  }

  /**
   * Gives some blocks. Those that lie near each other come by one read, of 64 KiB at first and of up to 1 MiB later; more
   * than that is not held.
   *
   * @param numbers - which, ascending
   * @throws IntegrityError, FormatError when the index, or a block, is damaged
   */
  async *read(numbers: readonly number[], options: ReadOptions = {}): AsyncGenerator<NumberedBlock, void, undefined> {
    const blocks = (await this.#blocks.get(options.signal)) ?? []
    let run: Run = { offset: 0, end: 0, bytes: new Uint8Array(0) }
    let maxBytes = FIRST_RUN_BYTES
    for (const [index, number] of numbers.entries()) {
      options.signal?.throwIfAborted()
      const kept = this.#kept.get(number)
      if (kept) yield { number, ...kept }
      if (kept) continue
      const { offset, end, facts } = this.#placeOf(blocks, number)
      if (end > run.end) {
        run = await this.#readRun(blocks, numbers.slice(index), maxBytes, options)
        maxBytes = Math.min(2 * maxBytes, LAST_RUN_BYTES)
      }
      const packed = run.bytes.subarray(offset - run.offset, end - run.offset)
      yield { number, ...this.#linesOf(blocks, number, await inflateBlock(packed, this.#options.codec, facts)) }
    }
  }

  /**
   * Gives the block of a line.
   *
   * @param line - of the listing, from 0
   */
  async atLine(line: number, options: ReadOptions = {}): Promise<ListingBlock | undefined> {
    const blocks = await this.#blocks.get(options.signal)
    if (blocks === undefined) return undefined
    return this.#block(
      blocks,
      lastWhere(blocks, (block) => block.entriesBefore <= line),
      options,
    )
  }

  /**
   * Gives the text of every block in order; for verification.
   *
   * @returns undefined when the index is of a form this version does not know
   */
  async texts(options: ReadOptions = {}): Promise<AsyncGenerator<IndexedText, void, undefined> | undefined> {
    const blocks = await this.#blocks.get(options.signal)
    return blocks && this.#texts(blocks, options)
  }

  /** Gives the same index over a source that reads ahead, for a pass over all blocks. */
  readAhead(): ListingIndex {
    const { listingOffset, listingPackedBytes } = this.#options.tail
    const bytes = withReadAhead(this.#bytes, { endOffset: listingOffset + listingPackedBytes })
    return new ListingIndex(bytes, this.#options)
  }

  async *#texts(blocks: readonly IndexBlock[], options: ReadOptions): AsyncGenerator<IndexedText, void, undefined> {
    for (const [k, block] of blocks.entries()) yield { block, text: await this.#text(blocks, k, options) }
  }

  async *#readFrom(
    blocks: readonly IndexBlock[],
    first: number,
    options: ReadOptions,
  ): AsyncGenerator<ListingBlock, void, undefined> {
    for (let k = first; k < blocks.length; k += 1) yield this.#block(blocks, k, options)
  }

  async #block(blocks: readonly IndexBlock[], k: number, options: ReadOptions): Promise<ListingBlock> {
    const kept = this.#kept.get(k)
    if (kept) return kept
    return this.#linesOf(blocks, k, await this.#text(blocks, k, options))
  }

  #linesOf(blocks: readonly IndexBlock[], k: number, text: Uint8Array): ListingBlock {
    const splitter = new LineSplitter(MAX_LINE_BYTES)
    const lines = [...splitter.push(text), ...splitter.finish()]
    const [block, next] = [blocks[k], blocks[k + 1]]
    if (block) checkBlock(lines, block, next)
    return this.#keep(k, { entriesBefore: block?.entriesBefore ?? 0, lines })
  }

  async #text(blocks: readonly IndexBlock[], k: number, options: ReadOptions): Promise<Uint8Array> {
    const { offset, end, facts } = this.#placeOf(blocks, k)
    return inflateBlock(await this.#bytes.read(offset, end - offset, options), this.#options.codec, facts)
  }

  /** Reads the first of some blocks, and of those that follow what is near enough. */
  async #readRun(
    blocks: readonly IndexBlock[],
    [first = 0, ...others]: readonly number[],
    maxBytes: number,
    options: ReadOptions,
  ): Promise<Run> {
    const { offset, end: firstEnd } = this.#placeOf(blocks, first)
    let end = firstEnd
    for (const number of others) {
      const next = this.#placeOf(blocks, number)
      if (this.#kept.has(number) || next.offset - end > NEAR_BYTES || next.end - offset > maxBytes) break
      end = next.end
    }
    return { offset, end, bytes: await this.#bytes.read(offset, end - offset, options) }
  }

  #placeOf(blocks: readonly IndexBlock[], k: number): BlockPlace {
    const [block, next] = [blocks[k], blocks[k + 1]]
    if (block === undefined) throw new RangeError(`the index has no block ${k}`)
    const { tail, plainBytes } = this.#options
    const packedEnd = next?.packedOffset ?? tail.listingPackedBytes - MEMBER_TRAILER_BYTES
    const expected = (next?.plainOffset ?? plainBytes) - block.plainOffset
    const packedBytes = packedEnd - block.packedOffset
    if (packedBytes > MAX_BLOCK_BYTES || expected > MAX_BLOCK_BYTES)
      throw new FormatError(`the index has a block of ${packedBytes} packed and ${expected} plain bytes`)
    const offset = tail.listingOffset + block.packedOffset
    return { offset, end: offset + packedBytes, facts: { plainBytes: expected, crc32: block.crc32 } }
  }

  #keep(k: number, block: ListingBlock): ListingBlock {
    const [oldest] = this.#kept.keys()
    if (this.#kept.size >= KEPT_BLOCKS && oldest !== undefined) this.#kept.delete(oldest)
    this.#kept.set(k, block)
    return block
  }

  async #load(options: ReadOptions): Promise<readonly IndexBlock[] | undefined> {
    const section = this.#options.tail.sections.find(({ name }) => name === 'index')
    if (section === undefined || section.packedBytes > MAX_INDEX_BYTES) return undefined
    const plain = inflateIndex(
      await this.#bytes.read(section.offset, section.packedBytes, options),
      this.#options.codec,
    )
    const blocks = plain && decodeIndex(plain)
    if (blocks === undefined || blocks.length === 0) return undefined
    checkBlocks(blocks, { packedBytes: this.#options.tail.listingPackedBytes, plainBytes: this.#options.plainBytes })
    return blocks
  }
}

/** An index that is larger than is read is passed over. */
function inflateIndex(packed: Uint8Array, codec: Codec): Uint8Array | undefined {
  try {
    return decodeMember(codec, packed, { maxBytes: MAX_INDEX_BYTES }).plain
  } catch (error) {
    if (isIsptarError(error, 'limit')) return undefined
    throw error
  }
}

async function inflateBlock(packed: Uint8Array, codec: Codec, facts: ChunkFacts): Promise<Uint8Array> {
  const inflater = new ChunkInflater(codec, facts)
  try {
    const plain = await joinPieces(inflater.push(packed), facts.plainBytes)
    inflater.finish()
    return plain
  } finally {
    inflater.close()
  }
}

/** The last block that begins at or before a path; the first when none does. */
function blockOf(blocks: readonly IndexBlock[], pathBytes: Uint8Array): number {
  return lastWhere(blocks, ({ firstPath }) => comparePaths(firstPath, pathBytes) <= 0)
}
