/** The versions of one path over the archives of a backup, and what restoring each would read. Reads no data. */
import { equalBytes } from '../bytes/text.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import { MAX_LINK_DEPTH } from '../limits.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import { type DataFacts, DataFactsReader, type DataRelation, relateData } from './data-facts.ts'
import { newestFirst } from './newest-first.ts'

/**
 * How a version relates to the one in the next older archive. `absent`: the path is not in this archive; `new`: it is, but
 * not in the older one, or there is none. The others speak of data, and for all but files of type, target and device:
 * `likely` the same by size and CRC-32; `unknown` where only reading both would tell.
 */
export type VersionState = 'absent' | 'new' | DataRelation

/** Where the data of a version lies, and how much of it a restore reads. */
export interface VersionData {
  /** What the archive that has it is called, as far as it is known. */
  readonly archiveName: string | undefined
  /** 0 for the archive of the version itself, n for its nth base. */
  readonly depth: number
  /** Slice it begins in, from 1. */
  readonly slice: number
  /** What that slice is called, where its archive is at hand and sliced. */
  readonly sliceName: string | undefined
  /** Length of its member in bytes, of its group where it shares one; undefined in format 1. */
  readonly packedBytes: number | undefined
}

/** What one archive has of a path. */
export interface PathVersion {
  readonly archive: Archive
  readonly state: VersionState
  /** Undefined where it is absent. */
  readonly entry: Entry | undefined
  /** SHA-256 of the data where it is recorded; of a hardlink, that of the file it names. */
  readonly digest: Uint8Array | undefined
  /** Undefined for what has no data. */
  readonly data: VersionData | undefined
}

/**
 * Gives what each archive has of a path, newest archive first. A folder is its own entry here, not what is in it:
 * `compareArchives` tells that.
 *
 * Costs a lookup an archive: with an index a block of its listing, else a pass over it. Archives of a chain need not be
 * opened with their bases.
 *
 * @param path - as stored; a leading `./` and a trailing `/` do not matter
 * @param archives - in any order; where one does not say when it was written, newest first
 * @throws FormatError, IntegrityError, StorageError when a listing cannot be read
 */
export async function findVersions(
  path: string,
  archives: readonly Archive[],
  options: ReadOptions = {},
): Promise<PathVersion[]> {
  const finder = new VersionFinder(archives, options)
  const versions: PathVersion[] = []
  let older: FoundVersion | undefined
  for (const archive of newestFirst(archives).toReversed()) {
    const found = await finder.find(path, archive)
    versions.push({ ...found.version, state: stateOf(found, older) })
    older = found
  }
  return versions.toReversed()
}

/** A version before it is related to the older one. */
interface FoundVersion {
  readonly version: Omit<PathVersion, 'state'>
  readonly facts: DataFacts | undefined
}

class VersionFinder {
  readonly #archives: readonly Archive[]
  readonly #options: ReadOptions
  readonly #facts: DataFactsReader

  constructor(archives: readonly Archive[], options: ReadOptions) {
    this.#archives = archives
    this.#options = options
    this.#facts = new DataFactsReader(options)
  }

  async find(path: string, archive: Archive): Promise<FoundVersion> {
    const entry = await archive.find(path, this.#options)
    const file = entry && (await this.#fileOf(archive, entry))
    const digest = file && (await file.digest(this.#options))
    const data = file?.location && (await this.#describeData(archive, file))
    const facts = file && (await this.#facts.read(archive, file, digest))
    return { version: { archive, entry, digest, data }, facts }
  }

  /** Gives the file itself, or the one that a hardlink names; undefined for all else. */
  async #fileOf(archive: Archive, entry: Entry): Promise<Entry | undefined> {
    let current: Entry | undefined = entry
    for (let links = 0; current?.type === 'hardlink' && links < MAX_LINK_DEPTH; links += 1)
      current = await archive.find(current.linkTarget ?? '', this.#options)
    return current?.type === 'file' ? current : undefined
  }

  async #describeData(archive: Archive, { location, packedBytes }: Entry): Promise<VersionData> {
    const { depth = 0, slice = 1 } = location ?? {}
    const holder = await this.#holderOf(archive, depth)
    return {
      archiveName: holder?.name ?? archive.baseNames[depth - 1],
      depth,
      slice,
      sliceName: holder?.sliceNames?.[slice - 1],
      packedBytes,
    }
  }

  async #holderOf(archive: Archive, depth: number): Promise<Archive | undefined> {
    if (depth === 0) return archive
    const opened = archive.bases[depth - 1]
    const identity = await this.#facts.holderIdentity(archive, depth)
    return opened ?? this.#archives.find((other) => other.identity !== undefined && other.identity === identity)
  }
}

function stateOf(found: FoundVersion, older: FoundVersion | undefined): VersionState {
  const [entry, before] = [found.version.entry, older?.version.entry]
  if (entry === undefined) return 'absent'
  if (before === undefined) return 'new'
  if (found.facts && older?.facts) return relateData(found.facts, older.facts)
  return entry.type === before.type && sameNature(entry, before) ? 'same' : 'different'
}

/** Compares what is no file. */
function sameNature(a: Entry, b: Entry): boolean {
  const [link, otherLink] = [a.linkTargetBytes, b.linkTargetBytes]
  const sameLink = link && otherLink ? equalBytes(link, otherLink) : link === otherLink
  return sameLink && a.device?.major === b.device?.major && a.device?.minor === b.device?.minor
}
