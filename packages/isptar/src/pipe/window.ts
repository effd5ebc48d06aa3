/**
 * How far the client may be ahead of the archive. Both sides know the bounds: the client keeps to them, the server
 * refuses a client that does not. They hold at 80,000 small entries a second over 50 ms of latency.
 */
import { MiB } from '../limits.ts'

/** Entries that were sent and are not released yet. */
export const WINDOW_ENTRIES = 4096

/** Bytes of their lines; one line may go beyond. */
export const WINDOW_BYTES: number = 4 * MiB
