/** What flattening, merging and splitting share: entries of one archive go into another in stored order, as they are. */
import type { Archive } from '../read/archive.ts'
import { parseCreated } from '../tail/created-text.ts'
import type { Time } from '../tar/entry-type.ts'
import type { ArchiveWriter, CreateOptions } from '../write/archive-writer.ts'
import { copyEntry } from './copy-entry.ts'

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
  extends Pick<CreateOptions, 'level' | 'createdAt' | 'digest' | 'seekBytes' | 'catalogue' | 'codec' | 'signal'> {
  /** Whether each data member is inflated and checked on its way. @defaultValue true */
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
   * Copies every entry of an archive. Small members beside each other are read together.
   *
   * @param check - called before each entry; what it throws ends the copy
   * @throws what `copyEntry` throws
   */
  async copyAll(archive: Archive, check?: (path: string) => void): Promise<void> {
    const { signal, verify, onProgress } = this.#options
    const ahead = archive.readAhead()
    for await (const entry of ahead.entries({ digests: true, signal })) {
      signal?.throwIfAborted()
      check?.(entry.path)
      await copyEntry(this.#writer, ahead, entry, { signal, verify })
      this.#entryCount += 1
      this.#dataBytes += entry.sizeBytes
      onProgress?.({ entryCount: this.#entryCount, dataBytes: this.#dataBytes, path: entry.path })
    }
  }
}

/** Gives when an archive was written, as far as it says so. */
export function createdAtOf(archive: Archive): Time | undefined {
  return parseCreated(archive.createdAt)
}
