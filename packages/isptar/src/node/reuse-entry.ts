/** Decides of each thing a walk finds whether a base has it already, and takes it from there. */
import type { BaseReuse } from '../chain/base-reuse.ts'
import { createSha256 } from '#sha256'
import { equalBytes } from '../bytes/text.ts'
import type { Entry } from '../read/entry.ts'
import type { ArchiveWriter } from '../write/archive-writer.ts'
import { openFileData } from './file-data.ts'
import { describeStat } from './tree-entry.ts'
import type { TreeEntry } from './tree-entry.ts'
import type { TreeFileSystem } from './tree-file-system.ts'

/** By what files are told to be unchanged. */
export type CompareBy = 'metadata' | 'content'

/** What was taken from a base. */
export interface ReusedCounts {
  /** Entries that are as the base has them, or whose content is. */
  readonly unchangedCount: number
  /** Files whose content the base has under another path. */
  readonly movedCount: number
  /** Sum of the sizes of both in bytes. */
  readonly dataBytes: number
}

/** What deciding takes. */
export interface EntryReuserOptions {
  readonly compare: CompareBy
  readonly fileSystem: TreeFileSystem
  readonly signal?: AbortSignal | undefined
}

/** A file as it is now. */
interface Hashed {
  readonly entry: TreeEntry
  readonly digest: Uint8Array
}

/** Takes entries from a base. */
export class EntryReuser {
  readonly #reuse: BaseReuse
  readonly #writer: ArchiveWriter
  readonly #options: EntryReuserOptions
  #unchanged = 0
  #moved = 0
  #bytes = 0

  constructor(reuse: BaseReuse, writer: ArchiveWriter, options: EntryReuserOptions) {
    this.#reuse = reuse
    this.#writer = writer
    this.#options = options
  }

  /** What was taken so far. */
  get counts(): ReusedCounts {
    return { unchangedCount: this.#unchanged, movedCount: this.#moved, dataBytes: this.#bytes }
  }

  /**
   * Looks whether the base has an entry.
   *
   * @returns what adds it; undefined when it is to be stored
   */
  async find(entry: TreeEntry): Promise<(() => Promise<void>) | undefined> {
    const then = await this.#reuse.at(entry.path)
    const isFile = entry.type === 'file' && entry.sizeBytes > 0
    const needsContent = isFile && (this.#options.compare === 'content' || (then && this.#reuse.isDoubtful(then)))
    if (then && !needsContent && this.#reuse.isUnchanged(entry, then)) return this.#take(entry, then)
    return isFile ? this.#findByContent(entry, needsContent ? then : undefined) : undefined
  }

  /** Hashes a file only if a file of its size is there to be compared with. */
  async #findByContent(entry: TreeEntry, then: Entry | undefined): Promise<(() => Promise<void>) | undefined> {
    const { sizeBytes } = entry
    const isComparable = then?.type === 'file' && then.sizeBytes === sizeBytes ? then : undefined
    if (!isComparable && !this.#reuse.mayHold(sizeBytes)) return undefined
    const expected = isComparable && (await this.#reuse.digestOf(isComparable))
    if (!expected && !this.#reuse.mayHold(sizeBytes)) return undefined
    const now = await this.#hash(entry)
    if (now === undefined) return undefined
    if (isComparable && expected && equalBytes(expected, now.digest)) return this.#take(now.entry, isComparable)
    const found = await this.#reuse.holding({ sizeBytes, digest: now.digest })
    return found && this.#take(now.entry, found)
  }

  #take(now: TreeEntry, then: Entry): () => Promise<void> {
    return () => this.#add(now, then)
  }

  async #add(now: TreeEntry, then: Entry): Promise<void> {
    await this.#reuse.add(this.#writer, now, then)
    if (equalBytes(now.path, then.pathBytes)) this.#unchanged += 1
    else this.#moved += 1
    this.#bytes += now.sizeBytes
  }

  /** Reads a file; undefined when it cannot be read or does not keep still, which storing it then finds and tells. */
  async #hash(entry: TreeEntry): Promise<Hashed | undefined> {
    const { fileSystem, signal } = this.#options
    const sha256 = createSha256()
    try {
      const data = openFileData(entry.sourcePath, { fileSystem, before: entry.stat, onBytes: () => undefined })
      if (data === undefined) return undefined
      try {
        for await (const chunk of data.chunks) {
          signal?.throwIfAborted()
          sha256.update(chunk)
        }
        if (data.changed()) return undefined
        return { entry: { ...entry, ...describeStat(data.stat) }, digest: sha256.digest() }
      } finally {
        data.close()
      }
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof Error && 'code' in error) return undefined
      throw error
    }
  }
}
