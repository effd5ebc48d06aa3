/** Standard output and standard error of the process as outputs of a command. */
import { type Output, OutputClosedError, OutputFailedError } from './command-io.ts'

/** A stream of the process. */
export class ProcessOutput implements Output {
  readonly #stream: NodeJS.WriteStream
  readonly #name: string

  /** @param name - what to call it in messages */
  constructor(stream: NodeJS.WriteStream, name: string) {
    this.#stream = stream
    this.#name = name
    // Each failure reaches the write that met it; without a listener it would end the process as well.
    stream.on('error', () => {})
  }

  get isTty(): boolean {
    return this.#stream.isTTY === true
  }

  get columns(): number | undefined {
    return this.isTty ? this.#stream.columns : undefined
  }

  /** One write is under way at a time for each caller: that is the back-pressure. */
  write(data: Uint8Array | string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#stream.write(data, (error) => (error ? reject(this.#wrap(error)) : resolve()))
    })
  }

  #wrap(error: NodeJS.ErrnoException): Error {
    if (error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED') return new OutputClosedError()
    return new OutputFailedError(`cannot write to ${this.#name}: ${error.message}`, { cause: error })
  }
}
