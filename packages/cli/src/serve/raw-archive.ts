/** The bytes of an archive, base or catalogue as they are stored, slice by slice. */
import type { ByteSource, ReadOptions } from 'isptar'
import type { ByteRange } from './byte-range.ts'

/** One file of those that an archive consists of. */
export interface RawSlice {
  readonly source: ByteSource
  /** Where it lies in the source. */
  readonly place: ByteRange
}

/** An archive whose bytes are given as they are. */
export class RawArchive {
  /** Names of its slices, first to last, or of the one file it is. */
  readonly names: readonly string[]
  readonly #open: () => Promise<ByteSource>
  #opening: Promise<ByteSource> | undefined

  /**
   * @param names - see {@link names}
   * @param open - gives its bytes; called when one is first needed, and again when that failed
   */
  constructor(names: readonly string[], open: () => Promise<ByteSource>) {
    this.names = names
    this.#open = open
  }

  /**
   * Finds a slice.
   *
   * @param name - one of {@link names}
   * @returns undefined when there is none of that name
   */
  async slice(name: string, options: ReadOptions): Promise<RawSlice | undefined> {
    const index = this.names.indexOf(name)
    if (index < 0) return undefined
    const source = await (this.#opening ??= this.#openNow())
    const { sizeBytes } = await source.readTail(0, options)
    const start = index === 0 ? 0 : (source.locate?.(index + 1, 0) ?? 0)
    const isLast = index + 1 === this.names.length
    return { source, place: { start, end: isLast ? sizeBytes : (source.locate?.(index + 2, 0) ?? sizeBytes) } }
  }

  /** Closes its source, where that was opened. */
  async close(): Promise<void> {
    const source = await this.#opening?.catch(() => undefined)
    await source?.close()
  }

  async #openNow(): Promise<ByteSource> {
    try {
      return await this.#open()
    } catch (error) {
      this.#opening = undefined
      throw error
    }
  }
}
