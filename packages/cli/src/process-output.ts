/** Standard output and standard error of the process as outputs of a command. */
import { fstatSync } from 'node:fs'
import { type Output, OutputClosedError, OutputFailedError } from './command-io.ts'

type StandardStream = NodeJS.WriteStream & { readonly fd: number }

/** A stream of the process. */
export class ProcessOutput implements Output {
  readonly #open: () => StandardStream
  #opened: StandardStream | undefined
  readonly #name: string
  readonly #signal: AbortSignal | undefined

  /**
   * @param open - gives the stream; called when it is first needed, since that takes milliseconds
   * @param name - what to call it in messages
   * @param signal - ends waiting for a reader that takes nothing
   */
  constructor(open: () => StandardStream, name: string, signal?: AbortSignal) {
    this.#open = open
    this.#name = name
    this.#signal = signal
  }

  get #stream(): StandardStream {
    if (this.#opened !== undefined) return this.#opened
    this.#opened = this.#open()
    // Each failure reaches the write that met it; without a listener it would end the process as well.
    this.#opened.on('error', () => {})
    return this.#opened
  }

  get isTty(): boolean {
    return this.#stream.isTTY === true
  }

  get columns(): number | undefined {
    return this.isTty ? this.#stream.columns : undefined
  }

  get file(): Output['file'] {
    try {
      const stat = fstatSync(this.#stream.fd, { bigint: true })
      return stat.isFile() ? stat : undefined
    } catch {
      // It was closed before the command began.
      return undefined
    }
  }

  /** One write is under way at a time for each caller: that is the back-pressure. */
  write(data: Uint8Array | string): Promise<void> {
    const signal = this.#signal
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason)
      const end = (): void => reject(signal?.reason)
      signal?.addEventListener('abort', end, { once: true })
      this.#stream.write(data, (error) => {
        signal?.removeEventListener('abort', end)
        if (error) reject(this.#wrap(error))
        else resolve()
      })
    })
  }

  #wrap(error: NodeJS.ErrnoException): Error {
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') return new OutputClosedError()
    return new OutputFailedError(`cannot write to ${this.#name}: ${error.message}`, { cause: error })
  }
}
