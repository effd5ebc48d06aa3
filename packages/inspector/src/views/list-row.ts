/** One row of the list. */
import { html, nothing, type TemplateResult } from 'lit'
import { classMap } from 'lit/directives/class-map.js'
import type { Row } from '../contract/browse-calls.ts'
import { parentPath } from '../text/entry-path.ts'
import { printable } from '../text/printable.ts'
import { bytesText, timeText } from '../text/quantity.ts'
import { nameText } from '../text/row-name.ts'
import { iconOf, TYPE_NAMES } from './row-icons.ts'

/** A row with how it is shown. */
export interface ShownRow {
  readonly index: number
  /** Undefined while it is on its way. */
  readonly row: Row | undefined
  /** For its `style` property. */
  readonly style: string
  /** Whether keys go to it. */
  readonly isActive: boolean
  readonly isSelected: boolean
  /** Whether a folder that it lies in is selected, and it with that. */
  readonly isCovered: boolean
  /** Whether its details are shown. */
  readonly isCurrent: boolean
  /** The folder that is searched, to show where below it the row lies; undefined where nothing is searched. */
  readonly under: string | undefined
}

/** What can be done to a row by the mouse. */
export interface RowActions {
  click(shown: ShownRow, event: MouseEvent): void
  open(shown: ShownRow, event: MouseEvent): void
  toggle(shown: ShownRow): void
}

/** Renders it. */
export function renderRow(shown: ShownRow, actions: RowActions): TemplateResult {
  const { index, row, style, isActive, isSelected, isCovered, isCurrent } = shown
  return html`<div
    role="row"
    class=${classMap({ current: isCurrent, folder: row?.isFolder ?? false })}
    data-index=${index}
    aria-rowindex=${index + 2}
    aria-selected=${String(isSelected || isCovered)}
    aria-current=${isCurrent ? 'true' : nothing}
    tabindex=${isActive ? 0 : -1}
    .style=${style}
    @click=${(event: MouseEvent): void => actions.click(shown, event)}
    @dblclick=${(event: MouseEvent): void => actions.open(shown, event)}
  >
    ${row ? renderCells(shown, row, actions) : html`<div role="gridcell"></div><div role="gridcell"><div class="waiting"></div></div>`}
  </div>`
}

function renderCells(shown: ShownRow, row: Row, actions: RowActions): TemplateResult {
  const { isSelected, isCovered } = shown
  const name = nameText(row.path)
  const stop = (event: Event): void => event.stopPropagation()
  return html`<div role="gridcell" class="select" @click=${stop} @dblclick=${stop}>
      <label>
        <input
          type="checkbox"
          tabindex="-1"
          aria-label=${`Select ${name}`}
          .checked=${isSelected || isCovered}
          ?disabled=${isCovered}
          @change=${(): void => actions.toggle(shown)}
        />
      </label>
    </div>
    <div role="gridcell" class="named">
      ${iconOf(row.type, row.isFolder, name)} ${renderName(shown, row, name, actions)} ${renderLink(row)} ${renderBadges(row)}
    </div>
    <div role="gridcell" class="number size">${row.type === 'file' ? bytesText(row.sizeBytes) : nothing}</div>
    <div role="gridcell" class="number packed muted">
      ${row.packedBytes === undefined || row.depth !== 0 ? nothing : bytesText(row.packedBytes)}
    </div>
    <div role="gridcell" class="time muted">${timeText(row.mtimeSeconds)}</div>`
}

function renderName(shown: ShownRow, row: Row, name: string, actions: RowActions): TemplateResult {
  const open = (event: MouseEvent): void => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.stopPropagation()
    actions.open(shown, event)
  }
  const label = html`<span class="name" title=${name}>${name}</span>`
  const words = row.isFolder
    ? html`<button tabindex="-1" @click=${open}>${label}</button><span class="visually-hidden">, folder</span>`
    : html`${label}${row.type === 'file' ? nothing : html`<span class="visually-hidden">, ${TYPE_NAMES[row.type]}</span>`}`
  const { under } = shown
  if (under === undefined) return words
  const parent = parentPath(row.path)
  const where = under !== '' && parent.startsWith(under) ? parent.slice(under.length + 1) : parent
  return where === '' ? words : html`${words}<span class="name where muted">in ${printable(where)}</span>`
}

function renderLink({ linkTarget }: Row): TemplateResult | typeof nothing {
  return linkTarget === undefined
    ? nothing
    : html`<span class="name link muted"><span aria-hidden="true">→</span> ${printable(linkTarget)}</span>`
}

function renderBadges({ depth, isDirty, isUnsafe }: Row): TemplateResult {
  return html`${
    depth !== undefined && depth > 0
      ? html`<span class="badge muted" title="Its data is in an earlier archive, a base of this one">base</span>`
      : nothing
  }${isDirty ? html`<span class="badge warn" title="It changed while it was packed">changed</span>` : nothing}${
    isUnsafe
      ? html`<span class="badge bad" title="Its path would lead out of the folder that it is unpacked to, or is no path at all">unsafe</span>`
      : nothing
  }`
}
