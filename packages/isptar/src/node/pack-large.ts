/** Stores a large file of parts that threads read and deflate. */
import { createSha256 } from '#sha256'
import type { Sha256 } from '../bytes/sha256.ts'
import type { Level } from '../gzip/codec.ts'
import type { TarHeader } from '../tar/tar-header.ts'
import type { ArchiveWriter } from '../write/archive-writer.ts'
import { nextCut, PIECE_BYTES } from '../write/deflate-piece.ts'
import type { PiecedFile } from '../write/entry-writer.ts'
import type { PackJob, PackResult, PieceJob, PieceResult } from './pack-job.ts'
import { type FileFacts, isStill, takeFacts } from './read-still.ts'
import type { TreeEntry } from './tree-entry.ts'
import type { TreeFileSystem } from './tree-file-system.ts'

/** Whom to tell, and what to do about a file that is not what it was. */
export interface LargeFileEvents {
  readonly writer: ArchiveWriter
  /** What files are read with. */
  readonly fileSystem: TreeFileSystem
  /** Does in this thread what was lost with another, or is to be tried again. */
  readonly runHere: (job: PackJob) => PackResult
  /** Stores an entry by itself, as it is now: one that changed since it was looked at, or cannot be opened. */
  readonly addSerially: (entry: TreeEntry) => Promise<void>
  /** Told of each entry once it is stored, and whether `onData` was told of its data. */
  readonly onStored: (entry: TreeEntry, isTold: boolean) => void
  /** Told of each part of a file's data that is stored. */
  readonly onData: (entry: TreeEntry, dataBytes: number) => void
  /** Told once when a file changed, or could not be read in part, while it was stored. */
  readonly onDirty: (entry: TreeEntry, failure: string | undefined) => void
}

/** A file that is to be stored. */
interface LargeEntry {
  readonly entry: TreeEntry
  readonly header: TarHeader
  readonly level: Level
}

/** A part of a file. */
export interface LargeFilePart {
  /** Makes its job, with a buffer of its own. */
  readonly toJob: () => PieceJob
  /** Stores it; in turn. */
  readonly finish: (result: PackResult) => Promise<void>
}

/** One file on its way: {@link open}, then the {@link parts} in turn. Close it once no thread reads it any more. */
export class LargeFile {
  readonly entry: TreeEntry
  readonly #header: TarHeader
  readonly #level: Level
  readonly #events: LargeFileEvents
  readonly #facts: FileFacts
  readonly #sha256: Sha256 | undefined
  #fd: number | undefined
  #pieces: PiecedFile | undefined
  /** Buffers that came back, to be used again. */
  readonly #buffers: ArrayBuffer[] = []
  /** It is stored by another way. */
  #isLeft = false
  #isDirty = false

  constructor({ entry, header, level }: LargeEntry, events: LargeFileEvents) {
    this.entry = entry
    this.#header = header
    this.#level = level
    this.#events = events
    this.#facts = takeFacts(entry.stat)
    this.#sha256 = events.writer.entryOptions.digests ? createSha256() : undefined
  }

  /** Opens the file; false when it is not what the walk saw, or cannot be opened: it is then to be stored by another way. */
  open(): boolean {
    const { fileSystem } = this.#events
    try {
      this.#fd = fileSystem.open(this.entry.sourcePath)
      if (isStill(fileSystem.fstat(this.#fd), this.#facts)) return true
    } catch {
      // Whoever stores it by another way finds the same, and tells.
    }
    this.close()
    return false
  }

  /** Gives its parts, none longer than a piece. */
  *parts(): Generator<LargeFilePart, void, undefined> {
    const { sizeBytes } = this.entry
    for (let start = 0; start < sizeBytes; ) {
      const end = Math.min(this.#endOfPart(start), sizeBytes)
      yield this.#part(start, end)
      start = end
    }
  }

  /** Closes the file; safe to call twice. */
  close(): void {
    const fd = this.#fd
    this.#fd = undefined
    if (fd !== undefined) this.#events.fileSystem.close(fd)
  }

  #endOfPart(start: number): number {
    const { seekBytes } = this.#events.writer.entryOptions
    let end = nextCut(start, seekBytes)
    for (let next = end; next - start <= PIECE_BYTES; next = nextCut(next, seekBytes)) end = next
    return end
  }

  #part(start: number, end: number): LargeFilePart {
    const { seekBytes } = this.#events.writer.entryOptions
    const fd = this.#fd
    if (fd === undefined) throw new TypeError('the file is not open')
    const isLast = end === this.entry.sizeBytes
    const toJob = (): PieceJob => {
      const buffer = this.#buffers.pop() ?? new ArrayBuffer(PIECE_BYTES)
      return { kind: 'piece', fd, facts: this.#facts, level: this.#level, seekBytes, start, end, isLast, buffer }
    }
    return {
      toJob,
      finish: async (result) => {
        if (result.kind === 'piece' && !this.#isLeft)
          await this.#store(this.#readable(result, toJob), end - start, isLast)
      },
    }
  }

  /** What could not be read is tried once more. */
  #readable(result: PieceResult, toJob: () => PieceJob): PieceResult {
    if (result.failure === undefined) return result
    this.#buffers.push(result.buffer)
    const again = this.#events.runHere(toJob())
    return again.kind === 'piece' ? again : result
  }

  async #store({ pieces, buffer, isStill, failure }: PieceResult, dataBytes: number, isLast: boolean): Promise<void> {
    const { entry } = this
    const { writer, addSerially, onStored, onData, onDirty } = this.#events
    if (!isStill && failure === undefined && !this.#pieces) {
      this.#isLeft = true
      return addSerially(entry)
    }
    this.#pieces ??= await writer.beginPieces(this.#header, this.#level)
    if (!isStill && !this.#isDirty) onDirty(entry, failure)
    this.#isDirty ||= !isStill
    this.#sha256?.update(new Uint8Array(buffer, 0, dataBytes))
    for (const [i, piece] of pieces.entries()) await this.#pieces.add(piece, isLast && i === pieces.length - 1)
    this.#buffers.push(buffer)
    onData(entry, dataBytes)
    if (!isLast) return
    await this.#pieces.finish({ isDirty: this.#isDirty, digest: this.#sha256?.digest() })
    onStored(entry, true)
  }
}
