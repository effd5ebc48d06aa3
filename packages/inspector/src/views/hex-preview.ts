/** Bytes in rows: where, in hex, and as characters. */
import { VirtualizerController } from '@tanstack/lit-virtual'
import { css, type CSSResult, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import { createRef, ref, type Ref } from 'lit/directives/ref.js'
import { controls } from '../theme/controls.ts'
import { lookStyles } from './look-styles.ts'

const ROW_PX = 19
const PADDING_PX = 10
/** Narrower than this, in pixels, a row has 8 bytes. */
const WIDE_PX = 590
/** Narrower than this, 4. */
const MIDDLE_PX = 330

/** Shows `bytes`, which begin at `start` of the file. Only rows that are seen exist. */
export class HexPreview extends LitElement {
  static override properties: PropertyDeclarations = {
    bytes: { attribute: false },
    start: { attribute: false },
    label: { attribute: false },
    rowBytes: { state: true },
  }
  static override styles: CSSResult[] = [
    controls,
    lookStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
      }
      .rows {
        position: relative;
      }
      .row {
        position: absolute;
        inset: 0 auto auto 12px;
        font: 12.5px / ${ROW_PX}px var(--isptar-mono);
        white-space: pre;
        direction: ltr;
      }
      .row span {
        color: var(--isptar-muted);
      }
    `,
  ]
  declare bytes: Uint8Array
  declare start: number
  /** What it is called. */
  declare label: string
  declare rowBytes: number
  readonly #box: Ref<HTMLElement> = createRef()
  readonly #rows: VirtualizerController<HTMLElement, HTMLElement>
  #observer: ResizeObserver | undefined

  constructor() {
    super()
    this.bytes = new Uint8Array(0)
    this.start = 0
    this.rowBytes = 16
    this.#rows = new VirtualizerController<HTMLElement, HTMLElement>(this, {
      count: 0,
      getScrollElement: () => this.#box.value ?? null,
      estimateSize: () => ROW_PX,
      paddingStart: PADDING_PX,
      paddingEnd: PADDING_PX,
      overscan: 12,
    })
  }

  override connectedCallback(): void {
    super.connectedCallback()
    this.#observer = new ResizeObserver(([entry]) => {
      const width = entry?.contentRect.width ?? 0
      if (width > 0) this.rowBytes = width >= WIDE_PX ? 16 : width >= MIDDLE_PX ? 8 : 4
    })
    this.#observer.observe(this)
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#observer?.disconnect()
  }

  override updated(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('bytes')) this.#box.value?.scrollTo(0, 0)
  }

  override render(): TemplateResult {
    const rows = this.#rows.getVirtualizer()
    const count = Math.ceil(this.bytes.length / this.rowBytes)
    if (rows.options.count !== count) rows.setOptions({ ...rows.options, count })
    const digits = Math.max(8, (this.start + this.bytes.length).toString(16).length)
    return html`<div class="box" role="region" tabindex="0" aria-label=${this.label} ${ref(this.#box)}>
      <div class="rows" .style=${`height: ${rows.getTotalSize()}px`}>
        ${rows
          .getVirtualItems()
          .map(
            ({ index, start }) =>
              html`<div class="row" .style=${`transform: translateY(${start}px)`}>${this.#row(index, digits)}</div>`,
          )}
      </div>
    </div>`
  }

  #row(index: number, digits: number): TemplateResult {
    const from = index * this.rowBytes
    const bytes = Array.from(this.bytes.subarray(from, from + this.rowBytes))
    const offset = (this.start + from).toString(16).padStart(digits, '0')
    const hex = bytes.map((byte, at) => (at === 8 ? ' ' : '') + byte.toString(16).padStart(2, '0')).join(' ')
    const width = this.rowBytes * 3 - (this.rowBytes > 8 ? 0 : 1)
    const text = bytes.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '·')).join('')
    return html`<span>${offset}</span>  ${hex.padEnd(width)}  <span>${text}</span>`
  }
}
