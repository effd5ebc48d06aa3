/**
 * Writes an archive as files `PATH.part1`, `PATH.part2`, …, or as `PATH` when it fits in one slice (SPEC 7).
 *
 * What a crash leaves: the slices that were finished, each whole, and a temporary file. An older archive that was one
 * file stays until the last slice is stored. Slices of an older archive go, the last one first, just before the first new
 * slice gets its name, so that old and new ones never lie side by side; write to another name to keep them.
 */
import { SlicedTarget, type SliceTarget } from '../io/sliced-target.ts'
import type { FinishedSlice } from '../io/slice-journal.ts'
import type { Target } from '../io/target.ts'
import { type EarlierArchive, findEarlier, lookAt, removeFile, removeSlices, taken } from './earlier-slices.ts'
import { FileTarget, type FileTargetOptions } from './file-target.ts'
import { OwnFiles } from './own-files.ts'
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
}

/** Writes slices that are files. Of an archive that was not finished, those that are whole stay. */
export class SlicedFileTarget implements Target {
  readonly name: string
  readonly sliceBytes: number
  readonly #options: SlicedFileTargetOptions
  readonly #slices: SlicedTarget
  readonly #own = new OwnFiles()
  #earlier: Promise<EarlierArchive> | undefined

  /**
   * @param path - of the archive, without `.partN`; its folder must exist
   * @throws RangeError for a length of slices that cannot be; TypeError for a path that names no file
   */
  constructor(path: string, options: SlicedFileTargetOptions) {
    const { sliceBytes, onSlice } = options
    this.name = new FileTarget(path).name
    this.#options = options
    this.#slices = new SlicedTarget({ name: path, sliceBytes, onSlice, open: (slice) => this.#open(slice) })
    this.sliceBytes = this.#slices.sliceBytes
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
   * Looks what lies under the archive's names. Writing does it if nobody did.
   *
   * @throws StorageError of kind `exists` when something does and `overwrite` is false
   */
  async prepare(): Promise<void> {
    await this.#findEarlier()
  }

  /** @throws StorageError, which says what slices are whole */
  async write(bytes: Uint8Array): Promise<void> {
    await this.prepare()
    await this.#slices.write(bytes)
  }

  /** Ends the slice at hand. */
  cut(): Promise<void> {
    return this.#slices.cut()
  }

  /** Stores the last slice and removes what is left of an older archive. */
  async commit(): Promise<void> {
    await this.prepare()
    await this.#slices.commit()
  }

  /** Leaves the slices that are whole, and nothing else. */
  abort(): Promise<void> {
    return this.#slices.abort()
  }

  #findEarlier(): Promise<EarlierArchive> {
    this.#earlier ??= this.#lookForEarlier()
    return this.#earlier
  }

  async #lookForEarlier(): Promise<EarlierArchive> {
    const { name } = this
    const earlier = await findEarlier(name)
    const [slice] = earlier.slices
    if (this.#options.overwrite !== true) {
      const found = earlier.whole ? name : slice === undefined ? undefined : `${name}.part${slice}`
      if (found !== undefined) throw taken(found, 'it exists already; choose another name or allow overwriting')
    }
    for (const path of [name, ...earlier.slices.map((number) => `${name}.part${number}`)]) this.#own.add(path)
    return earlier
  }

  #open(slice: number): SliceTarget {
    const { overwrite, mode } = this.#options
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
