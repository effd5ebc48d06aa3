/** Packs files and folders into a new archive. */
import { existsSync } from 'node:fs'
import { encodeText, type Level, STORED_SUFFIXES, type Target } from 'isptar'
import { FileTarget, measureTree, type PackReport, packTree, type TreeSize } from 'isptar/node'
import { createHooks, readFromOf } from '../command-hooks.ts'
import { type Output, UsageError } from '../command-io.ts'
import type { Context } from '../context.ts'
import { OK, PARTIAL } from '../exit-code.ts'
import type { HookOptions } from '../hook-options.ts'
import { isUrl } from '../open-named.ts'
import { OutputTarget } from '../output-target.ts'
import { escapeName } from '../text/escape-name.ts'
import { longSize, plural } from '../text/quantity.ts'

/** Options of `isptar create`. */
export interface CreateOptions extends HookOptions {
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

type FileIdentity = NonNullable<Output['file']>

/** Runs `isptar create`. Files that cannot be read are reported and left out; the archive is whole all the same. */
export async function create(
  name: string,
  paths: readonly string[],
  options: CreateOptions,
  context: Context,
): Promise<number> {
  checkArguments(name, paths, options)
  const hooks = createHooks(options, context)
  const target = openTarget(name, options, context)
  const { file } = context.io.stdout
  const walk = {
    cwd: options.directory === undefined ? undefined : bytesOf(options.directory),
    ...(name === '-' && file !== undefined && { isOwnFile: isSameAs(file) }),
    exclude: options.exclude,
    excludeFrom: options.excludeFrom,
    excludeCaches: options.excludeCaches ?? false,
    oneFileSystem: options.oneFileSystem ?? false,
    readFrom: readFromOf(options),
    signal: context.io.signal,
  }
  const roots = paths.map(bytesOf)
  const progress = context.startProgress()
  let total: TreeSize | undefined
  let lastPath = ''
  const report = await packTree(roots, target, {
    ...walk,
    level: options.level,
    storeSuffixes: [...STORED_SUFFIXES, ...(options.storeSuffix ?? []).map(normalizeSuffix)],
    xattrs: options.xattrs,
    hooks: {
      ...hooks,
      beforeRun: async () => {
        await hooks.beforeRun?.()
        // Not sooner: a command may mount what is to be read.
        if (context.showsProgress) total = await measureTree(roots, walk)
      },
    },
    onNotice: (message) => void context.warn(message),
    onProblem: ({ path, message }) => void context.fail(`${escapeName(path)}: ${message}`),
    onProgress: (state) => {
      progress.update(state, total?.dataBytes)
      if (state.path !== lastPath) void context.detail(escapeName(state.path))
      lastPath = state.path
    },
  })
  context.endProgress()
  if (report.afterRunError instanceof Error)
    await context.fail(`the archive is whole, but ${report.afterRunError.message}`)
  await context.summarize(summaryText(target.name, report))
  return report.ok ? OK : PARTIAL
}

function checkArguments(name: string, paths: readonly string[], { directory }: CreateOptions): void {
  if (name === '' || name.endsWith('/')) throw new UsageError(`not the name of a file: ${JSON.stringify(name)}`)
  if (paths.includes('')) throw new UsageError('a path to pack is the empty string; this folder is "."')
  if (directory === '') throw new UsageError('the folder to take paths from is the empty string; this one is "."')
  const epoch = process.env['SOURCE_DATE_EPOCH'] ?? ''
  if (!/^\d{0,15}$/.test(epoch))
    throw new UsageError(`SOURCE_DATE_EPOCH is ${JSON.stringify(epoch)}, expected whole seconds since 1970`)
  const slice = /(?<=[^/])\.part[1-9]\d*$/.exec(name)
  if (slice !== null)
    throw new UsageError(`a name that ends in ${slice[0]} means a slice of an archive; choose another: ${name}`)
  const part = `${name}.part1`
  // Even with --force: of an archive and slices of one name, which one is read depends on who asks.
  if (name !== '-' && existsSync(part))
    throw new UsageError(`${part} is a slice of an archive of that name; remove the slices or choose another name`)
}

/** Names in the file system are any bytes. */
function bytesOf(path: string): Buffer {
  return Buffer.from(encodeText(path))
}

/** `create - . > here.tgz` must not pack what it writes. */
function isSameAs(own: FileIdentity): (file: FileIdentity) => boolean {
  return (file) => file.ino === own.ino && file.dev === own.dev
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
