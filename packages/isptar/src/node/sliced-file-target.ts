/**
 * Writes an archive as files `PATH.part1`, `PATH.part2`, …, or as `PATH` when it fits in one slice (SPEC 7).
 *
 * What a crash leaves: the slices that were finished, each whole, and a temporary file. An older archive that was one
 * file stays until the last slice is stored. Slices of an older archive go, the last one first, just before the first new
 * slice gets its name, so that old and new ones never lie side by side; write to another name to keep them.
 *
 * With a journal, a slice is finished in this order: it gets its name, the journal learns how to go on after it, `onSlice`
 * is told, the journal learns that. What a crash leaves between two of these is done again: a slice that the journal does
 * not know is written anew, and `onSlice` is told again of one that it may not have been told of.
 */
import { SlicedTarget, type SliceTarget } from '../io/sliced-target.ts'
import type { FinishedSlice, ListedLines } from '../io/slice-journal.ts'
import type { Target } from '../io/target.ts'
import {
  type EarlierArchive,
  findEarlier,
  lookAt,
  removeDrafts,
  removeFile,
  removeSlices,
  taken,
} from './earlier-slices.ts'
import { FileTarget, type FileTargetOptions } from './file-target.ts'
import { OwnFiles } from './own-files.ts'
import { removeJournalFile, removeRewrite } from './journal-place.ts'
import { refuseOtherRun } from './journal-writer.ts'
import { type EarlierRun, ResumeJournal, type RunAccount } from './resume-journal.ts'
import { checkEarlierSlices } from './resumed-slices.ts'
import type { RunFacts } from './run-facts.ts'
import type { FileIdentity } from './tree-entry.ts'

/** Options of {@link SlicedFileTarget}. */
export interface SlicedFileTargetOptions extends Omit<FileTargetOptions, 'like'> {
  /** Length of a slice in bytes, from 4,096 on. */
  sliceBytes: number
  /**
   * Told of each slice that is stored, with its path as its name. Nothing more is written before its promise settles, so
   * it may move the file away. Its failure ends the writing.
   *
   * @defaultValue nobody is told
   */
  onSlice?: ((slice: FinishedSlice) => Promise<void> | void) | undefined
  /**
   * Whether `onSlice` takes slices into care: it may copy or move them. False where it only shows something; a run that is
   * resumed then knows that a slice which is gone was moved by nobody.
   *
   * @defaultValue whether there is an `onSlice`
   */
  handsOver?: boolean | undefined
}

/** Where the run before stopped. */
export interface ResumedSlices {
  /** What the writer said at its last checkpoint. */
  readonly state: string
  /** Gives the lines of the listing up to there; may be called again. */
  readonly lines: () => AsyncIterable<ListedLines>
  /** What people should know of the slices that the run before stored. */
  readonly notices: readonly string[]
}

/** Writes slices that are files. Of an archive that was not finished, those that are whole stay. */
export class SlicedFileTarget implements Target {
  readonly name: string
  readonly sliceBytes: number
  readonly #options: SlicedFileTargetOptions
  readonly #own = new OwnFiles()
  #slices: SlicedTarget
  #journal: ResumeJournal | undefined
  #earlier: Promise<EarlierArchive> | undefined
  /** Highest slice of an earlier run that stays; undefined when there is no earlier run. */
  #known: number | undefined
  #canResume = false

  /**
   * @param path - of the archive, without `.partN`; its folder must exist
   * @throws RangeError for a length of slices that cannot be; TypeError for a path that names no file
   */
  constructor(path: string, options: SlicedFileTargetOptions) {
    this.name = new FileTarget(path).name
    this.#options = options
    this.#slices = this.#createSlices()
    this.sliceBytes = this.#slices.sliceBytes
  }

  /** Present once there is a journal. */
  get checkpoint(): SlicedTarget['checkpoint'] {
    return this.#slices.checkpoint
  }

  /** Present once there is a journal. */
  get note(): SlicedTarget['note'] {
    return this.#slices.note
  }

  /** Whether a later run can go on where this one stopped, once it did. */
  get canResume(): boolean {
    return this.#canResume
  }

  /** How many slices are stored. They stay, whatever happens. */
  get finishedSlices(): number {
    return this.#slices.finishedSlices
  }

  /** Tells whether a file is one of this archive's, or of the older one that it replaces; a walk leaves those out. */
  isOwnFile(file: FileIdentity): boolean {
    return this.#own.has(file)
  }

