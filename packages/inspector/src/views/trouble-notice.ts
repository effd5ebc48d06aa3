/** What went wrong, in plain words, with what to do; the words for experts are folded. */
import { css, type CSSResult, html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import type { Trouble } from '../contract/trouble.ts'
import { printable } from '../text/printable.ts'
import { controls } from '../theme/controls.ts'
import { glyph } from '../theme/glyphs.ts'

/** Shows a trouble. What can be done about it goes into its slot, as buttons. */
export class TroubleNotice extends LitElement {
  static override properties: PropertyDeclarations = {
    trouble: { attribute: false },
    retry: { attribute: false },
  }
  static override styles: CSSResult[] = [
    controls,
    css`
      :host {
        display: block;
      }
      .notice {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 4px 12px;
        padding: 14px 16px;
        border: 1px solid var(--isptar-bad);
        border-radius: var(--isptar-radius);
        background: var(--isptar-raised);
        overflow-wrap: anywhere;
      }
      .notice > svg {
        color: var(--isptar-bad);
      }
      .words {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 6px;
      }
      strong {
        font-weight: 600;
      }
      details {
        color: var(--isptar-muted);
        font-size: 13px;
      }
      summary {
        min-height: 24px;
        width: fit-content;
        cursor: pointer;
      }
      slot {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
    `,
  ]
  declare trouble: Trouble
  /** Does anew what failed; offered where that may work another time. */
  declare retry: (() => void) | undefined

  override render(): TemplateResult {
    const { kind, title, detail, advice } = this.trouble
    return html`<div class="notice">
      ${glyph('warning', 22)}
      <div class="words">
        <div role="alert">
          <strong>${printable(title)}</strong>
          ${advice === '' ? nothing : html`<p>${printable(advice)}</p>`}
        </div>
        ${
          detail === ''
            ? nothing
            : html`<details>
              <summary>Details</summary>
              <p class="mono">${printable(detail)}</p>
            </details>`
        }
        <slot></slot>
        ${
          this.retry && kind === 'network'
            ? html`<div><button @click=${(): void => this.retry?.()}>Try again</button></div>`
            : nothing
        }
      </div>
    </div>`
  }
}
