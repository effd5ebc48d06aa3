/** Long work on the archive of a session. It goes on when the view that began it is gone, and ends with the archive. */
import type { ArchiveSummary } from '../contract/archive-calls.ts'
import type { Session } from './session.ts'

/** Work, and how far it is. One piece at a time. */
export abstract class SessionWork<State> {
  protected readonly session: Session
  readonly #idle: State
  readonly #listeners = new Set<() => void>()
  #state: State
  #archive: ArchiveSummary | undefined
  #controller: AbortController | undefined

  constructor(session: Session, idle: State) {
    this.session = session
    this.#idle = idle
    this.#state = idle
    // As long as the session, which holds it: that is never ended.
    session.subscribe(() => this.#follow())
  }

  /** How far it is. */
  get state(): State {
    return this.#state
  }

  /** Calls a function after each change; gives what ends that. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Ends what is under way. */
  stop(): void {
    this.#controller?.abort()
  }

  /** Forgets how it went. */
  clear(): void {
    if (this.#controller === undefined) this.change(this.#idle)
  }

  /** Whether the work that was given this signal goes on: what it says later is of no more interest. */
  protected isUnderWay(signal: AbortSignal): boolean {
    return this.#controller?.signal === signal && !signal.aborted
  }

  protected change(state: State): void {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }

  /**
   * Begins, unless something is under way.
   *
   * @param run - gives the state at the end. It must not throw
   */
  protected async begin(run: (signal: AbortSignal) => Promise<State>): Promise<void> {
    if (this.#controller !== undefined) return
    const controller = new AbortController()
    this.#controller = controller
    const { archive } = this.session.state
    this.#archive = archive
    const state = await run(controller.signal)
    this.#controller = undefined
    this.change(this.session.state.archive === archive ? state : this.#idle)
  }

  #follow(): void {
    if (this.session.state.archive === this.#archive) return
    this.#archive = this.session.state.archive
    this.stop()
    this.clear()
  }
}
