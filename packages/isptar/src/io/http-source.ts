/**
 * A source over HTTP: one request a call, ranges only. An answer is believed when its status, Content-Range, length and
 * validator all say that it is the part that was asked for, of the version that was pinned; else it is an error.
 */
import { StorageError } from '../errors.ts'
import type { StorageFailure } from '../errors.ts'
import type { ByteSource, ReadOptions, TailBytes } from './byte-source.ts'
import { checkCount, checkRange, checkRangeInside, outOfRange } from './check-range.ts'
import { explainStatus, isEncoded, parseContentLength, parseContentRange } from './http-answer.ts'
import type { ContentRange } from './http-answer.ts'
import { HttpExchange } from './http-exchange.ts'
import { HttpPin } from './http-pin.ts'
import { parseHttpAddress } from './http-address.ts'

/** Statuses with which servers refuse a suffix range (`bytes=-N`) that they would serve as an explicit one. */
const SUFFIX_REFUSED: ReadonlySet<number> = new Set([200, 400, 416, 501])
/** Statuses with which servers refuse HEAD where GET works: not made for it, or a link signed for GET alone. */
const HEAD_REFUSED: ReadonlySet<number> = new Set([400, 401, 403, 405, 501])

/** Options of {@link HttpSource}. */
export interface HttpSourceOptions {
  /** Sent with every request. */
  headers?: HeadersInit | undefined
  /**
   * Sends the requests.
   *
   * @defaultValue the global `fetch`
   */
  fetch?: typeof globalThis.fetch | undefined
  /** Whether a browser sends its cookies along. */
  credentials?: RequestCredentials | undefined
  /**
   * Longest wait for a server that sends nothing, in milliseconds.
   *
   * @defaultValue 60000
   */
  timeoutMs?: number | undefined
}

/** Reads an HTTP resource by ranges. Opening costs one request where suffix ranges are served, two to four elsewhere. */
export class HttpSource implements ByteSource {
  /** Origin and path: no user, no password, no query, which often carries a signature. */
  readonly name: string
  readonly #url: string
  readonly #headers: Headers
  readonly #fetch: typeof globalThis.fetch
  readonly #init: RequestInit
  readonly #timeoutMs: number
  readonly #pin = new HttpPin()
  #suffixServed = true

  /**
   * @param url - absolute, or relative to the page in a browser; a user and password in it are sent as basic credentials
   * @throws TypeError for a URL that is none of http or https
   */
  constructor(url: string | URL, options: HttpSourceOptions = {}) {
    const address = parseHttpAddress(url)
    this.name = address.name
    this.#url = address.url
    this.#headers = new Headers(options.headers)
    if (address.authorization !== undefined && !this.#headers.has('authorization')) {
      this.#headers.set('authorization', address.authorization)
    }
    this.#fetch = options.fetch ?? (async (input, init) => globalThis.fetch(input, init))
    this.#init = options.credentials === undefined ? {} : { credentials: options.credentials }
    this.#timeoutMs = options.timeoutMs ?? 60_000
    if (!(this.#timeoutMs > 0)) throw new RangeError(`timeoutMs must be above 0, got ${this.#timeoutMs}`)
  }

  async readTail(lengthBytes: number, options?: ReadOptions): Promise<TailBytes> {
    checkCount('lengthBytes', lengthBytes)
    options?.signal?.throwIfAborted()
    if (lengthBytes > 0 && this.#suffixServed) {
      const tail = await this.#readSuffix(lengthBytes, options)
      if (tail !== undefined) return tail
      this.#suffixServed = false
    }
    const sizeBytes = await this.#learnSize(options)
    const length = Math.min(lengthBytes, sizeBytes)
    return { bytes: await this.read(sizeBytes - length, length, options), sizeBytes }
  }

  async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
    const exchange = await this.#openRange(offset, lengthBytes, options)
    return exchange === undefined ? new Uint8Array(0) : this.#collect(exchange, offset, lengthBytes)
  }

  async *stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
    const exchange = await this.#openRange(offset, lengthBytes, options)
    if (exchange !== undefined) yield* this.#body(exchange, offset, lengthBytes)
  }

  async close(): Promise<void> {}

