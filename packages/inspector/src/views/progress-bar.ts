/** How far something is: a bar and words. */
import { html, type TemplateResult } from 'lit'

/** What is done, of how much. */
export interface Done {
  /** For those who do not see the bar. */
  readonly label: string
  readonly done: number
  /** Undefined, or nothing, where it is not known. */
  readonly total: number | undefined
}

/** Gives the bar; without a total one that says only that something goes on. */
export function progressBar({ label, done, total }: Done): TemplateResult {
  if (total === undefined || total <= 0) return html`<progress aria-label=${label}></progress>`
  return html`<progress aria-label=${label} max="1" .value=${Math.min(done / total, 1)}></progress>`
}
