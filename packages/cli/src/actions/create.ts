/** Packs files and folders into a new archive. */
import { type Level, STORED_SUFFIXES, type Target } from 'isptar'
import { FileTarget, measureTree, type PackReport, packTree } from 'isptar/node'
import { UsageError } from '../command-io.ts'
import type { Context } from '../context.ts'
import { OK, PARTIAL } from '../exit-code.ts'
import { isUrl } from '../open-named.ts'
import { OutputTarget } from '../output-target.ts'
import { escapeName } from '../text/escape-name.ts'
import { longSize, plural } from '../text/quantity.ts'

/** Options of `isptar create`. */
export interface CreateOptions {
  readonly directory?: string
  readonly level: Level
  readonly exclude?: readonly string[]
  readonly excludeFrom?: readonly string[]
  readonly excludeCaches?: true
  readonly oneFileSystem?: true
  /** False with `--no-xattrs`. */
  readonly xattrs: boolean
  readonly storeSuffix?: readonly string[]
  readonly force?: true
}

/** Runs `isptar create`. Files that cannot be read are reported and left out; the archive is whole all the same. */
export async function create(
  name: string,
  paths: readonly string[],
  options: CreateOptions,
  context: Context,
): Promise<number> {
  const target = openTarget(name, options, context)
  const walk = {
    cwd: options.directory,
    exclude: options.exclude,
    excludeFrom: options.excludeFrom,
    excludeCaches: options.excludeCaches ?? false,
    oneFileSystem: options.oneFileSystem ?? false,
    signal: context.io.signal,
  }
  const progress = context.startProgress()
  const total = context.showsProgress ? await measureTree(paths, walk) : undefined
  let lastPath = ''
  const report = await packTree(paths, target, {
    ...walk,
    level: options.level,
    storeSuffixes: [...STORED_SUFFIXES, ...(options.storeSuffix ?? []).map(normalizeSuffix)],
    xattrs: options.xattrs,
    onNotice: (message) => void context.warn(message),
    onProblem: ({ path, message }) => void context.fail(`${escapeName(path)}: ${message}`),
    onProgress: (state) => {
      progress.update(state, total?.dataBytes)
      if (state.path !== lastPath) void context.detail(escapeName(state.path))
      lastPath = state.path
    },
  })
  context.endProgress()
  await context.summarize(summaryText(target.name, report))
  return report.ok ? OK : PARTIAL
}

function openTarget(name: string, options: CreateOptions, context: Context): Target {
  if (isUrl(name))
    throw new UsageError('an archive cannot be created at a URL; write it to - and pipe it to an uploader')
  if (name !== '-') return new FileTarget(name, { overwrite: options.force ?? false })
  if (context.io.stdout.isTty) throw new UsageError('an archive is not written to a terminal: redirect standard output')
  return new OutputTarget(context.io.stdout)
}

/** Takes `jpg`, `.JPG` and `*.jpg` for the same. */
function normalizeSuffix(suffix: string): string {
  const bare = suffix.toLowerCase().replace(/^\*?\.?/, '')
  if (bare === '') throw new UsageError(`not a suffix: ${JSON.stringify(suffix)}`)
  return `.${bare}`
}

function summaryText(name: string, { summary, entryCount, problems }: PackReport): string {
  const { dataBytes, sizeBytes } = summary
  const percent = dataBytes > 0 ? ` (${((sizeBytes / dataBytes) * 100).toFixed(1)} %)` : ''
  const trouble = problems.length > 0 ? `, ${plural(problems.length, 'problem')}` : ''
  return (
    `${escapeName(name)}: ${plural(entryCount, 'entry', 'entries')}, ` +
    `${longSize(dataBytes)} packed into ${longSize(sizeBytes)}${percent}${trouble}`
  )
}
