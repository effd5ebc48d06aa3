/**
 * The server's side of our protocol. Two tasks: one listens, decides on each entry as it comes and hands data on; one
 * stores entries in turn. Wishes for data go out in the order of the entries, so that data comes in the order in which
 * it is stored, and little of it is held.
 */
import { equalBytes } from '../bytes/text.ts'
import { isIsptarError } from '../errors.ts'
import { MiB } from '../limits.ts'
import { Channel } from './channel.ts'
import { encodeFrame, encodeUint32, FRAME, type Frame, type FrameType, readFrame } from './frames.ts'
import { encodeHello, readHello } from './hello.ts'
import { peerBroke, peerFailed } from './pipe-errors.ts'
import type { PipeSession } from './pipe-session.ts'
import type { Receiver } from './receiver.ts'
import { decodeMessage, decodeProblem, encodeError } from './text-messages.ts'
import { encodeWant } from './want.ts'
import { WINDOW_BYTES, WINDOW_ENTRIES } from './window.ts'
import type { ReceivedEntry } from './wire-line.ts'

/** Data that came and is not stored yet. */
const HELD_BYTES: number = 1 * MiB

/** An entry in the queue; `refused` ones only count. */
type Queued = { readonly kind: 'plain' | 'data'; readonly entry: ReceivedEntry } | { readonly kind: 'refused' }

const CONTENT: ReadonlySet<FrameType> = new Set([FRAME.file, FRAME.data, FRAME.end, FRAME.gone])

/** Receives entries from a client that speaks our protocol. */
export class OwnServer {
  readonly #session: PipeSession
  readonly #receiver: Receiver
  readonly #queue: Channel<Queued>
  readonly #content: Channel<Frame>
  #next = 0

  constructor(session: PipeSession, receiver: Receiver) {
    this.#session = session
    this.#receiver = receiver
    this.#queue = new Channel(Number.POSITIVE_INFINITY, session.signal)
    this.#content = new Channel(HELD_BYTES, session.signal)
  }

  /** Receives everything, from the greeting to the last entry. */
  async receive(): Promise<void> {
    const { input, output } = this.#session
    await readHello(input)
    await output.write(encodeHello())
    this.#session.encodeLastWords = encodeError
    await this.#session.all(this.#listen(), this.#store())
  }

  async #listen(): Promise<void> {
    for (;;) {
      const frame = await readFrame(this.#session.input)
      const { type, content } = frame
      if (type === FRAME.entry) await this.#takeEntry(content)
      else if (CONTENT.has(type)) await this.#content.put(frame, content.length)
      else if (type === FRAME.problem) this.#receiver.report(decodeProblem(content))
      else if (type === FRAME.notice) this.#receiver.notice(decodeMessage(content))
      else if (type === FRAME.error) throw peerFailed('client', decodeMessage(content))
      else if (type === FRAME.done) return this.#end()
      else throw peerBroke('client', `a message of type ${type} out of turn`)
    }
  }

  /** What is still expected then will not come. */
  #end(): void {
    this.#queue.end()
    this.#content.end()
  }

  async #takeEntry(line: Uint8Array): Promise<void> {
    const { length, weight } = this.#queue
    if (length >= WINDOW_ENTRIES || (length > 0 && weight + line.length > WINDOW_BYTES))
      throw peerBroke('client', 'it sent more entries ahead than it may')
    const queued = this.#decide(line)
    const number = this.#next
    this.#next = (this.#next + 1) >>> 0
    await this.#queue.put(queued, line.length)
    if (queued.kind === 'data') await this.#session.output.write(encodeWant({ number, what: 'data' }))
  }

  #decide(line: Uint8Array): Queued {
    const entry = decode(() => this.#receiver.admit(line))
    if (entry === undefined) return { kind: 'refused' }
    return { kind: entry.type === 'file' && entry.sizeBytes > 0 ? 'data' : 'plain', entry }
  }

  async #store(): Promise<void> {
    for (let queued = await this.#queue.take(); queued !== undefined; queued = await this.#queue.take()) {
      if (queued.kind === 'data') await this.#storeFile(queued.entry)
      else if (queued.kind === 'plain') await this.#receiver.store(queued.entry)
      await this.#session.output.write(encodeFrame(FRAME.release, encodeUint32(1)))
    }
    if (this.#content.length > 0) throw peerBroke('client', 'it sent data that was not asked for')
  }

  async #storeFile(announced: ReceivedEntry): Promise<void> {
    const head = await this.#content.take()
    if (head?.type === FRAME.gone) return
    if (head?.type !== FRAME.file) throw peerBroke('client', 'it sent something else than the file that was asked for')
    const entry = decode(() => this.#receiver.admit(head.content))
    if (entry?.type !== 'file' || !equalBytes(entry.path, announced.path))
      throw peerBroke('client', 'it sent another file than the one that was asked for')
    const data = new FileContent(this.#content, entry.sizeBytes, (bytes) => this.#receiver.count(bytes))
    await this.#receiver.store(entry, { chunks: { [Symbol.asyncIterator]: () => data }, changed: () => data.isDirty })
    while (!(await data.next()).done);
  }
}

/** The data of one file, up to its end message. Goes on after it was left off. */
class FileContent implements AsyncIterator<Uint8Array, undefined> {
  /** Whether the client says that what it read is doubtful. */
  isDirty = false
  readonly #frames: Channel<Frame>
  readonly #onBytes: (bytes: number) => void
  #left: number
  #hasEnded = false

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

/** A line that is no entry is the client's fault. */
function decode<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (!isIsptarError(error, 'format')) throw error
    throw peerBroke('client', error.message, error)
  }
}
