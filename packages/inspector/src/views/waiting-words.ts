/** Waiting, in words. */
import { html, nothing, type TemplateResult } from 'lit'

/**
 * Says that something is awaited; styles of the panel show it once that has taken a moment.
 *
 * @param onStop - ends it
 */
export function waitingWords(words: string, onStop?: () => void): TemplateResult {
  return html`<p class="waiting muted" role="status">
    <span>${words}</span>
    ${onStop === undefined ? nothing : html`<button @click=${onStop}>Stop</button>`}
  </p>`
}
