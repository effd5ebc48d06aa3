/** Differences as a list of which only the rows in sight are there. */
import { css, type CSSResult, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import type { DifferenceKind, DifferenceRow } from '../contract/compare-calls.ts'
import type { Comparison } from '../session/comparison.ts'
import { differenceParts } from '../text/difference-text.ts'
import { printable } from '../text/printable.ts'
import { controls } from '../theme/controls.ts'
import { RowCache } from './row-cache.ts'
import { type PlacedRow, VirtualRows } from './virtual-rows.ts'

const ROW_HEIGHT = 46
const SIGNS: Readonly<Record<DifferenceKind, string>> = { added: '+', removed: '−', changed: '~' }

/** A grid of differences; Enter or a click shows what the open archive has. */
export class DifferenceList extends LitElement {
  static override properties: PropertyDeclarations = {
    comparison: { attribute: false },
    kinds: { attribute: false },
    run: { attribute: false },
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
    `,
  ]
  declare comparison: Comparison
  declare kinds: readonly DifferenceKind[]
  /** Which of its comparisons it is; another one has other rows. */
  declare run: number
  /** Differences of these kinds so far. */
  declare count: number
  declare active: number
  #moved = false
  readonly #rows = new RowCache<DifferenceRow>(
    (start, end) => this.comparison.differences(this.kinds, start, end),
    () => this.requestUpdate(),
  )
  readonly #virtual = new VirtualRows(this, {
    scroller: () => this.renderRoot.querySelector<HTMLElement>('[role=grid]'),
    rowPixels: () => ROW_HEIGHT,
  })

  constructor() {
    super()
    this.active = 0
    this.count = 0
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('kinds') && !changed.has('comparison') && !changed.has('run')) return
    this.#rows.clear()
    this.active = 0
    this.#moved = true
  }

  override updated(): void {
    if (!this.#moved) return
    this.#moved = false
    this.#virtual.reveal(this.active)
  }

  override render(): TemplateResult {
    const placed = this.#virtual.rows(this.count, this.active)
    return html`<div
      role="grid"
      tabindex="0"
      aria-label="Differences"
      aria-rowcount=${this.count}
      aria-activedescendant=${`row-${this.active}`}
      @keydown=${this.#key}
    >
      <div role="rowgroup" .style=${this.#virtual.spaceStyle}>${placed.map((row) => this.#row(row))}</div>
    </div>`
  }

  #row({ index, style }: PlacedRow): TemplateResult {
    const row = this.#rows.at(index, this.count)
    const isShown = row !== undefined && this.#isHere(row)
    return html`<div
      role="row"
      id=${`row-${index}`}
      aria-rowindex=${index + 1}
      aria-selected=${index === this.active}
      ?data-shown=${isShown}
      .style=${style}
      @click=${(): void => this.#activate(index)}
    >
      ${row === undefined ? html`<span role="gridcell" class="path muted">…</span>` : cells(row)}
    </div>`
  }

  readonly #key = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.altKey || event.metaKey) return
    const page = this.#virtual.pageRows
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
    this.#moved = true
  }

  #activate(index: number): void {
    this.active = index
    const row = this.#rows.at(index, this.count)
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
