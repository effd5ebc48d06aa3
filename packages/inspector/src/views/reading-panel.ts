/** What is said before and while the whole listing is read. */
import { html, nothing, type TemplateResult } from 'lit'
import type { ListingCost } from '../contract/picture-calls.ts'
import type { Trouble } from '../contract/trouble.ts'
import { bytesText, countText } from '../text/quantity.ts'

/** Listings of at most this many packed bytes are read without asking. */
export const UNASKED_BYTES: number = 8 * 1024 * 1024

/** How far a view is with the listing. */
export interface Reading {
  /** Undefined until it is known. */
  readonly cost: ListingCost | undefined
  /** Entries that were read so far; undefined while it is not read. */
  readonly entryCount: number | undefined
  readonly trouble: Trouble | undefined
}

/** What the user can do. */
export interface ReadingActions {
  /** What the listing is needed for, as a sentence. */
  readonly why: string
  /** Entries that there are, where it is known. */
  readonly totalCount: number | undefined
  readonly read: () => void
  readonly stop: () => void
}

/** Asks, shows how far it is, or says what went wrong. */
export function readingPanel({ cost, entryCount, trouble }: Reading, actions: ReadingActions): TemplateResult {
  if (entryCount !== undefined) return progress(entryCount, actions)
  const offer =
    cost === undefined
      ? nothing
      : html`<button class="primary" @click=${actions.read}>
          ${trouble ? 'Try again' : `Read the listing (${bytesText(cost.bytes)})`}
        </button>`
  if (trouble !== undefined) return html`<isptar-trouble-notice .trouble=${trouble}>${offer}</isptar-trouble-notice>`
  if (cost === undefined) return html`<div class="reading"></div>`
  return html`<div class="reading">
    <p>${actions.why} It reads ${bytesText(cost.bytes)}.</p>
    <p>${offer}</p>
  </div>`
}

function progress(entryCount: number, { totalCount, stop }: ReadingActions): TemplateResult {
  const share = totalCount === undefined || totalCount === 0 ? nothing : Math.min(entryCount / totalCount, 1)
  return html`<div class="reading">
    <p aria-live="polite">
      Reading the listing: ${countText(entryCount, 'entry', 'entries')}${totalCount === undefined ? '' : ` of ${totalCount.toLocaleString('en')}`}
    </p>
    <progress aria-label="Reading the listing" max="1" value=${share}></progress>
    <p><button @click=${stop}>Stop</button></p>
  </div>`
}
