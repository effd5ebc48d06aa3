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

/** Reads slices as if they were one. The first call asks each for its size. */
export class SliceSource implements ByteSource {
  readonly name: string
  readonly sliceNames: readonly string[]
  readonly #parts: readonly ByteSource[]
  #learning: Promise<Starts> | undefined
  #starts: Starts | undefined

  /**
   * @param parts - first to last; closed with this source
   * @param name - what to call the whole in messages
   * @throws TypeError when there are none
   */
  constructor(parts: readonly ByteSource[], name: string) {
    if (parts.length === 0) throw new TypeError(`${name} needs at least one slice`)
    this.name = name
    this.sliceNames = parts.map((part) => part.name)
    this.#parts = [...parts]
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    checkCount('lengthBytes', lengthBytes)
    const sizeBytes = sizeOf(await this.#learn(options))
    const length = Math.min(lengthBytes, sizeBytes)
    return { bytes: await this.read(sizeBytes - length, length, options), sizeBytes }
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
    for (const [index, part] of this.#parts.entries()) {
      const start = starts[index] ?? 0
      const from = Math.max(offset, start)
      const to = Math.min(offset + lengthBytes, starts[index + 1] ?? 0)
      if (from < to) pieces.push({ part, offset: from - start, lengthBytes: to - from })
    }
    return pieces
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
    const sizes = this.#parts.map(() => 0)
    const queue = this.#parts.entries()
    const work = async (): Promise<void> => {
      for (const [index, part] of queue) sizes[index] = (await part.readTail(0)).sizeBytes
    }
    await Promise.all(Array.from({ length: SIZES_AT_ONCE }, work))
    const starts = [0]
    for (const size of sizes) starts.push(sizeOf(starts) + size)
    this.#starts = starts
    return starts
  }
}

function sizeOf(starts: Starts): number {
  return starts.at(-1) ?? 0
}
