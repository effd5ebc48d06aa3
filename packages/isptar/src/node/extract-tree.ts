/**
 * Extracts an archive below a folder and nowhere else: no entry's name, link or type makes it write outside, and no
 * link is followed on the way. What is not safe is refused and reported, and the rest goes on.
 */
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { EntryNotFoundError } from '../errors.ts'
import { PathSelection } from '../extract/path-selection.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import { type ExtractOptions, type ExtractSettings, resolveExtractOptions } from './extract-options.ts'
import { type ExtractReport, ReportBuilder } from './extract-report.ts'
import { surveyArchive, surveyedEntries, type Survey } from './extract-survey.ts'
import { fileError } from './file-error.ts'
import { loadPosix } from './posix.ts'
import { RestoreLedger } from './restore-ledger.ts'
import { LinkRestorer, PendingLinks } from './restore-links.ts'
import { RestoreRoot, type RestoreRootOptions } from './restore-root.ts'
import { TreeRestorer } from './restore-tree.ts'

/**
 * Extracts entries of an archive into a folder, which is made when it is missing.
 *
 * Reads the listing twice, and each file's data once. Rights are restored as stored, whatever the umask; folders that
 * no entry names get what the umask leaves. Symlinks and hardlinks are made last. Of several entries for one place the
 * last wins. A file that fails leaves nothing behind. Nothing is synced to disk.
 *
 * @param archive - stays open
 * @param directory - may itself be a symlink
 * @returns what was done, what was refused and what went wrong; look at `ok`
 * @throws FormatError or IntegrityError when the listing is damaged, before anything is written; StorageError when the
 * disk is full or the folder cannot be used; `signal.reason` after an abort
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

/** {@link extractTree} with its options resolved; `rootOptions` is for tests of systems without `/proc`. */
export async function extractInto(
  archive: Archive,
  directory: string,
  settings: ExtractSettings,
  rootOptions: RestoreRootOptions = {},
): Promise<ExtractReport> {
  settings.signal?.throwIfAborted()
  const selection = new PathSelection(settings.only)
  const survey = await surveyArchive(archive, selection, settings)
  const report = new ReportBuilder()
  for (const path of selection.unmet) report.failed(path, new EntryNotFoundError(path, archive.name), undefined)

  const pending = new PendingLinks()
  const root = openRoot(directory, settings, { ...rootOptions, isLink: (place) => pending.isSymlink(place) })
  const sources = root && survey.linkTargets.size > 0 ? new RestoreRoot(directory, rootOptions) : undefined
  try {
    const ledger = new RestoreLedger(survey)
    const foldsNames = settings.foldsNames ?? (root ? foldsNamesIn(directory, settings) : false)
    const tree = new TreeRestorer({ root, settings, ledger, posix: await loadPosix(), report, foldsNames })
    const run: Run = { archive, settings, survey, selection, report, pending, ledger, tree, root, sources }
    try {
      await restoreEntries(run)
    } finally {
      tree.finishFolders()
    }
    return report.build()
  } finally {
    root?.close()
    sources?.close()
  }
}

interface Run {
  readonly archive: Archive
  readonly settings: ExtractSettings
  readonly survey: Survey
  readonly selection: PathSelection
  readonly report: ReportBuilder
  readonly pending: PendingLinks
  readonly ledger: RestoreLedger
  readonly tree: TreeRestorer
  readonly root: RestoreRoot | undefined
  readonly sources: RestoreRoot | undefined
}

async function restoreEntries(run: Run): Promise<void> {
  const { archive, settings, selection, report, pending, ledger, tree, sources } = run
  let entries = 0
  const onFailure = (entry: Entry, error: unknown): void => report.failed(entry.path, error, settings.signal)
  const onDone = (entry: Entry): void => {
    entries += 1
    const { totalEntryCount, totalDataBytes } = run.survey
    settings.onProgress({
      entryCount: entries,
      dataBytes: report.dataBytes,
      totalEntryCount,
      totalDataBytes,
      path: entry.path,
    })
  }
  for await (const entry of surveyedEntries(archive, settings)) {
    settings.signal?.throwIfAborted()
    ledger.see(entry)
    if (!selection.has(entry.path) || !settings.filter(entry)) continue
    try {
      if (await restoreOrDefer(run, entry)) continue
    } catch (error) {
      onFailure(entry, error)
    }
    onDone(entry)
  }
  await new LinkRestorer({ archive, tree, pending, ledger, settings, sources, onFailure, onDone }).restoreAll()
}

/** Restores an entry, or puts it off when it is a link: then it gives true. */
async function restoreOrDefer({ tree, pending, root }: Run, entry: Entry): Promise<boolean> {
  const place = tree.place(entry)
  if (place === undefined) return false
  if (entry.type === 'symlink' || entry.type === 'hardlink') {
    pending.add(place, entry)
    root?.forget(place)
    return true
  }
  await tree.restore(entry, place)
  pending.drop(place)
  return false
}

function openRoot(directory: string, settings: ExtractSettings, options: RestoreRootOptions): RestoreRoot | undefined {
  if (settings.dryRun && !existsSync(directory)) return undefined
  try {
    if (!settings.dryRun) mkdirSync(directory, { recursive: true })
    return new RestoreRoot(directory, options)
  } catch (error) {
    throw fileError(error, 'extract into', directory)
  }
}

/** Tries out whether a folder takes names that differ in case or normalisation for one. */
function foldsNamesIn(directory: string, settings: ExtractSettings): boolean {
  if (settings.dryRun) return process.platform === 'win32' || process.platform === 'darwin'
  const name = `.isptar-${randomBytes(8).toString('hex')}-\u00e9`
  writeFileSync(join(directory, name), '', { flag: 'wx' })
  try {
    return existsSync(join(directory, name.toUpperCase())) || existsSync(join(directory, name.normalize('NFD')))
  } finally {
    unlinkSync(join(directory, name))
  }
}
