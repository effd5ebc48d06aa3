/** What the writer has given to the target: counted, and gathered so that small members do not cost a write each. */
import { concatBytes } from '../bytes/concat.ts'
import type { Target } from '../io/target.ts'
import { CHUNK_BYTES } from '../limits.ts'

/** A target with a position and a small buffer. */
export class Output {
  readonly #target: Target
  #parts: Uint8Array[] = []
  #partBytes = 0
  #offset = 0

  constructor(target: Target) {
    this.#target = target
  }

  /** Where the next byte goes, from the start of the archive. */
  get offset(): number {
    return this.#offset
  }

  /** What to call the target in messages. */
  get name(): string {
    return this.#target.name
  }

  /** Whether bytes written before can be overwritten. */
  get canPatch(): boolean {
    return this.#target.patch !== undefined
  }

  /** Takes bytes that nobody will change any more. */
  async write(...parts: readonly Uint8Array[]): Promise<void> {
    for (const part of parts) {
      this.#parts.push(part)
      this.#partBytes += part.length
      this.#offset += part.length
    }
    if (this.#partBytes >= CHUNK_BYTES) await this.flush()
  }

  /** Hands what is gathered to the target. */
  async flush(): Promise<void> {
    if (this.#partBytes === 0) return
    const bytes = concatBytes(this.#parts, this.#partBytes)
    this.#parts = []
    this.#partBytes = 0
    await this.#target.write(bytes)
  }

  /** Overwrites bytes written before. */
  async patch(offset: number, bytes: Uint8Array): Promise<void> {
    await this.flush()
    await this.#target.patch?.(offset, bytes)
  }
}
