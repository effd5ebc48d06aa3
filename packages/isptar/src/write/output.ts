/**
 * What the writer has given to the target: counted, gathered so that small members do not cost a write each, and, where
 * the target cuts slices, with the slice that a place lies in.
 */
import { concatBytes } from '../bytes/concat.ts'
import type { Checkpoint, ListedLines } from '../io/slice-journal.ts'
import type { Target } from '../io/target.ts'
import { CHUNK_BYTES } from '../limits.ts'

/** Where something begins: in which slice, from 1, and where in it. */
export interface SlicePlace {
  readonly slice: number
  readonly offset: number
}

/** A target with a position and a small buffer. */
export class Output {
  readonly #target: Target
  #parts: Uint8Array[] = []
  #partBytes = 0
  #offset: number
  /** Where the slice began that was begun by an early end of the one before. */
  #cutOffset = 0
  /** Where the slice ends that no checkpoint covers yet. */
  #checkpointAfter: number

  /**
   * @param target - where it goes
   * @param offset - how much of the archive the target has already
   */
  constructor(target: Target, offset = 0) {
    this.#target = target
    this.#offset = offset
    this.#checkpointAfter = this.#endOfSlice()
  }

  /** Where the next byte goes, from the start of the archive. */
  get offset(): number {
    return this.#offset
  }

  /** What to call the target in messages. */
  get name(): string {
    return this.#target.name
  }

  /** Whether bytes written before can be overwritten. */
  get canPatch(): boolean {
    return this.#target.patch !== undefined
  }

  /** Length of a slice in bytes; undefined where nothing is cut. */
  get sliceBytes(): number | undefined {
    return this.#target.sliceBytes
  }

  /** Whether checkpoints are of use at all. */
  get keepsCheckpoints(): boolean {
    return this.#target.checkpoint !== undefined
  }

  /** Whether a slice is full and waits for a checkpoint before it can be finished. */
  get wantsCheckpoint(): boolean {
    return this.#offset > this.#checkpointAfter
  }

  /** Tells the slice of a place; to be asked before {@link writeTogether} was used. */
  locate(offset: number): SlicePlace {
    const { sliceBytes } = this
    if (sliceBytes === undefined) return { slice: 1, offset }
    return { slice: Math.floor(offset / sliceBytes) + 1, offset: offset % sliceBytes }
  }

  /** Takes bytes that nobody will change any more. */
  async write(...parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) {
      this.#parts.push(part)
      this.#partBytes += part.length
      this.#offset += part.length
      if (this.#partBytes >= CHUNK_BYTES) await this.flush()
    }
  }

  /** Writes bytes that are to lie in one slice, where they fit in one: the slice at hand is ended early for them. */
  async writeTogether(parts: readonly Uint8Array[]): Promise<void> {
    const { sliceBytes } = this
    if (sliceBytes !== undefined) {
      const used = (this.#offset - this.#cutOffset) % sliceBytes
      const lengthBytes = parts.reduce((sum, part) => sum + part.length, 0)
      if (used > 0 && lengthBytes > sliceBytes - used && lengthBytes <= sliceBytes) await this.#cut()
    }
    await this.write(...parts)
  }

  async #cut(): Promise<void> {
    await this.flush()
    await this.#target.cut?.()
    this.#cutOffset = this.#offset
  }

  /** Keeps what is needed to go on from here. */
  async checkpoint(point: Checkpoint): Promise<void> {
    await this.flush()
    await this.#target.checkpoint?.(point)
    this.#checkpointAfter = this.#endOfSlice()
  }

  /** Keeps lines for the next checkpoint. */
  async note(lines: ListedLines): Promise<void> {
    await this.#target.note?.(lines)
  }

  #endOfSlice(): number {
    const { sliceBytes } = this
    if (sliceBytes === undefined || !this.keepsCheckpoints) return Number.POSITIVE_INFINITY
    return Math.max(1, Math.ceil(this.#offset / sliceBytes)) * sliceBytes
  }

  /** Hands what is gathered to the target. */
  async flush(): Promise<void> {
    if (this.#partBytes === 0) return
    const bytes = concatBytes(this.#parts, this.#partBytes)
    this.#parts = []
    this.#partBytes = 0
    await this.#target.write(bytes)
  }

  /** Overwrites bytes written before. */
  async patch(offset: number, bytes: Uint8Array): Promise<void> {
    await this.flush()
    await this.#target.patch?.(offset, bytes)
  }
}
