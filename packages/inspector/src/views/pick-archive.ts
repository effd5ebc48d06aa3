/** Where another archive is chosen: from the disk, or by its address. Tells by the event `isptar-pick`. */
import { css, type CSSResult, html, LitElement, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import type { OpenRequest } from '../contract/archive-calls.ts'
import { controls } from '../theme/controls.ts'

/** Told when an archive was chosen; its detail is what to open. */
export class PickEvent extends CustomEvent<OpenRequest> {
  constructor(request: OpenRequest) {
    super('isptar-pick', { detail: request })
  }
}

/** Gives what to open where these files were chosen together: an archive, or its slices. */
export function requestOfFiles(files: Iterable<File>): OpenRequest {
  return { places: Array.from(files, (blob) => ({ type: 'file', name: blob.name, blob })) }
}

/** A button for files, and a field for an address. */
export class PickArchive extends LitElement {
  static override properties: PropertyDeclarations = { error: { state: true } }
  static override styles: CSSResult[] = [
    controls,
    css`
      :host {
        display: block;
      }
      div,
      form {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      form {
        flex: 1 1 260px;
      }
      input[type='text'] {
        flex: 1 1 140px;
        min-width: 0;
      }
      p {
        margin-top: 6px;
      }
      @media (pointer: coarse) {
        button,
        input[type='text'] {
          min-height: 44px;
        }
      }
    `,
  ]
  declare error: string

  constructor() {
    super()
    this.error = ''
  }

  override render(): TemplateResult {
    return html`<div>
        <button @click=${this.#choose}>Choose files…</button>
        <input type="file" multiple hidden aria-label="Files of the other archive" @change=${this.#chosen} />
        <form @submit=${this.#submit}>
          <input
            type="text"
            name="address"
            inputmode="url"
            autocomplete="off"
            spellcheck="false"
            aria-label="Address of the other archive"
            placeholder="or its address: https://…"
          />
          <button>Compare</button>
        </form>
      </div>
      ${this.error ? html`<p class="bad" role="alert">${this.error}</p>` : nothing}`
  }

  readonly #choose = (): void => {
    this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')?.click()
  }

  readonly #chosen = (event: Event): void => {
    const input = event.currentTarget
    if (!(input instanceof HTMLInputElement) || !input.files?.length) return
    this.error = ''
    this.dispatchEvent(new PickEvent(requestOfFiles(input.files)))
    // The same file may be chosen again.
    input.value = ''
  }

  readonly #submit = (event: Event): void => {
    event.preventDefault()
    const text = this.renderRoot.querySelector<HTMLInputElement>('input[type=text]')?.value.trim() ?? ''
    const url = URL.canParse(text, document.baseURI) ? new URL(text, document.baseURI) : null
    if (text === '' || url === null || !/^(https?|blob):$/.test(url.protocol)) {
      this.error = 'Type the address of an archive; it begins with https:// or http://.'
      return
    }
    this.error = ''
    this.dispatchEvent(new PickEvent({ places: [{ type: 'url', url: url.href }] }))
  }
}
