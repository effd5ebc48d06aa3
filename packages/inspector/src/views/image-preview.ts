/** An image of pixels. Images that hold scripts or refer to others never get here. */
import { css, type CSSResult, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import { controls } from '../theme/controls.ts'
import { lookStyles } from './look-styles.ts'

/** Shows `bytes` as an image of `imageType`. Its address lives as long as the image is shown. */
export class ImagePreview extends LitElement {
  static override properties: PropertyDeclarations = {
    bytes: { attribute: false },
    imageType: { attribute: false },
    label: { attribute: false },
    pixels: { state: true },
    isBroken: { state: true },
  }
  static override styles: CSSResult[] = [
    controls,
    lookStyles,
    css`
      :host {
        display: grid;
        gap: 6px;
      }
      .box {
        display: grid;
        place-items: center;
        padding: 12px;
        background: repeating-conic-gradient(var(--isptar-raised) 0 25%, var(--isptar-ground) 0 50%) 0 0 / 16px 16px;
      }
      img {
        display: block;
        max-width: 100%;
        max-height: min(56vh, 640px);
        object-fit: contain;
      }
      img.tiny {
        width: 96px;
        image-rendering: pixelated;
      }
    `,
  ]
  declare bytes: Uint8Array<ArrayBuffer>
  declare imageType: string
  /** What it shows, for those who do not see it. */
  declare label: string
  declare pixels: string | undefined
  declare isBroken: boolean
  #address: string | undefined
  #isTiny = false

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('bytes') && !changed.has('imageType')) return
    this.#forget()
    this.#address = URL.createObjectURL(new Blob([this.bytes], { type: this.imageType }))
    this.pixels = undefined
    this.isBroken = false
    this.#isTiny = false
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#forget()
  }

  override render(): TemplateResult {
    const kind = this.imageType.replace(/^image\/(x-)?/, '').toUpperCase()
    if (this.isBroken)
      return html`<p class="bad" role="alert">
        It begins like an image of type ${kind}, but this browser cannot decode it: it is damaged, or of a kind that the
        browser does not know.
      </p>`
    return html`<div class="box">
        <img
          class=${this.#isTiny ? 'tiny' : ''}
          src=${this.#address ?? ''}
          alt=${this.label}
          @load=${this.#onLoad}
          @error=${this.#onError}
        />
      </div>
      <p class="muted" role="status">${this.pixels === undefined ? '' : `${kind}, ${this.pixels}`}</p>`
  }

  readonly #onLoad = (event: Event): void => {
    if (!(event.target instanceof HTMLImageElement)) return
    const { naturalWidth, naturalHeight } = event.target
    this.#isTiny = naturalWidth <= 32 && naturalHeight <= 32
    this.pixels = `${naturalWidth} × ${naturalHeight} pixels`
  }

  readonly #onError = (): void => void (this.isBroken = true)

  #forget(): void {
    if (this.#address !== undefined) URL.revokeObjectURL(this.#address)
    this.#address = undefined
  }
}
