/** Work of a view that may read the whole listing: at most one at a time, with progress, to be stopped. */
import type { ReactiveControllerHost } from 'lit'
import type { ListingCost } from '../contract/picture-calls.ts'
import { asTrouble } from '../session/session.ts'
import type { Trouble } from '../contract/trouble.ts'

/** Does such work for a view, which is drawn anew when anything changes. */
export class ListingWork {
  /** What reading the listing takes, once it is known. */
  cost: ListingCost | undefined
  /** Entries read so far; undefined while nothing is going on. */
  entryCount: number | undefined
  /** Why the last work failed. */
  trouble: Trouble | undefined
  readonly #host: ReactiveControllerHost
  #controller: AbortController | undefined

  constructor(host: ReactiveControllerHost) {
    this.#host = host
  }

  /**
   * Does work in place of what was going on, whose answer is dropped.
   *
   * @param work - reads; tells entries as it goes
   * @param onDone - takes the answer, unless other work was begun meanwhile
   */
  async run<T>(
    work: (onCount: (entryCount: number) => void, signal: AbortSignal) => Promise<T>,
    onDone: (answer: T) => void,
  ): Promise<void> {
    this.stop()
    const controller = new AbortController()
    this.#controller = controller
    this.entryCount = 0
    this.trouble = undefined
    const isCurrent = (): boolean => this.#controller === controller
    try {
      const answer = await work((entryCount) => {
        if (!isCurrent()) return
        this.entryCount = entryCount
        this.#host.requestUpdate()
      }, controller.signal)
      if (isCurrent()) onDone(answer)
    } catch (error) {
      const trouble = asTrouble(error)
      if (isCurrent() && trouble.kind !== 'aborted') this.trouble = trouble
    } finally {
      if (isCurrent()) this.#end()
    }
  }

  /** Gives up what is going on. */
  stop(): void {
    this.#controller?.abort()
    this.#end()
  }

  #end(): void {
    this.#controller = undefined
    this.entryCount = undefined
    this.#host.requestUpdate()
  }
}
