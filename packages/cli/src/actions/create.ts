/** Packs files and folders into a new archive. */
import type { Archive, Level } from 'isptar'
import { measureTree, type PackReport, packTree, SlicedFileTarget, type TreeSize } from 'isptar/node'
import type { NewBaseOptions } from '../base-options.ts'
import { createHooks, readFromOf } from '../command-hooks.ts'
import { type Output, UsageError } from '../command-io.ts'
import type { Context } from '../context.ts'
import { OK, PARTIAL } from '../exit-code.ts'
import type { HookOptions } from '../hook-options.ts'
import { bytesOf, checkNewArchive, checkRoots, openNewArchive, storedSuffixes } from '../new-archive.ts'
import { checkNewBase, newBaseOptions, openNewBase, reusedText } from '../new-base.ts'
import type { SliceOptions } from '../slice-options.ts'
import { escapeName } from '../text/escape-name.ts'
import { grouped, longSize, plural } from '../text/quantity.ts'
import type { WalkOptions } from '../walk-options.ts'

/** Options of `isptar create`. */
export interface CreateOptions extends HookOptions, WalkOptions, SliceOptions, NewBaseOptions {
  readonly directory?: string
  readonly level: Level
  readonly storeSuffix?: readonly string[]
  /** Plain bytes of a group. */
  readonly group?: number
  readonly threads?: number
  readonly force?: true
  /** False to keep no journal. */
  readonly resume?: boolean
}

type FileIdentity = NonNullable<Output['file']>

/** Runs `isptar create`. Files that cannot be read are reported and left out; the archive is whole all the same. */
export async function create(
  name: string,
  paths: readonly string[],
  options: CreateOptions,
  context: Context,
): Promise<number> {
  checkRoots(paths, options.directory)
  checkNewArchive(name, options)
  checkNewBase(name, options)
  checkResume(options)
  checkShell(options)
  const base = await openNewBase(options, context)
  try {
    return await pack(name, paths, { ...options, opened: base }, context)
  } finally {
    await base?.close()
  }
}

async function pack(
  name: string,
  paths: readonly string[],
  options: CreateOptions & { readonly opened: Archive | undefined },
  context: Context,
): Promise<number> {
  const hooks = createHooks(options, context)
  const target = openNewArchive(name, options, context)
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
  const packing = packTree(roots, target, {
    ...walk,
    level: options.level,
    storeSuffixes: storedSuffixes(options.storeSuffix),
    groupBytes: options.group,
    threads: options.threads,
    xattrs: options.xattrs,
    resume: options.resume ?? false,
    journal: options.resume ?? true,
    ...newBaseOptions(options, options.opened),
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
  const report = await packing.catch(async (error: unknown) => {
    if (target instanceof SlicedFileTarget && target.canResume)
      await context.say(`${escapeName(name)} is not finished: the same command with --resume goes on`)
    throw error
  })
  context.endProgress()
  if (report.afterRunError instanceof Error)
    await context.fail(`the archive is whole, but ${report.afterRunError.message}`)
  const isDifferential = options.opened !== undefined && !options.copyData
  await context.summarize(summaryText(target.name, report, isDifferential))
  return report.ok ? OK : PARTIAL
}

function checkResume({ resume, slice, copyData }: CreateOptions): void {
  if (resume === undefined) return
  if (slice === undefined) throw new UsageError(`--${resume ? '' : 'no-'}resume is of use only with --slice`)
  if (resume && copyData)
    throw new UsageError('--resume cannot go on where data is copied from a base: leave out --copy-data')
}

function checkShell({ shell, beforeRun, afterRun, beforePath, afterPath, onSlice }: CreateOptions): void {
  if (shell && ![beforeRun, afterRun, beforePath, afterPath, onSlice].some((command) => command !== undefined))
    throw new UsageError('--shell is of use only with a command to run')
}

/** `create - . > here.tgz` must not pack what it writes. */
function isSameAs(own: FileIdentity): (file: FileIdentity) => boolean {
  return (file) => file.ino === own.ino && file.dev === own.dev
}

function summaryText(name: string, report: PackReport, isDifferential: boolean): string {
  const { entryCount, problems } = report
  const what = isDifferential ? storedText(report) : packedText(report)
  const trouble = problems.length > 0 ? `, ${plural(problems.length, 'problem')}` : ''
  return `${escapeName(name)}: ${plural(entryCount, 'entry', 'entries')}, ${what}${trouble}`
}

function packedText({ summary: { dataBytes, sizeBytes }, reused }: PackReport): string {
  // Of a few small files the archive is larger than they are, which is of no interest.
  const percent = sizeBytes < dataBytes ? ` (${((sizeBytes / dataBytes) * 100).toFixed(1)} %)` : ''
  return `${longSize(dataBytes)} packed into ${longSize(sizeBytes)}${percent}${reusedText(reused)}`
}

/** The size of all data has nothing to do with that of an archive that refers to most of it. */
function storedText({ summary, entryCount, reused }: PackReport): string {
  const newCount = entryCount - reused.unchangedCount - reused.movedCount
  const newBytes = longSize(summary.dataBytes - reused.dataBytes)
  const unchanged = reusedText(reused, ' in the base')
  return `${grouped(newCount)} new or changed (${newBytes})${unchanged}, ${longSize(summary.sizeBytes)} written`
}
