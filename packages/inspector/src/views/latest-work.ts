/** Questions that come faster than answers: one at a time is asked, and of those that wait only the latest. */

/** Asks, and gives what takes the answer. */
type Work = () => Promise<() => void>

/** Asks one after the other. */
export class LatestWork {
  #waiting: Work | undefined
  #isBusy = false

  /** Asks now, or after what is being asked, in place of what waited. What cannot be answered leaves all as it is. */
  async run(work: Work): Promise<void> {
    this.#waiting = work
    if (this.#isBusy) return
    this.#isBusy = true
    while (this.#waiting !== undefined) {
      const next: Work = this.#waiting
      this.#waiting = undefined
      const take = await next().catch(() => undefined)
      take?.()
    }
    this.#isBusy = false
  }
}
