/** Waits for something that other tasks of the same side bring about. */

/** Lets tasks wait for conditions; whoever changes something says so. */
export class Waiting {
  readonly #signal: AbortSignal
  #wake: (() => void)[] = []

  /** @param signal - ends all waiting, with its reason */
  constructor(signal: AbortSignal) {
    this.#signal = signal
    signal.addEventListener('abort', () => this.notify(), { once: true })
  }

  /** Waits until the condition holds, looking again after each change. */
  async until(condition: () => boolean): Promise<void> {
    this.#signal.throwIfAborted()
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#wake.push(resolve)
      })
      this.#signal.throwIfAborted()
    }
  }

  /** Says that something changed. */
  notify(): void {
    const wake = this.#wake
    this.#wake = []
    for (const resolve of wake) resolve()
  }
}
