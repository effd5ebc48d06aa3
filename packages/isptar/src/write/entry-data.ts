/**
 * The forms in which data is given to the writer, brought to one: pieces of bytes, each small enough to be held, copied
 * and deflated at once. Whatever becomes of the entry, its data is let go of.
 */
import { untilAborted } from '../io/until-aborted.ts'
import { CHUNK_BYTES } from '../limits.ts'

/** Data that can tell, once it was read, whether its source changed meanwhile. */
export interface WatchedData {
  readonly chunks: AsyncIterable<Uint8Array>
  /** Asked once, after the last chunk. */
  changed(): boolean | Promise<boolean>
}

/**
 * What an entry's data may be given as; a string is stored as UTF-8. A stream is read to its end, or cancelled when the
 * entry is refused or the writer fails; an iterator is ended likewise.
 */
export type EntryData =
  | string
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>
  | WatchedData

const UTF8 = new TextEncoder()
const NOTHING = new Uint8Array(0)
const END = { done: true, value: undefined } as const

/** An entry's data as it is read, once. It is not touched before the first piece is asked for; `return` ends it. */
export class DataReader implements AsyncIterableIterator<Uint8Array, undefined> {
  readonly #data: Exclude<EntryData, string>
  readonly #signal: AbortSignal
  #iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array> | undefined
  #chunk: Uint8Array = NOTHING
  #ended = false

  /**
   * @param data - in any form
   * @param signal - ends the wait for data that does not come
   */
  constructor(data: EntryData, signal: AbortSignal) {
    this.#data = typeof data === 'string' ? UTF8.encode(data) : data
    this.#signal = signal
  }

  /** Length of the data where its form knows it. */
  get sizeBytes(): number | undefined {
    if (this.#data instanceof Uint8Array) return this.#data.length
    return this.#data instanceof Blob ? this.#data.size : undefined
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  /**
   * Gives the next piece: 1 to {@link CHUNK_BYTES} bytes, unchanged until the next call.
   *
   * @throws TypeError when the data has none of the forms, or gives something else than bytes; what the data throws;
   * the signal's reason
   */
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    while (this.#chunk.length === 0) {
      if (this.#ended) return END
      this.#chunk = await this.#pull()
    }
    const value = this.#chunk.subarray(0, CHUNK_BYTES)
    this.#chunk = this.#chunk.subarray(value.length)
    return { done: false, value }
  }

  /** Cancels what was not read, and waits for that unless the signal fires; never throws: the data is not needed. */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    this.#chunk = NOTHING
    if (this.#ended) return END
    this.#ended = true
    const left = this.#leave().catch(() => undefined)
    await untilAborted(left, this.#signal).catch(() => undefined)
    return END
  }

  /** Asks data that can tell whether its source changed while it was read. */
  async changed(): Promise<boolean> {
    const data = this.#data
    return 'changed' in data ? untilAborted(Promise.resolve(data.changed()), this.#signal) : false
  }

  async #pull(): Promise<Uint8Array> {
    this.#signal.throwIfAborted()
    this.#iterator ??= iterate(this.#data)
    const coming = Promise.resolve(this.#iterator.next())
    // What failed has ended; after an abort that is not heard any more.
    coming.catch(() => {
      this.#ended = true
    })
    const step = await untilAborted(coming, this.#signal)
    if (!step.done) return checkChunk(step.value)
    this.#ended = true
    return NOTHING
  }

  async #leave(): Promise<void> {
    this.#iterator ??= iterate(this.#data)
    await this.#iterator.return?.()
  }
}

function iterate(data: Exclude<EntryData, string>): AsyncIterator<Uint8Array> | Iterator<Uint8Array> {
  if (data instanceof Uint8Array) return [data][Symbol.iterator]()
  if (data instanceof Blob) return iterateStream(data.stream())
  if (typeof data === 'object' && data !== null) {
    if ('getReader' in data) return iterateStream(data)
    if ('chunks' in data) return iterate(data.chunks)
    if (Symbol.asyncIterator in data) return data[Symbol.asyncIterator]()
    if (Symbol.iterator in data) return data[Symbol.iterator]()
  }
  throw new TypeError('data must be a string, bytes, a Blob, a stream or an iterable of bytes')
}

/** Not every engine iterates streams. */
function iterateStream(stream: ReadableStream<Uint8Array>): AsyncIterator<Uint8Array> {
  const reader = stream.getReader()
  return {
    next: async () => {
      const { done, value } = await reader.read()
      return done ? END : { done, value }
    },
    return: async () => {
      await reader.cancel()
      return END
    },
  }
}

function checkChunk(chunk: Uint8Array): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  throw new TypeError(`data gave a ${typeof chunk}, expected bytes (Uint8Array)`)
}
