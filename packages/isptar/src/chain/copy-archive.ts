/** What flattening, merging and splitting share: entries of one archive go into another in stored order, as they are. */
import type { Archive } from '../read/archive.ts'
import type { Entry } from '../read/entry.ts'
import { parseCreated } from '../tail/created-text.ts'
import type { Time } from '../tar/entry-type.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import type { ArchiveWriter, CreateOptions } from '../write/archive-writer.ts'
import { copyEntry } from './copy-entry.ts'
import { describeForWriter } from './entry-input.ts'
import { findUnits } from './find-units.ts'

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
   * Copies every entry of an archive. Small members beside each other are read together, groups of which all is wanted are
   * moved whole, and files of others are packed anew.
   *
   * @param check - called before each entry; what it throws ends the copy
   * @throws what `copyEntry` throws
   */
  async copyAll(archive: Archive, check?: (path: string) => void): Promise<void> {
    const { signal, verify } = this.#options
    const ahead = archive.readAhead()
    const headerOf = (entry: Entry): TarHeader => this.#writer.toHeader(describeForWriter(entry))
    const entries = checkEach(ahead.entries({ digests: true, signal }), check)
    for await (const { entries: copied, batch } of findUnits(entries, { archive: ahead, headerOf, signal })) {
      signal?.throwIfAborted()
      if (batch) await this.#writer.addBatch(batch)
      else for (const entry of copied) await copyEntry(this.#writer, ahead, entry, { signal, verify })
      for (const entry of copied) this.#count(entry)
    }
  }

  #count({ path, sizeBytes }: Entry): void {
    this.#entryCount += 1
    this.#dataBytes += sizeBytes
    this.#options.onProgress?.({ entryCount: this.#entryCount, dataBytes: this.#dataBytes, path })
  }
}

async function* checkEach(
  entries: AsyncIterable<Entry>,
  check: ((path: string) => void) | undefined,
): AsyncGenerator<Entry, void, undefined> {
  for await (const entry of entries) {
    check?.(entry.path)
    yield entry
  }
}

/** Gives when an archive was written, as far as it says so. */
export function createdAtOf(archive: Archive): Time | undefined {
  return parseCreated(archive.createdAt)
}
