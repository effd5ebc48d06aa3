/** Cuts plaintext that comes in chunks of any length into the pieces of a member. */
import { nextCut } from './deflate-piece.ts'

/** Holds at most one piece. */
export class PieceCutter {
  readonly #seekBytes: number
  /** Where the piece at hand ends in the plaintext. */
  #cut: number
  #piece: Uint8Array
  #filled = 0

  /**
   * @param offset - where in the plaintext it begins
   * @param seekBytes - plain bytes between two seek points; 0 for none
   */
  constructor(offset: number, seekBytes: number) {
    this.#seekBytes = seekBytes
    this.#cut = nextCut(offset, seekBytes)
    this.#piece = new Uint8Array(this.#cut - offset)
  }

  /** Takes the next bytes and gives the pieces that are full and not the last one: more follows. Good until the next is asked for. */
  *push(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    for (let from = 0; from < bytes.length; ) {
      if (this.#filled === this.#piece.length) {
        yield this.#piece
        this.#next()
      }
      const part = bytes.subarray(from, from + this.#piece.length - this.#filled)
      this.#piece.set(part, this.#filled)
      this.#filled += part.length
      from += part.length
    }
  }

  /** Gives the last piece. */
  rest(): Uint8Array {
    return this.#piece.subarray(0, this.#filled)
  }

  #next(): void {
    const cut = nextCut(this.#cut, this.#seekBytes)
    if (cut - this.#cut !== this.#piece.length) this.#piece = new Uint8Array(cut - this.#cut)
    this.#cut = cut
    this.#filled = 0
  }
}
