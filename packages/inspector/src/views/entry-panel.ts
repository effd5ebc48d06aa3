/** Details of an entry, and a look at its data. */
import { css, type CSSResult, html, type TemplateResult } from 'lit'
import { SessionElement } from '../session/session-element.ts'
import { controls } from '../theme/controls.ts'

/** Details of an entry, and a look at its data. */
export class EntryPanel extends SessionElement {
  static override styles: CSSResult[] = [
    controls,
    css`
      :host {
        display: block;
      }
    `,
  ]

  override render(): TemplateResult {
    return html`<p>not made yet</p>`
  }
}
