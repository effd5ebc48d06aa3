/**
 * The life of a target: open, then committed or aborted, once and for good. A write that failed leaves a gap, so
 * nothing but `abort` follows it.
 */
import { StorageError } from '../errors.ts'

/** Where a target stands, and what it may still do. */
export class TargetState {
  readonly #name: string
  #stage: 'open' | 'failed' | 'committed' | 'aborted' = 'open'

  /** @param name - of the target, for messages */
  constructor(name: string) {
    this.#name = name
  }

  /** Tells whether the target was committed. */
  get committed(): boolean {
    return this.#stage === 'committed'
  }

  /**
   * Checks that the target still takes bytes.
   *
   * @param operation - what is about to be done, for the error
   * @throws StorageError of kind `closed` when it does not
   */
  assertOpen(operation: string): void {
    if (this.#stage === 'open') return
    const why = this.#stage === 'failed' ? 'an earlier write failed' : `it was ${this.#stage}`
    throw new StorageError(`cannot ${operation} ${this.#name}: ${why}`, {
      operation,
      location: this.#name,
      kind: 'closed',
    })
  }

  /**
   * Runs one step on an open target; when it fails the target takes nothing more.
   *
   * @param operation - what is done, for the error
   * @param step - does it
   */
  async run(operation: string, step: () => Promise<void>): Promise<void> {
    this.assertOpen(operation)
    try {
      await step()
    } catch (error) {
      if (this.#stage === 'open') this.#stage = 'failed'
      throw error
    }
  }

  /** Marks the target as committed. */
  commit(): void {
    this.#stage = 'committed'
  }

  /** Marks the target as aborted, unless it was committed. */
  abort(): void {
    if (this.#stage !== 'committed') this.#stage = 'aborted'
  }
}

/**
 * Checks that a patch lies inside what was written.
 *
 * @throws RangeError when it does not
 */
export function checkPatch(offset: number, lengthBytes: number, writtenBytes: number): void {
  if (Number.isSafeInteger(offset) && offset >= 0 && offset + lengthBytes <= writtenBytes) return
  throw new RangeError(`patch of ${lengthBytes} bytes at ${offset} is outside the ${writtenBytes} bytes written`)
}
