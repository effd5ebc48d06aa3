/** The side with the disk: writes an archive of what a client sends, in whichever of the two protocols it speaks. */
import { StorageError } from '../errors.ts'
import type { ArchiveWriter } from '../write/archive-writer.ts'
import { EntryJudge, type KnownContent } from './entry-judge.ts'
import { peekHello } from './hello.ts'
import { receiveOriginal } from './original-server.ts'
import { OwnServer } from './own-server.ts'
import { PipeSession } from './pipe-session.ts'
import type { PipeStreams } from './pipe-streams.ts'
import { Receiver, type ServeOptions, type ServeReport } from './receiver.ts'
import { encodeFinished } from './text-messages.ts'

/**
 * Receives entries and closes the archive; aborts it when anything fails.
 *
 * @param streams - the connection; used up
 * @param writer - a new archive
 * @param options - whom to tell what
 * @param known - what bases have: it is not sent again
 * @throws StorageError whose `location` is `client` when that side fails, or nothing could be received; what the writer
 * throws; `signal.reason` on abort
 */
export async function servePipe(
  streams: PipeStreams,
  writer: ArchiveWriter,
  options: ServeOptions = {},
  known?: KnownContent,
): Promise<ServeReport> {
  const session = new PipeSession(streams, 'client', options.signal)
  const abort = (): void => void writer.abort().catch(() => undefined)
  session.signal.addEventListener('abort', abort, { once: true })
  try {
    return await session.run(() => serve(session, writer, options, known))
  } catch (error) {
    await writer.abort().catch(() => undefined)
    throw error
  } finally {
    session.signal.removeEventListener('abort', abort)
  }
}

async function serve(
  session: PipeSession,
  writer: ArchiveWriter,
  options: ServeOptions,
  known: KnownContent | undefined,
): Promise<ServeReport> {
  const { input, output } = session
  const receiver = new Receiver(writer, options, known?.reuse)
  const judge = new EntryJudge(known)
  const isOurs = options.protocol === 'isptar' || (options.protocol !== 'original' && (await peekHello(input)))
  if (isOurs) await new OwnServer(session, receiver, judge).receive()
  else await receiveOriginal(receiver, judge, input, output)
  // An empty archive must not take the place of a good one because a root was misspelt, or not mounted.
  if (receiver.entryCount === 0 && receiver.problemCount > 0) throw nothingReceived(receiver)
  const report = await receiver.finish(isOurs ? 'isptar' : 'original')
  const { entryCount, sizeBytes } = report.summary
  // The archive is there, whether or not the client hears of it.
  if (isOurs)
    await output
      .write(encodeFinished({ entryCount, sizeBytes, problemCount: report.problemCount }))
      .catch(() => undefined)
  return report
}

function nothingReceived({ firstProblem }: Receiver): StorageError {
  const { path, message } = firstProblem ?? { path: '', message: 'no reason was given' }
  return new StorageError(`nothing could be stored: ${JSON.stringify(path)}: ${message}`, {
    operation: 'read',
    location: 'client',
    kind: 'not-found',
  })
}
