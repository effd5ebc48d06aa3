/**
 * A target that cuts what it is given into slices (SPEC 7), each of which is a target of its own: a file, an upload. A
 * slice is committed once it is full and more follows; at no time is more than one of them open.
 */
import { createSha256 } from '#sha256'
import type { Sha256 } from '../bytes/sha256.ts'
import { CommandError, LimitError, StorageError } from '../errors.ts'
import { MAX_SLICES } from '../limits.ts'
import type { Checkpoint, FinishedSlice, HeldPiece, ListedLines, ResumePoint, SliceJournal } from './slice-journal.ts'
import type { Target } from './target.ts'
import { TargetState } from './target-state.ts'

/** Shortest slice; the tail of a small archive fits in one. */
const MIN_SLICE_BYTES = 4096

/** The target of one slice; any {@link Target} is one. */
export interface SliceTarget extends Pick<Target, 'name' | 'write' | 'abort'> {
  /** Makes the slice appear under its name, durably. */
  commit(isLast: boolean): Promise<void>
}

/** Options of {@link SlicedTarget}. */
export interface SlicedTargetOptions {
  /** Length of a slice in bytes, from 4,096 on. The last may be shorter, and the one before it. */
  sliceBytes: number
  /** Makes the target of a slice; numbers count from 1. It is not written to before the one before is committed. */
  open: (slice: number) => SliceTarget
  /**
   * Told of each slice that is stored. Nothing more is written before its promise settles, so it may move the slice away:
   * a disk that holds two slices is enough for any archive. Its failure ends the writing, by a CommandError where that is
   * what it failed with, else by a StorageError.
   *
   * @defaultValue nobody is told
   */
  onSlice?: ((slice: FinishedSlice) => Promise<void> | void) | undefined
  /** What to call the whole in messages. @defaultValue `slices` */
  name?: string | undefined
  /** Keeps what a later run needs to go on. @defaultValue none: after a failure the archive is begun anew */
  journal?: SliceJournal | undefined
}

interface OpenSlice {
  readonly number: number
  readonly target: SliceTarget
  readonly sha256: Sha256
  sizeBytes: number
}

/** Writes slices one after the other. It cannot patch. */
export class SlicedTarget implements Target {
  readonly name: string
  readonly sliceBytes: number
  /** Present where there is a journal; see `Target.checkpoint`. */
  readonly checkpoint: ((point: Checkpoint) => Promise<void>) | undefined
  /** Present where there is a journal; see `Target.note`. */
  readonly note: ((lines: ListedLines) => Promise<void>) | undefined
  readonly #options: SlicedTargetOptions
  readonly #state: TargetState
  #slice: OpenSlice | undefined
  #finished = 0
  /** Slices up to this one are stored elsewhere already: their bytes are passed over. */
  #handedOver = 0
  /** Whether the slice at hand takes no more. */
  #isCut = false
  /** What must wait for a checkpoint. */
  #held: HeldPiece[] = []

