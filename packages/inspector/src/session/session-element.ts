/** What all views are: elements that are drawn anew when the session's state changes. */
import { LitElement, type PropertyDeclarations, type PropertyValues } from 'lit'
import type { Session } from './session.ts'

/** An element of a session. Set `session` before it is connected. */
export class SessionElement extends LitElement {
  static override properties: PropertyDeclarations = { session: { attribute: false } }
  declare session: Session
  #unsubscribe: (() => void) | undefined

  override connectedCallback(): void {
    super.connectedCallback()
    this.#subscribe()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
  }

  override willUpdate(changed: PropertyValues): void {
    if (changed.has('session') && this.isConnected) this.#subscribe()
  }

  #subscribe(): void {
    this.#unsubscribe?.()
    const session: Session | undefined = this.session
    this.#unsubscribe = session?.subscribe(() => this.requestUpdate())
  }
}
