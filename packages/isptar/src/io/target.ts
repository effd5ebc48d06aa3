/**
 * The contract between the writer and any store. Writes are in order; a target ends in `commit` or `abort`; what it
 * stores appears under its name only when whole. Constructors do no I/O. `test/target-suite.ts` holds every target to
 * this.
 */

import type { Checkpoint, ListedLines } from './slice-journal.ts'

/** Something an archive is written to. */
export interface Target {
  /** What to call it in messages; without credentials. */
  readonly name: string
  /** Appends bytes. The array may be reused once the promise settles. */
  write(bytes: Uint8Array): Promise<void>
  /**
   * Overwrites bytes written before, where the store can; absent where it cannot. Needed only for data whose size is
   * not known when its header is written.
   */
  patch?(offset: number, bytes: Uint8Array): Promise<void>
  /**
   * Length of a slice in bytes, where the store cuts what it is given into slices (SPEC 7). Each slice has it but the last,
   * and one that {@link cut} ended.
   */
  readonly sliceBytes?: number | undefined
  /** Ends the slice at hand, so that what is written next begins a new one. Present where `sliceBytes` is. */
  cut?(): Promise<void>
  /**
   * Keeps all that a later run needs to go on from here. Present where that is possible; the writer then calls it at the
   * next point at which it could go on once a slice is full, and before it commits.
   */
  readonly checkpoint?: ((point: Checkpoint) => Promise<void>) | undefined
  /** Keeps lines for the next checkpoint, so that nobody has to hold them. Present where `checkpoint` is. */
  readonly note?: ((lines: ListedLines) => Promise<void>) | undefined
  /** Makes what was written appear under its name, durably. */
  commit(): Promise<void>
  /** Leaves nothing behind. Safe to call at any time, also after a failure, and twice; never throws after `commit`. */
  abort(): Promise<void>
}
