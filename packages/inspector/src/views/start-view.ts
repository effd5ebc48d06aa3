/** Where archives are opened. */
import { css, type CSSResult, html, type TemplateResult } from 'lit'
import { SessionElement } from '../session/session-element.ts'
import { controls } from '../theme/controls.ts'

/** Where archives are opened. */
export class StartView extends SessionElement {
  static override styles: CSSResult[] = [controls, css`:host { display: block; }`]

  override render(): TemplateResult {
    return html`<p>not made yet</p>`
  }
}
