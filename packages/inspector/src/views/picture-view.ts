/** Where the space goes: a treemap of the folder shown, and a table of the same numbers. */
import { type CSSResult, html, type PropertyDeclarations, type PropertyValues, type TemplateResult } from 'lit'
import { keyed } from 'lit/directives/keyed.js'
import type { ArchiveSummary } from '../contract/archive-calls.ts'
import type { SpaceMeasure, SpaceNode } from '../contract/picture-calls.ts'
import { SessionElement } from '../session/session-element.ts'
import { parentPath } from '../text/entry-path.ts'
import { printable, printableName } from '../text/printable.ts'
import { bytesText, countText, shareText } from '../text/quantity.ts'
import { controls } from '../theme/controls.ts'
import { breadcrumbs, breadcrumbStyles } from './breadcrumbs.ts'
import { ListingWork } from './listing-work.ts'
import { pictureStyles } from './picture-styles.ts'
import { readingPanel, UNASKED_BYTES } from './reading-panel.ts'
import { spaceTable } from './space-table.ts'
import { cellBeside, type Direction, layOutCells, measured, type TreemapCell } from './treemap-cells.ts'
import { treemapCell } from './treemap-cell.ts'

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}

/** Which part gets the focus once another folder is drawn. */
type FocusNext = 'map' | 'table' | undefined

