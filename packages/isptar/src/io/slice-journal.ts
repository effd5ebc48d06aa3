/**
 * What is remembered of an archive in slices while it is written, so that another run can go on where this one stopped.
 * The target decides what is remembered when; a journal only keeps it.
 */

/** A slice that is whole and stored. */
export interface FinishedSlice {
  /** Its number, from 1. */
  readonly slice: number
  /** Name of its target. */
  readonly name: string
  readonly sizeBytes: number
  /** SHA-256 of its bytes, hex. */
  readonly sha256: string
  /** Whether no slice follows: the archive is whole. */
  readonly isLast: boolean
}

/** Lines of the listing, as a writer gathers them. */
export interface ListedLines {
  /** Whole lines. */
  readonly lines: Uint8Array
  /** The SHA-256 of each, 32 bytes; empty where none are kept. */
  readonly digests: Uint8Array
}

/** All that a writer needs to go on from a point, together with the lines before. */
export interface Checkpoint extends ListedLines {
  /** The writer's own account. */
  readonly state: string
}

/** Bytes for slices to come, and ends of slices that were asked for. */
export type HeldPiece = Uint8Array | 'cut'

/** A point to go on from: this slice and all before it are stored, and no byte after `held` was written. */
export interface SavedPoint {
  readonly checkpoint: Checkpoint
  readonly finished: FinishedSlice
  /** What comes after that slice and before the point. */
  readonly held: readonly HeldPiece[]
}

/** Keeps what it is given, in the order of the calls, until the archive is whole. */
export interface SliceJournal {
  /** Keeps lines that belong to the next point. They need not be durable before that. */
  note(lines: ListedLines): Promise<void>
  /** Keeps a point. Durable when the promise settles. */
  save(point: SavedPoint): Promise<void>
  /** Keeps that `onSlice` is done for a slice, or that there is none. */
  markHandedOver(slice: FinishedSlice): Promise<void>
}

/** Where a run that is taken up again goes on. */
export interface ResumePoint {
  readonly point: SavedPoint
  /** The highest slice for which `onSlice` was done. */
  readonly handedOver: number
}
