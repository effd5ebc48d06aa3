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
  /** Does in this thread what was lost with another. */
  readonly runHere: (job: PackJob) => PackResult
}

/** Something to be done in its turn. */
interface Task {
  readonly costBytes: number
  readonly run: () => Promise<void>
}

/** Entries on their way into an archive. One call at a time. */
export class PackQueue {
  readonly #options: PackQueueOptions
  readonly #maxCost: number
  #tasks: Task[] = []
  #costBytes = 0
  #batch: PackBatch = new PackBatch()

  constructor(options: PackQueueOptions) {
    this.#options = options
    this.#maxCost = (Math.max(options.pool.threads, 1) + 1) * THREAD_BYTES
  }

  /** Takes an entry; returns when there is room for the next. */
  async add(entry: TreeEntry): Promise<void> {
    const header = this.#options.writer.toHeader(entry)
    const blocks = encodeEntryHeader(header)
    const level = this.#levelOf(entry)
    if (entry.type === 'file' && entry.sizeBytes > nextCut(0, this.#options.writer.entryOptions.seekBytes)) {
      await this.#endBatch()
      return this.#addLarge(new LargeFile({ entry, header, blocks, level }, this.#options))
    }
    this.#batch.add({ entry, header, blocks, level })
    if (this.#batch.isFull) await this.#endBatch()
  }

  /** Does something after all that was taken before, and before what is taken after. */
  async then(run: () => Promise<void>): Promise<void> {
    await this.#endBatch()
    if (this.#tasks.length === 0) return run()
    await this.#push({ costBytes: KiB, run })
  }

  /** Stores all that was taken. */
  async drain(): Promise<void> {
    await this.#endBatch()
    await this.#runWhile(() => true)
  }

  #levelOf(entry: TreeEntry): Level {
    const { level, isStored } = this.#options.writer.entryOptions
    return entry.sizeBytes > 0 && isStored(entry.path) ? 0 : level
  }

  async #endBatch(): Promise<void> {
    const batch = this.#batch
    if (batch.entries.length === 0) return
    this.#batch = new PackBatch()
    const result = this.#start(() => batch.toJob(this.#options.writer.entryOptions))
    await this.#push({
      costBytes: batch.costBytes,
      run: async () => this.#finishBatch(batch.entries, await result()),
    })
  }

  async #finishBatch(entries: readonly BatchedEntry[], result: PackResult): Promise<void> {
    const { writer, addSerially, onStored } = this.#options
    if (result.kind !== 'batch') return
    for (const part of partsOf(entries, result)) {
      if (part.entries.length > 0) await writer.addBatch(part.batch)
      for (const { entry } of part.entries) onStored(entry, false)
      if (part.leftOut) await addSerially(part.leftOut.entry)
    }
  }

  /** Its parts are asked for ahead of their turn, as far as there is room. */
  async #addLarge(file: LargeFile): Promise<void> {
    for (const part of file.parts()) {
      await this.#makeRoom(PIECE_BYTES)
      const result = this.#start(part.toJob)
      await this.#push({ costBytes: PIECE_BYTES, run: async () => part.finish(await result()) })
    }
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
    for (let task = this.#tasks[0]; task !== undefined && isWanted(); task = this.#tasks[0]) {
      this.#tasks.shift()
      await task.run()
      this.#costBytes -= task.costBytes
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
