/**
 * The client's side of our protocol. Three tasks: one offers entries as far as the window lets it, one listens, one
 * answers what the server wants, in the order in which it asks. The listening one never waits for the others, so the
 * server can always go on.
 */
import { createSha256 } from '#sha256'
import { decodeText } from '../bytes/text.ts'
import { CHUNK_BYTES, MAX_LINE_BYTES } from '../limits.ts'
import { Channel } from './channel.ts'
import { decodeUint32, encodeFrame, encodeUint32, FRAME, type Frame, readFrame } from './frames.ts'
import { encodeHello, readHello } from './hello.ts'
import type { OfferedEntry, PipeProblem, PipeTeller } from './offered-entry.ts'
import { peerBroke, peerFailed } from './pipe-errors.ts'
import type { PipeSession } from './pipe-session.ts'
import { type SentEntry, SendWindow } from './send-window.ts'
import {
  decodeFinished,
  decodeMessage,
  encodeError,
  encodeNotice,
  encodeProblem,
  encodeTopFolder,
} from './text-messages.ts'
import type { FinishedMessage } from './text-messages.ts'
import { decodeWant, type Want } from './want.ts'
import { encodeWireLine } from './wire-line.ts'

/** Sends entries to a server that speaks our protocol. */
export class OwnClient {
  readonly #session: PipeSession
  readonly #tell: PipeTeller
  readonly #window: SendWindow
  readonly #wishes: Channel<{ readonly entry: SentEntry; readonly what: Want['what'] }>
  #hasEnded = false
  #version = 0

  /** @param tell - takes down problems, and tells the server of them by {@link tellProblem} */
  constructor(session: PipeSession, tell: PipeTeller) {
    this.#session = session
    this.#tell = tell
    this.#window = new SendWindow(session.signal)
    this.#wishes = new Channel(Number.POSITIVE_INFINITY, session.signal)
  }

  /** Greets the server; problems and notices may be told from then on. */
  async greet(): Promise<void> {
    const { input, output } = this.#session
    await output.write(encodeHello())
    this.#version = await readHello(input)
    this.#session.encodeLastWords = encodeError
  }

  /** Tells the server that what follows is the content of one folder; one of the first version has no ear for it. */
  async tellTopFolder(): Promise<void> {
    if (this.#version >= 2) await this.#session.output.write(encodeTopFolder())
  }

  /** Tells the server of a problem. What could not be sent is said by the next call that waits. */
  tellProblem(problem: PipeProblem): void {
    this.#session.output.write(encodeProblem(problem)).catch(() => undefined)
  }

  /** Tells the server what is worth knowing. */
  tellNotice(message: string): void {
    this.#session.output.write(encodeNotice(message)).catch(() => undefined)
  }

  /**
   * Sends all entries and waits until the archive is whole.
   *
   * @returns what the server says of the archive
   */
  async send(entries: AsyncIterable<OfferedEntry>): Promise<FinishedMessage> {
    try {
      return await this.#session.all(this.#listen(), this.#offer(entries), this.#answer())
    } finally {
      this.#window.close()
    }
  }

  async #offer(entries: AsyncIterable<OfferedEntry>): Promise<void> {
    const { output } = this.#session
    for await (const offered of entries) {
      const opened = offered.hasLinks ? offered.open() : undefined
      if (offered.hasLinks && opened === undefined) continue
      const line = encodeWireLine(offered.header)
      if (line.length > MAX_LINE_BYTES) {
        opened?.close()
        this.#tell.problem(lineTooLong(offered, line.length))
        continue
      }
      await this.#window.add(offered, line.length, opened)
      await output.write(encodeFrame(FRAME.entry, line))
    }
    await this.#window.whenEmpty()
    this.#hasEnded = true
    await output.write(encodeFrame(FRAME.done))
  }

  async #listen(): Promise<FinishedMessage> {
    for (;;) {
      const frame = await readFrame(this.#session.input)
      if (frame.type === FRAME.error) throw peerFailed('server', decodeMessage(frame.content))
      if (frame.type === FRAME.want) await this.#takeWish(frame)
      else if (frame.type === FRAME.release) this.#release(frame)
      else if (frame.type === FRAME.finished && this.#hasEnded) {
        this.#wishes.end()
        return decodeFinished(frame.content)
      } else throw peerBroke('server', `a message of type ${frame.type} out of turn`)
    }
  }

  async #takeWish(frame: Frame): Promise<void> {
    const want = decodeWant(frame.content)
    const entry = want && this.#window.find(want.number)
    if (entry === undefined || want === undefined || !entry.accept(want.what))
      throw peerBroke('server', 'it asks for what was not offered')
    await this.#wishes.put({ entry, what: want.what })
  }

  #release({ content }: Frame): void {
    if (content.length === 4 && this.#window.release(decodeUint32(content))) return
    throw peerBroke('server', 'it releases more entries than it was sent')
  }

  async #answer(): Promise<void> {
    for (let wish = await this.#wishes.take(); wish !== undefined; wish = await this.#wishes.take())
      await (wish.what === 'digest' ? this.#sendDigest(wish.entry) : this.#sendData(wish.entry))
  }

  async #sendData(entry: SentEntry): Promise<void> {
    const { output } = this.#session
    const data = entry.open()
    if (data === undefined) return output.write(encodeFrame(FRAME.gone))
    try {
      await output.write(encodeFrame(FRAME.file, encodeWireLine(data.header)))
      for await (const chunk of data.chunks)
        for (let from = 0; from < chunk.length; from += CHUNK_BYTES)
          await output.write(encodeFrame(FRAME.data, chunk.subarray(from, from + CHUNK_BYTES)))
      const trouble = data.trouble()
      if (trouble !== undefined) this.#tell.problem(trouble)
      await output.write(encodeFrame(FRAME.end, Uint8Array.of(trouble === undefined ? 0 : 1)))
    } finally {
      data.close()
    }
  }

  /** A file that cannot be read, or does not keep still, has no digest: it will be asked for. */
  async #sendDigest(entry: SentEntry): Promise<void> {
    const { output } = this.#session
    const number = encodeUint32(entry.number)
    const data = entry.open()
    if (data === undefined) return output.write(encodeFrame(FRAME.digest, number))
    try {
      const sha256 = createSha256()
      for await (const chunk of data.chunks) sha256.update(chunk)
      const found = data.trouble() === undefined ? [sha256.digest(), encodeWireLine(data.header)] : []
      await output.write(encodeFrame(FRAME.digest, number, ...found))
    } finally {
      data.close()
    }
  }
}

function lineTooLong({ header }: OfferedEntry, lineBytes: number): PipeProblem {
  const message = `its description takes ${lineBytes} bytes, at most ${MAX_LINE_BYTES}; it is left out`
  return { path: decodeText(header.pathBytes), kind: 'unstorable', message }
}
