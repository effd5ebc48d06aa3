/** Packs what comes over a connection, and says what was packed. */
import type { Archive } from 'isptar'
import { type PipeEnds, serveArchive, type ServeOptions, type ServeReport } from 'isptar/node'
import type { Context } from './context.ts'
import { OK, PARTIAL } from './exit-code.ts'
import { checkNewArchive, openNewArchive, storedSuffixes } from './new-archive.ts'
import { checkNewBase, newBaseOptions, openNewBase, reusedText } from './new-base.ts'
import type { ReceiveOptions } from './receive-options.ts'
import { escapeName } from './text/escape-name.ts'
import { longSize, plural } from './text/quantity.ts'

/**
 * Receives an archive; problems of both sides are printed.
 *
 * @param name - of the archive
 * @param connect - gives the connection to the client, once everything else is in order
 * @param protocol - the one that the client must speak, when that is known
 * @returns the exit code
 * @throws UsageError for a name or options that make no sense
 */
export async function receiveArchive(
  name: string,
  connect: () => PipeEnds,
  options: ReceiveOptions,
  context: Context,
  protocol?: ServeOptions['protocol'],
): Promise<number> {
  checkNewArchive(name, options)
  checkNewBase(name, options)
  const base = await openNewBase(options, context)
  try {
    return await receive(name, connect, { ...options, opened: base, protocol }, context)
  } finally {
    await base?.close()
  }
}

async function receive(
  name: string,
  connect: () => PipeEnds,
  options: ReceiveOptions & {
    readonly opened: Archive | undefined
    readonly protocol: ServeOptions['protocol'] | undefined
  },
  context: Context,
): Promise<number> {
  const target = openNewArchive(name, options, context)
  const progress = context.startProgress()
  let lastPath = ''
  const report = await serveArchive(connect(), target, {
    protocol: options.protocol,
    ...newBaseOptions(options, options.opened),
    level: options.level,
    storeSuffixes: storedSuffixes(options.storeSuffix),
    groupBytes: options.group,
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

function summaryText(name: string, { summary, dataBytes, reused, problemCount }: ServeReport): string {
  const trouble = problemCount > 0 ? `, ${plural(problemCount, 'problem')}` : ''
  return (
    `${escapeName(name)}: ${plural(summary.entryCount, 'entry', 'entries')}, ` +
    `${longSize(dataBytes)} received, ${longSize(summary.sizeBytes)} written${reusedText(reused)}${trouble}`
  )
}
