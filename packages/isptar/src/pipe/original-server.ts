/** The server's side of the original's protocol. What no archive may hold is answered with 0 and reported. */
import { decodeText } from '../bytes/text.ts'
import { isIsptarError } from '../errors.ts'
import type { EntryJudge } from './entry-judge.ts'
import { decodeInt16, encodeInt16 } from './int16.ts'
import { peerBroke } from './pipe-errors.ts'
import type { PipeInput } from './pipe-input.ts'
import type { PipeOutput } from './pipe-output.ts'
import type { Receiver } from './receiver.ts'
import type { ReceivedEntry } from './wire-line.ts'

/**
 * Receives entries until the client ends the stream.
 *
 * @throws StorageError when the client goes away or breaks the protocol; what writing the archive throws
 */
export async function receiveOriginal(
  receiver: Receiver,
  judge: EntryJudge,
  input: PipeInput,
  output: PipeOutput,
): Promise<void> {
  for (;;) {
    const length = decodeInt16(await input.read(2))
    if (length === 0) return
    if (length < 0) throw peerBroke(input.peer, `a line of ${length} bytes`)
    const entry = admit(receiver, await input.read(length))
    const decision = entry && (await judge.judge(entry))
    // A digest cannot be asked for in this protocol.
    const wantsData = decision?.kind === 'data' || decision?.kind === 'digest'
    await output.write(encodeInt16(wantsData ? 1 : 0))
    if (wantsData) await storeFile(receiver, decision.now, input)
    else if (decision?.kind === 'plain') await receiver.store(decision.now)
    else if (decision?.kind === 'known') await receiver.take(decision.now, decision.before)
  }
}

/** The original reads over lines that are no entries. */
function admit(receiver: Receiver, line: Uint8Array): ReceivedEntry | undefined {
  try {
    return receiver.admit(line, true)
  } catch (error) {
    if (!isIsptarError(error, 'format')) throw error
    receiver.report({ path: decodeText(line.subarray(0, 200)), kind: 'refused', message: error.message })
    return undefined
  }
}

async function storeFile(receiver: Receiver, entry: ReceivedEntry, input: PipeInput): Promise<void> {
  const data = new OriginalData(entry.sizeBytes, input, (bytes) => receiver.count(bytes))
  await receiver.store(entry, { chunks: { [Symbol.asyncIterator]: () => data }, changed: () => data.isShort })
  while (!(await data.next()).done);
  if (data.isShort) {
    const message = 'it became shorter while it was read; zeros stand for the rest, the entry is flagged dirty'
    receiver.report({ path: decodeText(entry.path), kind: 'changed', message })
  }
}

/** The data of one file: chunks until its size is reached, or an empty one. Goes on after it was left off. */
class OriginalData implements AsyncIterator<Uint8Array, undefined> {
  readonly #input: PipeInput
  readonly #onBytes: (bytes: number) => void
  #left: number

  constructor(sizeBytes: number, input: PipeInput, onBytes: (bytes: number) => void) {
    this.#left = sizeBytes
    this.#input = input
    this.#onBytes = onBytes
  }

  /** Whether it ended before its size was reached. */
  isShort = false

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#left === 0 || this.isShort) return { done: true, value: undefined }
    const length = decodeInt16(await this.#input.read(2))
    if (length < 0 || length > this.#left)
      throw peerBroke(this.#input.peer, `a chunk of ${length} bytes where at most ${this.#left} are left`)
    if (length === 0) {
      this.isShort = true
      return { done: true, value: undefined }
    }
    const value = await this.#input.read(length)
    this.#left -= length
    this.#onBytes(length)
    return { done: false, value }
  }
}
