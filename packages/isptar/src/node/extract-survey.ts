/**
 * The first pass over the listing, before anything is written: it finds a damaged listing while nothing is done yet,
 * how much there is to do, which entries hardlinks lead to, and which places are meant by more than one entry.
 */
import { DuplicateFinder } from '../extract/duplicate-finder.ts'
import type { PathSelection } from '../extract/path-selection.ts'
import { type PlacePolicy, placeEntry } from '../extract/place-entry.ts'
import { isIsptarError } from '../errors.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import { normalizeEntryPath } from '../tar/entry-path.ts'
import type { ExtractSettings } from './extract-options.ts'

/** What the first pass found. */
export interface Survey {
  readonly totalEntryCount: number
  readonly totalDataBytes: number
  /** Whether most of the data is wanted, so that reading ahead pays. */
  readonly isDense: boolean
  /** Normalised paths that hardlinks lead to. */
  readonly linkTargets: ReadonlySet<string>
  /** Places that may be meant more than once, and places of link targets: what becomes of them is kept in mind. */
  readonly watchedPlaces: ReadonlySet<string>
  /** Which bases have data that is wanted, by their number, from 1. */
  readonly neededBases: ReadonlySet<number>
}

/** Gives the entries to look at: one folder where only one is wanted, else all. */
export function surveyedEntries(archive: Archive, settings: ExtractSettings): AsyncIterable<Entry> {
  const under = settings.under ?? (settings.only?.length === 1 ? settings.only[0] : undefined)
  return archive.entries({ under, signal: settings.signal })
}

/**
 * Reads the listing once, or twice where a differential archive has hardlinks. Memory grows with the number of hardlinks and repeated places only.
 *
 * @throws FormatError or IntegrityError when the listing is damaged
 */
export async function surveyArchive(
  archive: Archive,
  selection: PathSelection,
  settings: ExtractSettings,
): Promise<Survey> {
  const finder = new DuplicateFinder()
  const linkTargets = new Set<string>()
  const watchedPlaces = new Set<string>()
  const neededBases = new Set<number>()
  let totalEntryCount = 0
  let totalDataBytes = 0
  let withData = 0
  let wantedWithData = 0
  for await (const entry of surveyedEntries(archive, settings)) {
    if (entry.sizeBytes > 0) withData += 1
    const { path } = entry
    if (!selection.has(path) || !settings.filter(entry)) continue
    totalEntryCount += 1
    totalDataBytes += entry.sizeBytes
    needBase(entry, neededBases)
    if (entry.sizeBytes > 0) wantedWithData += 1
    const place = placeOrNothing(path, settings)
    if (place !== undefined && finder.add(place)) watchedPlaces.add(place)
    if (entry.type !== 'hardlink') continue
    linkTargets.add(normalizeEntryPath(entry.linkTarget ?? ''))
    const targetPlace = placeOrNothing(entry.linkTarget ?? '', settings)
    if (targetPlace !== undefined) watchedPlaces.add(targetPlace)
  }
  const isDense = wantedWithData > 1 && wantedWithData * 2 > withData
  const hasBases = archive.bases.length > 0 || archive.baseIdentities.length > 0
  if (hasBases && linkTargets.size > 0) await needBasesOfLinks(archive, linkTargets, neededBases, settings)
  return { totalEntryCount, totalDataBytes, isDense, linkTargets, watchedPlaces, neededBases }
}

function needBase({ location }: Entry, neededBases: Set<number>): void {
  if (location && location.depth > 0) neededBases.add(location.depth)
}

/** The data of a hardlink may be that of an entry that is not wanted itself. */
async function needBasesOfLinks(
  archive: Archive,
  linkTargets: ReadonlySet<string>,
  neededBases: Set<number>,
  settings: ExtractSettings,
): Promise<void> {
  for await (const entry of archive.entries({ signal: settings.signal }))
    if (entry.location && linkTargets.has(normalizeEntryPath(entry.path))) needBase(entry, neededBases)
}

/** Refusals are reported by the second pass. */
function placeOrNothing(path: string, policy: PlacePolicy): string | undefined {
  try {
    return placeEntry(path, policy)
  } catch (error) {
    if (isIsptarError(error, 'unsafe-path')) return undefined
    throw error
  }
}
