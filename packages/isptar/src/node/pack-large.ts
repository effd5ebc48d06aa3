/** Stores a large file of parts that threads read and deflate. */
import { createSha256 } from '#sha256'
import type { Sha256 } from '../bytes/sha256.ts'
import type { ArchiveWriter } from '../write/archive-writer.ts'
import { nextCut, PIECE_BYTES } from '../write/deflate-piece.ts'
import type { PiecedFile } from '../write/entry-writer.ts'
import type { BatchedEntry } from './pack-batch.ts'
import type { PackResult, PieceJob } from './pack-job.ts'
import { FACTS_LENGTH, takeFacts } from './read-still.ts'
import type { TreeEntry } from './tree-entry.ts'

/** Whom to tell, and what to do about a file that is not what it was. */
export interface LargeFileEvents {
  readonly writer: ArchiveWriter
  /** Stores an entry that changed since it was looked at, or cannot be read, by itself. */
  readonly addSerially: (entry: TreeEntry) => Promise<void>
  /** Told of each entry once it is stored, and whether `onData` was told of its data. */
  readonly onStored: (entry: TreeEntry, isTold: boolean) => void
  /** Told of each part of a file's data that is stored. */
  readonly onData: (entry: TreeEntry, dataBytes: number) => void
  /** Told once when a file changed, or could not be read further, while it was stored. */
  readonly onDirty: (entry: TreeEntry, failure: string | undefined) => void
}

/** A part of a file. */
export interface LargeFilePart {
  /** Makes its job, with a buffer of its own. */
  readonly toJob: () => PieceJob
  /** Stores it; in turn. */
  readonly finish: (result: PackResult) => Promise<void>
}

/** One file on its way. */
export class LargeFile {
  readonly #file: BatchedEntry
  readonly #events: LargeFileEvents
  readonly #sha256: Sha256 | undefined
  #pieces: PiecedFile | undefined
  /** Buffers that came back, to be used again. */
  readonly #buffers: ArrayBuffer[] = []
  /** It is stored by another way. */
  #isLeft = false
  #isDirty = false

  constructor(file: BatchedEntry, events: LargeFileEvents) {
    this.#file = file
    this.#events = events
    this.#sha256 = events.writer.entryOptions.digests ? createSha256() : undefined
  }

  /** Gives its parts, none longer than a piece. */
  *parts(): Generator<LargeFilePart, void, undefined> {
    const { sizeBytes } = this.#file.entry
    for (let start = 0; start < sizeBytes; ) {
      const end = Math.min(this.#endOfPart(start), sizeBytes)
      yield this.#part(start, end)
      start = end
    }
  }

  #endOfPart(start: number): number {
    const { seekBytes } = this.#events.writer.entryOptions
    let end = nextCut(start, seekBytes)
    for (let next = end; next - start <= PIECE_BYTES; next = nextCut(next, seekBytes)) end = next
    return end
  }

  #part(start: number, end: number): LargeFilePart {
    const { entry, level } = this.#file
    const { seekBytes } = this.#events.writer.entryOptions
    const facts = new BigInt64Array(FACTS_LENGTH)
    takeFacts(entry.stat, facts)
    const isLast = end === entry.sizeBytes
    const path = new Uint8Array(entry.sourcePath)
    return {
      toJob: () => {
        const buffer = this.#buffers.pop() ?? new ArrayBuffer(PIECE_BYTES)
        return { kind: 'piece', path, facts, level, seekBytes, start, end, isLast, buffer }
      },
      finish: (result) => this.#finishPart(result, end - start, isLast),
    }
  }

  async #finishPart(result: PackResult, dataBytes: number, isLast: boolean): Promise<void> {
    if (this.#isLeft || result.kind !== 'piece') return
    const { entry, header, level } = this.#file
    const { writer, addSerially, onStored, onData } = this.#events
    if (!result.isStill && !this.#pieces) return this.#leave(() => addSerially(entry))
    this.#pieces ??= await writer.beginPieces(header, level)
    if (!result.isStill) this.#tellDirty(result.failure)
    this.#sha256?.update(new Uint8Array(result.buffer, 0, dataBytes))
    for (const [i, piece] of result.pieces.entries())
      await this.#pieces.add(piece, isLast && i === result.pieces.length - 1)
    this.#buffers.push(result.buffer)
    onData(entry, dataBytes)
    if (!isLast) return
    await this.#pieces.finish({ isDirty: this.#isDirty, digest: this.#sha256?.digest() })
    onStored(entry, true)
  }

  #leave(store: () => Promise<void>): Promise<void> {
    this.#isLeft = true
    return store()
  }

  #tellDirty(failure: string | undefined): void {
    if (!this.#isDirty) this.#events.onDirty(this.#file.entry, failure)
    this.#isDirty = true
  }
}
