/** What flattening, merging and splitting share: entries of one archive go into another in stored order, as they are. */
import { KiB } from '../limits.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import { parseCreated } from '../tail/created-text.ts'
import type { Time } from '../tar/entry-type.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import type { ArchiveWriter, CreateOptions } from '../write/archive-writer.ts'
import { copyEntry } from './copy-entry.ts'
import { describeForWriter } from './entry-input.ts'
import { findUnits } from './find-units.ts'
import { type CopiedEntry, type Selection, selectEntries } from './selection.ts'

/** A read more costs about as much as this many bytes more. */
const BYTES_WORTH_A_READ: number = 64 * KiB

/** How far a copy is. */
export interface CopyProgress {
  /** Entries copied so far. */
  readonly entryCount: number
  /** Bytes of their data, unpacked. */
  readonly dataBytes: number
  /** The entry copied last. */
  readonly path: string
}

/** How to make an archive of others. */
export interface CopyArchiveOptions
  extends Pick<
    CreateOptions,
    'level' | 'createdAt' | 'digest' | 'seekBytes' | 'groupBytes' | 'catalogue' | 'codec' | 'signal'
  > {
  /** Whether each data member is inflated and checked on its way; groups always are. @defaultValue true */
  verify?: boolean | undefined
  /**
   * Which entries are copied, asked once for each, in stored order; their parents need not be. A hardlink to what is not
   * copied becomes that itself, and further ones link to it. Bases that nothing of it refers to need not be at hand.
   * Costs a pass over the listing more, two where hardlinks are selected.
   *
   * @defaultValue all are copied
   */
  select?: ((entry: Entry) => boolean) | undefined
  /** Called after each entry. */
  onProgress?: ((progress: CopyProgress) => void) | undefined
}

/** Counts over several archives. */
export class Copier {
  readonly #writer: ArchiveWriter
  readonly #options: CopyArchiveOptions
  #entryCount = 0
  #dataBytes = 0

  /** @param writer - takes the entries; whoever calls closes or aborts it */
  constructor(writer: ArchiveWriter, options: CopyArchiveOptions) {
    this.#writer = writer
    this.#options = options
  }

  /**
   * Copies entries of an archive. Small members beside each other are read together, groups of which all is wanted are
   * moved whole, and files of others are packed anew.
   *
   * @param selection - of its entries. @defaultValue all
   * @param check - called before each entry; what it throws ends the copy
   * @throws what `copyEntry` throws
   */
  async copyAll(archive: Archive, selection: Selection | undefined, check?: (path: string) => void): Promise<void> {
    const { signal, verify } = this.#options
    const ahead = archive.readAhead()
    const asCopied = (entry: Entry): CopiedEntry =>
      selection?.changed(entry) ?? { source: entry, input: describeForWriter(entry) }
    const headerOf = (entry: Entry): TarHeader => this.#writer.toHeader(asCopied(entry).input)
    const digests = selection === undefined || !isFew(selection, archive)
    const entries = ahead.entriesOf(selection, { digests, signal })
    const checked = check ? checkEach(entries, check) : entries
    for await (const { entries: copied, batch } of findUnits(checked, { archive: ahead, headerOf, signal })) {
      signal?.throwIfAborted()
      if (batch) await this.#writer.addBatch(batch)
      for (const entry of copied) {
        const { source, input } = asCopied(entry)
        if (!batch) await copyEntry(this.#writer, ahead, source.of(ahead), { signal, verify }, input)
        this.#count(entry.path, source.sizeBytes)
      }
    }
  }

  #count(path: string, sizeBytes: number): void {
    this.#entryCount += 1
    this.#dataBytes += sizeBytes
    this.#options.onProgress?.({ entryCount: this.#entryCount, dataBytes: this.#dataBytes, path })
  }
}

/** Whether the digests of a selection are better read one by one than with all others. */
function isFew({ fileCount }: Selection, { tail }: Archive): boolean {
  const { packedBytes = 0 } = tail.sections.find(({ name }) => name === 'digest') ?? {}
  return fileCount * BYTES_WORTH_A_READ < packedBytes
}

async function* checkEach(
  entries: AsyncIterable<Entry>,
  check: (path: string) => void,
): AsyncGenerator<Entry, void, undefined> {
  for await (const entry of entries) {
    check(entry.path)
    yield entry
  }
}

/**
 * Prepares to copy an archive: finds out what of it is selected, and checks the bases that are needed for it.
 *
 * @param isFollowed - whether entries of other archives come behind it in one part
 * @throws BaseMismatchError when one is missing, or another
 */
export async function prepareCopy(
  archive: Archive,
  options: CopyArchiveOptions,
  isFollowed: boolean = false,
): Promise<Selection | undefined> {
  const { select, signal } = options
  const selection = select && (await selectEntries(archive, select, { isFollowed, signal }))
  await archive.checkBases(selection?.depths, options)
  return selection
}

/** Gives when an archive was written, as far as it says so. */
export function createdAtOf(archive: Archive): Time | undefined {
  return parseCreated(archive.createdAt)
}
