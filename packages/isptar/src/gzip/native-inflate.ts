/**
 * Inflates windows of known length by the engine's own `DecompressionStream`, which takes two thirds to three quarters of the
 * time of JavaScript (`benchmarks/browser.mjs`). It does not tell where a stream ended, so that it serves only data that must
 * be one stream from its first byte to its last; what it refuses is left to the codec to judge.
 */
import { INFLATE_BYTES, KiB, MiB } from '../limits.ts'
import type { Codec } from './codec.ts'

/** Below it, starting a stream costs what it saves. */
const MIN_PLAIN_BYTES: number = 16 * KiB
/** Windows are held as a whole. */
const MAX_WINDOW_BYTES: number = 16 * MiB
/** An empty final block: it ends data that a full flush ended. */
const FINAL_BLOCK: Uint8Array = Uint8Array.of(3, 0)

/** What is known of a window. */
export interface WindowFacts {
  /** Most plaintext it may unfold to. */
  readonly maxBytes: number
  /** Whether its last block is final; else it must end with a full flush. */
  readonly isFinal: boolean
}

/** Whether the engine is ahead of the codec for data that is packed and unfolds to so many bytes. */
export function prefersNative(codec: Codec, packedBytes: number, plainBytes: number): boolean {
  const isSlow = codec.name === 'pako' && typeof DecompressionStream === 'function'
  // What is stored rather than deflated is copied, which JavaScript does faster.
  return isSlow && packedBytes < plainBytes && plainBytes >= MIN_PLAIN_BYTES
}

/** Whether a window is to be inflated by the engine at once. */
export function prefersWindow(codec: Codec, packedBytes: number, { maxBytes }: WindowFacts): boolean {
  return maxBytes <= MAX_WINDOW_BYTES && prefersNative(codec, packedBytes, maxBytes)
}

let exact: Promise<boolean> | undefined

/**
 * Inflates a window where the engine is ahead of the codec and sound.
 *
 * @param packed - deflated data, nothing after it
 * @returns memory of its own; undefined where the codec must do it, also to say what is wrong with the data
 */
export async function tryInflateNatively(
  codec: Codec,
  packed: Uint8Array,
  facts: WindowFacts,
): Promise<Uint8Array | undefined> {
  if (!prefersWindow(codec, packed.length, facts)) return undefined
  return (await isNativeExact()) ? inflateNatively(packed, facts) : undefined
}

/** Whether the engine is sound. Those that let bytes after the stream pass (Node before 24.19) would let a wrong member pass. */
export function isNativeExact(): Promise<boolean> {
  exact ??= tryExactness()
  return exact
}

async function tryExactness(): Promise<boolean> {
  const facts = { maxBytes: 1, isFinal: true }
  const right = await inflateNatively(FINAL_BLOCK, facts)
  const wrong = await inflateNatively(Uint8Array.of(...FINAL_BLOCK, 0), facts)
  return right?.length === 0 && wrong === undefined
}

/**
 * Inflates a window by the engine, whatever that is worth.
 *
 * @returns undefined when it is broken, cut, followed by more, or unfolds to more than `maxBytes`
 */
export async function inflateNatively(
  packed: Uint8Array,
  { maxBytes, isFinal }: WindowFacts,
): Promise<Uint8Array | undefined> {
  const plain = new Uint8Array(maxBytes)
  let plainBytes = 0
  try {
    const { readable, writable } = new DecompressionStream('deflate-raw')
    const reader: ReadableStreamDefaultReader<Uint8Array> = readable.getReader()
    const feeding = feed(writable.getWriter(), packed, isFinal)
    try {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) return plain.subarray(0, plainBytes)
        if (plainBytes + value.length > maxBytes) return undefined
        plain.set(value, plainBytes)
        plainBytes += value.length
      }
    } finally {
      // Ends the feeding, where that still goes on.
      reader.cancel().catch(() => undefined)
      await feeding
    }
  } catch {
    return undefined
  }
}

/** In small pieces, as one piece is unfolded at once, whoever reads; what fails shows on the other side. */
async function feed(
  writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>,
  packed: Uint8Array,
  isFinal: boolean,
): Promise<void> {
  try {
    for (let from = 0; from < packed.length; from += INFLATE_BYTES)
      await writer.write(new Uint8Array(packed.subarray(from, from + INFLATE_BYTES)))
    if (!isFinal) await writer.write(new Uint8Array(FINAL_BLOCK))
    await writer.close()
  } catch {
    // The reader met it.
  }
}
