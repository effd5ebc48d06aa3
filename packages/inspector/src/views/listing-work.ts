/** Work of a view that may read the whole listing: at most one at a time, with progress, to be stopped. */
import type { ReactiveControllerHost } from 'lit'
import type { ListingCost } from '../contract/picture-calls.ts'
import type { Trouble } from '../contract/trouble.ts'
import { LatestCall } from './latest-call.ts'

/** Does such work for a view, which is drawn anew when anything changes. */
export class ListingWork {
  /** What reading the listing takes, once it is known. */
  cost: ListingCost | undefined
  /** Entries read so far; undefined while nothing is going on. */
  entryCount: number | undefined
  /** Why the last work failed. */
  trouble: Trouble | undefined
  readonly #host: ReactiveControllerHost
  readonly #call = new LatestCall()

  constructor(host: ReactiveControllerHost) {
    this.#host = host
  }

  /**
   * Does work in place of what was going on, whose answer is dropped.
   *
   * @param work - reads; tells entries as it goes
   * @param onDone - takes the answer
   */
  run<T>(
    work: (onCount: (entryCount: number) => void, signal: AbortSignal) => Promise<T>,
    onDone: (answer: T) => void,
  ): void {
    const tell = (entryCount: number | undefined, trouble?: Trouble): void => {
      this.entryCount = entryCount
      this.trouble = trouble
      this.#host.requestUpdate()
    }
    const call = (signal: AbortSignal): Promise<T> =>
      work((entryCount) => {
        if (!signal.aborted) tell(entryCount)
      }, signal)
    tell(0)
    void this.#call.run(
      call,
      (answer) => {
        tell(undefined)
        onDone(answer)
      },
      (trouble) => tell(undefined, trouble.kind === 'aborted' ? undefined : trouble),
    )
  }

  /** Gives up what is going on. */
  stop(): void {
    this.#call.stop()
    this.entryCount = undefined
    this.#host.requestUpdate()
  }
}
