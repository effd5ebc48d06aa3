/** Conversions between Node streams and web streams, which the library speaks. Backpressure and errors pass through. */
import { Readable } from 'node:stream'
import type { Writable } from 'node:stream'

/**
 * Makes a Node stream of a web stream, as of an entry's data. Destroying it cancels the web stream.
 *
 * @param stream - of bytes; locked
 */
export function toNodeReadable(stream: ReadableStream<Uint8Array>): Readable {
  return Readable.from(stream, { objectMode: false })
}

/**
 * Makes a web stream of a Node stream. Cancelling it destroys the Node stream.
 *
 * @param readable - of bytes; it errors the web stream with a `TypeError` when it gives decoded text
 */
export function toWebReadable(readable: Readable): ReadableStream<Uint8Array> {
  // What fails before the first read is told by that read.
  readable.on('error', () => undefined)
  const iterator: AsyncIterator<unknown> = readable[Symbol.asyncIterator]()
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await iterator.next()
        if (done === true) controller.close()
        else controller.enqueue(plainBytes(value))
      },
      cancel: () => {
        readable.destroy()
      },
    },
    { highWaterMark: 0 },
  )
}

/**
 * Makes a web stream that writes to a Node stream. Closing it ends the Node stream, aborting it destroys that.
 *
 * @param writable - takes bytes
 */
export function toWebWritable(writable: Writable): WritableStream<Uint8Array> {
  return new WritableStream<Uint8Array>({
    start: (controller) => {
      writable.on('error', (error) => controller.error(error))
    },
    write: async (bytes) => settled(writable, (done) => writable.write(bytes, done)),
    close: async () => settled(writable, (done) => writable.end(done)),
    abort: () => {
      writable.destroy()
    },
  })
}

function plainBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length)
  throw new TypeError('the stream gives text or objects; do not set an encoding, bytes are needed')
}

/** A duplex that is destroyed does not call back what was written or ended before, nor an end that comes later. */
async function settled(writable: Writable, start: (done: (error?: Error | null) => void) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => reject(new Error('the stream was closed before it took everything'))
    // Its own error tells more, and comes by then.
    const onClose = (): void => void setImmediate(giveUp)
    if (writable.closed) onClose()
    else writable.once('close', onClose)
    start((error) => {
      writable.off('close', onClose)
      if (error == null) resolve()
      else reject(error)
    })
  })
}
