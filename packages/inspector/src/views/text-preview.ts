/** A text, in a box that scrolls. */
import { css, type CSSResult, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import { textBlocks, type TextBlock, type TextRun } from '../text/text-blocks.ts'
import { controls } from '../theme/controls.ts'
import { lookStyles } from './look-styles.ts'

/** Shows `text`, which is data and never markup. Blocks that are not seen cost no layout. */
export class TextPreview extends LitElement {
  static override properties: PropertyDeclarations = {
    text: { attribute: false },
    wraps: { attribute: false },
    label: { attribute: false },
  }
  static override styles: CSSResult[] = [
    controls,
    lookStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
      }
      pre {
        margin: 0;
        padding: 0 12px;
        font: 12.5px / 19px var(--isptar-mono);
        tab-size: 8;
        unicode-bidi: plaintext;
        content-visibility: auto;
        contain-intrinsic-size: auto 950px;
      }
      pre:first-child {
        padding-top: 10px;
      }
      pre:last-child {
        padding-bottom: 10px;
      }
      .wraps pre {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .box:not(.wraps) pre {
        width: max-content;
        min-width: 100%;
      }
      .mark {
        color: var(--isptar-warn);
      }
      .tab {
        position: relative;
      }
      .tab::before,
      .cut::before {
        color: var(--isptar-muted);
        opacity: 0.7;
        pointer-events: none;
      }
      .tab::before {
        content: '→';
        position: absolute;
        inset-inline-start: 0;
      }
      .cut::before {
        content: '↩';
      }
    `,
  ]
  declare text: string
  declare wraps: boolean
  /** What it is called. */
  declare label: string
  #blocks: readonly TextBlock[] = []

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('text')) this.#blocks = textBlocks(this.text)
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('text')) this.renderRoot.querySelector('.box')?.scrollTo(0, 0)
  }

  override render(): TemplateResult {
    return html`<div class="box ${this.wraps ? 'wraps' : ''}" role="region" tabindex="0" aria-label=${this.label}>
      ${this.#blocks.map((block) => html`<pre>${block.map(runTemplate)}</pre>`)}
    </div>`
  }
}

function runTemplate({ type, text }: TextRun): string | TemplateResult {
  if (type === 'text') return text
  return html`<span class=${type}>${text}</span>`
}