  /** Asks for the last bytes; undefined when the server does not serve, or not tell, what is needed. */
  async #readSuffix(lengthBytes: number, options: ReadOptions | undefined): Promise<TailBytes | undefined> {
    const exchange = await this.#send('GET', `bytes=-${lengthBytes}`, options).catch((error: unknown) => {
      // A suffix range from another origin needs a preflight that many servers refuse; an explicit one does not.
      if (isFromElsewhere(this.#url) && error instanceof StorageError && error.kind === 'connection') return undefined
      throw error
    })
    if (exchange === undefined) return undefined
    if (SUFFIX_REFUSED.has(exchange.status)) {
      await exchange.cancel()
      const unsatisfied = exchange.status === 416 ? parseContentRange(exchange.headers) : undefined
      if (typeof unsatisfied !== 'object') return undefined
      this.#compare(exchange.headers, unsatisfied.sizeBytes)
      return unsatisfied.sizeBytes === 0 ? { bytes: new Uint8Array(0), sizeBytes: 0 } : undefined
    }
    const part = await this.#checkPart(exchange)
    if (part?.first === undefined || part.last === undefined || part.sizeBytes === undefined) {
      await exchange.cancel()
      return undefined
    }
    const { first, last, sizeBytes } = part
    if (first !== Math.max(0, sizeBytes - lengthBytes) || last !== sizeBytes - 1) {
      await exchange.cancel()
      throw this.#error('protocol', `asked for the last ${lengthBytes} bytes, got ${first}-${last} of ${sizeBytes}`)
    }
    return { bytes: await this.#collect(exchange, first, sizeBytes - first), sizeBytes }
  }

