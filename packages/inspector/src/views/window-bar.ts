/** The ways from one window of a file to the others, and to any byte. */
import { html, type TemplateResult } from 'lit'
import { type Preview, PREVIEW_BYTES } from '../contract/entry-calls.ts'
import { parseByteOffset } from '../text/byte-offset.ts'
import { bytesText } from '../text/quantity.ts'

/** Windows that cost more, in bytes of the archive, say so before. */
const TOLD_BYTES = 2 * 1024 * 1024
/** Windows begin at multiples of this many bytes: at rows of hex, and never within a unit of UTF-16 or UTF-32. */
const STEP_BYTES = 16

/**
 * Gives buttons and a field.
 *
 * @param preview - the window that is shown
 * @param isWaiting - whether another is on its way; then they do nothing
 * @param goTo - told where in the file the window that is wanted begins, in bytes
 */
export function windowBar(preview: Preview, isWaiting: boolean, goTo: (start: number) => void): TemplateResult {
  const { start, sizeBytes, isSeekable, previousCostBytes = 0, nextCostBytes = 0, lastCostBytes = 0 } = preview
  const hasNext = start + PREVIEW_BYTES < sizeBytes
  const step = bytesText(PREVIEW_BYTES)
  // Chunks are of one length; without them all before is read.
  const farthest = isSeekable ? Math.max(previousCostBytes, nextCostBytes) : lastCostBytes
  const button = (label: string, isThere: boolean, to: number, costBytes: number): TemplateResult =>
    // It stays focusable where it does nothing, so that the focus stays as well.
    html`<button
      aria-disabled=${String(!isThere || isWaiting)}
      @click=${(): void => void (isThere && !isWaiting && goTo(to))}
    >
      ${label}${isThere ? costText('', costBytes) : ''}
    </button>`
  const submit = (event: Event): void => {
    event.preventDefault()
    const field = event.target instanceof HTMLFormElement ? event.target.querySelector('input') : null
    if (field === null || isWaiting) return
    const offset = parseByteOffset(field.value) ?? sizeBytes
    field.setCustomValidity(offset < sizeBytes ? '' : `Bytes go from 0 to ${sizeBytes - 1}`)
    if (field.reportValidity()) goTo(offset - (offset % STEP_BYTES))
  }
  const last = Math.floor((sizeBytes - 1) / PREVIEW_BYTES) * PREVIEW_BYTES
  return html`${button('First', start > 0, 0, 0)}
    ${button(`Previous ${step}`, start > 0, Math.max(start - PREVIEW_BYTES, 0), previousCostBytes)}
    ${button(`Next ${step}`, hasNext, start + PREVIEW_BYTES, nextCostBytes)}
    ${button('Last', hasNext, last, farthest)}
    <form novalidate @submit=${submit}>
      <label>At byte <input type="text" size="12" placeholder="0x… or 1.2 GiB" autocomplete="off" spellcheck="false" /></label>
      <button aria-disabled=${String(isWaiting)}>Go${costText('up to ', farthest)}</button>
    </form>`
}

function costText(upTo: string, costBytes: number): string {
  return costBytes > TOLD_BYTES ? ` (reads ${upTo}${bytesText(costBytes)})` : ''
}
