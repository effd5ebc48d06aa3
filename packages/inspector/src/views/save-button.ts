/** A button that saves one file. The bar below the list says how far it is. */
import { css, type CSSResult, html, type PropertyDeclarations, type TemplateResult } from 'lit'
import { SessionElement } from '../session/session-element.ts'
import { type Saver, saverOf } from '../session/saver.ts'
import { printableName } from '../text/printable.ts'
import { controls } from '../theme/controls.ts'
import { Watched } from './watched.ts'

/** `<isptar-save-button .session .path .line>`: for a file or a hardlink. */
export class SaveButton extends SessionElement {
  static override properties: PropertyDeclarations = {
    path: { attribute: false },
    line: { attribute: false },
    sizeBytes: { attribute: false },
  }
  static override styles: CSSResult[] = [
    controls,
    css`
      @media (pointer: coarse) {
        button {
          min-height: 44px;
        }
      }
    `,
  ]
  declare path: string
  /** -1: the last line of that path. */
  declare line: number
  /** Where it is known. */
  declare sizeBytes: number | undefined
  readonly #saver: Watched<Saver> = new Watched(this, () => saverOf(this.session))

  override render(): TemplateResult {
    const { isBusy } = this.#saver.value
    return html`<button
      aria-disabled=${isBusy}
      aria-label=${`Save ${printableName(this.path)}`}
      @click=${(): void => this.#save()}
    >
      Save
    </button>`
  }

  #save(): void {
    const { path, line } = this
    // Does nothing while something else is being saved.
    void this.#saver.value.saveFile({ path, line }, this.sizeBytes)
  }
}
