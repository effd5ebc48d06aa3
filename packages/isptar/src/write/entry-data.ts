/** The forms in which data is given to the writer, brought to one: chunks of bytes. */
import { encodeText } from '../bytes/text.ts'
import { untilAborted } from '../io/until-aborted.ts'

/** Data that can tell, once it was read, whether its source changed meanwhile. */
export interface WatchedData {
  readonly chunks: AsyncIterable<Uint8Array>
  /** Asked once, after the last chunk. */
  changed(): boolean | Promise<boolean>
}

/** What an entry's data may be given as. A stream is read to its end, or cancelled when the writer fails. */
export type EntryData =
  | string
  | Uint8Array
  | Blob
  | ReadableStream<Uint8Array>
  | AsyncIterable<Uint8Array>
  | Iterable<Uint8Array>
  | WatchedData

/**
 * Gives the length of the data where its form knows it.
 *
 * @param data - any data
 */
export function knownSize(data: EntryData): number | undefined {
  if (typeof data === 'string') return encodeText(data).length
  if (data instanceof Uint8Array) return data.length
  return data instanceof Blob ? data.size : undefined
}

/**
 * Gives the data chunk by chunk.
 *
 * @param data - any data
 * @param signal - ends the wait for data that does not come
 * @throws TypeError when it has none of the forms, or gives something else than bytes
 */
export async function* toChunks(data: EntryData, signal?: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
  if (typeof data === 'string') yield encodeText(data)
  else if (data instanceof Uint8Array) yield data
  else if (data instanceof Blob) yield* readStream(data.stream(), signal)
  else if ('getReader' in data) yield* readStream(data, signal)
  else if ('chunks' in data) yield* readIterable(data.chunks, signal)
  else if (Symbol.asyncIterator in data || Symbol.iterator in data) yield* readIterable(data, signal)
  else throw new TypeError('data must be a string, bytes, a Blob, a stream or an iterable of bytes')
}

async function* readIterable(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const iterator = Symbol.asyncIterator in chunks ? chunks[Symbol.asyncIterator]() : chunks[Symbol.iterator]()
  let done = false
  try {
    while (true) {
      const step = await nextStep(() => iterator.next(), signal)
      done = step.done ?? false
      if (step.done) return
      yield checkChunk(step.value)
    }
  } finally {
    if (!done) await leave(iterator, signal)
  }
}

/** Lets the iterator clean up; one that is stuck is not waited for. */
async function leave(
  iterator: AsyncIterator<Uint8Array> | Iterator<Uint8Array>,
  signal: AbortSignal | undefined,
): Promise<void> {
  const left = Promise.resolve(iterator.return?.())
  if (signal?.aborted) left.catch(() => undefined)
  else await left
}

function checkChunk(chunk: Uint8Array): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  throw new TypeError(`data gave a ${typeof chunk}, expected bytes (Uint8Array)`)
}

/** Not every engine iterates streams. */
async function* readStream(
  stream: ReadableStream<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  let done = false
  try {
    while (true) {
      const step = await nextStep(() => reader.read(), signal)
      done = step.done
      if (step.done) return
      yield checkChunk(step.value)
    }
  } finally {
    if (!done) await reader.cancel().catch(() => undefined)
  }
}

function nextStep<T>(next: () => T | Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  signal?.throwIfAborted()
  return untilAborted(Promise.resolve(next()), signal)
}

/**
 * Asks data whether its source changed while it was read.
 *
 * @param data - data that was read to its end
 */
export async function wasChanged(data: EntryData): Promise<boolean> {
  return typeof data === 'object' && 'changed' in data ? await data.changed() : false
}
