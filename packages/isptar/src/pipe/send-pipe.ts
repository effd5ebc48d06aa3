/** The side with the files: sends entries to a server, in our protocol or the original's. */
import { OwnClient } from './own-client.ts'
import type { OfferedEntry, PipeProblem, PipeTeller } from './offered-entry.ts'
import { sendOriginal } from './original-client.ts'
import { PipeSession } from './pipe-session.ts'
import type { PipeStreams } from './pipe-streams.ts'
import type { FinishedMessage } from './text-messages.ts'

/** How to send, and whom to tell what. */
export interface SendOptions {
  /** Which protocol to speak. The client speaks first, so it must know. @defaultValue `isptar` */
  protocol?: 'isptar' | 'original' | undefined
  /** Told of everything that is missing, or sent but doubtful; in our protocol the server is told as well. */
  onProblem?: ((problem: PipeProblem) => void) | undefined
  /** Told what is worth knowing and loses nothing; in our protocol the server is told as well. */
  onNotice?: ((message: string) => void) | undefined
  /** Whether what is sent is the content of one folder, without the folder's name. @defaultValue false */
  isTopFolder?: boolean | undefined
  /** Ends it early. */
  signal?: AbortSignal | undefined
}

/** What was sent. */
export interface SendReport {
  /** Whether everything was taken as it is: neither side has problems. */
  readonly ok: boolean
  /** The first 10,000 problems of this side. */
  readonly problems: readonly PipeProblem[]
  readonly notices: readonly string[]
  /** What the server says of the archive; the original says nothing. */
  readonly archive: FinishedMessage | undefined
}

const MAX_KEPT = 10_000

/**
 * Sends entries until there are no more and the server has finished the archive.
 *
 * @param offer - gives the entries, and says on the way what went wrong
 * @param streams - the connection; used up
 * @param options - which protocol, and whom to tell
 * @throws StorageError whose `location` is `server` when that side fails; what `offer` throws; `signal.reason` on abort
 */
export async function sendPipe(
  offer: (tell: PipeTeller) => AsyncIterable<OfferedEntry>,
  streams: PipeStreams,
  options: SendOptions = {},
): Promise<SendReport> {
  const session = new PipeSession(streams, 'server', options.signal)
  const ledger = new Ledger(options)
  return session.run(async () => {
    if (options.protocol !== 'original') return sendOwn(offer, session, ledger, options.isTopFolder ?? false)
    await sendOriginal(offer(ledger), session.input, session.output, ledger)
    await session.output.close()
    return ledger.report(undefined)
  })
}

async function sendOwn(
  offer: (tell: PipeTeller) => AsyncIterable<OfferedEntry>,
  session: PipeSession,
  ledger: Ledger,
  isTopFolder: boolean,
): Promise<SendReport> {
  const client = new OwnClient(session, ledger)
  await client.greet()
  if (isTopFolder) await client.tellTopFolder()
  ledger.forwardTo(client)
  return ledger.report(await client.send(offer(ledger)))
}

/** What went wrong on this side, kept and passed on; of millions of problems only the first. */
class Ledger implements PipeTeller {
  readonly #options: SendOptions
  readonly #problems: PipeProblem[] = []
  readonly #notices: string[] = []
  #client: OwnClient | undefined

  constructor(options: SendOptions) {
    this.#options = options
  }

  /** Tells the server as well from now on. */
  forwardTo(client: OwnClient): void {
    this.#client = client
  }

  problem(problem: PipeProblem): void {
    if (this.#problems.length >= MAX_KEPT) return
    this.#problems.push(problem)
    this.#options.onProblem?.(problem)
    this.#client?.tellProblem(problem)
  }

  notice(message: string): void {
    if (this.#notices.length >= MAX_KEPT) return
    this.#notices.push(message)
    this.#options.onNotice?.(message)
    this.#client?.tellNotice(message)
  }

  report(archive: FinishedMessage | undefined): SendReport {
    const ok = this.#problems.length === 0 && (archive?.problemCount ?? 0) === 0
    return { ok, problems: this.#problems, notices: this.#notices, archive }
  }
}