  /** @throws RangeError for a length of slices that cannot be */
  constructor(options: SlicedTargetOptions) {
    const { sliceBytes, name = 'slices', journal } = options
    this.name = name
    this.sliceBytes = checkSliceBytes(sliceBytes)
    this.#options = options
    this.#state = new TargetState(name)
    this.checkpoint = journal && ((point) => this.#step('write', () => this.#checkpoint(point, journal)))
    this.note = journal && ((lines) => this.#step('write', () => journal.note(lines)))
  }

  /** How many slices are stored. They stay, whatever happens. */
  get finishedSlices(): number {
    return this.#finished
  }

  /** @throws StorageError or CommandError, which says what slices are whole; LimitError past 100,000 slices */
  write(bytes: Uint8Array): Promise<void> {
    return this.#step('write', () => (this.#options.journal ? this.#hold(bytes) : this.#take(bytes)))
  }

  /** Ends the slice at hand, unless nothing is in it. */
  cut(): Promise<void> {
    return this.#step('write', async () => {
      if (this.#options.journal) this.#held.push('cut')
      else this.#isCut = true
    })
  }

  /**
   * Commits the last slice.
   *
   * @throws StorageError or CommandError also when `onSlice` fails for it, and then the archive is whole all the same
   */
  commit(): Promise<void> {
    return this.#step('commit', async () => {
      await this.#release()
      const last = await this.#finish(this.#slice ?? this.#open(), true)
      this.#state.commit()
      await this.#handOver(last)
    })
  }

  /** Leaves nothing behind of the slice at hand; those that are stored stay. */
  async abort(): Promise<void> {
    this.#state.abort()
    if (!this.#state.committed) await this.#slice?.target.abort()
  }

  /**
   * Goes on where another run stopped; comes first. Tells `onSlice` of a slice again for which it was not done.
   *
   * @param from - what the journal has
   */
  resume({ point, handedOver }: ResumePoint): Promise<void> {
    return this.#step('resume', async () => {
      this.#finished = point.finished.slice
      this.#handedOver = handedOver
      if (handedOver < this.#finished) await this.#handOver(point.finished)
      await this.#takeAll(point.held)
    })
  }

  /** Fills the slice at hand; keeps the rest until there is a checkpoint. */
  async #hold(bytes: Uint8Array): Promise<void> {
    const room = this.sliceBytes - (this.#slice?.sizeBytes ?? 0)
    const fitting = this.#held.length > 0 || this.#isCut ? 0 : Math.min(room, bytes.length)
    if (fitting > 0) await this.#take(bytes.subarray(0, fitting))
    if (fitting < bytes.length) this.#held.push(bytes.slice(fitting))
  }

  /** First the slice is stored, then the journal knows of it, then others are told: what they were told is never undone. */
  async #checkpoint(checkpoint: Checkpoint, journal: SliceJournal): Promise<void> {
    const held = this.#held
    if (this.#slice === undefined || held.length === 0) return
    this.#held = []
    const finished = await this.#finish(this.#slice, false)
    await journal.save({ checkpoint, finished, held })
    await this.#handOver(finished)
    await this.#takeAll(held)
  }

  async #release(): Promise<void> {
    const held = this.#held
    this.#held = []
    await this.#takeAll(held)
  }

  async #takeAll(pieces: readonly HeldPiece[]): Promise<void> {
    for (const piece of pieces) {
      if (piece === 'cut') this.#isCut = true
      else await this.#take(piece)
    }
  }

  async #take(bytes: Uint8Array): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
      const slice = await this.#withRoom()
      const piece = bytes.subarray(from, from + this.sliceBytes - slice.sizeBytes)
      slice.sha256.update(piece)
      await slice.target.write(piece)
      slice.sizeBytes += piece.length
      from += piece.length
    }
  }

  async #withRoom(): Promise<OpenSlice> {
    const slice = this.#slice
    if (slice === undefined) return this.#open()
    if (slice.sizeBytes < this.sliceBytes && !this.#isCut) return slice
    await this.#handOver(await this.#finish(slice, false))
    return this.#open()
  }

  #open(): OpenSlice {
    const number = this.#finished + 1
    if (number > MAX_SLICES) throw tooManySlices(this.name, this.sliceBytes)
    const target = number <= this.#handedOver ? nowhere(`${this.name}, slice ${number}`) : this.#options.open(number)
    this.#slice = { number, target, sha256: createSha256(), sizeBytes: 0 }
    this.#isCut = false
    return this.#slice
  }

  async #finish({ number, target, sha256, sizeBytes }: OpenSlice, isLast: boolean): Promise<FinishedSlice> {
    await target.commit(isLast)
    this.#finished = number
    this.#slice = undefined
    this.#isCut = false
    return { slice: number, name: target.name, sizeBytes, sha256: sha256.hex(), isLast }
  }

  async #handOver(finished: FinishedSlice): Promise<void> {
    const { onSlice, journal } = this.#options
    if (finished.slice <= this.#handedOver) return
    try {
      await onSlice?.(finished)
    } catch (error) {
      const message = `slice ${finished.slice} (${finished.name}) was not handed over: ${reasonOf(error)}`
      if (error instanceof CommandError) throw retell(error, message)
      throw new StorageError(message, { operation: 'hand over', location: finished.name, kind: 'other', cause: error })
    }
    this.#handedOver = finished.slice
    if (!finished.isLast) await journal?.markHandedOver(finished)
  }

  /** Adds to what goes wrong which slices are whole. */
  async #step(operation: string, step: () => Promise<void>): Promise<void> {
    try {
      await this.#state.run(operation, step)
    } catch (error) {
      const canSay = error instanceof StorageError || error instanceof CommandError
      if (!canSay || this.#finished === 0) throw error
      const which = this.#finished === 1 ? 'slice 1 is whole' : `slices 1 to ${this.#finished} are whole`
      const all = this.#state.committed ? ' and no more are needed' : ''
      throw retell(error, `${error.message}; ${which}${all}`)
    }
  }
}

/**
 * Gives the length of slices back when it can be one.
 *
 * @throws RangeError when it is less than 4,096 bytes or no whole number
 */
function checkSliceBytes(sliceBytes: number): number {
  if (Number.isSafeInteger(sliceBytes) && sliceBytes >= MIN_SLICE_BYTES) return sliceBytes
  throw new RangeError(`sliceBytes is ${sliceBytes}, expected a whole number from ${MIN_SLICE_BYTES} on`)
}

/** Takes the bytes of a slice that is stored already. */
function nowhere(name: string): SliceTarget {
  const nothing = async (): Promise<void> => {}
  return { name, write: nothing, commit: nothing, abort: nothing }
}

/** Gives an error of the same kind that says more. */
function retell(error: StorageError | CommandError, message: string): StorageError | CommandError {
  const cause = error.cause ?? error
  if (error instanceof CommandError) {
    const { command, exitCode, signal } = error
    return new CommandError(message, { command, exitCode, signal, cause })
  }
  const { operation, location, kind, retryable } = error
  return new StorageError(message, { operation, location, kind, retryable, cause })
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function tooManySlices(name: string, sliceBytes: number): LimitError {
  const message = `${name}: ${MAX_SLICES} slices of ${sliceBytes} bytes are full; make the slices longer`
  return new LimitError(message, { limit: 'MAX_SLICES', max: MAX_SLICES, actual: MAX_SLICES + 1 })
}
