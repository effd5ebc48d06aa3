/** Reads what the other side sends, in the lengths the protocol asks for. */
import { concatBytes } from '../bytes/concat.ts'
import { isIsptarError } from '../errors.ts'
import { untilAborted } from '../io/until-aborted.ts'
import { peerGone } from './pipe-errors.ts'
import type { PipeSide } from './pipe-streams.ts'

const NOTHING = new Uint8Array(0)

/** One direction of the connection, read from its beginning. One call at a time. */
export class PipeInput {
  /** Who sends. */
  readonly peer: PipeSide
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #signal: AbortSignal
  #buffered: Uint8Array = NOTHING
  #received = 0

  /**
   * @param stream - locked until {@link cancel}
   * @param peer - who sends
   * @param signal - ends the wait for bytes that do not come
   */
  constructor(stream: ReadableStream<Uint8Array>, peer: PipeSide, signal: AbortSignal) {
    this.#reader = stream.getReader()
    this.peer = peer
    this.#signal = signal
  }

  /**
   * Gives exactly so many bytes.
   *
   * @param lengthBytes - bounded by the caller
   * @throws StorageError of kind `connection` when the stream ends before; the signal's reason
   */
  async read(lengthBytes: number): Promise<Uint8Array> {
    const bytes = await this.peek(lengthBytes)
    this.#buffered = this.#buffered.subarray(lengthBytes)
    return bytes
  }

  /** Like {@link read}, but the bytes will be read again. */
  async peek(lengthBytes: number): Promise<Uint8Array> {
    if (this.#buffered.length < lengthBytes) await this.#fill(lengthBytes)
    return this.#buffered.subarray(0, lengthBytes)
  }

  /** Lets go of the stream: the other side need not send any more. Never throws. */
  async cancel(): Promise<void> {
    this.#buffered = NOTHING
    await this.#reader.cancel().catch(() => undefined)
  }

  async #fill(lengthBytes: number): Promise<void> {
    const parts = [this.#buffered]
    let total = this.#buffered.length
    while (total < lengthBytes) {
      const chunk = await this.#pull()
      parts.push(chunk)
      total += chunk.length
    }
    this.#buffered = concatBytes(parts, total)
  }

  async #pull(): Promise<Uint8Array> {
    try {
      const { done, value } = await untilAborted(this.#reader.read(), this.#signal)
      if (done) throw peerGone(this.peer, `its stream ended after ${this.#received} bytes, which is too early`)
      this.#received += value.length
      return value
    } catch (error) {
      this.#signal.throwIfAborted()
      if (isIsptarError(error)) throw error
      const why = error instanceof Error ? error.message : String(error)
      throw peerGone(this.peer, `reading failed after ${this.#received} bytes: ${why}`, error)
    }
  }
}
