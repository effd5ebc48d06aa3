/**
 * Stores entries in the order in which they come, while threads already read and deflate those that follow. What is under way
 * is bounded: a few mebibytes of data for each thread, read, deflated or waiting to be written.
 */
import type { Level } from '../gzip/codec.ts'
import { KiB, MiB } from '../limits.ts'
import { nextCut, PIECE_BYTES } from '../write/deflate-piece.ts'
import { encodeEntryHeader } from '../write/entry-writer.ts'
import { type BatchedEntry, PackBatch, partsOf } from './pack-batch.ts'
import type { PackJob, PackResult } from './pack-job.ts'
import { LargeFile, type LargeFileEvents } from './pack-large.ts'
import type { TreeEntry } from './tree-entry.ts'
import type { WorkerPool } from './worker-pool.ts'

/** Data under way for each thread, and once more. */
const THREAD_BYTES: number = 2 * MiB

/** How to store. */
export interface PackQueueOptions extends LargeFileEvents {
  readonly pool: WorkerPool<PackJob, PackResult>
  /** Length of a slice of the archive; undefined where it is not cut. */
  readonly sliceBytes: number | undefined
  /** Whether an entry cannot be stored as the walk described it, for what became of those before it. */
  readonly isOrphan: (entry: TreeEntry) => boolean
}

/** Something to be done in its turn. */
interface Task {
  readonly costBytes: number
  readonly run: () => Promise<void>
}

/** Entries on their way into an archive. One call at a time. After a failure all that is on its way is let go of. */
export class PackQueue {
  readonly #options: PackQueueOptions
  readonly #maxCost: number
  readonly #batchBytes: number
  #tasks: Task[] = []
  #costBytes = 0
  #batch: PackBatch
  /** What is to be told before the next entry is stored. */
  #notes: (() => void)[] = []
  readonly #openFiles = new Set<LargeFile>()

  constructor(options: PackQueueOptions) {
    this.#options = options
    this.#maxCost = (Math.max(options.pool.threads, 1) + 1) * THREAD_BYTES
    // Slices are done with, and the writing can be taken up again, where a batch ends.
    this.#batchBytes = Math.min(PIECE_BYTES, options.sliceBytes ?? PIECE_BYTES)
    this.#batch = new PackBatch(this.#batchBytes)
  }