  /** Sends the request for a range and checks all but the body; undefined for an empty range, which HTTP cannot ask for. */
  async #openRange(offset: number, length: number, options?: ReadOptions): Promise<HttpExchange | undefined> {
    checkRange(offset, length)
    options?.signal?.throwIfAborted()
    const size = length === 0 ? await this.#learnSize(options) : this.#pin.sizeBytes
    if (size !== undefined) checkRangeInside(this.name, offset, length, size)
    if (length === 0) return undefined
    const end = offset + length
    const exchange = await this.#send('GET', `bytes=${offset}-${end - 1}`, options)
    const part = await this.#checkPart(exchange, offset, length)
    if (part === undefined ? size !== undefined : part.first === offset && part.last === end - 1) return exchange
    await exchange.cancel()
    if (part === undefined) {
      // Where the place is hidden, only the size tells whether a short answer is right.
      await this.#learnSize(options)
      return this.#openRange(offset, length, options)
    }
    if (part.first === offset && part.sizeBytes !== undefined && part.sizeBytes < end) {
      throw outOfRange(this.name, offset, length, part.sizeBytes)
    }
    throw this.#error('protocol', `asked for bytes ${offset}-${end - 1}, got ${part.first}-${part.last}`)
  }

  /**
   * Checks that an answer is one plain part of the pinned version. The caller compares the place.
   *
   * @returns its Content-Range; undefined where it is hidden, as from pages of other origins (CORS)
   */
  async #checkPart(exchange: HttpExchange, offset = 0, length = 0): Promise<ContentRange | undefined> {
    try {
      const { status, headers } = exchange
      const range = parseContentRange(headers)
      const sizeBytes = typeof range === 'object' ? range.sizeBytes : undefined
      if (status === 416) throw this.#unsatisfied(headers, sizeBytes, offset, length)
      if (status === 200) {
        throw this.#error(
          'no-ranges',
          'the server sends the whole instead of a range; switch ranges on, or download it',
        )
      }
      if (status !== 206) throw this.#statusError(status)
      this.#compare(headers, sizeBytes)
      if (isEncoded(headers)) {
        const encoding = headers.get('content-encoding')
        throw this.#error('protocol', `the server sends it as Content-Encoding: ${encoding}; make it send it as it is`)
      }
      if (/^\s*multipart\/byteranges/i.test(headers.get('content-type') ?? '')) {
        throw this.#error('protocol', 'asked for one range, got an answer of several parts')
      }
      if (range === 'malformed') {
        throw this.#error('protocol', `no sense in Content-Range: ${headers.get('content-range')}`)
      }
      return range
    } catch (error) {
      await exchange.cancel()
      throw error
    }
  }

  #unsatisfied(headers: Headers, sizeBytes: number | undefined, offset: number, length: number): StorageError {
    this.#compare(headers, sizeBytes)
    // Ranges outside the pinned size are never asked for.
    if (this.#pin.sizeBytes !== undefined && this.#pin.sizeBytes >= offset + length) {
      return this.#error('changed', `it has no bytes ${offset}-${offset + length - 1} any more; open it anew`)
    }
    return outOfRange(this.name, offset, length, sizeBytes)
  }

  /** Learns the size: what is pinned, else what HEAD tells, else what comes with the first byte. */
  async #learnSize(options: ReadOptions | undefined): Promise<number> {
    if (this.#pin.sizeBytes !== undefined) return this.#pin.sizeBytes
    const head = await this.#send('HEAD', undefined, options)
    await head.cancel()
    if (head.status === 200) {
      this.#compare(head.headers, parseContentLength(head.headers))
      if (this.#pin.sizeBytes !== undefined) return this.#pin.sizeBytes
    } else if (!HEAD_REFUSED.has(head.status)) throw this.#statusError(head.status)
    const first = await this.#send('GET', 'bytes=0-0', options)
    const range = parseContentRange(first.headers)
    if (first.status === 416 && typeof range === 'object' && range.sizeBytes === 0) {
      await first.cancel()
      this.#compare(first.headers, 0)
      return 0
    }
    const part = await this.#checkPart(first, 0, 1)
    await first.cancel()
    if (part?.sizeBytes !== undefined) return part.sizeBytes
    throw this.#error('protocol', 'the server does not tell its size; let it answer HEAD or expose Content-Range')
  }

  /** Gives the body of a part, exactly as long as it has to be. */
  async *#body(exchange: HttpExchange, offset: number, length: number): AsyncGenerator<Uint8Array, void, undefined> {
    let done = 0
    for await (const chunk of exchange.chunks()) {
      done += chunk.length
      if (done > length) throw this.#error('protocol', `more than the ${length} bytes asked for at ${offset} came`)
      yield chunk
    }
    if (done < length) {
      throw this.#error('protocol', `only ${done} of ${length} bytes at ${offset} came`, { retryable: true })
    }
  }

  async #collect(exchange: HttpExchange, offset: number, length: number): Promise<Uint8Array> {
    let bytes: Uint8Array | undefined
    let done = 0
    for await (const chunk of this.#body(exchange, offset, length)) {
      bytes ??= new Uint8Array(length)
      bytes.set(chunk, done)
      done += chunk.length
    }
    return bytes ?? new Uint8Array(0)
  }

  async #send(method: 'GET' | 'HEAD', range: string | undefined, options?: ReadOptions): Promise<HttpExchange> {
    const headers = new Headers(this.#headers)
    // fetch itself asks for ranges without encoding; HEAD has to tell the same size. Browsers drop the header.
    if (range === undefined) headers.set('accept-encoding', 'identity')
    else headers.set('range', range)
    const init: RequestInit = { ...this.#init, method, headers }
    const { name } = this
    return HttpExchange.send(this.#url, init, {
      fetch: this.#fetch,
      name,
      timeoutMs: this.#timeoutMs,
      signal: options?.signal,
    })
  }

  #compare(headers: Headers, sizeBytes: number | undefined): void {
    const change = this.#pin.compare(headers, sizeBytes)
    if (change !== undefined) throw this.#error('changed', `it changed since it was opened: ${change}; open it anew`)
  }

  #statusError(status: number): StorageError {
    const { kind, retryable, words } = explainStatus(status)
    return this.#error(kind, `${words} (HTTP ${status})`, { retryable })
  }

  #error(kind: StorageFailure, why: string, details: { retryable?: boolean } = {}): StorageError {
    const location = this.name
    return new StorageError(`cannot read ${location}: ${why}`, { operation: 'read', location, kind, ...details })
  }
}

/** Tells whether a browser runs this on a page of another origin than the URL's. */
function isFromElsewhere(url: string): boolean {
  const page: { readonly origin: string } | undefined = globalThis.location
  return page !== undefined && page.origin !== new URL(url).origin
}
