/** The web component: a header, and the tab that is shown. */
import { css, type CSSResult, html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import { Session } from '../session/session.ts'
import type { Tab } from '../session/session-state.ts'
import { printable } from '../text/printable.ts'
import { bytesText, countText } from '../text/quantity.ts'
import { controls } from '../theme/controls.ts'
import { tokens } from '../theme/tokens.ts'
import { TABS } from './tabs.ts'

/** `<isptar-inspector src="…">`. See the package's README for what applications may rely on. */
export class IsptarInspector extends LitElement {
  static override properties: PropertyDeclarations = { src: { type: String } }
  static override styles: CSSResult[] = [
    tokens,
    controls,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-height: 320px;
        overflow: hidden;
      }
      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 16px;
        padding: 8px 16px;
        border-bottom: 1px solid var(--isptar-line);
        background: var(--isptar-raised);
      }
      h1 {
        margin: 0;
        min-width: 0;
        font-size: 16px;
      }
      [role='tab'][aria-selected='true'] {
        border-color: var(--isptar-accent);
        color: var(--isptar-accent);
      }
      main {
        flex: 1;
        min-height: 0;
        overflow: auto;
      }
    `,
  ]
  /** Address of the archive. */
  declare src: string | undefined
  /** @internal */
  readonly session: Session = new Session()

  constructor() {
    super()
    this.session.subscribe(() => this.requestUpdate())
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('src')) return
    if (this.src) void this.session.open({ places: [{ type: 'url', url: new URL(this.src, this.baseURI).href }] })
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.session.end()
  }

  override render(): TemplateResult {
    const { phase } = this.session.state
    return html`${this.#header()}
      <main>
        ${phase === 'open' ? this.#tab() : html`<isptar-start-view .session=${this.session}></isptar-start-view>`}
      </main>`
  }

  #header(): TemplateResult {
    const { archive, meter, tab } = this.session.state
    return html`<header>
      <h1 class="name">${archive ? printable(archive.name) : 'isptar'}</h1>
      ${
        archive
          ? html`<div role="tablist" aria-label="Views">
            ${TABS.map(
              ({ id, label }) =>
                html`<button class="plain" role="tab" aria-selected=${id === tab} @click=${(): void => this.session.showTab(id)}>
                  ${label}
                </button>`,
            )}
          </div>`
          : nothing
      }
      ${
        meter
          ? html`<span class="muted" data-meter>
            fetched ${bytesText(meter.bytes)} of ${bytesText(meter.sizeBytes)} in ${countText(meter.requests, 'request')}
          </span>`
          : nothing
      }
    </header>`
  }

  #tab(): TemplateResult {
    const views: Record<Tab, TemplateResult> = {
      files: html`<isptar-files-view .session=${this.session}></isptar-files-view>`,
      picture: html`<isptar-picture-view .session=${this.session}></isptar-picture-view>`,
      bytes: html`<isptar-bytes-view .session=${this.session}></isptar-bytes-view>`,
      check: html`<isptar-check-view .session=${this.session}></isptar-check-view>`,
      compare: html`<isptar-compare-view .session=${this.session}></isptar-compare-view>`,
    }
    return views[this.session.state.tab]
  }
}
