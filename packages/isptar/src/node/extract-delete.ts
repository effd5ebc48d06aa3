/**
 * Removes from the target folder of an extraction what the archive does not have, but only in folders that the archive
 * names and that are wanted. The target is walked in the archive's order beside the listing, in flat memory.
 */
import { encodeText } from '../bytes/text.ts'
import { type EntryLookup, openEntryLookup } from '../chain/entry-lookup.ts'
import { foldName } from '../extract/name-register.ts'
import type { PathSelection } from '../extract/path-selection.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import type { ExtractSettings } from './extract-options.ts'
import type { ReportBuilder } from './extract-report.ts'
import type { TreeRemover } from './remove-tree.ts'

/** What removing takes. */
export interface DeleteContext {
  readonly archive: Archive
  readonly settings: ExtractSettings
  readonly selection: PathSelection
  readonly report: ReportBuilder
  readonly remover: TreeRemover
  /** Whether the target takes names that differ in case or normalisation for one. */
  readonly foldsNames: boolean
}

/** What the archive has at a place: a folder that is wanted, a way to what it has below, anything else, or nothing. */
type Known = 'folder' | 'way' | 'other' | undefined

type Knowledge = (place: string) => Promise<Known>

/**
 * Removes what is not in the archive. Reads the listing twice.
 *
 * @throws FormatError, IntegrityError when the listing is damaged, before anything is removed
 */
export async function deleteOthers(context: DeleteContext): Promise<void> {
  const { archive, settings } = context
  const folded = context.foldsNames ? new Map<string, Known>() : undefined
  const lookup = await openEntryLookup(archive, {
    signal: settings.signal,
    visit: (entry) => folded && noteFolded(entry, folded, context),
  })
  try {
    const isFolder = settings.wantsAll && archive.serviceInfo.get('top') === 'folder'
    const know: Knowledge = folded
      ? async (place) => folded.get(foldName(place))
      : (place) => knowExactly(place, lookup, context)
    await visit('', isFolder, know, context)
  } finally {
    await lookup.close()
  }
}

/** Goes through a folder that is on the way to entries. */
async function visit(folder: string, isWanted: boolean, know: Knowledge, context: DeleteContext): Promise<void> {
  const { remover, report, settings } = context
  for (const name of namesIn(folder, context)) {
    await remover.takeTurn()
    const place = folder === '' ? name : `${folder}/${name}`
    const known = await know(place)
    try {
      if (known === undefined && isWanted) await remover.remove(place)
      else if (known !== undefined && known !== 'other' && remover.look(place)?.isDirectory())
        await visit(place, known === 'folder', know, context)
    } catch (error) {
      report.failed(place, error, settings.signal)
    }
  }
}

function namesIn(folder: string, { remover, report, settings }: DeleteContext): readonly string[] {
  try {
    return remover.names(folder)
  } catch (error) {
    report.failed(folder, error, settings.signal)
    return []
  }
}

async function knowExactly(place: string, lookup: EntryLookup, context: DeleteContext): Promise<Known> {
  const path = encodeText(place)
  const entry = await lookup.find(path)
  if (entry === undefined) return (await lookup.reaches(path)) ? 'way' : undefined
  return knownAs(entry, context)
}

function knownAs(entry: Entry, { selection, settings }: DeleteContext): Known {
  if (entry.type !== 'directory') return 'other'
  return selection.has(entry.path) && settings.filter(entry) ? 'folder' : 'way'
}

/** Where names are folded, all of them are kept: one of them may stand for another. */
function noteFolded(entry: Entry, folded: Map<string, Known>, context: DeleteContext): void {
  const place = foldName(normalizeEntryPath(entry.path))
  for (let end = place.indexOf('/'); end >= 0; end = place.indexOf('/', end + 1)) {
    const parent = place.slice(0, end)
    if (!folded.has(parent)) folded.set(parent, 'way')
  }
  folded.set(place, knownAs(entry, context))
}
