/**
 * One HTTP request and its answer: the watch over progress, the caller's abort, and the end of the body, which is
 * always read to its end or cancelled. Errors of the connection become `StorageError`.
 */
import { isIsptarError, StorageError } from '../errors.ts'

/** What an exchange needs to know. */
export interface ExchangeOptions {
  /** Sends the request. */
  readonly fetch: typeof globalThis.fetch
  /** Whom to call in messages. */
  readonly name: string
  /** Longest wait without progress, in milliseconds. */
  readonly timeoutMs: number
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined
}

/** A request under way. */
export class HttpExchange {
  readonly #options: ExchangeOptions
  readonly #controller = new AbortController()
  readonly #onAbort = (): void => this.#controller.abort(this.#options.signal?.reason)
  #response: Response | undefined

  private constructor(options: ExchangeOptions) {
    this.#options = options
  }

  /**
   * Sends a request and waits for the headers of the answer.
   *
   * @param url - where
   * @param init - what; its signal is set here
   * @throws StorageError of kind `connection` or `timeout`, both worth a retry
   */
  static async send(url: string, init: RequestInit, options: ExchangeOptions): Promise<HttpExchange> {
    options.signal?.throwIfAborted()
    const exchange = new HttpExchange(options)
    options.signal?.addEventListener('abort', exchange.#onAbort, { once: true })
    try {
      const signal = exchange.#controller.signal
      // Past the cache of a browser, which would add If-Range for what it has of an earlier version, and put that one's ETag on
      // the answer: that the resource was replaced would not be noticed.
      const request: RequestInit = { ...init, cache: 'no-store', signal }
      exchange.#response = await exchange.#watch(async () => options.fetch(url, request))
      return exchange
    } catch (error) {
      exchange.#release()
      throw error
    }
  }

  /** The status of the answer. */
  get status(): number {
    return this.#response?.status ?? 0
  }

  /** The headers of the answer. */
  get headers(): Headers {
    return this.#response?.headers ?? new Headers()
  }

  /** Gives the body piece by piece; ending early cancels the rest. */
  async *chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = this.#response?.body?.getReader()
    try {
      while (reader !== undefined) {
        const { done, value } = await this.#watch(async () => reader.read())
        if (done) break
        if (value.length > 0) yield value
      }
    } finally {
      await reader?.cancel().catch(() => undefined)
      this.#release()
    }
  }

  /** Drops the body without downloading it. */
  async cancel(): Promise<void> {
    await this.#response?.body?.cancel().catch(() => undefined)
    this.#release()
  }

  #release(): void {
    this.#options.signal?.removeEventListener('abort', this.#onAbort)
    this.#controller.abort()
  }

  /** Waits for one step; the clock runs only while waiting, so a slow consumer is no stalled server. */
  async #watch<T>(step: () => Promise<T>): Promise<T> {
    const { signal, timeoutMs } = this.#options
    let timedOut = false
    const timer = setTimeout(() => {
      timedOut = true
      this.#controller.abort()
    }, timeoutMs)
    try {
      return await step()
    } catch (error) {
      if (signal?.aborted) throw signal.reason
      if (isIsptarError(error)) throw error
      if (timedOut) throw this.#failure('timeout', `nothing came for ${timeoutMs} ms`, error)
      throw this.#failure('connection', `the connection failed: ${reasonOf(error)}`, error)
    } finally {
      clearTimeout(timer)
    }
  }

  #failure(kind: 'timeout' | 'connection', why: string, cause: unknown): StorageError {
    const location = this.#options.name
    return new StorageError(`cannot read ${location}: ${why}`, {
      operation: 'read',
      location,
      kind,
      retryable: true,
      cause,
    })
  }
}

/** The code of the system beneath, else the words of the first cause: fetch itself says little more than "failed". */
function reasonOf(error: unknown): string {
  let words = String(error)
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
    words = at.message
  }
  return words
}
