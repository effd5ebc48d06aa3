/** Packs what a client sends over standard input and output. */
import { UsageError } from '../command-io.ts'
import type { Context } from '../context.ts'
import { receiveArchive } from '../receive-archive.ts'
import type { ReceiveOptions } from '../receive-options.ts'
import { standardStreams } from '../standard-streams.ts'

/** Options of `isptar server`. */
export type ServerOptions = ReceiveOptions

/** Runs `isptar server`. */
export async function server(name: string, options: ServerOptions, context: Context): Promise<number> {
  if (name === '-') throw new UsageError('standard output is the connection to the client: name a file to write')
  if (context.io.stdout.isTty)
    throw new UsageError('a server talks to a client over standard input and output: connect them, or use isptar pull')
  return receiveArchive(name, () => standardStreams(context.io), options, context)
}
