/** A look at the data of an entry: what it is shown as, and which window of it. */
import { css, type CSSResult, html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import { type EntryDetails, type Preview, type PreviewKind } from '../contract/entry-calls.ts'
import type { Trouble } from '../contract/trouble.ts'
import { SessionElement } from '../session/session-element.ts'
import { ENCODINGS } from '../text/encodings.ts'
import { printableName } from '../text/printable.ts'
import { bytesText } from '../text/quantity.ts'
import { controls } from '../theme/controls.ts'
import { addBaseButton } from './add-base-button.ts'
import { LatestCall } from './latest-call.ts'
import { lookStyles } from './look-styles.ts'
import { waitingWords } from './waiting-words.ts'
import { windowBar } from './window-bar.ts'

/** Contents of more bytes are more than a few lines. */
const LONG_BYTES = 1000

const KINDS: Readonly<Record<PreviewKind, string>> = {
  text: 'Text',
  json: 'JSON',
  image: 'Image',
  archive: 'Archive',
  hex: 'Hex',
  nothing: 'Nothing',
}

/** What of an entry is asked for. */
interface Wanted {
  readonly start: number
  readonly as: PreviewKind | 'auto'
  readonly encoding: string | undefined
  readonly isUnchecked: boolean
}

const BEGINNING: Wanted = { start: 0, as: 'auto', encoding: undefined, isUnchecked: false }

/** Shows the data of `details`. */
export class EntryPreview extends SessionElement {
  static override properties: PropertyDeclarations = {
    ...SessionElement.properties,
    details: { attribute: false },
    preview: { state: true },
    trouble: { state: true },
    isWaiting: { state: true },
    wraps: { state: true },
  }
  static override styles: CSSResult[] = [
    controls,
    lookStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 10px;
        padding-top: 14px;
        border-top: 1px solid var(--isptar-line);
      }
      /* What is long scrolls in the room that is left of the panel, where that is enough to look at it. */
      :host([data-long]) {
        min-height: 420px;
      }
      .long {
        min-height: 160px;
      }
      .bar,
      .windows {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px 10px;
        font-size: 13px;
      }
      .bar h3 {
        flex: 1;
      }
      label {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        min-height: 32px;
      }
      select {
        padding-inline: 8px;
        max-width: 150px;
      }
      form {
        display: contents;
      }
      h3:focus {
        outline: none;
      }
      .windows p {
        flex: 1 0 100%;
      }
      @media (pointer: coarse) {
        label,
        select,
        input,
        button {
          min-height: 44px;
        }
      }
    `,
  ]
  declare details: EntryDetails
  declare preview: Preview | undefined
  declare trouble: Trouble | undefined
  declare isWaiting: boolean
  declare wraps: boolean
  readonly #call = new LatestCall()
  /** What is carried over to the window that begins there. */
  readonly #carries = new Map<number, Uint8Array>()
  #wanted: Wanted = BEGINNING

  constructor() {
    super()
    this.isWaiting = false
    this.wraps = true
  }

  override willUpdate(changed: Map<PropertyKey, unknown>): void {
    super.willUpdate(changed)
    if (changed.has('details')) {
      this.preview = undefined
      this.#load(BEGINNING)
    }
    this.toggleAttribute('data-long', this.#isLong && this.trouble === undefined)
  }

  /** Whether what is shown scrolls. */
  get #isLong(): boolean {
    const { kind, start = 0, end = 0, text = '' } = this.preview ?? {}
    if (kind === 'hex') return end - start > LONG_BYTES
    return (kind === 'text' || kind === 'json') && text.length > LONG_BYTES
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#call.stop()
  }

  #load(wanted: Wanted): void {
    const { path, line } = this.details
    if (wanted.start === 0) this.#carries.clear()
    this.#wanted = wanted
    this.trouble = undefined
    this.isWaiting = true
    const carry = this.#carries.get(wanted.start)
    void this.#call.run(
      (signal) => this.session.engine.entry.preview(path, { line, ...wanted, carry }, signal),
      (preview) => {
        this.isWaiting = false
        this.preview = preview
        this.#carries.set(preview.end, preview.carry)
      },
      (trouble) => {
        this.isWaiting = false
        this.trouble = trouble
      },
    )
  }

  override render(): TemplateResult {
    const { preview, trouble, isWaiting } = this
    return html`${this.#bar(preview)}
    ${trouble === undefined ? nothing : this.#trouble(trouble)}
    ${isWaiting ? waitingWords('Reading…', this.#stop) : nothing}
    ${preview === undefined || trouble !== undefined ? nothing : html`${this.#content(preview)}${this.#windows(preview)}`}`
  }

  #trouble(trouble: Trouble): TemplateResult {
    const show = (): void => {
      this.#focusBar()
      this.#load({ ...this.#wanted, isUnchecked: true })
    }
    const retry = (): void => {
      this.#focusBar()
      this.#load(this.#wanted)
    }
    return html`<isptar-trouble-notice .trouble=${trouble} .retry=${retry}>
      ${
        trouble.kind === 'damaged' && !this.#wanted.isUnchecked
          ? html`<button @click=${show}>Show what can be read all the same</button>`
          : nothing
      }
      ${trouble.kind === 'base-missing' ? addBaseButton() : nothing}
      ${
        this.#wanted.start > 0
          ? html`<button @click=${(): void => this.#load({ ...this.#wanted, start: 0 })}>First</button>`
          : nothing
      }
    </isptar-trouble-notice>`
  }

  /** The button that has it goes. */
  #focusBar(): void {
    this.renderRoot.querySelector('h3')?.focus()
  }

  #bar(preview: Preview | undefined): TemplateResult {
    const { kind, choices = [] } = preview ?? {}
    return html`<div class="bar">
        <h3 tabindex="-1">Contents</h3>
        ${
          choices.length > 1
            ? html`<label>
              Show as
              <select @change=${this.#onKind}>
                ${choices.map((choice) => html`<option value=${choice} .selected=${choice === kind}>${KINDS[choice]}</option>`)}
              </select>
            </label>`
            : nothing
        }
        ${preview !== undefined && (kind === 'text' || kind === 'json') ? this.#textControls(preview) : nothing}
      </div>`
  }

  #textControls(preview: Preview): TemplateResult {
    return html`${preview.kind === 'text' ? this.#encodings(preview) : nothing}
      <label><input type="checkbox" .checked=${this.wraps} @change=${this.#onWrap} />Wrap lines</label>`
  }

  #encodings({ encoding = 'utf-8' }: Preview): TemplateResult {
    const isListed = ENCODINGS.some(({ encodings }) => encodings.includes(encoding))
    const option = (name: string): TemplateResult =>
      html`<option value=${name} .selected=${name === encoding}>${name}</option>`
    return html`<label>
      Encoding
      <select @change=${this.#onEncoding}>
        ${isListed ? nothing : option(encoding)}
        ${ENCODINGS.map(({ label, encodings }) => html`<optgroup label=${label}>${encodings.map(option)}</optgroup>`)}
      </select>
    </label>`
  }

  #content(preview: Preview): TemplateResult {
    const { kind, bytes, start, text = '', imageType = '', note, unreadBytes } = preview
    const label = `Contents of ${printableName(this.details.path)}`
    const isLong = this.#isLong ? 'long' : ''
    const words = note === undefined || note === '' ? nothing : html`<p class="muted">${note}</p>`
    const read = (): void => {
      this.#focusBar()
      this.#load({ ...this.#wanted, as: kind })
    }
    if (unreadBytes !== undefined)
      return html`<p>
        <button @click=${read}>
          ${kind === 'image' ? 'Show the image' : 'Look into the archive'} (reads ${bytesText(unreadBytes)})
        </button>
      </p>`
    switch (kind) {
      case 'nothing':
        return html`${words}`
      case 'image':
        return html`${words}<isptar-image-preview .bytes=${bytes} .imageType=${imageType} .label=${label}></isptar-image-preview>`
      case 'archive':
        return html`${words}<isptar-nested-preview .session=${this.session} .details=${this.details}></isptar-nested-preview>`
      case 'hex':
        return html`${words}<isptar-hex-preview class=${isLong} .bytes=${bytes} .start=${start} .label=${label}></isptar-hex-preview>`
      case 'text':
      case 'json':
        return html`${words}<isptar-text-preview class=${isLong} .text=${text} .wraps=${this.wraps} .label=${label}></isptar-text-preview>`
    }
  }

  #windows(preview: Preview): TemplateResult | typeof nothing {
    const { kind, start, end, sizeBytes, isChecked, unreadBytes } = preview
    if (kind === 'nothing' || kind === 'archive' || unreadBytes !== undefined) return nothing
    const isWhole = start === 0 && end === sizeBytes
    const part = isWhole ? 'All of it' : `Bytes ${start.toLocaleString('en')} to ${end.toLocaleString('en')}`
    const unchecked = start === 0 ? 'only the beginning was read' : 'not all of it was read'
    const words = isChecked ? 'checked' : `not checked: ${this.#wanted.isUnchecked ? 'it is damaged' : unchecked}`
    return html`<div class="windows">
      <p class="muted">${part}, <span class=${isChecked ? 'good' : 'warn'}>${words}</span></p>
      ${isWhole ? nothing : windowBar(preview, this.isWaiting, this.#goTo)}
    </div>`
  }

  readonly #goTo = (start: number): void => {
    const { kind, encoding } = this.preview ?? {}
    this.#load({ ...this.#wanted, start, as: kind ?? 'auto', encoding })
  }

  readonly #stop = (): void => {
    this.#call.stop()
    this.isWaiting = false
  }

  readonly #onWrap = (event: Event): void => {
    if (event.target instanceof HTMLInputElement) this.wraps = event.target.checked
  }

  readonly #onKind = (event: Event): void => {
    const kind = this.preview?.choices.find(
      (choice) => event.target instanceof HTMLSelectElement && choice === event.target.value,
    )
    if (kind !== undefined) this.#load({ ...this.#wanted, as: kind, encoding: undefined })
  }

  readonly #onEncoding = (event: Event): void => {
    if (!(event.target instanceof HTMLSelectElement)) return
    // Characters are cut elsewhere in another encoding: from the beginning they are not.
    this.#load({ ...this.#wanted, start: 0, as: 'text', encoding: event.target.value })
  }
}
