/** A target that hands bytes on to a web stream: uploads, standard output, browser downloads. It cannot patch. */
import { isIsptarError, StorageError } from '../errors.ts'
import type { Target } from './target.ts'
import { TargetState } from './target-state.ts'

/** Writes to a `WritableStream`; `commit` closes it, `abort` aborts it. */
export class StreamTarget implements Target {
  readonly name: string
  readonly #stream: WritableStream<Uint8Array>
  readonly #state: TargetState
  #writer: WritableStreamDefaultWriter<Uint8Array> | undefined

  /**
   * @param stream - locked from the first write on
   * @param name - what to call it in messages
   * @defaultValue name `stream`
   */
  constructor(stream: WritableStream<Uint8Array>, name = 'stream') {
    this.name = name
    this.#stream = stream
    this.#state = new TargetState(name)
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#step('write', async () => this.#lock().write(bytes))
  }

  async commit(): Promise<void> {
    await this.#step('commit', async () => {
      await this.#lock().close()
      this.#state.commit()
    })
  }

  async abort(): Promise<void> {
    if (this.#state.committed) return
    this.#state.abort()
    // A stream that failed already is aborted as far as it can be.
    await this.#lock()
      .abort(new DOMException(`${this.name} was aborted`, 'AbortError'))
      .catch(() => undefined)
  }

  #lock(): WritableStreamDefaultWriter<Uint8Array> {
    if (this.#writer === undefined) {
      this.#writer = this.#stream.getWriter()
      // What it would say is said by the write or close that fails.
      this.#writer.closed.catch(() => undefined)
    }
    return this.#writer
  }

  async #step(operation: string, step: () => Promise<void>): Promise<void> {
    try {
      await this.#state.run(operation, step)
    } catch (error) {
      if (isIsptarError(error)) throw error
      const why = error instanceof Error ? error.message : String(error)
      const details = { operation, location: this.name, kind: 'other', cause: error } as const
      throw new StorageError(`cannot ${operation} ${this.name}: ${why}`, details)
    }
  }
}
