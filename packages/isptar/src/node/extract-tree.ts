/**
 * Extracts an archive below a folder and nowhere else: no entry's name, link or type makes it write outside, and no
 * link is followed on the way. What is not safe is refused and reported, and the rest goes on.
 */
import { existsSync } from 'node:fs'
import { EntryNotFoundError } from '../errors.ts'
import { PathSelection } from '../extract/path-selection.ts'
import type { Archive } from '../read/archive.ts'
import { EventOrder } from './event-order.ts'
import { type ExtractOptions, type ExtractSettings, resolveExtractOptions } from './extract-options.ts'
import { deleteOthers } from './extract-delete.ts'
import { type ExtractReport, ReportBuilder } from './extract-report.ts'
import { surveyArchive } from './extract-survey.ts'
import { fileError } from './file-error.ts'
import { makeFolders } from './make-folders.ts'
import { filesOf } from './own-files.ts'
import { TreeRemover } from './remove-tree.ts'
import { RestoreLedger } from './restore-ledger.ts'
import { restoreEntries } from './restore-entries.ts'
import { PendingLinks } from './restore-links.ts'
import { type PoolSeams, RestorePools } from './restore-pool.ts'
import { RestoreRoot, type RestoreRootOptions } from './restore-root.ts'
import { TreeRestorer } from './restore-tree.ts'

/**
 * Extracts entries of an archive into a folder, which is made when it is missing.
 *
 * Reads the listing twice, and each file's data once: members that lie near each other in one read, of 1 MiB at most. The
 * umask is taken off the permissions, but for root and with `samePermissions`; folders that no entry names get what it
 * leaves. Small files are unfolded and written by threads; callers are told of all in the order of the archive. Blocks of zeros take no room on disk. Symlinks and hardlinks are made last. Of several entries for one place the
 * last wins. A file that fails leaves nothing behind. Nothing is synced to disk.
 *
 * @param archive - stays open
 * @param directory - may itself be a symlink
 * @returns what was done, what was refused and what went wrong; look at `ok`
 * @throws FormatError or IntegrityError when the listing is damaged, BaseMismatchError when a base that is needed is missing
 * or another, both before anything is written; StorageError when the disk is full or the folder cannot be used;
 * `signal.reason` after an abort
 * @example
 * ```ts
 * const archive = await openArchive(await openFile('site.tgz'))
 * const { ok, refused } = await extractTree(archive, 'restored', { only: ['site/etc'] })
 * console.log(ok, refused)
 * await archive.close()
 * ```
 */
export async function extractTree(
  archive: Archive,
  directory: string,
  options: ExtractOptions = {},
): Promise<ExtractReport> {
  return extractInto(archive, directory, resolveExtractOptions(options))
}

/** What tests put in the place of this machine. */
export interface ExtractSeams extends RestoreRootOptions, PoolSeams {}

/** {@link extractTree} with its options resolved. */
export async function extractInto(
  archive: Archive,
  directory: string,
  settings: ExtractSettings,
  seams: ExtractSeams = {},
): Promise<ExtractReport> {
  settings.signal?.throwIfAborted()
  const pools = await RestorePools.start(archive, settings, seams)
  try {
    return await extractWith(pools, archive, directory, settings, seams)
  } finally {
    await pools.close()
  }
}

async function extractWith(
  pools: RestorePools,
  archive: Archive,
  directory: string,
  settings: ExtractSettings,
  seams: ExtractSeams,
): Promise<ExtractReport> {
  const selection = new PathSelection(settings.only, settings.under)
  const survey = await surveyArchive(archive, selection, settings)
  await archive.checkBases(survey.neededBases, { signal: settings.signal })
  const report = new ReportBuilder(settings.onProblem)
  for (const path of selection.unmet) report.failed(path, new EntryNotFoundError(path, archive.name), undefined)

  const pending = new PendingLinks()
  const root = openRoot(directory, settings, { ...seams, isLink: (place) => pending.isSymlink(place) })
  const sources = root && survey.linkTargets.size > 0 ? new RestoreRoot(directory, seams) : undefined
  const removals = root && settings.delete ? new RestoreRoot(directory, seams) : undefined
  try {
    const notices: string[] = []
    const order = new EventOrder()
    const openRemover = (): TreeRemover | undefined =>
      removals && createRemover(removals, archive, { settings, report, order, notices })
    const ledger = new RestoreLedger(survey)
    const { posix } = pools
    const reader = survey.isDense ? archive.readAhead() : archive
    const tree = new TreeRestorer({ root, settings, ledger, posix, report, order, remover: openRemover(), reader })
    const pool = pools.choose(survey)
    try {
      await restoreEntries({
        archive,
        settings,
        survey,
        selection,
        report,
        order,
        pending,
        ledger,
        tree,
        root,
        sources,
        pool,
      })
      // Another one, which knows of slices that were fetched meanwhile.
      const remover = openRemover()
      if (remover && report.isComplete)
        await deleteOthers({ archive, settings, selection, report, remover, foldsNames: tree.foldsNames })
      else if (remover) notices.push('nothing else was removed, since not everything could be restored')
    } finally {
      tree.finishFolders()
    }
    if (posix.notice !== undefined && !settings.dryRun) notices.push(posix.notice)
    return report.build(notices)
  } finally {
    root?.close()
    sources?.close()
    removals?.close()
  }
}

interface RemoverContext {
  readonly settings: ExtractSettings
  readonly report: ReportBuilder
  readonly order: EventOrder
  readonly notices: string[]
}

function createRemover(
  root: RestoreRoot,
  archive: Archive,
  { settings, report, order, notices }: RemoverContext,
): TreeRemover {
  return new TreeRemover({
    root,
    ownFiles: filesOf([archive]),
    dryRun: settings.dryRun,
    onRemoved: (place) => {
      report.deleted()
      order.tell(() => settings.onDelete(place))
    },
    onKept: (place, why) => notices.push(`${JSON.stringify(place)} is not removed: ${why}`),
    onFailure: (place, error) => order.tell(() => report.failed(place, error, settings.signal)),
    signal: settings.signal,
  })
}

function openRoot(directory: string, settings: ExtractSettings, options: RestoreRootOptions): RestoreRoot | undefined {
  if (settings.dryRun && !existsSync(directory)) return undefined
  try {
    if (!settings.dryRun) makeFolders(directory)
    return new RestoreRoot(directory, options)
  } catch (error) {
    throw fileError(error, 'extract into', directory)
  }
}
