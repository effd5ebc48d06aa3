/** Draws a view anew when something beside its session's state changes. */
import type { ReactiveController, ReactiveControllerHost } from 'lit'

/** Something that tells of its changes. */
export interface Watchable {
  subscribe(listener: () => void): () => void
}

/** Watches as long as the view is on the page. */
export class Watched<T extends Watchable> implements ReactiveController {
  readonly #host: ReactiveControllerHost
  readonly #find: () => T
  #unsubscribe: (() => void) | undefined

  /** @param find - gives what is watched; called first when the view is on the page */
  constructor(host: ReactiveControllerHost, find: () => T) {
    this.#host = host
    this.#find = find
    host.addController(this)
  }

  /** What is watched. */
  get value(): T {
    return this.#find()
  }

  hostConnected(): void {
    this.#unsubscribe = this.#find().subscribe(() => this.#host.requestUpdate())
  }

  hostDisconnected(): void {
    this.#unsubscribe?.()
    this.#unsubscribe = undefined
  }
}
