/**
 * Sends bytes to the other side. What is written while the stream is busy is gathered and goes out as one piece, so
 * that thousands of small messages cost few writes; a writer waits once too much is gathered.
 */
import { concatBytes } from '../bytes/concat.ts'
import { isIsptarError } from '../errors.ts'
import { untilAborted } from '../io/until-aborted.ts'
import { KiB } from '../limits.ts'
import { peerGone } from './pipe-errors.ts'
import type { PipeSide } from './pipe-streams.ts'
import { waitBriefly } from './wait-briefly.ts'

/** Whoever finds this much gathered waits until it went out. */
const GATHERED_BYTES = 64 * KiB

/** One direction of the connection. Several writers may use it at a time; each call's bytes stay together. */
export class PipeOutput {
  /** Told once when something could not be sent, as every write afterwards is. */
  onFailure: (error: unknown) => void = () => undefined
  readonly #peer: PipeSide
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>
  readonly #signal: AbortSignal
  #gathered: Uint8Array[] = []
  #gatheredBytes = 0
  #pump: Promise<void> | undefined
  #failure: { readonly reason: unknown } | undefined

  /**
   * @param stream - locked for good
   * @param peer - who reads it
   * @param signal - ends the wait for a reader that takes nothing
   */
  constructor(stream: WritableStream<Uint8Array>, peer: PipeSide, signal: AbortSignal) {
    this.#writer = stream.getWriter()
    // What they would say is said by the write or close that fails.
    this.#writer.closed.catch(() => undefined)
    this.#writer.ready.catch(() => undefined)
    this.#peer = peer
    this.#signal = signal
  }

  /**
   * Takes bytes that nobody will change any more; waits only when much is gathered.
   *
   * @throws StorageError of kind `connection` when this or an earlier piece could not be sent; the signal's reason
   */
  async write(...parts: readonly Uint8Array[]): Promise<void> {
    this.post(...parts)
    if (this.#gatheredBytes < GATHERED_BYTES) return
    await this.#pump
    this.#check()
  }

  /** Like {@link write}, but never waits: for what is bounded by other means. */
  post(...parts: readonly Uint8Array[]): void {
    this.#check()
    for (const part of parts) {
      this.#gathered.push(part)
      this.#gatheredBytes += part.length
    }
    if (this.#gatheredBytes > 0) this.#pump ??= this.#run()
  }

  /** Waits until everything went out, and ends the stream. */
  async close(): Promise<void> {
    await this.#pump
    this.#check()
    try {
      await untilAborted(this.#writer.close(), this.#signal)
    } catch (error) {
      throw this.#wrap(error)
    }
  }

  /**
   * Breaks the stream off: what is gathered is dropped, then the last bytes go out if the other side takes them soon.
   * Never throws.
   *
   * @param lastBytes - a message, or nothing
   */
  async giveUp(lastBytes: Uint8Array): Promise<void> {
    this.#failure ??= { reason: new TypeError('the connection was given up') }
    this.#gathered = []
    this.#gatheredBytes = 0
    await waitBriefly(this.#end(lastBytes))
    await this.#writer.abort().catch(() => undefined)
  }

  async #end(lastBytes: Uint8Array): Promise<void> {
    if (lastBytes.length > 0) await this.#writer.write(lastBytes)
    await this.#writer.close()
  }

  async #run(): Promise<void> {
    try {
      while (this.#gatheredBytes > 0) {
        const bytes = concatBytes(this.#gathered, this.#gatheredBytes)
        this.#gathered = []
        this.#gatheredBytes = 0
        await untilAborted(this.#writer.write(bytes), this.#signal)
      }
    } catch (error) {
      this.#failure ??= { reason: this.#wrap(error) }
      this.onFailure(this.#failure.reason)
    } finally {
      this.#pump = undefined
    }
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.reason
  }

  #wrap(error: unknown): unknown {
    if (this.#signal.aborted) return this.#signal.reason
    if (isIsptarError(error)) return error
    const why = error instanceof Error ? error.message : String(error)
    return peerGone(this.#peer, `writing failed: ${why}`, error)
  }
}