  /**
   * Looks whether another run on this computer is writing an archive of this name, by its journal. Changes nothing.
   *
   * @throws StorageError of kind `exists` that names the process
   */
  async refuseOtherRun(): Promise<void> {
    await refuseOtherRun(this.#journalPath)
  }

  /**
   * Looks what lies under the archive's names. Writing does it if nobody did.
   *
   * @throws StorageError of kind `exists` when something does and `overwrite` is false, or another run writes it
   */
  async prepare(): Promise<void> {
    await this.#findEarlier()
  }

  /**
   * Keeps a journal, `PATH.resume`, so that another run can go on if this one does not come to its end. Comes before
   * everything else.
   *
   * @param facts - what two runs must have in common
   * @param resume - whether to go on where another run stopped, if there was one
   * @returns where that was; undefined when all begins anew
   * @throws StorageError of kind `exists` when an earlier run was of other facts, is still at work, or did not end and
   * `resume` and `overwrite` are false; of kind `not-found` when a slice is missing; IntegrityError for one of another size
   */
  async keepJournal(facts: RunFacts, resume: boolean): Promise<ResumedSlices | undefined> {
    const path = this.#journalPath
    const run = this.#accountOf(facts)
    await this.refuseOtherRun()
    const earlier = resume ? await ResumeJournal.reopen(path, run) : undefined
    if (!resume) await this.#refuseUnfinished()
    if (earlier?.from) return this.#resume(earlier.journal, earlier.from)
    await earlier?.journal.close()
    if (earlier) this.#known = 0
    await this.prepare()
    if (earlier) await removeDrafts(`${this.name}.part1`)
    this.#useJournal(await ResumeJournal.create(path, run))
    return undefined
  }

  /**
   * Keeps no journal, and removes that of an earlier run, whose slices are replaced: resuming by it would mix the two.
   * Comes before everything else, in place of {@link keepJournal}.
   *
   * @throws StorageError of kind `exists` as {@link prepare}, and when an earlier run did not end and `overwrite` is false
   */
  async forgoJournal(): Promise<void> {
    const path = this.#journalPath
    await this.refuseOtherRun()
    await this.#refuseUnfinished()
    await this.prepare()
    await removeRewrite(path)
    await removeJournalFile(path)
  }

  /** @throws StorageError or CommandError, which says what slices are whole */
  async write(bytes: Uint8Array): Promise<void> {
    await this.prepare()
    await this.#slices.write(bytes)
  }

  /** Ends the slice at hand. */
  cut(): Promise<void> {
    return this.#slices.cut()
  }

  /** Stores the last slice and removes what is left of an older archive, and the journal. */
  async commit(): Promise<void> {
    await this.prepare()
    await this.#slices.commit()
    await this.#removeJournal()
  }

  /** Leaves the slices that are whole, and with them the journal if there is one. */
  async abort(): Promise<void> {
    await this.#slices.abort()
    if (this.finishedSlices === 0 && (this.#known ?? 0) === 0) await this.#removeJournal()
    else await this.#closeJournal()
  }

  #createSlices(): SlicedTarget {
    const { sliceBytes, onSlice } = this.#options
    return new SlicedTarget({
      ...{ name: this.name, sliceBytes, journal: this.#journal },
      onSlice: onSlice && ((slice) => this.#tell(slice, onSlice)),
      open: (slice) => this.#open(slice),
    })
  }

  /** A slice that is gone when it is told of again was taken by the one who was told. */
  async #tell(slice: FinishedSlice, onSlice: NonNullable<SlicedFileTargetOptions['onSlice']>): Promise<void> {
    if (await lookAt(slice.name)) await onSlice(slice)
  }

  #useJournal(journal: ResumeJournal): void {
    const addOwn = (): void => {
      for (const name of ['.resume', '.resume.new']) this.#own.add(`${this.name}${name}`)
    }
    addOwn()
    journal.onReplaced = addOwn
    this.#journal = journal
    this.#slices = this.#createSlices()
  }

  async #resume(journal: ResumeJournal, from: EarlierRun): Promise<ResumedSlices> {
    const notices = await this.#checkEarlier(journal, from)
    const known = Math.max(from.point.finished.slice, from.handedOver)
    this.#known = known
    this.#useJournal(journal)
    // What the journal does not know is written again.
    await removeSlices(this.name, (await this.#findEarlier()).slices)
    await removeDrafts(`${this.name}.part${known + 1}`)
    const { finished } = from.point
    // Its path may be another than for the run before, which had another working folder.
    const here = { ...finished, name: `${this.name}.part${finished.slice}` }
    await this.#slices.resume({ ...from, point: { ...from.point, finished: here } })
    return { state: from.point.checkpoint.state, lines: () => journal.lines(), notices }
  }

  async #checkEarlier(journal: ResumeJournal, from: EarlierRun): Promise<readonly string[]> {
    try {
      return await checkEarlierSlices(this.name, from, { sliceBytes: this.sliceBytes, tells: this.#tells })
    } catch (error) {
      await journal.close()
      throw error
    }
  }

  async #refuseUnfinished(): Promise<void> {
    if (this.#options.overwrite !== true && (await lookAt(this.#journalPath)))
      throw taken(
        this.#journalPath,
        'it belongs to an archive that was not finished; resume that, or allow overwriting',
      )
  }

  get #journalPath(): string {
    return `${this.name}.resume`
  }

  get #tells(): boolean {
    const { onSlice, handsOver = true } = this.#options
    return handsOver && onSlice !== undefined
  }

  #accountOf(facts: RunFacts): RunAccount {
    return { facts: { ...facts, 'slice size': this.sliceBytes }, tells: this.#tells }
  }

  async #removeJournal(): Promise<void> {
    const journal = this.#journal
    this.#journal = undefined
    await journal?.remove()
  }

  async #closeJournal(): Promise<void> {
    const journal = this.#journal
    this.#journal = undefined
    if (journal) this.#canResume = true
    await journal?.close()
  }

