/** Long work in slices, so that the worker answers in between. */

/** How long a slice is, in milliseconds: short enough that no answer is felt to wait. */
const SLICE_MS = 20

/** Tells when it is time to let others have a turn. */
export class WorkSlice {
  #endsAt = performance.now() + SLICE_MS

  /** Waits for what else is to be done when the slice is over, else not at all; ask now and then. */
  async breathe(): Promise<void> {
    if (performance.now() < this.#endsAt) return
    await new Promise((resolve) => setTimeout(resolve))
    this.#endsAt = performance.now() + SLICE_MS
  }
}
