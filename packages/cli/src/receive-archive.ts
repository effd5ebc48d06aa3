/** Packs what comes over a connection, and says what was packed. */
import { type PipeEnds, serveArchive, type ServeOptions, type ServeReport } from 'isptar/node'
import type { Context } from './context.ts'
import { OK, PARTIAL } from './exit-code.ts'
import { openNewArchive, storedSuffixes } from './new-archive.ts'
import type { ReceiveOptions } from './receive-options.ts'
import { escapeName } from './text/escape-name.ts'
import { longSize, plural } from './text/quantity.ts'

/**
 * Receives an archive; problems of both sides are printed.
 *
 * @param ends - the connection to the client
 * @param name - of the archive, checked
 * @param protocol - the one that the client must speak, when that is known
 * @returns the exit code
 */
export async function receiveArchive(
  ends: PipeEnds,
  name: string,
  options: ReceiveOptions,
  context: Context,
  protocol?: ServeOptions['protocol'],
): Promise<number> {
  const target = openNewArchive(name, options, context)
  const progress = context.startProgress()
  let lastPath = ''
  const report = await serveArchive(ends, target, {
    protocol,
    level: options.level,
    storeSuffixes: storedSuffixes(options.storeSuffix),
    signal: context.io.signal,
    onNotice: (message) => void context.warn(message),
    onProblem: ({ path, message }) => void context.fail(`${escapeName(path)}: ${message}`),
    onProgress: (state) => {
      progress.update(state)
      if (state.path !== lastPath) void context.detail(escapeName(state.path))
      lastPath = state.path
    },
  })
  context.endProgress()
  await context.summarize(summaryText(target.name, report))
  return report.ok ? OK : PARTIAL
}

function summaryText(name: string, { summary, dataBytes, problemCount }: ServeReport): string {
  const trouble = problemCount > 0 ? `, ${plural(problemCount, 'problem')}` : ''
  return (
    `${escapeName(name)}: ${plural(summary.entryCount, 'entry', 'entries')}, ` +
    `${longSize(dataBytes)} received, ${longSize(summary.sizeBytes)} written${trouble}`
  )
}
