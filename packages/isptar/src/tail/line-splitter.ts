/**
 * Cuts the plaintext of a listing into lines, up to the empty line that ends it (SPEC 3). Text after that line is read
 * over. Lines are views of the chunks where they lie in one, so a line costs no copy.
 */
import { concatBytes } from '../bytes/concat.ts'
import { LimitError } from '../errors.ts'

const LF = 0x0a
const CR = 0x0d

/** An empty line of a listing with CR LF line ends. */
function isCarriageReturn(line: Uint8Array): boolean {
  return line.length === 1 && line[0] === CR
}

/** Splits a listing that comes in chunks. */
export class LineSplitter {
  readonly #maxLineBytes: number
  #partial: Uint8Array[] = []
  #partialBytes = 0
  #ended = false

  /** @param maxLineBytes - longest line allowed */
  constructor(maxLineBytes: number) {
    this.#maxLineBytes = maxLineBytes
  }

  /** Whether the empty line was seen. */
  get ended(): boolean {
    return this.#ended
  }

  /**
   * Takes the next chunk and gives the lines that ended in it, without their LF.
   *
   * @throws LimitError for a line longer than allowed
   */
  push(chunk: Uint8Array): Uint8Array[] {
    const lines: Uint8Array[] = []
    let from = 0
    while (!this.#ended) {
      const lf = chunk.indexOf(LF, from)
      const rest = chunk.subarray(from, lf < 0 ? chunk.length : lf)
      this.#check(rest.length)
      if (lf < 0) {
        if (rest.length > 0) this.#keep(rest)
        break
      }
      const line = this.#take(rest)
      from = lf + 1
      if (line.length === 0 || isCarriageReturn(line)) this.#ended = true
      else lines.push(line)
    }
    return lines
  }

  /** Gives the last line when the text ended without a final LF. */
  finish(): Uint8Array[] {
    const line = this.#ended ? new Uint8Array(0) : this.#take(new Uint8Array(0))
    return line.length === 0 ? [] : [line]
  }

  #check(moreBytes: number): void {
    const actual = this.#partialBytes + moreBytes
    if (actual <= this.#maxLineBytes) return
    const max = this.#maxLineBytes
    throw new LimitError(`a listing line is longer than ${max} bytes`, { limit: 'MAX_LINE_BYTES', max, actual })
  }

  #keep(part: Uint8Array): void {
    this.#partial.push(part)
    this.#partialBytes += part.length
  }

  #take(rest: Uint8Array): Uint8Array {
    if (this.#partial.length === 0) return rest
    const line = concatBytes([...this.#partial, rest])
    this.#partial = []
    this.#partialBytes = 0
    return line
  }
}
