/**
 * Tells events in the order in which their turns were taken, although some are known later than those after them: files
 * that are restored in batches end when their batch does, and callers are told of them as of all others.
 */

/** Something that happened, or that is done when its turn comes. */
export type OrderedEvent = () => Promise<void> | void

/** A place in the order. */
export class Turn {
  /** What is done when the turn comes, once that is known. */
  event: OrderedEvent | undefined
}

/** A queue of turns, told by `advance`. */
export class EventOrder {
  #turns: Turn[] = []
  /** How many at the front were told. */
  #told = 0
  #isTelling = false

  /** How many turns are not told yet. */
  get length(): number {
    return this.#turns.length - this.#told
  }

  /** Tells an event now if nothing before it is open, else in its turn. What is told by an event is told with it. */
  tell(event: () => void): void {
    if (this.#isTelling || this.length === 0) event()
    else this.take().event = event
  }

  /** Takes a turn for an event that comes later. */
  take(): Turn {
    const turn = new Turn()
    this.#turns.push(turn)
    return turn
  }

  /** Forgets what is not told: nobody waits for it any more. */
  clear(): void {
    this.#turns = []
    this.#told = 0
  }

  /**
   * Tells what is known, up to the first turn that is open.
   *
   * @throws what an event throws; it is not told again
   */
  async advance(): Promise<void> {
    for (;;) {
      const event = this.#turns[this.#told]?.event
      if (event === undefined) break
      this.#told += 1
      this.#isTelling = true
      try {
        const done = event()
        if (done) await done
      } finally {
        this.#isTelling = false
      }
    }
    this.#turns = this.#turns.slice(this.#told)
    this.#told = 0
  }
}
