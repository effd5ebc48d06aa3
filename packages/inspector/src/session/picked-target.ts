/** A file that the user picked. It is written beside itself, and takes its new contents only when all was written. */
import type { TroubleError } from '../contract/trouble.ts'
import type { SaveTarget } from './save-target.ts'
import { streamInto, writeTrouble } from './sink-stream.ts'

declare global {
  interface FileSystemFileHandle {
    /** Chromium's. */
    remove?: () => Promise<void>
  }
}

/** Saves to a file that was picked. */
export class PickedTarget implements SaveTarget {
  readonly name: string
  readonly isDownload = false
  readonly stream: WritableStream<Uint8Array>
  failure: TroubleError | undefined
  readonly #handle: FileSystemFileHandle
  readonly #writable: FileSystemWritableFileStream
  #isClosed = false

  private constructor(handle: FileSystemFileHandle, writable: FileSystemWritableFileStream) {
    this.name = handle.name
    this.#handle = handle
    this.#writable = writable
    this.stream = streamInto(
      {
        // A copy where the bytes are shared, which files do not take.
        write: (chunk) => writable.write(new Uint8Array(chunk)),
        close: () => this.#close(),
        abort: () => writable.abort(),
      },
      (failure) => (this.failure = failure),
    )
  }

  /** @throws TroubleError where it cannot be written */
  static async open(handle: FileSystemFileHandle): Promise<PickedTarget> {
    try {
      return new PickedTarget(handle, await handle.createWritable())
    } catch (error) {
      throw writeTrouble(error)
    }
  }

  /** From its beginning on the file may have what was written. */
  async #close(): Promise<void> {
    this.#isClosed = true
    try {
      await this.#writable.close()
    } catch (error) {
      this.#isClosed = false
      throw error
    }
  }

  written(): Promise<Blob> {
    return this.#handle.getFile()
  }

  keep(): void {}

  async discard(): Promise<boolean> {
    await this.#writable.abort().catch(() => undefined)
    const { size } = await this.#handle.getFile().catch(() => new Blob())
    // Picking made the file, or emptied it. What was not touched stays: it is the user's.
    if (!this.#isClosed && size > 0) return false
    try {
      if (this.#handle.remove === undefined) throw new TypeError('files cannot be removed')
      await this.#handle.remove()
      return false
    } catch {
      await this.#empty().catch(() => undefined)
      return true
    }
  }

  async #empty(): Promise<void> {
    await (await this.#handle.createWritable()).close()
  }
}
