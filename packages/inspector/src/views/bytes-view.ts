/** Where things lie in the archive. */
import { css, type CSSResult, html, type TemplateResult } from 'lit'
import { SessionElement } from '../session/session-element.ts'
import { controls } from '../theme/controls.ts'

/** Where things lie in the archive. */
export class BytesView extends SessionElement {
  static override styles: CSSResult[] = [controls, css`:host { display: block; }`]

  override render(): TemplateResult {
    return html`<p>not made yet</p>`
  }
}
