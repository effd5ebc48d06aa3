/** A way to what is missing, where trouble is that a base is not here. */
import { html, nothing, type TemplateResult } from 'lit'
import type { Trouble } from '../contract/trouble.ts'

/** Gives a button that asks for the dialog that adds a base, by the event `isptar-add-base`; nothing for other trouble. */
export function addBaseButton({ kind }: Trouble): TemplateResult | typeof nothing {
  if (kind !== 'base-missing') return nothing
  const ask = ({ target }: Event): void =>
    void target?.dispatchEvent(new CustomEvent('isptar-add-base', { bubbles: true, composed: true }))
  return html`<button aria-haspopup="dialog" @click=${ask}>Add the base…</button>`
}
