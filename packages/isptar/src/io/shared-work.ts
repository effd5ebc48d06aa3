/** Work that several callers wait for is done once, and is given up when the last of them has left. */
import { untilAborted } from './until-aborted.ts'

interface Run<T> {
  readonly result: Promise<T>
  readonly stop: AbortController
  callers: number
}

/** Does its work when it is first asked for, and keeps the result; what failed is done again at the next call. */
export class SharedWork<T> {
  readonly #start: (signal: AbortSignal) => Promise<T>
  #run: Run<T> | undefined

  /** @param start - the work; its signal is aborted when nobody waits any more */
  constructor(start: (signal: AbortSignal) => Promise<T>) {
    this.#start = start
  }

  /**
   * Gives the result.
   *
   * @param signal - of this caller: ends the wait, and not that of others
   */
  async get(signal: AbortSignal | undefined): Promise<T> {
    signal?.throwIfAborted()
    const run = (this.#run ??= this.#begin())
    run.callers += 1
    try {
      return await untilAborted(run.result, signal)
    } catch (error) {
      if (run.callers === 1) this.#giveUp(run, error)
      throw error
    } finally {
      run.callers -= 1
    }
  }

  #begin(): Run<T> {
    const stop = new AbortController()
    return { result: this.#start(stop.signal), stop, callers: 0 }
  }

  #giveUp(run: Run<T>, reason: unknown): void {
    if (this.#run === run) this.#run = undefined
    run.stop.abort(reason)
  }
}
