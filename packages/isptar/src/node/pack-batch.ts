/** Gathers entries until there are enough for a job, and reads what the job gives. */
import { concatBytes } from '../bytes/concat.ts'
import type { Level } from '../gzip/codec.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import { DIGEST_BYTES } from '../tail/digest-section.ts'
import { HEADERS_BYTES } from '../write/batch-maker.ts'
import type { EntryWriterOptions } from '../write/entry-writer.ts'
import type { MadeBatch, MadeEntry } from '../write/made-batch.ts'
import { type BatchJob, type BatchResult, PLACE_LENGTH } from './pack-job.ts'
import { FACTS_LENGTH, takeFacts } from './read-still.ts'
import type { TreeEntry } from './tree-entry.ts'

/** So many entries are a job: sending one costs as much as storing one. */
const MAX_ENTRIES = 512

/** An entry that is to be stored. */
export interface BatchedEntry {
  readonly entry: TreeEntry
  readonly header: TarHeader
  /** Its header as tar blocks. */
  readonly blocks: Uint8Array
  /** 0 stores its data. */
  readonly level: Level
  /** What is to be told before it is stored. */
  readonly notes: readonly (() => void)[]
}

/** Entries that follow each other. */
export class PackBatch {
  readonly entries: BatchedEntry[] = []
  #costBytes = 0
  /** How many entries without data came last, and how long their headers are: they are in no member that is whole. */
  #openCount = 0
  #openBytes = 0
  readonly #maxBytes: number

  /** @param maxBytes - what it takes when it is enough for a job */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** About how much memory it takes, in bytes. */
  get costBytes(): number {
    return this.#costBytes
  }

  /**
   * Whether it is enough for a job. It ends only where a member does in any case, so that members do not depend on where
   * batches end.
   */
  get isFull(): boolean {
    return this.#openCount === 0 && (this.entries.length >= MAX_ENTRIES || this.#costBytes >= this.#maxBytes)
  }

  add(batched: BatchedEntry): void {
    const { entry, blocks } = batched
    this.entries.push(batched)
    // As much again as its header for what is kept of it.
    this.#costBytes += entry.sizeBytes + 2 * blocks.length
    this.#openCount += 1
    this.#openBytes += blocks.length
    if (!hasData(entry) && this.#openBytes < HEADERS_BYTES) return
    this.#openCount = 0
    this.#openBytes = 0
  }

  /** Takes out the last entries whose headers are to be in one member with what comes next. */
  takeOpen(): readonly BatchedEntry[] {
    return this.#openCount > 0 ? this.entries.splice(-this.#openCount) : []
  }

  /** Makes the job. */
  toJob({ level, groupBytes, digests }: EntryWriterOptions): BatchJob {
    const count = this.entries.length
    const headerEnds = new Uint32Array(count)
    const pathEnds = new Uint32Array(count)
    const facts = new BigInt64Array(count * FACTS_LENGTH)
    const sizes = new Float64Array(count)
    const levels = new Uint8Array(count)
    const headers = concatBytes(this.entries.map(({ blocks }) => blocks))
    const paths: Uint8Array[] = []
    let headerEnd = 0
    let pathEnd = 0
    for (const [i, { entry, blocks, level: own }] of this.entries.entries()) {
      headerEnd += blocks.length
      headerEnds[i] = headerEnd
      if (hasData(entry)) {
        paths.push(entry.sourcePath)
        pathEnd += entry.sourcePath.length
        takeFacts(entry.stat, facts.subarray(i * FACTS_LENGTH, (i + 1) * FACTS_LENGTH))
        sizes[i] = entry.sizeBytes
        levels[i] = own
      }
      pathEnds[i] = pathEnd
    }
    const own = new Uint8Array(concatBytes(paths, pathEnd))
    return {
      kind: 'batch',
      level,
      groupBytes,
      digests,
      headers,
      headerEnds,
      paths: own,
      pathEnds,
      facts,
      sizes,
      levels,
    }
  }
}

/** Whether an entry has data to be stored. */
export function hasData(entry: TreeEntry): boolean {
  return entry.type === 'file' && entry.sizeBytes > 0
}

/** A run of entries that were made, and after it, unless it is the last, one that is to be stored by another way. */
export interface BatchPart {
  readonly batch: MadeBatch
  readonly entries: readonly BatchedEntry[]
  readonly leftOut: BatchedEntry | undefined
}

/** Cheaper than going through a part of the array as one goes through any iterable. */
function placeAt(places: Float64Array, i: number): (number | undefined)[] {
  const at = i * PLACE_LENGTH
  return [places[at], places[at + 1], places[at + 2], places[at + 3]]
}

/** Reads a result: parts in order, most often one. */
export function* partsOf(
  entries: readonly BatchedEntry[],
  { bytes, places, digests }: BatchResult,
): Generator<BatchPart, void, undefined> {
  let made: MadeEntry[] = []
  let first = 0
  let start = 0
  const partUntil = (i: number, end: number): BatchPart => {
    const batch = { bytes: bytes.subarray(start, end), entries: made }
    return { batch, entries: entries.slice(first, i), leftOut: entries[i] }
  }
  for (const [i, { header }] of entries.entries()) {
    const [offset = 0, packedBytes = 0, plainOffset = 0, crc32 = 0] = placeAt(places, i)
    if (packedBytes < 0) {
      yield partUntil(i, offset)
      made = []
      first = i + 1
      start = offset
      continue
    }
    const member = packedBytes > 0 ? { offset: offset - start, packedBytes, plainOffset, crc32 } : undefined
    const digest = member && digests.length > 0 ? digests.subarray(i * DIGEST_BYTES, (i + 1) * DIGEST_BYTES) : undefined
    made.push({ header, member, digest })
  }
  yield partUntil(entries.length, bytes.length)
}
