/** Compares two archives without unpacking either. */
import { createSha256 } from '#sha256'
import type { Archive } from '../read/archive.ts'
import type { ComparedItem, CompareOptions, Difference } from './compare-sides.ts'
import { compareSides } from './compare-sides.ts'
import { type DataFacts, DataFactsReader } from './data-facts.ts'
import { type OrderedEntry, orderedEntries } from './ordered-entries.ts'

/**
 * Gives what differs between two archives, in the order of paths. Costs a pass over both listings, for `content` also
 * over their digests; data is read only where `content` is asked for and one of them has no digest, which takes the
 * bases it lies in. Memory does not grow with the number of entries where both are in order (`order=path`); the listing
 * of one that is not is held.
 *
 * A difference of `content` is one of files of the same size; where sizes differ, `size` says it all. By `metadata`,
 * files of the same size whose checksums are not recorded count as the same when nothing else differs.
 *
 * @param before - the older one; `added` is what it lacks
 * @param after - the newer one
 * @throws FormatError, IntegrityError, StorageError; BaseMismatchError when data must be read of a base that was not given
 * @example
 * ```ts
 * const sunday = await openArchive(new HttpSource('https://backups.example/sunday.tgz'))
 * const monday = await openArchive(new HttpSource('https://backups.example/monday.tgz'))
 * for await (const { kind, path, changes } of compareArchives(sunday, monday)) console.log(kind, path, changes)
 * await Promise.all([sunday.close(), monday.close()])
 * ```
 */
export function compareArchives(
  before: Archive,
  after: Archive,
  options: CompareOptions = {},
): AsyncGenerator<Difference, void, undefined> {
  const facts = new DataFactsReader({ signal: options.signal })
  return compareSides(archiveSide(before, facts, options), archiveSide(after, facts, options), options)
}

/** Gives the entries of an archive as one side of a comparison. */
export async function* archiveSide(
  archive: Archive,
  facts: DataFactsReader,
  { by, signal }: CompareOptions,
): AsyncGenerator<ComparedItem, void, undefined> {
  const digests = by === 'content'
  for await (const found of orderedEntries(archive, { digests, signal }))
    yield new ArchiveItem(archive, found, facts, signal)
}

class ArchiveItem implements ComparedItem {
  readonly pathBytes: Uint8Array
  readonly metadata: ComparedItem['metadata']
  readonly #archive: Archive
  readonly #entry: OrderedEntry['entry']
  readonly #facts: DataFactsReader
  readonly #signal: AbortSignal | undefined

  constructor(archive: Archive, { pathBytes, entry }: OrderedEntry, facts: DataFactsReader, signal?: AbortSignal) {
    this.pathBytes = pathBytes
    // A hardlink has the attributes of the file that it names.
    const xattrs = entry.type === 'hardlink' ? undefined : entry.xattrs
    this.metadata = { ...entry.record, xattrs, isCoarse: archive.formatVersion === 1 }
    this.#archive = archive
    this.#entry = entry
    this.#facts = facts
    this.#signal = signal
  }

  facts(): Promise<DataFacts> {
    return this.#facts.read(this.#archive, this.#entry, this.#entry.place.digest)
  }

  async hash(): Promise<Uint8Array> {
    const sha256 = createSha256()
    for await (const chunk of this.#archive.stream(this.#entry, { signal: this.#signal })) sha256.update(chunk)
    return sha256.digest()
  }
}
