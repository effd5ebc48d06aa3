/** Differences as a list of which only the rows in sight are there. */
import { VirtualizerController } from '@tanstack/lit-virtual'
import { css, type CSSResult, html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import type { DifferenceKind, DifferenceRow } from '../contract/compare-calls.ts'
import type { Comparison } from '../session/comparison.ts'
import { differenceParts } from '../text/difference-text.ts'
import { printable } from '../text/printable.ts'
import { controls } from '../theme/controls.ts'
import { RowCache } from './row-cache.ts'

const ROW_HEIGHT = 46
/** Browsers do not lay out elements of more than some 17 million pixels: beyond this many rows there are pages. */
const PAGE_ROWS = 200_000

const SIGNS: Readonly<Record<DifferenceKind, string>> = { added: '+', removed: '−', changed: '~' }

/** A grid of differences; Enter or a click shows what the open archive has. */
export class DifferenceList extends LitElement {
  static override properties: PropertyDeclarations = {
    comparison: { attribute: false },
    kinds: { attribute: false },
    count: { attribute: false },
    active: { state: true },
  }
  static override styles: CSSResult[] = [
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 0;
      }
      [role='grid'] {
        position: relative;
        flex: 1;
        min-height: 0;
        overflow: auto;
        overscroll-behavior: contain;
        outline-offset: -2px;
      }
      [role='rowgroup'] {
        position: relative;
      }
      [role='row'] {
        position: absolute;
        inset: 0 0 auto;
        display: grid;
        grid-template: 'kind path' 1fr 'kind values' 1fr / 28px minmax(0, 1fr);
        align-content: center;
        height: ${ROW_HEIGHT}px;
        padding: 3px 16px 3px 12px;
        border-bottom: 1px solid var(--isptar-line);
      }
      [role='row'][data-shown] {
        cursor: pointer;
      }
      [role='row'][data-shown]:hover {
        background: var(--isptar-raised);
      }
      [role='row'][aria-selected='true'] {
        background: var(--isptar-selected);
      }
      .kind {
        grid-area: kind;
        align-self: center;
        font: 600 16px var(--isptar-mono);
      }
      .path {
        grid-area: path;
      }
      .values {
        grid-area: values;
        overflow: hidden;
        font-size: 12.5px;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      .value:not(:last-child) {
        margin-inline-end: 14px;
      }
      .added {
        color: var(--isptar-added);
      }
      .removed {
        color: var(--isptar-removed);
      }
      .changed {
        color: var(--isptar-changed);
      }
      nav {
        display: flex;
        align-items: center;
        gap: 8px;
        padding: 6px 16px;
        border-top: 1px solid var(--isptar-line);
      }
    `,
  ]
  declare comparison: Comparison
  declare kinds: readonly DifferenceKind[]
  /** Differences of these kinds so far. */
  declare count: number
  declare active: number
  #page = 0
  readonly #rows = new RowCache<DifferenceRow>(
    (start, end) => this.comparison.differences(this.kinds, start, end),
    () => this.requestUpdate(),
  )
  readonly #virtual = new VirtualizerController<HTMLElement, HTMLElement>(this, {
    count: 0,
    estimateSize: () => ROW_HEIGHT,
    getScrollElement: () => this.renderRoot.querySelector<HTMLElement>('[role=grid]'),
    overscan: 8,
  })

  constructor() {
    super()
    this.active = 0
    this.count = 0
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('kinds') || changed.has('comparison')) this.#restart()
    const virtualizer = this.#virtual.getVirtualizer()
    const count = Math.min(PAGE_ROWS, this.count - this.#page * PAGE_ROWS)
    if (virtualizer.options.count !== count) virtualizer.setOptions({ ...virtualizer.options, count })
  }

  #restart(): void {
    this.#rows.clear()
    this.#page = 0
    this.active = 0
    this.#virtual.getVirtualizer().scrollToOffset(0)
  }

  override render(): TemplateResult {
    const virtualizer = this.#virtual.getVirtualizer()
    const first = this.#page * PAGE_ROWS
    const items = virtualizer.getVirtualItems()
    const last = items.at(-1)
    if (items[0] && last) this.#rows.want(first + items[0].index, first + last.index + 1)
    return html`<div
        role="grid"
        tabindex="0"
        aria-label="Differences"
        aria-rowcount=${this.count}
        aria-activedescendant=${`row-${this.active}`}
        @keydown=${this.#key}
      >
        <div role="rowgroup" .style=${`height: ${virtualizer.getTotalSize()}px`}>
          ${items.map(({ index, start }) => this.#row(first + index, start))}
        </div>
      </div>
      ${this.count > PAGE_ROWS ? this.#pager(first) : nothing}`
  }

  #row(index: number, start: number): TemplateResult {
    const row = this.#rows.at(index)
    const isShown = row !== undefined && this.#isHere(row)
    return html`<div
      role="row"
      id=${`row-${index}`}
      aria-rowindex=${index + 1}
      aria-selected=${index === this.active}
      ?data-shown=${isShown}
      .style=${`transform: translateY(${start}px)`}
      @click=${(): void => this.#activate(index)}
    >
      ${row === undefined ? html`<span role="gridcell" class="path muted">…</span>` : cells(row)}
    </div>`
  }

  #pager(first: number): TemplateResult {
    const end = Math.min(first + PAGE_ROWS, this.count)
    const turn = (by: number) => (): void => this.#goTo((this.#page + by) * PAGE_ROWS)
    return html`<nav aria-label="Pages of differences">
      <button ?disabled=${first === 0} @click=${turn(-1)}>Earlier</button>
      <span>${(first + 1).toLocaleString('en')} to ${end.toLocaleString('en')} of ${this.count.toLocaleString('en')}</span>
      <button ?disabled=${end === this.count} @click=${turn(1)}>Later</button>
    </nav>`
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const height = this.renderRoot.querySelector('[role=grid]')?.clientHeight ?? ROW_HEIGHT
    const page = Math.max(Math.floor(height / ROW_HEIGHT) - 1, 1)
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: this.active + 1,
      ArrowUp: this.active - 1,
      PageDown: this.active + page,
      PageUp: this.active - page,
      Home: 0,
      End: this.count - 1,
    }
    const to = steps[event.key]
    if (to !== undefined) this.#goTo(to)
    else if (event.key === 'Enter' || event.key === ' ') this.#activate(this.active)
    else return
    event.preventDefault()
  }

  #goTo(index: number): void {
    this.active = Math.max(Math.min(index, this.count - 1), 0)
    const page = Math.floor(this.active / PAGE_ROWS)
    const isOther = page !== this.#page
    this.#page = page
    const scroll = (): void => this.#virtual.getVirtualizer().scrollToIndex(this.active - page * PAGE_ROWS)
    if (!isOther) return scroll()
    this.requestUpdate()
    void this.updateComplete.then(scroll)
  }

  #activate(index: number): void {
    this.active = index
    const row = this.#rows.at(index)
    if (row !== undefined && this.#isHere(row)) void this.comparison.reveal(row.path)
  }

  #isHere(row: DifferenceRow): boolean {
    return (this.comparison.asked?.isNewer ? row.before : row.after) !== undefined
  }
}

function cells(row: DifferenceRow): TemplateResult {
  return html`<span role="gridcell" class=${`kind ${row.kind}`}>
      <span aria-hidden="true">${SIGNS[row.kind]}</span><span class="visually-hidden">${row.kind}</span>
    </span>
    <span role="gridcell" class="path name" title=${printable(row.path)}>${printable(row.path)}</span>
    <span role="gridcell" class="values muted">
      ${differenceParts(row).map((part) => html`<span class="value name">${part}</span>`)}
    </span>`
}
