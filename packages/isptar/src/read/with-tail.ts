/** A source whose last bytes are already at hand: what lies in them costs no request. */
import { concatBytes } from '../bytes/concat.ts'
import { CHUNK_BYTES } from '../limits.ts'
import type { ByteSource, ReadOptions, TailBytes } from '../io/byte-source.ts'

/**
 * Answers from the tail what lies in it and asks the source only for what lies before.
 *
 * @param source - the whole
 * @param tail - its last bytes, as `readTail` gave them
 */
export function withTail(source: ByteSource, tail: TailBytes): ByteSource {
  const tailStart = tail.sizeBytes - tail.bytes.length
  const fromTail = (offset: number, end: number): Uint8Array =>
    tail.bytes.subarray(Math.max(offset - tailStart, 0), Math.max(end - tailStart, 0))
  return {
    name: source.name,
    readTail: async (lengthBytes, options) =>
      lengthBytes <= tail.bytes.length
        ? { bytes: tail.bytes.subarray(tail.bytes.length - lengthBytes), sizeBytes: tail.sizeBytes }
        : source.readTail(lengthBytes, options),
    async read(offset: number, lengthBytes: number, options?: ReadOptions): Promise<Uint8Array> {
      const end = offset + lengthBytes
      const known = end <= tail.sizeBytes ? fromTail(offset, end) : new Uint8Array(0)
      if (known.length === lengthBytes) return known
      const before = await source.read(offset, lengthBytes - known.length, options)
      return known.length === 0 ? before : concatBytes([before, known])
    },
    async *stream(offset: number, lengthBytes: number, options?: ReadOptions): AsyncIterable<Uint8Array> {
      const known = fromTail(offset, offset + lengthBytes)
      if (known.length < lengthBytes) yield* source.stream(offset, lengthBytes - known.length, options)
      for (let i = 0; i < known.length; i += CHUNK_BYTES) yield known.subarray(i, i + CHUNK_BYTES)
    },
    ...(source.locate ? { locate: source.locate.bind(source) } : {}),
    ...(source.sliceNames ? { sliceNames: source.sliceNames } : {}),
    close: () => source.close(),
  }
}