/** Where the space goes. */
export class PictureView extends SessionElement {
  static override properties: PropertyDeclarations = {
    by: { state: true },
    space: { state: true },
    shown: { state: true },
    size: { state: true },
    active: { state: true },
  }
  static override styles: CSSResult[] = [controls, breadcrumbStyles, pictureStyles]
  declare by: SpaceMeasure
  /** The folder that is shown. */
  declare space: SpaceNode | undefined
  /** What is told of: under the pointer, or focused. */
  declare shown: SpaceNode | undefined
  /** Of the map, in pixels. */
  declare size: { readonly width: number; readonly height: number }
  /** The cell that the keyboard reaches. */
  declare active: number
  readonly #work = new ListingWork(this)
  readonly #resizes = new ResizeObserver(([entry]) => {
    if (entry) this.size = { width: Math.floor(entry.contentRect.width), height: Math.floor(entry.contentRect.height) }
  })
  #archive: ArchiveSummary | undefined
  #cells: readonly TreemapCell[] = []
  #observed: Element | undefined
  #focusNext: FocusNext
  #cameFrom = ''

  constructor() {
    super()
    this.by = 'size'
    this.size = { width: 0, height: 0 }
    this.active = 0
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#work.stop()
    this.#resizes.disconnect()
    this.#observed = undefined
    this.#archive = undefined
  }

  override willUpdate(changed: PropertyValues): void {
    super.willUpdate(changed)
    const { archive } = this.session.state
    if (archive !== this.#archive) {
      this.#archive = archive
      this.space = undefined
      this.shown = undefined
      this.#work.stop()
      if (archive !== undefined) this.#begin()
    }
    this.#cells = this.space ? layOutCells(this.space, this.by, this.size) : []
    if (this.active >= this.#cells.length) this.active = 0
  }

  override updated(): void {
    const map = this.renderRoot.querySelector('.map') ?? undefined
    if (map !== this.#observed) {
      this.#resizes.disconnect()
      if (map) this.#resizes.observe(map)
      this.#observed = map
    }
    if (this.#focusNext === undefined || !this.space) return
    const inMap = this.#focusNext === 'map'
    this.#focusNext = undefined
    const target = this.renderRoot.querySelector<HTMLElement>(inMap ? '.cell[tabindex="0"]' : 'tbody button')
    const current = this.renderRoot.querySelector<HTMLElement>('[aria-current]')
    ;(target ?? current)?.focus()
  }

  override render(): TemplateResult {
    const { space } = this
    if (space === undefined || this.#work.trouble !== undefined || this.#isSlow) return this.#reading()
    return html`<div class="view">
      ${this.#bar(space)}
      <div class="split">
        <div class="picture">${this.#map(space)} ${this.#info(space)}</div>
        <div class="table">
          ${keyed(
            space.path,
            spaceTable(space, this.by, {
              open: (node) => this.#open(node, 'table'),
              show: (node) => (this.shown = node),
            }),
          )}
        </div>
      </div>
    </div>`
  }

  /** Another folder of a listing that was read comes at once. */
  get #isSlow(): boolean {
    return (this.#work.entryCount ?? 0) > 0
  }

  #begin(): void {
    this.#work.run(
      () => this.session.engine.picture.cost(),
      (cost) => {
        this.#work.cost = cost
        if (cost.isRead || cost.bytes <= UNASKED_BYTES) this.#loadFirst()
      },
    )
  }

  /** Begins with the folder of the list; from the top with the first that holds more than one folder. */
  #loadFirst(): void {
    const { folder } = this.session.state
    this.#work.run(
      async (onCount, signal) => {
        const space = (await this.#space(folder, onCount, signal)) ?? (await this.#space('', onCount, signal))
        return space?.path === '' ? this.#past(space, onCount, signal) : space
      },
      (space) => this.#show(space),
    )
  }

  /** Goes down to where there is something to compare. */
  async #past(space: SpaceNode, onCount: (entryCount: number) => void, signal: AbortSignal): Promise<SpaceNode> {
    const [only, ...others] = space.children ?? []
    if (!only?.isFolder || others.length > 0 || space.others !== undefined) return space
    const below = await this.#space(only.path, onCount, signal)
    return below?.children?.length ? this.#past(below, onCount, signal) : space
  }

  #space(folder: string, onCount: (entryCount: number) => void, signal: AbortSignal): Promise<SpaceNode | undefined> {
    return this.session.engine.picture.space(folder, { depth: 2, by: this.by }, onCount, signal)
  }

  #load(folder: string): void {
    this.#work.run(
      (onCount, signal) => this.#space(folder, onCount, signal),
      (space) => this.#show(space),
    )
  }

  #show(space: SpaceNode | undefined): void {
    this.space = space
    this.shown = undefined
    const cells = space ? layOutCells(space, this.by, this.size) : []
    this.active = Math.max(
      cells.findIndex(({ node }) => node?.path === this.#cameFrom),
      0,
    )
  }

  #open(node: SpaceNode, from: FocusNext): void {
    this.shown = node
    if (node.isFolder) this.#go(node.path, from)
  }

  #go(folder: string, from: FocusNext): void {
    this.#cameFrom = this.space?.path ?? ''
    this.#focusNext = undefined
    this.#work.run(
      (onCount, signal) => this.#space(folder, onCount, signal),
      (space) => {
        this.#show(space)
        this.#focusNext = from
        if (from === 'map' && space) this.shown = layOutCells(space, this.by, this.size)[this.active]?.node
      },
    )
  }

  #measure(by: SpaceMeasure): void {
    this.by = by
    if (this.space) this.#load(this.space.path)
  }

  #reading(): TemplateResult {
    const { archive } = this.session.state
    return readingPanel(this.#work, {
      why: 'Where the space goes is in the listing.',
      totalCount: archive?.entryCount,
      read: () => this.#loadFirst(),
      stop: () => this.#work.stop(),
    })
  }

  #bar(space: SpaceNode): TemplateResult {
    const measures: readonly [SpaceMeasure, string, string][] = [
      ['size', 'Plain', 'As it was, before it was packed'],
      ['packed', 'Packed', 'As it lies in the archive'],
    ]
    return html`<div class="bar">
        ${breadcrumbs(space.path, (path) => this.#go(path, undefined))}
        <div class="switch" role="group" aria-label="Sizes">
          ${measures.map(
            ([by, label, title]) => html`<button
              aria-pressed=${by === this.by ? 'true' : 'false'}
              title=${title}
              @click=${(): void => this.#measure(by)}
            >
              ${label}
            </button>`,
          )}
        </div>
        <button @click=${(): void => this.session.openFolder(space.path)}>Show in files</button>
      </div>
      <p class="muted" data-sum>
        ${bytesText(space.sizeBytes)} in ${countText(space.entryCount, 'entry', 'entries')},
        ${bytesText(space.packedBytes)} packed
      </p>`
  }

  #map(space: SpaceNode): TemplateResult {
    const label = `Map of ${space.path === '' ? 'the archive' : printable(space.path)}. Arrow keys move, Enter opens a folder, Escape goes up.`
    const total = measured(space, this.by)
    const cells = this.#cells.map((cell, index) =>
      treemapCell(cell, {
        share: total === 0 ? 0 : cell.bytes / total,
        isActive: index === this.active,
        open: (node) => this.#open(node, 'map'),
        show: (node) => {
          this.active = index
          this.shown = node
        },
        hover: (node) => (this.shown = node),
      }),
    )
    return html`<div class="map" role="group" aria-label=${label} @keydown=${this.#onKey}>
      ${keyed(space.path, total === 0 ? html`<p class="muted">${this.by === 'size' ? 'There is no data in it.' : 'It takes no space in this archive.'}</p>` : cells)}
    </div>`
  }

  #info(space: SpaceNode): TemplateResult {
    const { shown } = this
    if (shown === undefined)
      return html`<div class="info muted"><div>Point at a part of the map to see what it is.</div></div>`
    const total = measured(space, this.by)
    const share = total === 0 ? '' : `, ${shareText(measured(shown, this.by) / total)} of what is shown`
    const count = shown.isFolder ? ` in ${countText(shown.entryCount, 'entry', 'entries')}` : ''
    return html`<div class="info">
      <div>
        <span class="name">${printable(shown.path)}${shown.isFolder ? '/' : ''}</span>
        <span class="muted">${bytesText(shown.sizeBytes)}${count}, ${bytesText(shown.packedBytes)} packed${share}</span>
      </div>
      <button aria-label="Show ${printableName(shown.path)} in files" @click=${(): void => this.#reveal(shown)}>Show in files</button>
    </div>`
  }

  #reveal({ path, line, isFolder }: SpaceNode): void {
    if (isFolder) this.session.openFolder(path)
    else this.session.reveal(path, line)
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    const direction = DIRECTIONS[event.key]
    const { space } = this
    if (direction !== undefined) this.#focus(cellBeside(this.#cells, this.active, direction))
    else if (event.key === 'Home') this.#focus(0)
    else if (event.key === 'End') this.#focus(this.#cells.length - 1)
    else if (event.key === 'Escape' && space !== undefined && space.path !== '') this.#go(parentPath(space.path), 'map')
    else return
    event.preventDefault()
  }

  #focus(index: number): void {
    this.active = index
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('.cell[tabindex="0"]')?.focus())
  }
}
