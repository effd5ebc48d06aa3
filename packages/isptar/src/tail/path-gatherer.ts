/**
 * Takes the paths out of a listing that comes in chunks and lays them side by side, without an object a line. Every line
 * is held to all that decoding it would: lines that are no entries are passed over, and a malformed one ends it.
 */
import { MAX_LINE_BYTES } from '../limits.ts'
import { decodeListingLine } from './decode-listing-line.ts'
import { LineSplitter } from './line-splitter.ts'
import { plainEntryEnd } from './plain-entry.ts'

const LF = 0x0a
const TAB = 0x09
const BACKSLASH = 0x5c

/** Paths that follow each other. */
export interface PathBlock {
  /** The paths as stored, raw, in order, each followed by the terminator. */
  readonly bytes: Uint8Array
  /** Where each path ends in `bytes`; its terminator stands there. */
  readonly ends: readonly number[]
}

/** Gathers paths. Nothing of it outlives the listing that it is shown. */
export class PathGatherer {
  readonly #terminator: number
  /** Takes the lines that a chunk cuts, and knows where the listing ends. */
  readonly #splitter = new LineSplitter(MAX_LINE_BYTES)
  /** Bytes of a line that the chunks before have cut. */
  #cutBytes = 0
  #bytes: Uint8Array = new Uint8Array(0)
  #length = 0
  #ends: number[] = []
  #failure: { readonly error: unknown } | undefined

  /** @param terminator - the byte after each path */
  constructor(terminator: number) {
    this.#terminator = terminator
  }

  /** Whether the empty line was seen. */
  get ended(): boolean {
    return this.#splitter.ended
  }

  /** Throws what ended it, once the paths before that were taken. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure.error
  }

  /** Takes the next chunk and gives the paths of the lines that ended in it; see {@link check}. */
  push(chunk: Uint8Array): PathBlock {
    // A path and its terminator take no more than its line.
    return this.#gather(this.#cutBytes + chunk.length, () => {
      if (this.ended) return
      const from = this.#cutBytes > 0 ? this.#pushRest(chunk) : 0
      const end = this.#takeLines(chunk, from)
      if (!this.ended && end < chunk.length) this.#pushSplit(chunk.subarray(end))
    })
  }

  /** Gives the last path when the text ended without a final LF; see {@link check}. */
  finish(): PathBlock {
    return this.#gather(this.#cutBytes, () => this.#addAll(this.#splitter.finish()))
  }

  /** Gives the paths of lines, without their LF; see {@link check}. */
  ofLines(lines: readonly Uint8Array[]): PathBlock {
    const lineBytes = lines.reduce((sum, line) => sum + line.length, 0)
    return this.#gather(lineBytes, () => this.#addAll(lines))
  }

  #gather(maxBytes: number, work: () => void): PathBlock {
    this.#bytes = new Uint8Array(maxBytes)
    this.#length = 0
    this.#ends = []
    try {
      if (this.#failure === undefined) work()
    } catch (error) {
      this.#failure = { error }
    }
    return { bytes: this.#bytes.subarray(0, this.#length), ends: this.#ends }
  }

  /** Completes the line that the chunk before was cut in; gives the place behind it. */
  #pushRest(chunk: Uint8Array): number {
    const end = chunk.indexOf(LF) + 1
    const rest = end === 0 ? chunk : chunk.subarray(0, end)
    this.#pushSplit(rest)
    return rest.length
  }

  #pushSplit(part: Uint8Array): void {
    this.#cutBytes = part.at(-1) === LF ? 0 : this.#cutBytes + part.length
    this.#addAll(this.#splitter.push(part))
  }

  /** Takes the whole lines from a place on; gives the place behind the last of them that was taken. */
  #takeLines(chunk: Uint8Array, from: number): number {
    const end = chunk.lastIndexOf(LF) + 1
    let at = from
    while (at < end && !this.ended) {
      const lineEnd = this.#takePlain(chunk, at)
      if (lineEnd >= 0) at = lineEnd + 1
      else {
        const next = chunk.indexOf(LF, at) + 1
        this.#pushSplit(chunk.subarray(at, next))
        at = next
      }
    }
    return at
  }

  /** Takes the path of a line while it looks for the name's end. */
  #takePlain(chunk: Uint8Array, from: number): number {
    const bytes = this.#bytes
    let length = this.#length
    let at = from
    let byte = chunk[at]
    while (byte !== TAB) {
      if (byte === LF || byte === BACKSLASH || byte === undefined) return -1
      bytes[length] = byte
      length += 1
      at += 1
      byte = chunk[at]
    }
    const lineEnd = plainEntryEnd(chunk, at + 1)
    // A line as long as this is refused with its length, wherever it was cut.
    if (lineEnd < 0 || lineEnd - from > MAX_LINE_BYTES) return -1
    this.#end(length)
    return lineEnd
  }

  #end(length: number): void {
    this.#bytes[length] = this.#terminator
    this.#ends.push(length)
    this.#length = length + 1
  }

  #addAll(lines: readonly Uint8Array[]): void {
    for (const line of lines) this.#add(line)
  }

  #add(line: Uint8Array): void {
    const record = decodeListingLine(line)
    if (record === undefined) return
    const { pathBytes } = record
    this.#bytes.set(pathBytes, this.#length)
    this.#end(this.#length + pathBytes.length)
  }
}
