/** Where a base of the open archive is added. */
import { css, type CSSResult, html, nothing, type PropertyDeclarations, type TemplateResult } from 'lit'
import type { Trouble } from '../contract/trouble.ts'
import { SessionElement } from '../session/session-element.ts'
import { printable } from '../text/printable.ts'
import { controls } from '../theme/controls.ts'
import { dialogStyles } from '../theme/dialogs.ts'
import type { PickEvent } from './archive-picker.ts'

/** A dialog for the nearest base that is not there; {@link open} shows it. */
export class BaseDialog extends SessionElement {
  static override properties: PropertyDeclarations = { trouble: { state: true }, adding: { state: true } }
  static override styles: CSSResult[] = [
    controls,
    dialogStyles,
    css`
      dialog {
        width: min(480px, calc(100vw - 32px));
      }
    `,
  ]
  declare trouble: Trouble | undefined
  declare adding: AbortController | undefined

  /** Shows the dialog. */
  open(): void {
    this.trouble = undefined
    this.#dialog?.showModal()
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog')
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.adding?.abort()
  }

  override render(): TemplateResult {
    const bases = this.session.state.archive?.bases ?? []
    const index = bases.findIndex(({ isGiven }) => !isGiven)
    const base = bases[index]
    const place = index < 0 ? bases.length : index
    return html`<dialog aria-labelledby="title" @close=${(): void => this.adding?.abort()}>
      <h2 id="title">Add ${place === 0 ? 'the base' : `base ${place + 1}`}</h2>
      <p>
        This archive refers to an earlier one for what had not changed${
          base?.name ? html`, named <b class="name">${printable(base.name)}</b> when it was made` : nothing
        }. It must be that very archive; its slices are chosen together.
      </p>
      ${this.trouble ? html`<isptar-trouble-notice .trouble=${this.trouble}></isptar-trouble-notice>` : nothing}
      ${
        this.adding
          ? html`<progress aria-label="Opening the base"></progress>`
          : html`<isptar-archive-picker
            what="base"
            verb="Add"
            @isptar-pick=${(event: PickEvent): void => void this.#add(place, event)}
          ></isptar-archive-picker>`
      }
      <footer><button @click=${(): void => this.#dialog?.close()}>Cancel</button></footer>
    </dialog>`
  }

  async #add(place: number, { detail }: PickEvent): Promise<void> {
    const adding = new AbortController()
    this.adding = adding
    this.trouble = undefined
    const trouble = await this.session.addBase(place, { places: detail }, adding.signal)
    if (this.adding !== adding) return
    this.adding = undefined
    this.trouble = trouble?.kind === 'aborted' ? undefined : trouble
    if (trouble === undefined) this.#dialog?.close()
  }
}
