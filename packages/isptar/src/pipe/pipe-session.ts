/**
 * One side of a connection for as long as it lasts. Its tasks run beside each other; what fails first ends all of them,
 * is told to the other side where the protocol has words for it, and is thrown.
 */
import { isIsptarError, StorageError } from '../errors.ts'
import { PipeInput } from './pipe-input.ts'
import { PipeOutput } from './pipe-output.ts'
import type { PipeSide, PipeStreams } from './pipe-streams.ts'
import { waitBriefly } from './wait-briefly.ts'

const NOTHING = new Uint8Array(0)

/** What the tasks of one side share. */
export class PipeSession {
  readonly input: PipeInput
  readonly output: PipeOutput
  /** Fires when the session fails or is ended from outside. */
  readonly signal: AbortSignal
  /** Encodes why this side gives up; set once the other side is known to understand it. */
  encodeLastWords: (error: unknown) => Uint8Array = () => NOTHING
  readonly #failure: AbortController = new AbortController()

  /**
   * @param streams - locked until {@link PipeSession.run} ends
   * @param peer - which side the other one is
   * @param signal - ends the session from outside
   */
  constructor(streams: PipeStreams, peer: PipeSide, signal: AbortSignal | undefined) {
    this.signal = signal ? AbortSignal.any([this.#failure.signal, signal]) : this.#failure.signal
    this.input = new PipeInput(streams.readable, peer, this.signal)
    this.output = new PipeOutput(streams.writable, peer, this.signal)
  }

  /** Runs a side from the first byte to the last, and lets go of both streams. */
  async run<T>(side: () => Promise<T>): Promise<T> {
    try {
      this.signal.throwIfAborted()
      const result = await side()
      // All was said: that the other side is gone already is no failure.
      await this.output.close().catch(() => undefined)
      return result
    } catch (error) {
      this.#failure.abort(error)
      await this.output.giveUp(this.encodeLastWords(error))
      throw error
    } finally {
      await this.input.cancel()
    }
  }

  /**
   * Waits for tasks that run beside each other.
   *
   * @param listening - the one that reads
   * @returns what the listening one gave
   */
  async all<T>(listening: Promise<T>, ...others: readonly Promise<unknown>[]): Promise<T> {
    const fail = async (error: unknown): Promise<void> => {
      // What the other side said before it went tells more than that writing to it failed.
      if (isGone(error)) await waitBriefly(listening)
      this.#failure.abort(error)
    }
    this.output.onFailure = (error) => void fail(error)
    const ended = others.map((task) => task.catch(fail))
    listening.catch((error: unknown) => this.#failure.abort(error))
    await Promise.allSettled([listening, ...ended])
    this.signal.throwIfAborted()
    return listening
  }
}

function isGone(error: unknown): boolean {
  return isIsptarError(error, 'storage') && error instanceof StorageError && error.kind === 'connection'
}
