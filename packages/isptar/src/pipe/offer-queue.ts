/**
 * The entries that were offered and are not stored yet. Each is decided on as it comes, or once its digest came; wishes for
 * data go out in the order of the entries, so that data comes in the order in which it is stored.
 */
import { Channel } from './channel.ts'
import type { Decision, Question } from './entry-judge.ts'
import { Waiting } from './waiting.ts'
import { WINDOW_BYTES, WINDOW_ENTRIES } from './window.ts'

/** An entry in the queue. */
interface QueuedEntry {
  readonly number: number
  judgement: Decision | Question
}

/** The queue between deciding and storing. */
export class OfferQueue {
  readonly #entries: Channel<QueuedEntry>
  readonly #waiting: Waiting
  /** Those for which data may have to be asked, the first of them not decided on yet. */
  readonly #unsaid: QueuedEntry[] = []
  readonly #asked = new Map<number, QueuedEntry>()
  #next = 0

  /** @param signal - ends all waiting, with its reason */
  constructor(signal: AbortSignal) {
    this.#entries = new Channel(Number.POSITIVE_INFINITY, signal)
    this.#waiting = new Waiting(signal)
  }

  /** Whether a digest is still to come. */
  get isAsking(): boolean {
    return this.#asked.size > 0
  }

  /** Whether the client may send one more, with a line of this length. */
  hasRoom(lineBytes: number): boolean {
    const { length, weight } = this.#entries
    return length < WINDOW_ENTRIES && (length === 0 || weight + lineBytes <= WINDOW_BYTES)
  }

  /** Puts an entry behind the others; gives its number. */
  async put(judgement: Decision | Question, lineBytes: number): Promise<number> {
    const queued = { number: this.#next, judgement }
    this.#next = (this.#next + 1) >>> 0
    if (judgement.kind === 'digest') this.#asked.set(queued.number, queued)
    if (judgement.kind === 'digest' || judgement.kind === 'data') this.#unsaid.push(queued)
    await this.#entries.put(queued, lineBytes)
    return queued.number
  }

  /** Gives what was asked of an entry; undefined when nothing was, or the answer came. */
  question(number: number): Question | undefined {
    const judgement = this.#asked.get(number)?.judgement
    return judgement?.kind === 'digest' ? judgement : undefined
  }

  /** Decides on an entry whose digest came. */
  decide(number: number, decision: Decision): void {
    const queued = this.#asked.get(number)
    this.#asked.delete(number)
    if (queued !== undefined) queued.judgement = decision
    this.#waiting.notify()
  }

  /** Gives, once, the numbers of those whose data is to be asked for now. */
  *wanted(): Generator<number, void, undefined> {
    for (let first = this.#unsaid[0]; first && first.judgement.kind !== 'digest'; first = this.#unsaid[0]) {
      this.#unsaid.shift()
      if (first.judgement.kind === 'data') yield first.number
    }
  }

  /** Says that nothing more is offered. */
  end(): void {
    this.#entries.end()
  }

  /** Gives the decisions in turn. */
  async *decisions(): AsyncGenerator<Decision, void, undefined> {
    for (let queued = await this.#entries.take(); queued; queued = await this.#entries.take()) {
      const current = queued
      await this.#waiting.until(() => current.judgement.kind !== 'digest')
      if (current.judgement.kind !== 'digest') yield current.judgement
    }
  }
}
