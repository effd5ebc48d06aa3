/** Differences to another archive. */
import { css, type CSSResult, html, type TemplateResult } from 'lit'
import { SessionElement } from '../session/session-element.ts'
import { controls } from '../theme/controls.ts'

/** Differences to another archive. */
export class CompareView extends SessionElement {
  static override styles: CSSResult[] = [controls, css`:host { display: block; }`]

  override render(): TemplateResult {
    return html`<p>not made yet</p>`
  }
}
