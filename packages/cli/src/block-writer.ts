/**
 * Gathers small pieces of output into large blocks: a write a line would cost a system call a line. Text that stands for
 * bytes (lone surrogates of names that are not UTF-8) comes out as those bytes.
 */
import { encodeText } from 'isptar'
import type { Output } from './command-io.ts'

/** About the size of a pipe's buffer on Linux. */
const BLOCK_CHARACTERS = 65_536

/** Writes text to an output in blocks. Nothing is written twice; what is gathered is lost unless flushed. */
export class BlockWriter {
  readonly #output: Output
  #parts: string[] = []
  #length = 0

  constructor(output: Output) {
    this.#output = output
  }

  /**
   * Adds text; waits for the output only when a block is full.
   *
   * @param text - may hold lone surrogates for bytes that are not UTF-8
   */
  write(text: string): Promise<void> | undefined {
    this.gather(text)
    return this.#length >= BLOCK_CHARACTERS ? this.flush() : undefined
  }

  /** Adds text that may wait for the next {@link flush}, for callers that cannot wait themselves. */
  gather(text: string): void {
    this.#parts.push(text)
    this.#length += text.length
  }

  /** Writes what is gathered. */
  async flush(): Promise<void> {
    if (this.#length === 0) return
    const text = this.#parts.join('')
    this.#parts = []
    this.#length = 0
    await this.#output.write(encodeText(text))
  }
}
