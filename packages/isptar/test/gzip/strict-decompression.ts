/** Stands for the `DecompressionStream` of browsers, which refuse what Node before 24.19 lets pass: bytes after the stream. */
import { inflateRawSync } from 'node:zlib'

/** Tells how many streams were made and how many plain bytes they gave. */
export const seen = { streams: 0, plainBytes: 0 }

/** Gives its plaintext at the end, in pieces of 10,000 bytes. */
export class StrictDecompression {
  readonly readable: ReadableStream<Uint8Array>
  readonly writable: WritableStream<Uint8Array>

  constructor(format: string) {
    if (format !== 'deflate-raw') throw new TypeError(format)
    seen.streams += 1
    const packed: Uint8Array[] = []
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>({
      transform: (chunk) => void packed.push(chunk),
      flush: (controller) => {
        const bytes = Buffer.concat(packed)
        const plain = inflateRawSync(bytes)
        const short = bytes.length === 0 || isStream(bytes.subarray(0, -1))
        if (short) throw new TypeError('bytes after the stream')
        seen.plainBytes += plain.length
        for (let from = 0; from < plain.length; from += 10_000)
          controller.enqueue(new Uint8Array(plain.subarray(from, from + 10_000)))
      },
    })
    this.readable = readable
    this.writable = writable
  }
}

function isStream(bytes: Uint8Array): boolean {
  try {
    inflateRawSync(bytes)
    return true
  } catch {
    return false
  }
}
