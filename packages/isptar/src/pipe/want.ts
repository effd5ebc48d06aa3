/** What the server asks of an entry: its data, or first the SHA-256 of it, which may be known already. */
import { concatBytes } from '../bytes/concat.ts'
import { decodeUint32, encodeFrame, encodeUint32, FRAME } from './frames.ts'

/** What is wanted. */
export const WANT = { data: 0, digest: 1 } as const

/** A wish of the server. */
export interface Want {
  /** Number of the entry: how many were sent before it, modulo 2^32. */
  readonly number: number
  readonly what: 'data' | 'digest'
}

/** Encodes a wish. */
export function encodeWant({ number, what }: Want): Uint8Array {
  return encodeFrame(FRAME.want, concatBytes([encodeUint32(number), Uint8Array.of(WANT[what])]))
}

/** Decodes a wish; undefined when it is none. */
export function decodeWant(content: Uint8Array): Want | undefined {
  if (content.length !== 5) return undefined
  const number = decodeUint32(content)
  if (content[4] === WANT.data) return { number, what: 'data' }
  return content[4] === WANT.digest ? { number, what: 'digest' } : undefined
}
