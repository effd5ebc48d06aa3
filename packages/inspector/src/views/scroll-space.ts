/**
 * Scrolling through more pixels than browsers let an element have: some of them end at 17 million, and a million rows
 * take 30. What is beyond the bound is scaled: small steps move rows as far as the fingers go, jumps go by share.
 */

/** The height that no browser cuts, in pixels. */
const MAX_HEIGHT = 12_000_000

/** Where one is in a list, and where the scroller stands for that. Below the bound both are the same. */
export class ScrollSpace {
  #total = 0
  #view = 0
  #top = 0
  #offset = 0

  /**
   * Says how much there is.
   *
   * @param total - height of all rows, in pixels
   * @param view - height of what is seen of them
   */
  resize(total: number, view: number): void {
    this.#total = total
    this.#view = view
    this.#offset = Math.min(this.#offset, this.#maxOffset)
  }

  /** Height of the element that is scrolled. */
  get height(): number {
    return Math.min(this.#total, MAX_HEIGHT)
  }

  /** How far into the rows the view begins, in pixels. */
  get offset(): number {
    return this.#offset
  }

  /** What is added to the place of a row among all rows for its place in the element. */
  get shift(): number {
    return this.#isScaled ? this.#top - this.#offset : 0
  }

  /** Takes where the scroller was moved to; gives the offset there. */
  scrolled(top: number): number {
    const moved = top - this.#top
    this.#top = top
    if (!this.#isScaled) this.#offset = top
    else if (Math.abs(moved) <= 2 * this.#view && top > 0 && top < this.#maxTop) this.#offset += moved
    else this.#offset = (Math.min(top, this.#maxTop) / this.#maxTop) * this.#maxOffset
    this.#offset = Math.min(Math.max(this.#offset, 0), this.#maxOffset)
    return this.#offset
  }

  /** Goes to an offset; gives where the scroller is to be moved. */
  place(offset: number): number {
    this.#offset = Math.min(Math.max(offset, 0), this.#maxOffset)
    this.#top = this.#isScaled ? (this.#offset / this.#maxOffset) * this.#maxTop : this.#offset
    return this.#top
  }

  /** Gives the offset at which a row is seen whole: that of now where it is. */
  offsetFor(start: number, end: number): number {
    if (start < this.#offset) return start
    return end > this.#offset + this.#view ? end - this.#view : this.#offset
  }

  get #isScaled(): boolean {
    return this.#total > MAX_HEIGHT
  }

  get #maxOffset(): number {
    return Math.max(this.#total - this.#view, 0)
  }

  get #maxTop(): number {
    return Math.max(this.height - this.#view, 1)
  }
}