  /** Takes an entry; returns when there is room for the next. */
  async add(entry: TreeEntry): Promise<void> {
    const header = this.#options.writer.toHeader(entry)
    const level = this.#levelOf(entry)
    if (entry.type === 'file' && entry.sizeBytes > nextCut(0, this.#options.writer.entryOptions.seekBytes)) {
      await this.#endBatch()
      return this.#addLarge(new LargeFile({ entry, header, level }, this.#options))
    }
    const blocks = encodeEntryHeader(header)
    this.#batch.add({ entry, header, blocks, level, notes: this.#takeNotes() })
    if (this.#batch.isFull) await this.#endBatch()
  }

  /** Does something after all that was taken before, and before what is taken after. */
  async inTurn(run: () => Promise<void>): Promise<void> {
    await this.#endBatch()
    if (this.#tasks.length === 0) return run()
    await this.#push({ costBytes: KiB, run })
  }

  /** Tells something after all that was taken before; at once where that is stored. */
  tell(note: () => void): void {
    this.#notes.push(note)
    if (this.#tasks.length === 0 && this.#batch.entries.length === 0) runAll(this.#takeNotes())
  }

  /** Stores all that was taken. */
  async drain(): Promise<void> {
    await this.#endBatch()
    await this.#runWhile(() => true)
  }

  /** Lets go of all that was taken and is not stored. */
  drop(): void {
    this.#tasks = []
    this.#costBytes = 0
    this.#batch = new PackBatch(this.#batchBytes)
    this.#notes = []
  }

  /** Closes what is open; comes after the threads ended. */
  close(): void {
    for (const file of this.#openFiles) file.close()
    this.#openFiles.clear()
  }

  #levelOf(entry: TreeEntry): Level {
    const { level, isStored } = this.#options.writer.entryOptions
    return entry.sizeBytes > 0 && isStored(entry.path) ? 0 : level
  }

  #takeNotes(): readonly (() => void)[] {
    if (this.#notes.length === 0) return NO_NOTES
    const notes = this.#notes
    this.#notes = []
    return notes
  }

  async #endBatch(): Promise<void> {
    const batch = this.#batch
    if (batch.entries.length > 0) {
      this.#batch = new PackBatch(this.#batchBytes)
      const rest = batch.takeOpen()
      if (batch.entries.length > 0) {
        const result = this.#start(() => batch.toJob(this.#options.writer.entryOptions))
        const { costBytes, entries } = batch
        await this.#push({ costBytes, run: async () => this.#finishBatch(entries, await result()) })
      }
      if (rest.length > 0) await this.#push({ costBytes: rest.length * KiB, run: () => this.#addEach(rest) })
    }
    const notes = this.#takeNotes()
    if (notes.length > 0) await this.#push({ costBytes: 0, run: async () => runAll(notes) })
  }

  async #finishBatch(entries: readonly BatchedEntry[], result: PackResult): Promise<void> {
    const { writer, onStored, isOrphan } = this.#options
    if (result.kind !== 'batch') return
    for (const part of partsOf(entries, result)) {
      if (part.entries.some(({ entry }) => isOrphan(entry))) await this.#addEach(part.entries)
      else {
        if (part.entries.length > 0) await writer.addBatch(part.batch)
        for (const { entry, notes } of part.entries) {
          runAll(notes)
          onStored(entry, false)
        }
      }
      if (part.leftOut) await this.#addEach([part.leftOut])
    }
  }

  async #addEach(entries: readonly BatchedEntry[]): Promise<void> {
    for (const { entry, notes } of entries) {
      runAll(notes)
      await this.#options.addSerially(entry)
    }
  }

  /** Its parts are asked for ahead of their turn, as far as there is room. */
  async #addLarge(file: LargeFile): Promise<void> {
    await this.#makeRoom(PIECE_BYTES)
    if (!file.open()) return this.#push({ costBytes: KiB, run: () => this.#options.addSerially(file.entry) })
    this.#openFiles.add(file)
    for (const part of file.parts()) {
      await this.#makeRoom(PIECE_BYTES)
      const result = this.#start(part.toJob)
      await this.#push({ costBytes: PIECE_BYTES, run: async () => part.finish(await result()) })
    }
    const close = async (): Promise<void> => {
      file.close()
      this.#openFiles.delete(file)
    }
    await this.#push({ costBytes: 0, run: close })
  }

  async #push(task: Task): Promise<void> {
    this.#tasks.push(task)
    this.#costBytes += task.costBytes
    await this.#makeRoom(0)
  }

  #makeRoom(costBytes: number): Promise<void> {
    return this.#runWhile(() => this.#costBytes + costBytes > this.#maxCost)
  }

  async #runWhile(isWanted: () => boolean): Promise<void> {
    try {
      for (let task = this.#tasks[0]; task !== undefined && isWanted(); task = this.#tasks[0]) {
        this.#tasks.shift()
        await task.run()
        this.#costBytes -= task.costBytes
      }
    } catch (error) {
      this.drop()
      throw error
    }
  }

  /** Starts a job; gives what waits for its result. A thread that was lost takes nothing with it: its job is done here. */
  #start(toJob: () => PackJob): () => Promise<PackResult> {
    const { pool, runHere } = this.#options
    const job = toJob()
    const coming = pool.run(job, job.kind === 'piece' ? [job.buffer] : [])
    // What fails before its turn is heard in its turn.
    coming.catch(() => undefined)
    return () => {
      pool.settle()
      return coming.catch(() => runHere(toJob()))
    }
  }
}

const NO_NOTES: readonly (() => void)[] = []

function runAll(notes: readonly (() => void)[]): void {
  for (const note of notes) note()
}
