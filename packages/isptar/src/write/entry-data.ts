/** The forms in which data is given to the writer, brought to one: chunks of bytes. */
import { encodeText } from '../bytes/text.ts'

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
 * @throws TypeError when it has none of the forms, or gives something else than bytes
 */
export async function* toChunks(data: EntryData): AsyncGenerator<Uint8Array, void, undefined> {
  if (typeof data === 'string') yield encodeText(data)
  else if (data instanceof Uint8Array) yield data
  else if (data instanceof Blob) yield* readStream(data.stream())
  else if ('getReader' in data) yield* readStream(data)
  else if ('chunks' in data) yield* checked(data.chunks)
  else if (Symbol.asyncIterator in data || Symbol.iterator in data) yield* checked(data)
  else throw new TypeError('data must be a string, bytes, a Blob, a stream or an iterable of bytes')
}

async function* checked(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    if (!(chunk instanceof Uint8Array)) throw new TypeError(`data gave a ${typeof chunk}, expected bytes (Uint8Array)`)
    yield chunk
  }
}

/** Not every engine iterates streams. */
async function* readStream(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader()
  let done = false
  try {
    while (true) {
      const step = await reader.read()
      done = step.done
      if (step.done) return
      yield step.value
    }
  } finally {
    if (!done) await reader.cancel().catch(() => undefined)
  }
}

/**
 * Asks data whether its source changed while it was read.
 *
 * @param data - data that was read to its end
 */
export async function wasChanged(data: EntryData): Promise<boolean> {
  return typeof data === 'object' && 'changed' in data ? await data.changed() : false
}
