/**
 * Repeats what failed for a reason that passes: bounded, with growing pauses, and only errors that say of themselves
 * that they are worth it (`StorageError.retryable`). A broken stream goes on where it broke.
 */
import { isIsptarError } from '../errors.ts'
import type { ByteSource, ReadOptions, TailBytes } from './byte-source.ts'
import { checkRange } from './check-range.ts'
import { untilAborted } from './until-aborted.ts'

/** Options of {@link withRetry}. */
export interface RetryOptions {
  /**
   * How often a call is tried in all. A stream counts anew whenever bytes came.
   *
   * @defaultValue 3
   */
  attempts?: number | undefined
  /**
   * Longest first pause in milliseconds; each further one is up to twice as long, a random half of it is left out.
   *
   * @defaultValue 200
   */
  baseDelayMs?: number | undefined
  /**
   * Longest pause in milliseconds.
   *
   * @defaultValue 5000
   */
  maxDelayMs?: number | undefined
  /** Waits, and rejects with the signal's reason when it is aborted; for tests. */
  sleep?: ((delayMs: number, signal: AbortSignal | undefined) => Promise<void>) | undefined
}

/**
 * Wraps a source so that it repeats what failed in passing. Closing it closes the source.
 *
 * @param source - any source
 * @throws RangeError for options that are no counts
 */
export function withRetry(source: ByteSource, options: RetryOptions = {}): ByteSource {
  return new Retrier(source, options)
}

class Retrier implements ByteSource {
  readonly name: string
  readonly locate: ByteSource['locate']
  readonly #source: ByteSource
  readonly #attempts: number
  readonly #baseDelayMs: number
  readonly #maxDelayMs: number
  readonly #sleep: NonNullable<RetryOptions['sleep']>

  constructor(source: ByteSource, options: RetryOptions) {
    this.name = source.name
    this.locate = source.locate?.bind(source)
    this.#source = source
    this.#attempts = checked('attempts', options.attempts ?? 3)
    this.#baseDelayMs = checked('baseDelayMs', options.baseDelayMs ?? 200)
    this.#maxDelayMs = checked('maxDelayMs', options.maxDelayMs ?? 5000)
    this.#sleep = options.sleep ?? sleep
  }

  get sliceNames(): readonly string[] | undefined {
    return this.#source.sliceNames
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    return this.#repeat(() => this.#source.readTail(lengthBytes, options), options)
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    return this.#repeat(() => this.#source.read(offset, lengthBytes, options), options)
  }

  async *stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    checkRange(offset, lengthBytes)
    let done = 0
    let failures = 0
    for (;;) {
      try {
        for await (const chunk of this.#source.stream(offset + done, lengthBytes - done, options)) {
          done += chunk.length
          failures = 0
          yield chunk
        }
        return
      } catch (error) {
        failures += 1
        await this.#pauseOrThrow(error, failures, options)
      }
    }
  }

  async close(): Promise<void> {
    await this.#source.close()
  }

  async #repeat<T>(call: () => Promise<T>, options: ReadOptions | undefined): Promise<T> {
    for (let failures = 1; ; failures += 1) {
      try {
        return await call()
      } catch (error) {
        await this.#pauseOrThrow(error, failures, options)
      }
    }
  }

  async #pauseOrThrow(error: unknown, failures: number, options: ReadOptions | undefined): Promise<void> {
    if (failures >= this.#attempts || !isRetryable(error)) throw error
    const longest = Math.min(this.#maxDelayMs, this.#baseDelayMs * 2 ** (failures - 1))
    // The random half keeps many clients from coming back at the same moment.
    await this.#sleep(longest * (0.5 + Math.random() / 2), options?.signal)
  }
}

function isRetryable(error: unknown): boolean {
  return isIsptarError(error, 'storage') && 'retryable' in error && error.retryable === true
}

function checked(what: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${what} must be a whole number, got ${value}`)
  return value
}

async function sleep(delayMs: number, signal: AbortSignal | undefined): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, delayMs)
  })
  try {
    await untilAborted(over, signal)
  } finally {
    clearTimeout(timer)
  }
}
