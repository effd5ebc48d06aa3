/**
 * What a new archive can take from a base instead of storing it: entries that are unchanged, and files whose content is in
 * the base under any path. Taken is a reference, or, on wish, the packed data itself.
 */
import { createSha256 } from '#sha256'
import { BaseMismatchError, isIsptarError } from '../errors.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import { parseCreated } from '../tail/created-text.ts'
import type { BaseIdentity } from '../write/archive-info.ts'
import type { AddedEntry, ArchiveWriter } from '../write/archive-writer.ts'
import type { EntryInput } from '../write/entry-input.ts'
import { copyEntry } from './copy-entry.ts'
import { type EntryLookup, openEntryLookup } from './entry-lookup.ts'
import { type IdentifiedBases, identifyBases } from './identify-bases.ts'
import { ContentTable } from './moved-content.ts'
import { isUnchanged, type PresentEntry } from './unchanged.ts'

/** What is taken and how. */
export interface BaseReuseOptions extends ReadOptions {
  /** Whether data is copied into the new archive, so that it needs no base. @defaultValue false: it refers to it */
  copyData?: boolean | undefined
  /** Whether files are found by their content, where the base has digests. @defaultValue false */
  moved?: boolean | undefined
}

/** The bases of an archive that is being written. Close it. */
export class BaseReuse {
  /** What the new archive records of its bases; none when data is copied. */
  readonly identities: readonly BaseIdentity[]
  readonly #base: Archive
  readonly #maxDepth: number
  readonly #lookup: EntryLookup
  readonly #contents: ContentTable | undefined
  readonly #options: BaseReuseOptions

  /** Use {@link openBaseReuse}. */
  constructor(
    bases: IdentifiedBases,
    lookup: EntryLookup,
    contents: ContentTable | undefined,
    options: BaseReuseOptions,
  ) {
    this.identities = options.copyData ? [] : bases.identities
    this.#base = bases.nearest
    this.#maxDepth = bases.maxDepth
    this.#lookup = lookup
    this.#contents = contents
    this.#options = options
  }

  /** Gives what the base has under a path, unless that cannot be taken. Ask in the archive's order. */
  async at(path: Uint8Array): Promise<Entry | undefined> {
    const entry = await this.#lookup.find(path)
    return entry && isUsable(entry, this.#base, this.#maxDepth) ? entry : undefined
  }

  /** Tells whether an entry is, by its metadata, what {@link at} gave. */
  isUnchanged(now: PresentEntry, then: Entry): boolean {
    return isUnchanged(now, then, this.#base.formatVersion === 2 ? 'nanoseconds' : 'seconds')
  }

  /**
   * Tells whether a file may have other data although it is unchanged by its metadata: it was written to after the base
   * was begun, and clocks of file systems are coarse, so another change may have the same time.
   */
  isDoubtful({ mtime }: Entry): boolean {
    const begun = parseCreated(this.#base.createdAt)
    return begun !== undefined && mtime !== undefined && mtime.seconds >= begun.seconds
  }

  /** Tells whether a file of this size may be found by its content. */
  mayHold(sizeBytes: number): boolean {
    return this.#contents?.hasSize(sizeBytes) ?? false
  }

  /** Finds a file of this content under any path. */
  async holding(content: { readonly sizeBytes: number; readonly digest: Uint8Array }): Promise<Entry | undefined> {
    return this.#contents?.find(content, this.#lookup, this.#options)
  }

  /**
   * Gives the SHA-256 of a file of the base: the recorded one, or else that of its data.
   *
   * @returns undefined when it has none and the data is not at hand
   */
  async digestOf(entry: Entry): Promise<Uint8Array | undefined> {
    const { signal } = this.#options
    const recorded = await entry.digest({ signal })
    if (recorded) return recorded
    const sha256 = createSha256()
    try {
      for await (const chunk of entry.stream({ signal })) sha256.update(chunk)
      return sha256.digest()
    } catch (error) {
      signal?.throwIfAborted()
      // A catalogue, a base that is missing or damaged: the file at hand is stored anew.
      if (isIsptarError(error)) return undefined
      throw error
    }
  }

  /**
   * Adds an entry with the data of one of the base.
   *
   * @param now - what it is now
   * @param then - of the base; a file's data is that of `now`
   * @throws what `ArchiveWriter.addReference` and `copyEntry` throw
   */
  async add(writer: ArchiveWriter, now: EntryInput, then: Entry): Promise<AddedEntry> {
    const { copyData, signal } = this.#options
    if (copyData) return copyEntry(writer, this.#base, then, { signal }, now)
    if (then.location === undefined) return writer.addReference(now)
    const hasColumns = this.#base.formatVersion === 2
    const digest = await then.digest({ signal })
    return writer.addReference(now, { record: then.record, base: 1, hasColumns, digest })
  }

  /** Lets go of the base, which stays open. */
  close(): Promise<void> {
    return this.#lookup.close()
  }
}

/**
 * Makes a base ready. Reads its listing whole, which checks it, and, with `moved`, its digests.
 *
 * @param given - nearest first; see {@link identifyBases}. They stay open
 * @throws BaseMismatchError when they do not belong together, or data is to be copied that is not at hand
 */
export async function openBaseReuse(given: readonly Archive[], options: BaseReuseOptions = {}): Promise<BaseReuse> {
  const bases = await identifyBases(given, options)
  if (options.copyData) await checkData(bases.nearest, options)
  const { nearest: base, maxDepth } = bases
  const contents = options.moved && base.hasDigests ? new ContentTable() : undefined
  const lookup = await openEntryLookup(base, {
    digests: base.hasDigests,
    signal: options.signal,
    visit: (entry) => {
      const { digest, line } = entry.place
      if (digest && entry.location && isUsable(entry, base, maxDepth)) contents?.add(line, entry.sizeBytes, digest)
    },
  })
  contents?.finish()
  return new BaseReuse(bases, lookup, contents, options)
}

async function checkData(base: Archive, options: ReadOptions): Promise<void> {
  await base.checkBases(undefined, options)
  if (!base.isCatalogue) return
  // A differential of the original that has no data of its own cannot be told from its catalogue, and need not be.
  for await (const { location } of base.entries(options))
    if (location?.depth === 0)
      throw new BaseMismatchError(`${base.name} is a catalogue: data is copied from the archive, give that as base`)
}

/**
 * What changed while it was packed is no state it ever had; what lies in an unknown base could not be checked later; and
 * an archive of format 1 refers to files of groups, but does not say all that reading them takes.
 */
function isUsable({ dirty, location }: Entry, { formatVersion }: Archive, maxDepth: number): boolean {
  const isLost = formatVersion === 1 && (location?.plainOffset ?? 0) > 0
  return !dirty && !isLost && (location?.depth ?? 0) <= maxDepth
}
