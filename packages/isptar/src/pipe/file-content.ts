/** The data of one file as it comes in messages of our protocol, up to its end message. */
import type { Channel } from './channel.ts'
import { FRAME, type Frame } from './frames.ts'
import { peerBroke } from './pipe-errors.ts'

/** Goes on after it was left off, so that what is not wanted can be read over. */
export class FileContent implements AsyncIterator<Uint8Array, undefined> {
  /** Whether the client says that what it read is doubtful; known at the end. */
  isDirty = false
  readonly #frames: Channel<Frame>
  readonly #onBytes: (bytes: number) => void
  #left: number
  #hasEnded = false

  /**
   * @param frames - those that follow the file's own
   * @param sizeBytes - the most that may come
   * @param onBytes - told how much each message brought
   */
  constructor(frames: Channel<Frame>, sizeBytes: number, onBytes: (bytes: number) => void) {
    this.#frames = frames
    this.#left = sizeBytes
    this.#onBytes = onBytes
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#hasEnded) return { done: true, value: undefined }
    const frame = await this.#frames.take()
    if (frame?.type === FRAME.end) {
      this.#hasEnded = true
      this.isDirty = frame.content[0] !== 0
      return { done: true, value: undefined }
    }
    if (frame?.type !== FRAME.data || frame.content.length > this.#left)
      throw peerBroke('client', 'it sent more data than the file has, or something else')
    this.#left -= frame.content.length
    this.#onBytes(frame.content.length)
    return { done: false, value: frame.content }
  }
}
