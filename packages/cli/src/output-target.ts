/** Standard output as the target of an archive. It cannot take back what it wrote, and needs no name. */
import type { Target } from 'isptar'
import type { Output } from './command-io.ts'

/** Writes an archive to an output. */
export class OutputTarget implements Target {
  readonly name = 'standard output'
  readonly #output: Output

  constructor(output: Output) {
    this.#output = output
  }

  async write(bytes: Uint8Array): Promise<void> {
    await this.#output.write(bytes)
  }

  async commit(): Promise<void> {}

  async abort(): Promise<void> {}
}
