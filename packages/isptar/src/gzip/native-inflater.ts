/** Inflates a stream of known length by the engine's own `DecompressionStream`, as it comes in. */
import type { InflateStep, RawInflater } from './codec.ts'
import { brokenDeflateError } from './codec-errors.ts'

/** A stream that must be of exactly this length. What the engine gives late comes with a later push. */
export class NativeInflater implements RawInflater {
  readonly #writer: WritableStreamDefaultWriter<BufferSource>
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #reading: Promise<void>
  #leftBytes: number
  #ready: Uint8Array[] = []
  #failure: Error | undefined

  /** @param lengthBytes - from the first byte to the end of the final block */
  constructor(lengthBytes: number) {
    const { readable, writable } = new DecompressionStream('deflate-raw')
    this.#writer = writable.getWriter()
    this.#reader = readable.getReader()
    this.#reading = this.#read()
    this.#leftBytes = lengthBytes
  }

  async push(chunk: Uint8Array): Promise<InflateStep> {
    const used = chunk.subarray(0, this.#leftBytes)
    if (used.length > 0) await this.#write(used)
    if (this.#failure !== undefined) throw this.#failure
    const plain = this.#ready
    this.#ready = []
    return { plain, usedBytes: used.length, ended: this.#leftBytes === 0 }
  }

  async finish(): Promise<boolean> {
    if (this.#failure !== undefined) throw this.#failure
    return this.#leftBytes === 0
  }

  close(): void {
    this.#failure ??= new TypeError('the codec stream is closed')
    this.#reader.cancel().catch(() => undefined)
    this.#writer.abort().catch(() => undefined)
  }

  async #write(bytes: Uint8Array): Promise<void> {
    this.#leftBytes -= bytes.length
    try {
      // A copy: the engine may look at it after the caller has gone on.
      await this.#writer.write(new Uint8Array(bytes))
      if (this.#leftBytes > 0) return
      await this.#writer.close()
    } catch {
      // The reader met it.
    }
    await this.#reading
  }

  /** Reads on without a pause, as a write is over only when there is room for what it makes. */
  async #read(): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read()
        if (done) return
        this.#ready.push(value)
      }
    } catch (error) {
      this.#failure ??= brokenDeflateError(error instanceof Error ? error.message : String(error), error)
    }
  }
}
