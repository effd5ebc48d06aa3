/**
 * Finds groups (SPEC 1.1) that can be moved into another archive as they are: all of their entries are copied, in order,
 * and their tar headers are those that the new archive would have. All else is copied entry by entry.
 */
import { equalBytes } from '../bytes/text.ts'
import type { ReadOptions } from '../io/byte-source.ts'
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import type { PackedGroup } from '../read/packed-group.ts'
import { columnsOfData } from '../tail/data-columns.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import { paddedBytes } from '../write/batch-maker.ts'
import { encodeEntryHeader } from '../write/entry-writer.ts'
import type { MadeBatch, MadeEntry } from '../write/made-batch.ts'

/** A group begins with no more entries without data than it has blocks. */
const MAX_WAITING = 8192

/** What is copied at once. */
export interface CopyUnit {
  /** One, or all of a group. */
  readonly entries: readonly Entry[]
  /** The group; undefined where it is one entry. */
  readonly batch?: MadeBatch | undefined
}

/** What finding units takes. */
export interface UnitSource extends ReadOptions {
  /** Whose entries they are. */
  readonly archive: Archive
  /** Gives an entry's header as the new archive would have it. */
  readonly headerOf: (entry: Entry) => TarHeader
}

/**
 * Gives entries one by one, and groups whole, in the order given. Holds the entries of one group.
 *
 * @param entries - of the archive, in stored order
 * @throws FormatError, IntegrityError for a group that is damaged; what reading and `headerOf` throw
 */
export async function* findUnits(
  entries: AsyncIterable<Entry>,
  source: UnitSource,
): AsyncGenerator<CopyUnit, void, undefined> {
  /** Entries without data, of which the last may begin a group. */
  let waiting: Entry[] = []
  let open: OpenGroup | undefined
  for await (const entry of entries) {
    if (open !== undefined) {
      if (await open.take(entry)) {
        if (open.isWhole) yield open.unit()
        open = open.isWhole ? undefined : open
        continue
      }
      yield* singly(open.entries)
      open = undefined
    }
    if (entry.location === undefined) {
      waiting.push(entry)
      if (waiting.length > MAX_WAITING) yield* singly(waiting.splice(0, MAX_WAITING / 2))
      continue
    }
    open = await beginGroup(waiting, entry, source)
    yield* singly(open ? waiting.slice(0, waiting.length + 1 - open.entries.length) : [...waiting, entry])
    waiting = []
    if (open?.isWhole) yield open.unit()
    open = open?.isWhole ? undefined : open
  }
  yield* singly([...(open?.entries ?? []), ...waiting])
}

function* singly(entries: readonly Entry[]): Generator<CopyUnit, void, undefined> {
  for (const entry of entries) yield { entries: [entry] }
}

/** Goes back from the first file of a group to its beginning. */
async function beginGroup(before: readonly Entry[], entry: Entry, source: UnitSource): Promise<OpenGroup | undefined> {
  const group = entry.location?.plainOffset ? await source.archive.packedGroup(entry, source) : undefined
  if (group === undefined) return undefined
  let first = before.length
  let left = group.plainOffset - headerBlocks(entry, source).length
  for (let other = before[first - 1]; left > 0 && other !== undefined; other = before[first - 1]) {
    left -= headerBlocks(other, source).length
    first -= 1
  }
  const open = new OpenGroup(group, source)
  for (const other of [...before.slice(first), entry]) if (left !== 0 || !(await open.take(other))) return undefined
  return open
}

function headerBlocks(entry: Entry, { headerOf }: UnitSource): Uint8Array {
  return encodeEntryHeader(headerOf(entry))
}

/** A group of which the first entries were found. */
class OpenGroup {
  readonly #group: PackedGroup
  readonly #source: UnitSource
  readonly #entries: Entry[] = []
  readonly #made: MadeEntry[] = []
  #plainOffset = 0

  constructor(group: PackedGroup, source: UnitSource) {
    this.#group = group
    this.#source = source
  }

  /** Those that were found. */
  get entries(): readonly Entry[] {
    return this.#entries
  }

  /** Whether all were. */
  get isWhole(): boolean {
    return this.#plainOffset === this.#group.plain.length
  }

  /** Takes the next entry if it is what comes next in the group. */
  async take(entry: Entry): Promise<boolean> {
    const { archive, headerOf } = this.#source
    const header = headerOf(entry)
    const blocks = encodeEntryHeader(header)
    const dataOffset = this.#plainOffset + blocks.length
    if (!equalBytes(blocks, this.#group.plain.subarray(this.#plainOffset, dataOffset))) return false
    if (entry.location === undefined) {
      // What is said of an entry without data beside its header has no place in a batch; and a link may become a file.
      if (entry.dirty || header.sizeBytes > 0) return false
      this.#add(entry, { header, member: undefined, digest: undefined }, dataOffset)
      return true
    }
    const found = entry.location.plainOffset > 0 ? await archive.packedGroup(entry, this.#source) : undefined
    if (found?.packed !== this.#group.packed || found.plainOffset !== dataOffset) return false
    const { packed, plainOffset, crc32 } = found
    const member = { offset: 0, packedBytes: packed.length, plainOffset, crc32 }
    const digest = await entry.digest(this.#source)
    const columns = columnsOfData(entry.columns)
    this.#add(entry, { header, member, digest, columns }, dataOffset + paddedBytes(entry.sizeBytes))
    return true
  }

  #add(entry: Entry, made: MadeEntry, end: number): void {
    this.#entries.push(entry)
    this.#made.push(made)
    this.#plainOffset = end
  }

  /** Gives the group with its entries. */
  unit(): CopyUnit {
    return { entries: this.#entries, batch: { bytes: this.#group.packed, entries: this.#made } }
  }
}
