/** Checks the archive, or some of its files. */
import { type Archive, normalizeEntryPath } from 'isptar'
import type { CheckCalls, CheckProgress, CheckReport, CheckScope } from '../contract/check-calls.ts'
import type { ArchiveHolder } from './archive-holder.ts'
import { EntriesCheck } from './entries-check.ts'
import { problemOf } from './check-problem.ts'
import { PathScope } from './path-scope.ts'
import { seldom } from './seldom.ts'

/** Checks. */
export class CheckEngine implements CheckCalls {
  readonly #holder: ArchiveHolder

  constructor(holder: ArchiveHolder) {
    this.#holder = holder
  }

  async verify(
    scope: CheckScope,
    onProgress: (progress: CheckProgress) => void,
    signal: AbortSignal,
  ): Promise<CheckReport> {
    const { archive } = this.#holder
    const tell = seldom(onProgress)
    if (scope.type === 'archive') return verifyWhole(archive, tell, signal)
    return new EntriesCheck(archive, new PathScope(scope.paths), tell, signal).run()
  }
}

async function verifyWhole(
  archive: Archive,
  tell: (progress: CheckProgress) => void,
  signal: AbortSignal,
): Promise<CheckReport> {
  const totals = { totalEntries: archive.entryCount, totalBytes: totalBytesOf(archive) }
  const report = await archive.verify({ signal, onProgress: (progress) => tell({ ...progress, ...totals }) })
  return {
    isOk: report.ok,
    isComplete: report.baseCount === 0 && !archive.isCatalogue,
    uncheckedFiles: archive.isCatalogue ? undefined : report.baseCount,
    scope: 'archive',
    entryCount: report.entryCount,
    dataBytes: report.dataBytes,
    basis: basisOfWhole(archive, report.ok),
    problems: report.problems.map(({ path, message }) => problemOf(path && normalizeEntryPath(path), message)),
    moreProblems: report.problemCount - report.problems.length,
    notices: report.notices,
  }
}

/** What its service info says; that of an absent base is not read. */
function totalBytesOf({ serviceInfo, baseIdentities, bases }: Archive): number | undefined {
  const size = serviceInfo.get('data_size')
  const isWhole = bases.length >= baseIdentities.length && bases.every((base) => base !== undefined)
  return isWhole && size !== undefined && /^[0-9]{1,15}$/.test(size) ? Number(size) : undefined
}

function basisOfWhole({ hasDigests, formatVersion, isCatalogue, partName }: Archive, isOk: boolean): readonly string[] {
  const basis = ['The listing was held to its CRC-32 and to the identity of the archive.']
  if (isCatalogue) return basis
  const digests = hasDigests ? ', and to its SHA-256 where one is recorded' : '; no SHA-256 is recorded'
  basis.push(`The data of every file was read and held to its length and CRC-32${digests}.`)
  if (formatVersion === 2 && partName === undefined)
    basis.push(`Tar headers were held to the listing${isOk ? ': an ordinary tar unpacks the same' : ''}.`)
  return basis
}