  #findEarlier(): Promise<EarlierArchive> {
    this.#earlier ??= this.#lookForEarlier()
    return this.#earlier
  }

  async #lookForEarlier(): Promise<EarlierArchive> {
    const { name } = this
    if (this.#journal === undefined) await this.refuseOtherRun()
    const earlier = await findEarlier(name)
    const [slice] = earlier.slices
    if (this.#options.overwrite !== true) {
      const foundSlice = slice === undefined || this.#known !== undefined ? undefined : `${name}.part${slice}`
      const found = earlier.whole ? name : foundSlice
      if (found !== undefined) throw taken(found, 'it exists already; choose another name or allow overwriting')
    }
    for (const path of [name, ...earlier.slices.map((number) => `${name}.part${number}`)]) this.#own.add(path)
    return { ...earlier, slices: earlier.slices.filter((number) => number > (this.#known ?? 0)) }
  }

  #open(slice: number): SliceTarget {
    const { mode } = this.#options
    const overwrite = this.#options.overwrite === true || this.#known !== undefined
    const path = `${this.name}.part${slice}`
    let file: FileTarget | undefined
    const opened = async (): Promise<FileTarget> =>
      (file ??= new FileTarget(path, { overwrite, mode, like: (await this.#findEarlier()).model }))
    let isKnown = false
    return {
      get name() {
        return file?.name ?? path
      },
      write: async (bytes) => {
        const target = await opened()
        await target.write(bytes)
        if (!isKnown) for (const own of target.ownPaths) this.#own.add(own)
        isKnown = true
      },
      commit: async (isLast) => {
        const target = await opened()
        if (slice === 1 && isLast) await this.#commitWhole(target)
        else await this.#commitSlice(target, slice, isLast)
        this.#own.add(target.name)
      },
      abort: async () => file?.abort(),
    }
  }

  async #commitWhole(target: FileTarget): Promise<void> {
    // Of no use to an archive of one slice, and nothing tells whether that is whole.
    await this.#removeJournal()
    await target.rename(this.name)
    await target.commit()
    await removeSlices(this.name, (await this.#findEarlier()).slices)
  }

  async #commitSlice(target: FileTarget, slice: number, isLast: boolean): Promise<void> {
    const earlier = await this.#findEarlier()
    if (slice === 1) await removeSlices(this.name, earlier.slices)
    if (isLast && this.#options.overwrite !== true && (await lookAt(this.name)))
      throw taken(this.name, 'it came into being meanwhile; remove it, or the slices beside it')
    await target.commit()
    if (isLast && earlier.whole) await removeFile(this.name)
  }
}
