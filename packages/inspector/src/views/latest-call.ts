/** Calls of which only the latest counts. */
import type { Trouble } from '../contract/trouble.ts'
import { asTrouble } from '../session/session.ts'

/** Makes one call at a time: a new one aborts the one before, whose answer is dropped. */
export class LatestCall {
  #controller: AbortController | undefined

  /** Whether an answer is awaited. */
  get isRunning(): boolean {
    return this.#controller !== undefined
  }

  /** Calls, and gives the answer or the trouble to one of two functions, unless the call was stopped or another followed. */
  async run<T>(
    call: (signal: AbortSignal) => Promise<T>,
    onAnswer: (answer: T) => void,
    onTrouble: (trouble: Trouble) => void,
  ): Promise<void> {
    this.stop()
    const controller = new AbortController()
    this.#controller = controller
    const isLatest = (): boolean => this.#controller === controller
    try {
      const answer = await call(controller.signal)
      if (!isLatest()) return
      this.#controller = undefined
      onAnswer(answer)
    } catch (error) {
      if (!isLatest()) return
      this.#controller = undefined
      onTrouble(asTrouble(error))
    }
  }

  /** Stops the call that is under way. */
  stop(): void {
    this.#controller?.abort()
    this.#controller = undefined
  }
}
