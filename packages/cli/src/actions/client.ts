/** Sends files and folders to a server, over standard input and output. */
import { sendTree } from 'isptar/node'
import { UsageError } from '../command-io.ts'
import type { Context } from '../context.ts'
import { OK, PARTIAL } from '../exit-code.ts'
import { bytesOf, checkRoots } from '../new-archive.ts'
import { standardStreams } from '../standard-streams.ts'
import { escapeName } from '../text/escape-name.ts'
import type { WalkOptions } from '../walk-options.ts'

/** Options of `isptar client`. */
export interface ClientOptions extends WalkOptions {
  readonly directory?: string
  readonly original?: true
}

/** Runs `isptar client`. Problems are for the server to print; the original's protocol has no words for them. */
export async function client(paths: readonly string[], options: ClientOptions, context: Context): Promise<number> {
  checkRoots(paths, options.directory)
  if (context.io.stdout.isTty)
    throw new UsageError('a client talks to a server over standard input and output: connect them, or use isptar pull')
  const { exclude, excludeFrom, xattrs } = options
  const tellsServer = options.original !== true
  const report = await sendTree(paths.map(bytesOf), standardStreams(context.io), {
    protocol: tellsServer ? 'isptar' : 'original',
    cwd: options.directory === undefined ? undefined : bytesOf(options.directory),
    exclude,
    excludeFrom,
    excludeCaches: options.excludeCaches ?? false,
    oneFileSystem: options.oneFileSystem ?? false,
    xattrs,
    signal: context.io.signal,
    onNotice: (message) => void (tellsServer ? context.detail(message) : context.warn(message)),
    onProblem: ({ path, message }) => {
      const line = `${escapeName(path)}: ${message}`
      void (tellsServer ? context.detail(line) : context.fail(line))
    },
  })
  return report.ok ? OK : PARTIAL
}
