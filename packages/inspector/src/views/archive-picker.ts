/** A button that chooses files and a field that takes an address: how an archive is named, wherever one is. */
import { css, type CSSResult, html, LitElement, type PropertyDeclarations, type TemplateResult } from 'lit'
import type { Place } from '../contract/archive-calls.ts'
import { TroubleError } from '../contract/trouble.ts'
import { placeOf, typedPlace } from '../session/places.ts'
import { controls } from '../theme/controls.ts'
import { glyph } from '../theme/glyphs.ts'

/** Tells which places were picked: one archive, or its slices. */
export class PickEvent extends CustomEvent<readonly Place[]> {
  constructor(places: readonly Place[]) {
    super('isptar-pick', { detail: places })
  }
}

/** Lets one archive be picked; gives an `isptar-pick` event, a {@link PickEvent}. */
export class ArchivePicker extends LitElement {
  static override properties: PropertyDeclarations = {
    what: { type: String },
    verb: { type: String },
    isMain: { attribute: false },
    address: { attribute: false },
    problem: { state: true },
  }
  static override shadowRootOptions: ShadowRootInit = { ...LitElement.shadowRootOptions, delegatesFocus: true }
  static override styles: CSSResult[] = [
    controls,
    css`
      :host {
        display: grid;
        gap: 12px;
      }
      form {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      label {
        flex: 1 1 100%;
        color: var(--isptar-muted);
      }
      input[type='text'] {
        flex: 1 1 180px;
        min-width: 0;
      }
      p:empty {
        display: none;
      }
      .choose {
        justify-self: start;
      }
      :host([centered]) .choose {
        justify-self: center;
      }
      @media (pointer: coarse) {
        button,
        input[type='text'] {
          min-height: 44px;
        }
      }
    `,
  ]
  /** What is picked, for names: `archive` or `base`. */
  declare what: string
  /** What is done with an address. */
  declare verb: string
  /** Whether choosing files is the one thing to do here. */
  declare isMain: boolean
  /** What stands in the field at first. */
  declare address: string
  declare problem: string

  constructor() {
    super()
    this.what = 'archive'
    this.verb = 'Open'
    this.isMain = false
    this.address = ''
    this.problem = ''
  }

  override render(): TemplateResult {
    return html`<button class="choose ${this.isMain ? 'primary' : ''}" @click=${(): void => this.#choose()}>
        ${glyph('folder')} Choose files
      </button>
      <input
        type="file"
        multiple
        hidden
        aria-label=${`Files of the ${this.what}`}
        @change=${(event: Event): void => this.#chosen(event)}
      />
      <form @submit=${(event: Event): void => this.#submit(event)} novalidate>
        <label for="address">or the address of ${this.what === 'archive' ? 'an archive' : `a ${this.what}`}</label>
        <input
          id="address"
          type="text"
          inputmode="url"
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          placeholder="https://…/site.tgz"
          value=${this.address}
          aria-invalid=${this.problem === '' ? 'false' : 'true'}
          aria-describedby="problem"
        />
        <button type="submit">${this.verb}</button>
      </form>
      <p id="problem" class="bad" role="alert">${this.problem}</p>`
  }

  #choose(): void {
    this.renderRoot.querySelector<HTMLInputElement>('input[type=file]')?.click()
  }

  #chosen({ target }: Event): void {
    if (!(target instanceof HTMLInputElement) || target.files === null || target.files.length === 0) return
    const places = [...target.files].map((file) => placeOf(file, this.baseURI))
    // The same files can be chosen again.
    target.value = ''
    this.#pick(places)
  }

  #submit(event: Event): void {
    event.preventDefault()
    const text = this.renderRoot.querySelector<HTMLInputElement>('#address')?.value ?? ''
    try {
      this.#pick([typedPlace(text, this.baseURI)])
    } catch (error) {
      if (!(error instanceof TroubleError)) throw error
      this.problem = `${error.trouble.title}. ${error.trouble.advice}`
    }
  }

  #pick(places: readonly Place[]): void {
    this.problem = ''
    this.dispatchEvent(new PickEvent(places))
  }
}
