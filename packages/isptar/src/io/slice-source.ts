/**
 * Joins slices (SPEC 7) to one source: an archive cut at any byte, also with a last slice so short that the tail lies
 * across the border.
 */
import { FormatError } from '../errors.ts'
import type { ByteSource, ReadOptions, TailBytes } from './byte-source.ts'
import { checkCount, checkRange, checkRangeInside } from './check-range.ts'
import { untilAborted } from './until-aborted.ts'

/** Slices asked for their size at the same time. */
const SIZES_AT_ONCE = 8

/** Where each slice begins in the whole; one more number at the end, the size of the whole. */
type Starts = readonly number[]

interface Piece {
  readonly part: ByteSource
  readonly offset: number
  readonly lengthBytes: number
}

/** Options of {@link SliceSource}. */
export interface SliceOptions {
  /**
   * Gives the size of each slice in bytes, first to last; called at the first need, and again when that failed.
   *
   * @defaultValue asks each slice for its size
   */
  learnSizes?: (() => Promise<readonly number[]>) | undefined
  /**
   * A tail read that has this many bytes ends where a slice begins, so that the slice before is not opened for nothing.
   *
   * @defaultValue all that was asked for
   */
  minTailBytes?: number | undefined
}

/** Reads slices as if they were one. The first call asks each for its size. */
export class SliceSource implements ByteSource {
  readonly name: string
  readonly sliceNames: readonly string[]
  readonly #parts: readonly ByteSource[]
  readonly #options: SliceOptions
  #learning: Promise<Starts> | undefined
  #starts: Starts | undefined

  /**
   * @param parts - first to last; closed with this source
   * @param name - what to call the whole in messages
   * @param options - where the sizes come from, and how far a tail read goes
   * @throws TypeError when there are none
   */
  constructor(parts: readonly ByteSource[], name: string, options: SliceOptions = {}) {
    if (parts.length === 0) throw new TypeError(`${name} needs at least one slice`)
    this.name = name
    this.sliceNames = parts.map((part) => part.name)
    this.#parts = [...parts]
    this.#options = options
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    checkCount('lengthBytes', lengthBytes)
    const starts = await this.#learn(options)
    const sizeBytes = sizeOf(starts)
    const wanted = Math.max(sizeBytes - lengthBytes, 0)
    const enough = sizeBytes - (this.#options.minTailBytes ?? sizeBytes)
    const from = Math.max(wanted, starts[sliceAt(starts, enough)] ?? 0)
    return { bytes: await this.read(from, sizeBytes - from, options), sizeBytes }
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    const pieces = await this.#pieces(offset, lengthBytes, options)
    const [only] = pieces
    if (pieces.length === 1 && only !== undefined) return only.part.read(only.offset, only.lengthBytes, options)
    const bytes = new Uint8Array(lengthBytes)
    let done = 0
    for (const piece of pieces) {
      bytes.set(await piece.part.read(piece.offset, piece.lengthBytes, options), done)
      done += piece.lengthBytes
    }
    return bytes
  }

  async *stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    for (const piece of await this.#pieces(offset, lengthBytes, options)) {
      yield* piece.part.stream(piece.offset, piece.lengthBytes, options)
    }
  }

  /** An archive written whole and cut afterwards says slice 1 for every place: offsets count on behind a slice's end. */
  locate(slice: number, offset: number): number {
    const starts = this.#starts
    if (starts === undefined)
      throw new TypeError(`the sizes of the slices of ${this.name} are not known: readTail first`)
    const name = this.sliceNames[slice - 1]
    const start = starts[slice - 1]
    if (name === undefined || start === undefined) {
      throw new FormatError(
        `${this.name} has no slice ${slice}: there are ${this.#parts.length}; is the last one missing?`,
      )
    }
    const roomBytes = sizeOf(starts) - start
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > roomBytes) {
      throw new FormatError(
        `slice ${slice} (${name}) and those after it have ${roomBytes} bytes, data was to begin at ${offset}; ` +
          'is the last one missing?',
      )
    }
    return start + offset
  }

  async close(): Promise<void> {
    await Promise.all(this.#parts.map(async (part) => part.close()))
  }

  /** The slices that hold a range, each with its share; none for an empty range. */
  async #pieces(offset: number, lengthBytes: number, options: ReadOptions | undefined): Promise<readonly Piece[]> {
    checkRange(offset, lengthBytes)
    const starts = await this.#learn(options)
    checkRangeInside(this.name, offset, lengthBytes, sizeOf(starts))
    const pieces: Piece[] = []
    const end = offset + lengthBytes
    for (let index = sliceAt(starts, offset); ; index += 1) {
      const part = this.#parts[index]
      const start = starts[index] ?? 0
      if (part === undefined || start >= end) return pieces
      const from = Math.max(offset, start)
      const to = Math.min(end, starts[index + 1] ?? 0)
      if (from < to) pieces.push({ part, offset: from - start, lengthBytes: to - from })
    }
  }

  /** Learns the sizes once for all callers; none of them can abort it for the others. */
  async #learn(options: ReadOptions | undefined): Promise<Starts> {
    options?.signal?.throwIfAborted()
    this.#learning ??= this.#learnNow().catch((error: unknown) => {
      this.#learning = undefined
      throw error
    })
    return untilAborted(this.#learning, options?.signal)
  }

  async #learnNow(): Promise<Starts> {
    const starts = [0]
    const sizes = await (this.#options.learnSizes ?? (async () => this.#askSizes()))()
    for (const size of sizes) starts.push(sizeOf(starts) + size)
    this.#starts = starts
    return starts
  }

  async #askSizes(): Promise<readonly number[]> {
    const sizes = this.#parts.map(() => 0)
    const queue = this.#parts.entries()
    const work = async (): Promise<void> => {
      for (const [index, part] of queue) sizes[index] = (await part.readTail(0)).sizeBytes
    }
    await Promise.all(Array.from({ length: SIZES_AT_ONCE }, work))
    return sizes
  }
}

/** The last slice that begins at a place or before it; the first when none does. */
function sliceAt(starts: Starts, offset: number): number {
  let low = 0
  let high = starts.length - 1
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((starts[middle] ?? 0) > offset) high = middle
    else low = middle
  }
  return low
}

function sizeOf(starts: Starts): number {
  return starts.at(-1) ?? 0
}
