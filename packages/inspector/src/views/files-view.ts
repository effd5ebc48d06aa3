/** Tree, list and details. */
import { css, type CSSResult, html, nothing, type TemplateResult } from 'lit'
import { SessionElement } from '../session/session-element.ts'
import { controls } from '../theme/controls.ts'

/** Tree, list and details. */
export class FilesView extends SessionElement {
  static override styles: CSSResult[] = [controls, css`:host { display: block; }`]

  override render(): TemplateResult {
    return html`<isptar-folder-tree .session=${this.session}></isptar-folder-tree>
      <isptar-file-list .session=${this.session}></isptar-file-list>
      ${this.session.state.current ? html`<isptar-entry-panel .session=${this.session}></isptar-entry-panel>` : nothing}
      <isptar-take-bar .session=${this.session}></isptar-take-bar>`
  }
}
