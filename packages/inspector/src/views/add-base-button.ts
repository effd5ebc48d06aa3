/** The way to what is missing, where a base is not here. */
import { html, type TemplateResult } from 'lit'

/** Asks the inspector around an element for its dialog that adds a base. */
export function askForBase(target: EventTarget | null): void {
  target?.dispatchEvent(new CustomEvent('isptar-add-base', { bubbles: true, composed: true }))
}

/** Gives a button that asks for it. */
export function addBaseButton(): TemplateResult {
  return html`<button aria-haspopup="dialog" @click=${({ target }: Event): void => askForBase(target)}>Add the base…</button>`
}
