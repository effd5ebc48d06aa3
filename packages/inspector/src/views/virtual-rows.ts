/** Rows of one height of which only those that are seen are in the page. */
import { type Range, VirtualizerController } from '@tanstack/lit-virtual'
import type { ReactiveControllerHost } from 'lit'
import { ScrollSpace } from './scroll-space.ts'

/** Rows beyond the edges, so that scrolling shows no gaps. */
const OVERSCAN = 10

/** When scrolling is taken to have ended, in milliseconds. */
const SETTLE_MS = 150

/** A row that is to be in the page. */
export interface PlacedRow {
  readonly index: number
  /** For its `style` property: where it stands, and its height. */
  readonly style: string
}

/** What it works on. */
export interface VirtualRowsOptions {
  /** The element that scrolls; null before it is there. */
  readonly scroller: () => HTMLElement | null
  /** Height of a row in pixels. */
  readonly rowPixels: () => number
}

/** Virtual rows of an element. */
export class VirtualRows {
  readonly #options: VirtualRowsOptions
  readonly #space = new ScrollSpace()
  readonly #controller: VirtualizerController<HTMLElement, HTMLElement>
  #count = 0
  #kept = -1
  #viewPixels = 0
  #tell: ((offset: number, isScrolling: boolean) => void) | undefined

  constructor(host: ReactiveControllerHost, options: VirtualRowsOptions) {
    this.#options = options
    this.#controller = new VirtualizerController<HTMLElement, HTMLElement>(host, {
      count: 0,
      overscan: OVERSCAN,
      getScrollElement: options.scroller,
      estimateSize: options.rowPixels,
      observeElementOffset: (_, tell) => this.#observe(tell),
      // Scrolling is done here, where it is known how it is scaled.
      scrollToFn: () => {},
      rangeExtractor: (range) => this.#range(range),
    })
  }

  /**
   * Gives the rows to render; ask while rendering.
   *
   * @param kept - a row that stays in the page wherever one scrolls: the one that may have the focus; -1 for none
   */
  rows(count: number, kept: number): readonly PlacedRow[] {
    const virtualizer = this.#controller.getVirtualizer()
    const pixels = this.#options.rowPixels()
    const isOther = kept !== this.#kept
    this.#kept = kept
    if (count !== this.#count || isOther) {
      this.#count = count
      // Another function makes it be asked anew.
      virtualizer.setOptions({ ...virtualizer.options, count, rangeExtractor: (range) => this.#range(range) })
    }
    this.#space.resize(count * pixels, this.#options.scroller()?.clientHeight ?? 0)
    const style = (start: number): string =>
      `height: ${pixels}px; transform: translateY(${start + this.#space.shift}px)`
    return virtualizer.getVirtualItems().map(({ index, start }) => ({ index, style: style(start) }))
  }

  #range({ startIndex, endIndex, overscan, count }: Range): number[] {
    const first = Math.max(startIndex - overscan, 0)
    const last = Math.min(endIndex + overscan, count - 1)
    const range = Array.from({ length: last - first + 1 }, (_, index) => first + index)
    // In its place among the others: an element that is moved loses the focus.
    if (this.#kept >= 0 && this.#kept < first) range.unshift(this.#kept)
    if (this.#kept > last && this.#kept < count) range.push(this.#kept)
    return range
  }

  /** Height of the element that holds the rows, for its `style` property; ask after {@link rows}. */
  get spaceStyle(): string {
    return `height: ${this.#space.height}px`
  }

  /** Rows that are seen at once. */
  get pageRows(): number {
    const view = this.#options.scroller()?.clientHeight ?? 0
    return Math.max(Math.floor(view / this.#options.rowPixels()) - 1, 1)
  }

  /** Scrolls as little as it takes to see a row; call it when the rows were rendered. */
  reveal(index: number): void {
    const pixels = this.#options.rowPixels()
    this.#goTo(this.#space.offsetFor(index * pixels, (index + 1) * pixels))
  }

  /** Scrolls to the first row. */
  goToTop(): void {
    this.#goTo(0)
  }

  #goTo(offset: number): void {
    const scroller = this.#options.scroller()
    if (!scroller || offset === this.#space.offset) return
    scroller.scrollTop = this.#space.place(offset)
    this.#tell?.(this.#space.offset, false)
  }

  /** A row that was seen is still seen when there is less room, as when a bar appears below. */
  #keepInSight(view: number): void {
    const pixels = this.#options.rowPixels()
    const before = this.#viewPixels
    this.#viewPixels = view
    const fromTop = this.#kept * pixels - this.#space.offset
    const wasSeen = this.#kept >= 0 && fromTop >= 0 && fromTop + pixels <= before
    if (!wasSeen || fromTop + pixels <= view) return
    this.#space.resize(this.#count * pixels, view)
    this.reveal(this.#kept)
  }

  #observe(tell: (offset: number, isScrolling: boolean) => void): () => void {
    const scroller = this.#options.scroller()
    let settling: ReturnType<typeof setTimeout> | undefined
    const onScroll = (): void => {
      if (!scroller) return
      tell(this.#space.scrolled(scroller.scrollTop), true)
      clearTimeout(settling)
      settling = setTimeout(() => {
        // The scroller stands again for where one is; nothing that is seen moves.
        scroller.scrollTop = this.#space.place(this.#space.offset)
        tell(this.#space.offset, false)
      }, SETTLE_MS)
    }
    const resizes = new ResizeObserver(() => this.#keepInSight(scroller?.clientHeight ?? 0))
    if (scroller) resizes.observe(scroller)
    scroller?.addEventListener('scroll', onScroll, { passive: true })
    this.#tell = tell
    tell(this.#space.offset, false)
    return () => {
      clearTimeout(settling)
      resizes.disconnect()
      scroller?.removeEventListener('scroll', onScroll)
      this.#tell = undefined
    }
  }
}

/** Height of rows in an element, in pixels: what its token says, and more where fingers point. */
export function rowPixelsOf(host: Element): number {
  const token = Number.parseFloat(getComputedStyle(host).getPropertyValue('--isptar-row'))
  const pixels = Number.isFinite(token) && token > 0 ? token : 30
  return matchMedia('(pointer: coarse)').matches ? Math.max(pixels, 44) : pixels
}
