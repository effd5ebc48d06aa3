/** Restores entries to disk, or writes their data to standard output. */
import { type Archive, type Entry, isIsptarError, normalizeEntryPath } from 'isptar'
import {
  type ExistingPolicy,
  type ExtractProblem,
  type ExtractReport,
  extractTree,
  type RefusedEntry,
} from 'isptar/node'
import type { RelativeOptions } from '../base-options.ts'
import { BlockWriter } from '../block-writer.ts'
import { UsageError } from '../command-io.ts'
import type { Context } from '../context.ts'
import { OK, PARTIAL } from '../exit-code.ts'
import { openNamed } from '../open-named.ts'
import type { PartOptions } from '../part-options.ts'
import { PatternSet } from '../patterns.ts'
import { reportUnused } from '../report-unused.ts'
import { selectEntries } from '../select-entries.ts'
import { escapeName } from '../text/escape-name.ts'
import { longSize, plural } from '../text/quantity.ts'
import { hasData, writeData } from './cat.ts'

/** Options of `isptar extract`. */
export interface ExtractOptions extends RelativeOptions, PartOptions {
  readonly directory?: string
  readonly stripComponents: number
  readonly overwrite?: true
  readonly keep?: true
  readonly delete?: true
  readonly dryRun?: true
  readonly toStdout?: true
  readonly devices?: true
  readonly samePermissions?: true
  readonly threads?: number
  /** False with `--no-owner`. */
  readonly owner: boolean
}

/** A hostile archive has millions of entries to complain about. */
const MAX_PRINTED = 10_000

/** Runs `isptar extract`. */
export async function extract(
  name: string,
  patterns: readonly string[],
  options: ExtractOptions,
  context: Context,
): Promise<number> {
  checkOptions(options)
  const { archive } = await openNamed(name, { ...options, findsBases: true }, context)
  try {
    const wanted = await PatternSet.of(patterns)
    const work = options.toStdout ? writeAll : restore
    const done = await work(archive, wanted, options, context)
    const found = await reportUnused(wanted, archive, context)
    return done === OK ? found : done
  } finally {
    await archive.close()
  }
}

/** An option that would have no effect is a mistake that must not pass unnoticed. */
function checkOptions(options: ExtractOptions): void {
  const { toStdout, dryRun, overwrite, keep, devices, samePermissions } = options
  if (options.directory === '') throw new UsageError('the folder to restore into is the empty string; this one is "."')
  if (options.delete && options.stripComponents > 0)
    throw new UsageError('--delete and --strip-components cannot be combined')
  if (options.delete && options.directory === undefined && !toStdout)
    throw new UsageError('--delete needs -C: name the folder from which it may remove what the archive does not have')
  if (!toStdout) return
  const disk = {
    '--dry-run': dryRun,
    '--strip-components': options.stripComponents > 0,
    '--overwrite': overwrite,
    '--keep': keep,
    '--delete': options.delete,
    '-C': options.directory !== undefined,
    '--devices': devices,
    '--same-permissions': samePermissions,
    '--threads': options.threads !== undefined,
    '--no-owner': !options.owner,
  }
  for (const [flag, given] of Object.entries(disk))
    if (given) throw new UsageError(`--to-stdout and ${flag} cannot be combined`)
}

/** Goes on after an entry that is damaged: the others are wanted all the same. */
async function writeAll(
  archive: Archive,
  wanted: PatternSet,
  _options: ExtractOptions,
  context: Context,
): Promise<number> {
  let exitCode = OK
  for await (const entry of selectEntries(archive, wanted, context.io.signal)) {
    if (!hasData(entry)) continue
    try {
      if (!(await writeData(entry, archive, context))) exitCode = PARTIAL
    } catch (error) {
      if (!isIsptarError(error)) throw error
      await context.fail(error.message)
      exitCode = PARTIAL
    }
  }
  return exitCode
}

async function restore(
  archive: Archive,
  wanted: PatternSet,
  options: ExtractOptions,
  context: Context,
): Promise<number> {
  const progress = context.startProgress()
  let printed = 0
  const dryRun = options.dryRun ?? false
  const names = new BlockWriter(context.io.stdout)
  const show = context.io.stdout.isTty ? escapeName : (name: string): string => name
  const report = await extractTree(archive, options.directory ?? '.', {
    ...(wanted.isEmpty ? {} : { filter: (entry) => wanted.matches(entry.path) }),
    under: wanted.onlyFolder,
    ...(options.owner ? {} : { owners: false }),
    stripComponents: options.stripComponents,
    existing: existingPolicy(options),
    delete: options.delete ?? false,
    dryRun,
    devices: options.devices ?? false,
    samePermissions: options.samePermissions ?? false,
    threads: options.threads,
    signal: context.io.signal,
    onProgress: (state) => progress.update(state, state.totalDataBytes),
    onProblem: (problem) => {
      if (printed < MAX_PRINTED) void context.fail(problemText(problem))
      printed += 1
    },
    onDelete: (place) => {
      if (dryRun) names.gather(`delete ${show(place)}\n`)
      else void context.detail(`delete ${place}`)
    },
    onEntry: (entry) => {
      if (dryRun) names.gather(`${show(placeOf(entry, options.stripComponents))}\n`)
      else void context.detail(entry.path)
    },
  })
  context.endProgress()
  await names.flush()
  await printReport(report, dryRun, context)
  return report.ok ? OK : PARTIAL
}

/** Gives the path below the target folder at which an entry is restored. */
function placeOf(entry: Entry, stripComponents: number): string {
  if (stripComponents === 0) return entry.path
  return normalizeEntryPath(entry.path).split('/').slice(stripComponents).join('/')
}

function existingPolicy({ overwrite, keep }: ExtractOptions): ExistingPolicy {
  if (overwrite) return 'replace'
  return keep ? 'keep' : 'error'
}

function problemText(problem: RefusedEntry | ExtractProblem): string {
  const { path } = problem
  if ('reason' in problem) return `refused ${escapeName(path)}: ${problem.reason}`
  return problem.message.includes(path) ? problem.message : `${escapeName(path)}: ${problem.message}`
}

async function printReport(report: ExtractReport, dryRun: boolean, context: Context): Promise<void> {
  const { refusedCount, problemCount, droppedRightsCount } = report
  const unlisted = refusedCount + problemCount - MAX_PRINTED
  if (unlisted > 0) await context.fail(`and ${plural(unlisted, 'more entry', 'more entries')}`)
  for (const notice of report.notices) await context.warn(notice)
  if (droppedRightsCount > 0)
    await context.warn(
      `${plural(droppedRightsCount, 'entry', 'entries')} restored without setuid, setgid or privileged attributes; ` +
        '--same-permissions as root restores them',
    )
  const parts = [`${dryRun ? 'would restore' : 'restored'} ${plural(report.entryCount, 'entry', 'entries')}`]
  if (!dryRun) parts.push(longSize(report.dataBytes))
  if (report.deletedCount > 0) parts.push(`${report.deletedCount} ${dryRun ? 'to delete' : 'deleted'}`)
  if (report.keptCount > 0) parts.push(`${plural(report.keptCount, 'entry', 'entries')} kept as they were`)
  if (refusedCount > 0) parts.push(`${plural(refusedCount, 'entry', 'entries')} refused`)
  if (problemCount > 0) parts.push(plural(problemCount, 'problem'))
  await context.summarize(parts.join(', '))
}
