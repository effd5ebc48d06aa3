/**
 * The server's side of our protocol. Two tasks: one listens, decides on each entry as it comes and hands data on; one
 * stores entries in turn. Little data is held: it is asked for in the order in which it is stored.
 */
import { decodeText, equalBytes } from '../bytes/text.ts'
import { isIsptarError } from '../errors.ts'
import { MiB } from '../limits.ts'
import { Channel } from './channel.ts'
import type { Decision, EntryJudge } from './entry-judge.ts'
import { FileContent } from './file-content.ts'
import { decodeUint32, encodeFrame, encodeUint32, FRAME, type Frame, type FrameType, readFrame } from './frames.ts'
import { encodeHello, readHello } from './hello.ts'
import { OfferQueue } from './offer-queue.ts'
import { peerBroke, peerFailed } from './pipe-errors.ts'
import type { PipeSession } from './pipe-session.ts'
import type { Receiver } from './receiver.ts'
import { decodeMessage, decodeProblem, decodesTopFolder, encodeError } from './text-messages.ts'
import { encodeWant, type Want } from './want.ts'
import type { ReceivedEntry } from './wire-line.ts'

/** Data that came and is not stored yet. */
const HELD_BYTES: number = 1 * MiB

/** What a message weighs beside its content. */
const FRAME_WEIGHT = 64

const NUMBER_BYTES = 4
const SHA256_BYTES = 32

/** Files that could not be sent after all and may have links to them; more are not remembered. */
const MAX_GONE = 10_000

const CONTENT: ReadonlySet<FrameType> = new Set([FRAME.file, FRAME.data, FRAME.end, FRAME.gone])

/** Receives entries from a client that speaks our protocol. */
export class OwnServer {
  readonly #session: PipeSession
  readonly #receiver: Receiver
  readonly #judge: EntryJudge
  readonly #queue: OfferQueue
  readonly #content: Channel<Frame>
  readonly #gone = new Set<string>()
  /** How many files were asked for whose data has not come to its end. */
  #awaited = 0

  constructor(session: PipeSession, receiver: Receiver, judge: EntryJudge) {
    this.#session = session
    this.#receiver = receiver
    this.#judge = judge
    this.#queue = new OfferQueue(session.signal)
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
      else if (type === FRAME.digest) await this.#takeDigest(content)
      else if (CONTENT.has(type)) await this.#takeContent(frame)
      else if (type === FRAME.tree) this.#receiver.isTopFolder = decodesTopFolder(content)
      else if (type === FRAME.problem) this.#receiver.report(decodeProblem(content))
      else if (type === FRAME.notice) this.#receiver.notice(decodeMessage(content))
      else if (type === FRAME.error) throw peerFailed('client', decodeMessage(content))
      else if (type === FRAME.done) return this.#end()
      else throw peerBroke('client', `a message of type ${type} out of turn`)
    }
  }

  /** Waits while much is held; so nothing may be held that nobody will take. */
  async #takeContent(frame: Frame): Promise<void> {
    if (this.#awaited === 0) throw peerBroke('client', 'it sent data that was not asked for')
    if (frame.type === FRAME.end || frame.type === FRAME.gone) this.#awaited -= 1
    await this.#content.put(frame, FRAME_WEIGHT + frame.content.length)
  }

  /** What is still expected then will not come. */
  #end(): void {
    if (this.#queue.isAsking) throw peerBroke('client', 'it ended without a digest that was asked for')
    this.#queue.end()
    this.#content.end()
  }

  async #takeEntry(line: Uint8Array): Promise<void> {
    if (!this.#queue.hasRoom(line.length)) throw peerBroke('client', 'it sent more entries ahead than it may')
    const entry = this.#admit(line)
    const judgement = entry ? await this.#judge.judge(entry) : ({ kind: 'refused' } as const)
    const number = await this.#queue.put(judgement, line.length)
    if (judgement.kind === 'digest') this.#want(number, 'digest')
    this.#wantData()
  }

  /** A number, and unless the file could not be read as it is, its SHA-256 and its line. */
  async #takeDigest(content: Uint8Array): Promise<void> {
    const number = content.length < NUMBER_BYTES ? undefined : decodeUint32(content)
    const question = number === undefined ? undefined : this.#queue.question(number)
    if (number === undefined || question === undefined) throw peerBroke('client', 'a digest that was not asked for')
    const digest = content.subarray(NUMBER_BYTES, NUMBER_BYTES + SHA256_BYTES)
    let decision: Decision = { kind: 'data', now: question.now }
    if (digest.length > 0) {
      const now = this.#sameFile(content.subarray(NUMBER_BYTES + SHA256_BYTES), question.now)
      decision = await this.#judge.judgeDigest(now, digest, question.expected)
    }
    this.#queue.decide(number, decision)
    this.#wantData()
  }

  #wantData(): void {
    for (const number of this.#queue.wanted()) this.#want(number, 'data')
  }

  /** Does not wait: the window bounds how much there is to say, and whoever listens must go on. */
  #want(number: number, what: Want['what']): void {
    if (what === 'data') this.#awaited += 1
    this.#session.output.post(encodeWant({ number, what }))
  }

  async #store(): Promise<void> {
    for await (const decision of this.#queue.decisions()) {
      await this.#carryOut(decision)
      await this.#session.output.write(encodeFrame(FRAME.release, encodeUint32(1)))
    }
  }

  async #carryOut(decision: Decision): Promise<void> {
    if (decision.kind === 'refused' || this.#leadsNowhere(decision.now)) return
    if (decision.kind === 'plain') await this.#receiver.store(decision.now)
    else if (decision.kind === 'data') await this.#storeFile(decision.now)
    else await this.#receiver.take(decision.now, decision.before)
  }

  async #storeFile(announced: ReceivedEntry): Promise<void> {
    const head = await this.#content.take()
    if (head?.type === FRAME.gone) {
      if (this.#gone.size < MAX_GONE) this.#gone.add(decodeText(announced.path))
      return
    }
    if (head?.type !== FRAME.file) throw peerBroke('client', 'it sent something else than the file that was asked for')
    const entry = this.#sameFile(head.content, announced)
    const data = new FileContent(this.#content, entry.sizeBytes, (bytes) => this.#receiver.count(bytes))
    await this.#receiver.store(entry, { chunks: { [Symbol.asyncIterator]: () => data }, changed: () => data.isDirty })
    while (!(await data.next()).done);
  }

  /** A hardlink to a file that could not be sent after it was announced would lead nowhere. */
  #leadsNowhere({ type, path, linkTarget }: ReceivedEntry): boolean {
    if (type !== 'hardlink' || !linkTarget || !this.#gone.has(decodeText(linkTarget))) return false
    const message = `the file that it is a hardlink to, ${JSON.stringify(decodeText(linkTarget))}, could not be read`
    this.#receiver.report({ path: decodeText(path), kind: 'unreadable', message })
    return true
  }

  #sameFile(line: Uint8Array, announced: ReceivedEntry): ReceivedEntry {
    const entry = this.#admit(line)
    if (entry?.type === 'file' && equalBytes(entry.path, announced.path)) return entry
    throw peerBroke('client', 'it sent another file than the one that was asked for')
  }

  /** A line that is no entry is the client's fault. It is copied: entries wait, and must not hold the data beside them. */
  #admit(line: Uint8Array): ReceivedEntry | undefined {
    try {
      return this.#receiver.admit(line.slice())
    } catch (error) {
      if (!isIsptarError(error, 'format')) throw error
      throw peerBroke('client', error.message, error)
    }
  }
}
