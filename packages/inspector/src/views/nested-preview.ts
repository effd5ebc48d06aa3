/** What lies in an archive that is an entry of the open one. */
import { css, type CSSResult, html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import type { EntryDetails, NestedListing, NestedRow } from '../contract/entry-calls.ts'
import type { Trouble } from '../contract/trouble.ts'
import { SessionElement } from '../session/session-element.ts'
import { printable } from '../text/printable.ts'
import { bytesText, countText, timeText } from '../text/quantity.ts'
import { controls } from '../theme/controls.ts'
import { LatestCall } from './latest-call.ts'
import { lookStyles } from './look-styles.ts'
import { waitingWords } from './waiting-words.ts'

/** Lists the first entries, and opens it in place of the archive that it lies in. */
export class NestedPreview extends SessionElement {
  static override properties: PropertyDeclarations = {
    ...SessionElement.properties,
    details: { attribute: false },
    listing: { state: true },
    trouble: { state: true },
    isStopped: { state: true },
  }
  static override styles: CSSResult[] = [
    controls,
    lookStyles,
    css`
      :host {
        display: grid;
        gap: 10px;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
      }
      .head p {
        flex: 1;
        min-width: 160px;
      }
      .box {
        max-height: 380px;
      }
      table {
        width: 100%;
        border-collapse: collapse;
        font-size: 13px;
        line-height: 22px;
      }
      th {
        position: sticky;
        top: 0;
        background: var(--isptar-raised);
        color: var(--isptar-muted);
        font-weight: 500;
        text-align: start;
      }
      th,
      td {
        padding: 1px 12px;
        vertical-align: top;
      }
      td.path {
        overflow-wrap: anywhere;
        white-space: pre-wrap;
        unicode-bidi: isolate;
      }
      th.number,
      td.number {
        text-align: end;
        white-space: nowrap;
      }
    `,
  ]
  declare details: EntryDetails
  declare listing: NestedListing | undefined
  declare trouble: Trouble | undefined
  declare isStopped: boolean
  readonly #call = new LatestCall()

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed)
    if (changed.has('details')) this.#load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#call.stop()
  }

  readonly #load = (): void => {
    const { path, line } = this.details
    this.listing = undefined
    this.trouble = undefined
    this.isStopped = false
    void this.#call.run(
      (signal) => this.session.engine.entry.nested(path, line, signal),
      (listing) => void (this.listing = listing),
      (trouble) => void (this.trouble = trouble),
    )
  }

  override render(): TemplateResult {
    const { trouble, listing, isStopped } = this
    if (trouble !== undefined)
      return html`<isptar-trouble-notice .trouble=${trouble} .retry=${this.#load}></isptar-trouble-notice>`
    if (isStopped) return html`<p class="muted">Stopped.</p>`
    if (listing === undefined) return waitingWords('Looking into the archive…', this.#stop)
    const { summary, rows, note } = listing
    if (summary === undefined) return html`<p class="muted">${printable(note ?? '')}</p>`
    const { entryCount, createdAt, formatVersion, isDifferential } = summary
    const facts = [
      entryCount === undefined ? 'An archive' : countText(entryCount, 'entry', 'entries'),
      `format ${formatVersion}`,
      ...(isDifferential ? ['differential'] : []),
      ...(createdAt === undefined ? [] : [`made ${timeText(Date.parse(createdAt) / 1000)}`]),
    ]
    return html`<div class="head">
        <p class="muted">${facts.join(', ')}</p>
        <button class="primary" @click=${this.#open}>Open this archive</button>
      </div>
      ${rows.length === 0 ? html`<p class="muted">It is empty.</p>` : tableOf(rows, this.details.path)}
      ${listing.isComplete ? nothing : html`<p class="muted">${moreText(entryCount, rows.length)}</p>`}`
  }

  readonly #stop = (): void => {
    this.#call.stop()
    this.isStopped = true
  }

  readonly #open = (): void => {
    const { request } = this.session.state
    if (request === undefined) return
    void this.session.open({ places: [{ type: 'entry', of: request, path: this.details.path }] })
  }
}

function tableOf(rows: readonly NestedRow[], path: string): TemplateResult {
  return html`<div class="box" role="region" tabindex="0" aria-label=${`What is in ${printable(path)}`}>
    <table>
      <thead>
        <tr>
          <th scope="col">Path</th>
          <th scope="col" class="number">Size</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) => html`<tr>
            <td class="path">${printable(row.path)}${row.type === 'directory' ? '/' : ''}</td>
            <td class="number">${row.type === 'file' ? bytesText(row.sizeBytes) : ''}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </div>`
}

function moreText(entryCount: number | undefined, shown: number): string {
  return entryCount === undefined || entryCount <= shown
    ? 'and more'
    : `and ${(entryCount - shown).toLocaleString('en')} more`
}
