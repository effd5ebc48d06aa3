/** What can go wrong between two sides. Each error is a `StorageError` whose `location` is the side that failed. */
import { StorageError } from '../errors.ts'
import type { PipeSide } from './pipe-streams.ts'

/** Longest text of the other side that is repeated in a message. */
const MAX_QUOTED = 2000

/** The other side went away, or the connection broke: kind `connection`. */
export function peerGone(peer: PipeSide, why: string, cause?: unknown): StorageError {
  const details = { operation: 'read', location: peer, kind: 'connection', cause } as const
  return new StorageError(`the ${peer} went away: ${why}`, details)
}

/** The other side does not keep to the protocol: kind `protocol`. */
export function peerBroke(peer: PipeSide, what: string, cause?: unknown): StorageError {
  const details = { operation: 'read', location: peer, kind: 'protocol', cause } as const
  return new StorageError(`the ${peer} does not keep to the protocol: ${what}`, details)
}

/** The other side says that it gave up: kind `other`. */
export function peerFailed(peer: PipeSide, message: string): StorageError {
  const shown = message.length > MAX_QUOTED ? `${message.slice(0, MAX_QUOTED)}…` : message
  return new StorageError(`the ${peer} failed: ${shown}`, { operation: 'read', location: peer, kind: 'other' })
}
