/** A queue between two tasks of one side: the one that puts waits while it is full, the one that takes while it is empty. */
import { Waiting } from './waiting.ts'

interface Weighed<T> {
  readonly item: T
  readonly weight: number
}

/** Items taken before the array is cut: taking off one at a time would move all the others. */
const CUT_AFTER = 512

/** One task puts, one takes. */
export class Channel<T> {
  readonly #maxWeight: number
  readonly #waiting: Waiting
  #items: (Weighed<T> | undefined)[] = []
  /** How many of them are taken. */
  #taken = 0
  #weight = 0
  #ended = false

  /**
   * @param maxWeight - while the items weigh this much or more, {@link put} waits
   * @param signal - ends all waiting, with its reason
   */
  constructor(maxWeight: number, signal: AbortSignal) {
    this.#maxWeight = maxWeight
    this.#waiting = new Waiting(signal)
  }

  /** How many items wait to be taken. */
  get length(): number {
    return this.#items.length - this.#taken
  }

  /** What they weigh. */
  get weight(): number {
    return this.#weight
  }

  /** Puts an item behind the others; waits while those weigh too much. */
  async put(item: T, weight = 0): Promise<void> {
    await this.#waiting.until(() => this.#weight < this.#maxWeight)
    this.#items.push({ item, weight })
    this.#weight += weight
    this.#waiting.notify()
  }

  /** Takes the first item; undefined when there will be none. */
  async take(): Promise<T | undefined> {
    await this.#waiting.until(() => this.length > 0 || this.#ended)
    const first = this.#items[this.#taken]
    if (first === undefined) return undefined
    this.#items[this.#taken] = undefined
    this.#taken += 1
    if (this.#taken >= CUT_AFTER) {
      this.#items = this.#items.slice(this.#taken)
      this.#taken = 0
    }
    this.#weight -= first.weight
    this.#waiting.notify()
    return first.item
  }

  /** Says that nothing will be put any more. */
  end(): void {
    this.#ended = true
    this.#waiting.notify()
  }
}
