/** A target in memory: for small archives that are sent elsewhere, and for tests. */
import type { Target } from './target.ts'
import { checkPatch, TargetState } from './target-state.ts'

const FIRST_BYTES = 4096

/** Collects an archive in memory. */
export class MemoryTarget implements Target {
  readonly name: string
  readonly #state: TargetState
  #buffer = new Uint8Array(FIRST_BYTES)
  #length = 0

  /**
   * @param name - what to call it in messages
   * @defaultValue name `memory`
   */
  constructor(name = 'memory') {
    this.name = name
    this.#state = new TargetState(name)
  }

  /**
   * Gives what was stored, without a copy.
   *
   * @throws TypeError before `commit`
   */
  bytes(): Uint8Array {
    if (!this.#state.committed) throw new TypeError(`${this.name} has no bytes yet: commit it first`)
    return this.#buffer.subarray(0, this.#length)
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.#state.assertOpen('write')
    this.#reserve(this.#length + bytes.length)
    this.#buffer.set(bytes, this.#length)
    this.#length += bytes.length
  }

  async patch(offset: number, bytes: Uint8Array): Promise<void> {
    this.#state.assertOpen('patch')
    checkPatch(offset, bytes.length, this.#length)
    this.#buffer.set(bytes, offset)
  }

  async commit(): Promise<void> {
    this.#state.assertOpen('commit')
    this.#state.commit()
  }

  async abort(): Promise<void> {
    this.#state.abort()
    if (this.#state.committed) return
    this.#buffer = new Uint8Array(0)
    this.#length = 0
  }

  #reserve(neededBytes: number): void {
    if (neededBytes <= this.#buffer.length) return
    const grown = new Uint8Array(Math.max(neededBytes, this.#buffer.length * 2))
    grown.set(this.#buffer.subarray(0, this.#length))
    this.#buffer = grown
  }
}
