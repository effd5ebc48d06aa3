/** Where things lie in the archive, and what of it was fetched. */
import { type CSSResult, html, nothing, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit'
import type { ArchiveSummary, Meter } from '../contract/archive-calls.ts'
import type { ByteMap, RangeContent, RequestRow } from '../contract/picture-calls.ts'
import { SessionElement } from '../session/session-element.ts'
import { meterText } from '../text/meter-text.ts'
import { printable } from '../text/printable.ts'
import { bytesText, countText } from '../text/quantity.ts'
import { controls } from '../theme/controls.ts'
import { cellAt, type CellColors, type CellGrid, drawCells, gridFor } from './byte-canvas.ts'
import { bytesStyles } from './bytes-styles.ts'
import { LatestWork } from './latest-work.ts'
import { ListingWork } from './listing-work.ts'
import { contentText, exactText, fetchedText } from './place-text.ts'
import { readingPanel, UNASKED_BYTES } from './reading-panel.ts'
import { requestsTable } from './requests-table.ts'

const MAX_REQUESTS = 50
/** How many times nearer each step of zoom is. */
const ZOOM = 8

interface Range {
  readonly start: number
  readonly end: number
}

/** What lies in a cell. */
interface CellContent extends Range {
  readonly content: RangeContent
}

/** Where things lie in the archive. */
export class BytesView extends SessionElement {
  static override properties: PropertyDeclarations = {
    map: { state: true },
    requests: { state: true },
    cursor: { state: true },
    hover: { state: true },
    cell: { state: true },
    grid: { state: true },
  }
  static override styles: CSSResult[] = [controls, bytesStyles]
  declare map: ByteMap | undefined
  declare requests: readonly RequestRow[]
  /** The cell of the keyboard. */
  declare cursor: number
  /** The cell under the pointer. */
  declare hover: number | undefined
  /** What the line below tells of. */
  declare cell: CellContent | undefined
  declare grid: CellGrid | undefined
  readonly #work = new ListingWork(this)
  readonly #drawing = new LatestWork()
  readonly #asking = new LatestWork()
  readonly #resizes = new ResizeObserver(([entry]) => {
    if (entry) this.#resize(entry.contentRect.width)
  })
  readonly #scheme = matchMedia('(prefers-color-scheme: dark)')
  readonly #redraw = (): void => this.requestUpdate()
  #archive: ArchiveSummary | undefined
  #meter: Meter | undefined
  /** The part that is shown, and those that it lies in. */
  #ranges: readonly Range[] = []
  #observed: Element | undefined

  constructor() {
    super()
    this.requests = []
    this.cursor = 0
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#scheme.addEventListener('change', this.#redraw)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#scheme.removeEventListener('change', this.#redraw)
    this.#work.stop()
    this.#resizes.disconnect()
    this.#observed = undefined
    this.#archive = undefined
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed)
    const { archive, meter } = this.session.state
    if (archive !== this.#archive) {
      this.#archive = archive
      this.#work.stop()
      this.map = undefined
      this.cursor = 0
      if (archive !== undefined) this.#begin(archive)
    }
    if (meter !== this.#meter) this.#refresh()
    this.#meter = meter
  }

  override updated(): void {
    const strip = this.renderRoot.querySelector('.strip') ?? undefined
    if (strip !== this.#observed) {
      this.#resizes.disconnect()
      if (strip) this.#resizes.observe(strip)
      this.#observed = strip
    }
    const canvas = this.renderRoot.querySelector('canvas')
    if (!canvas || !this.map || !this.grid) return
    drawCells(canvas, this.map, this.grid, { colors: this.#colors(), cursor: this.hover ?? this.cursor })
  }

  override render(): TemplateResult {
    return html`<div class="view">
      ${this.#sum()} ${this.#reading()} ${this.#legend()}
      <div class="strip">
        <canvas
          role="slider"
          tabindex="0"
          aria-label="Place in the archive"
          aria-describedby="keys"
          aria-valuemin="0"
          aria-valuemax=${this.map ? this.map.data.length - 1 : 0}
          aria-valuenow=${this.cursor}
          aria-valuetext=${this.#cellText()}
          @keydown=${this.#onKey}
          @pointermove=${this.#onMove}
          @pointerleave=${(): void => this.#point(undefined)}
          @click=${this.#onClick}
          @dblclick=${(): void => this.#zoomIn()}
        ></canvas>
      </div>
      ${this.#info()}
      <div class="requests" tabindex="0" role="region" aria-label="Requests">${requestsTable(this.requests)}</div>
    </div>`
  }

  #begin({ sizeBytes }: ArchiveSummary): void {
    const { picture } = this.session.engine
    this.#ranges = [{ start: 0, end: sizeBytes }]
    this.#refresh()
    this.#work.run(
      () => picture.cost(),
      (cost) => {
        this.#work.cost = cost
        if (cost.isRead || cost.bytes <= UNASKED_BYTES) this.#complete()
      },
    )
  }

  #complete(): void {
    this.#work.run(
      (onCount, signal) => this.session.engine.picture.completeMap(onCount, signal),
      () => this.#refresh(),
    )
  }

  /** Asks anew for what is shown: after reading, zooming, and fetching. */
  #refresh(): void {
    const { grid } = this
    const range = this.#ranges.at(-1)
    if (!grid || !range || !this.#archive) return
    const { picture } = this.session.engine
    void this.#drawing.run(async () => {
      const [map, requests] = await Promise.all([
        picture.byteMap(range, grid.cellCount),
        picture.requests(MAX_REQUESTS),
      ])
      return () => {
        if (range !== this.#ranges.at(-1) || grid !== this.grid) return
        this.map = map
        this.requests = requests
        this.cursor = Math.min(this.cursor, map.data.length - 1)
        this.#ask()
      }
    })
  }

  /** Asks what lies in the cell that is told of. */
  #ask(): void {
    const range = this.map && cellRange(this.map, this.hover ?? this.cursor)
    if (!range) return
    void this.#asking.run(async () => {
      const content = await this.session.engine.picture.contentOf(range)
      return () => (this.cell = { ...range, content })
    })
  }

  #sum(): TemplateResult {
    const { archive, meter } = this.session.state
    const range = this.#ranges.at(-1)
    const isWhole = this.#ranges.length < 2
    const canZoom = range !== undefined && this.map !== undefined && this.map.cellBytes > 1
    const part = range && `Bytes ${exactText(range.start)} to ${exactText(range.end)}`
    return html`<div class="bar">
        <p class="sum" data-fetched>
          ${meter?.sizeBytes !== undefined ? meterText(meter, meter.sizeBytes).replace(/^f/, 'F') : nothing}
        </p>
        <div class="zoom" role="group" aria-label="Zoom">
          <button aria-disabled=${canZoom ? 'false' : 'true'} @click=${(): void => this.#zoomIn()}>Zoom in</button>
          <button aria-disabled=${isWhole ? 'true' : 'false'} @click=${(): void => this.#zoomOut()}>Zoom out</button>
        </div>
      </div>
      <p class="muted" id="keys">
        ${isWhole ? `All ${exactText(archive?.sizeBytes ?? 0)} bytes` : `${part} of ${exactText(archive?.sizeBytes ?? 0)}`},
        ${countText(this.map?.cellBytes ?? 1, 'byte')} a cell.
        <span class="keys">Arrow keys move, Enter zooms in, Escape zooms out.</span>
      </p>`
  }

  #reading(): TemplateResult | typeof nothing {
    const { cost, trouble, entryCount } = this.#work
    const isQuick = entryCount === 0 || cost === undefined
    if (this.map?.isListed || (trouble === undefined && isQuick)) return nothing
    return readingPanel(this.#work, {
      why: 'Where members lie is in the listing.',
      totalCount: this.session.state.archive?.entryCount,
      read: () => this.#complete(),
      stop: () => this.#work.stop(),
    })
  }

  #legend(): TemplateResult {
    const { map } = this
    const hasGroups = map?.groups.some((share) => share > 0) ?? false
    return html`<ul aria-label="Legend">
      <li><i class="swatch data"></i>Data of files</li>
      <li ?hidden=${!hasGroups}><i class="swatch groups"></i>Groups of small files</li>
      <li><i class="swatch headers"></i>Headers</li>
      <li><i class="swatch tail"></i>Tail</li>
      <li ?hidden=${map?.isComplete ?? true}><i class="swatch empty"></i>Not listed</li>
      <li ?hidden=${!map?.sliceStarts.length}><i class="swatch border ink"></i>A slice begins</li>
      <li>
        <span class="pair"><i class="swatch data"></i><i class="swatch headers"></i><i class="swatch tail"></i></span>Fetched
      </li>
      <li>
        <span class="pair faint"
          ><i class="swatch data"></i><i class="swatch headers"></i><i class="swatch tail"></i></span
        >Not fetched
      </li>
    </ul>`
  }

  #info(): TemplateResult {
    const { cell } = this
    const file = cell?.content.largest.files[0]
    return html`<div class="info">
      <div>
        <span class="name">${cell ? contentText(cell.content) : ''}</span>
        <span class="muted">${cell ? this.#placeText(cell) : ''}</span>
      </div>
      ${
        file
          ? html`<button
            aria-label="Show ${printable(file.path)} in files"
            @click=${(): void => this.session.reveal(file.path, file.line)}
          >
            Show in files
          </button>`
          : nothing
      }
    </div>`
  }

  #cellText(): string {
    return this.cell ? `${this.#placeText(this.cell)}: ${contentText(this.cell.content)}` : ''
  }

  #placeText({ start, end, content }: CellContent): string {
    const slice = this.#sliceText(start)
    const range = end - start === 1 ? `Byte ${exactText(start)}` : `Bytes ${exactText(start)} to ${exactText(end - 1)}`
    const { offset, endOffset } = content.largest
    const whole = `${bytesText(endOffset - offset)} from byte ${exactText(offset)} on`
    return `${range}${slice}, ${fetchedText(content.fetchedBytes, end - start)} · ${whole}`
  }

  #sliceText(offset: number): string {
    const starts = this.map?.sliceStarts ?? []
    if (starts.length === 0) return ''
    return ` in slice ${starts.filter((start) => start <= offset).length + 1}`
  }

  #resize(width: number): void {
    const grid = gridFor(width)
    if (grid.columns === this.grid?.columns) return
    this.grid = grid
    this.#refresh()
  }

  #point(hover: number | undefined): void {
    if (hover === this.hover) return
    this.hover = hover
    this.#ask()
  }

  #moveTo(cursor: number): void {
    const count = this.map?.data.length ?? 1
    this.cursor = Math.min(Math.max(cursor, 0), count - 1)
    this.hover = undefined
    this.#ask()
  }

  readonly #onMove = (event: PointerEvent): void => {
    if (event.pointerType === 'mouse') this.#point(this.#cellOf(event))
  }

  readonly #onClick = (event: MouseEvent): void => {
    const cell = this.#cellOf(event)
    if (cell !== undefined) this.#moveTo(cell)
  }

  #cellOf({ offsetX, offsetY }: MouseEvent): number | undefined {
    return this.grid && this.map && cellAt(this.grid, this.map.data.length, offsetX, offsetY)
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const columns = this.grid?.columns ?? 1
    const count = this.map?.data.length ?? 1
    const moves: Readonly<Record<string, number>> = {
      ArrowLeft: this.cursor - 1,
      ArrowRight: this.cursor + 1,
      ArrowUp: this.cursor - columns,
      ArrowDown: this.cursor + columns,
      PageUp: this.cursor - columns * 5,
      PageDown: this.cursor + columns * 5,
      Home: 0,
      End: count - 1,
    }
    const to = moves[event.key]
    if (to !== undefined) this.#moveTo(to)
    else if (event.key === 'Enter' || event.key === '+') this.#zoomIn()
    else if (event.key === 'Escape' || event.key === '-') this.#zoomOut()
    else return
    event.preventDefault()
  }

  /** Shows the surroundings of the cell, larger. */
  #zoomIn(): void {
    const { map } = this
    const cell = map && cellRange(map, this.cursor)
    const range = this.#ranges.at(-1)
    if (!map || !cell || !range || map.cellBytes <= 1) return
    const length = Math.max(
      Math.ceil((range.end - range.start) / ZOOM),
      Math.min(map.data.length, range.end - range.start),
    )
    const middle = Math.floor((cell.start + cell.end) / 2)
    const start = Math.min(Math.max(middle - Math.floor(length / 2), range.start), range.end - length)
    this.#show([...this.#ranges, { start, end: start + length }], cell.start)
  }

  #zoomOut(): void {
    const at = this.map && cellRange(this.map, this.cursor)
    if (this.#ranges.length > 1 && at) this.#show(this.#ranges.slice(0, -1), at.start)
  }

  /** The cursor stays on the same byte. */
  #show(ranges: readonly Range[], offset: number): void {
    const range = ranges.at(-1)
    if (!range || !this.grid) return
    const cellBytes = Math.max(Math.ceil((range.end - range.start) / this.grid.cellCount), 1)
    this.#ranges = ranges
    this.hover = undefined
    this.cursor = Math.floor((offset - range.start) / cellBytes)
    this.#refresh()
  }

  /** Colours of the scheme, as the legend has them. */
  #colors(): CellColors {
    const probe = (name: string): string => {
      const swatch = this.renderRoot.querySelector(`.swatch.${name}`)
      return swatch ? getComputedStyle(swatch).backgroundColor : ''
    }
    return {
      data: probe('data'),
      groups: probe('groups'),
      headers: probe('headers'),
      tail: probe('tail'),
      empty: probe('empty'),
      text: probe('ink'),
    }
  }
}

/** The bytes of a cell. */
function cellRange({ start, end, cellBytes }: ByteMap, cell: number): Range {
  const from = start + cell * cellBytes
  return { start: from, end: Math.min(from + cellBytes, end) }
}
