/** Our protocol's messages: one byte of type, four of length (the low one first), then the content. */
import { concatBytes } from '../bytes/concat.ts'
import { CHUNK_BYTES, KiB, MAX_LINE_BYTES } from '../limits.ts'
import { peerBroke } from './pipe-errors.ts'
import type { PipeInput } from './pipe-input.ts'

/** What a message is. The README of this folder says what each holds. */
export const FRAME = {
  entry: 1,
  file: 2,
  data: 3,
  end: 4,
  gone: 5,
  digest: 6,
  problem: 7,
  notice: 8,
  done: 9,
  error: 10,
  want: 11,
  release: 12,
  finished: 13,
  tree: 14,
} as const

/** The type of a message. */
export type FrameType = (typeof FRAME)[keyof typeof FRAME]

/** A message. */
export interface Frame {
  readonly type: FrameType
  readonly content: Uint8Array
}

const HEAD_BYTES = 5
/** Paths and messages in JSON; whoever writes them keeps them shorter. */
const MAX_TEXT_BYTES: number = 256 * KiB
/** A number and a SHA-256 before a line. */
const DIGEST_HEAD_BYTES = 36

const MAX_BYTES: Readonly<Record<FrameType, number>> = {
  [FRAME.entry]: MAX_LINE_BYTES,
  [FRAME.file]: MAX_LINE_BYTES,
  [FRAME.data]: CHUNK_BYTES,
  [FRAME.end]: 1,
  [FRAME.gone]: 0,
  [FRAME.digest]: MAX_LINE_BYTES + DIGEST_HEAD_BYTES,
  [FRAME.problem]: MAX_TEXT_BYTES,
  [FRAME.notice]: MAX_TEXT_BYTES,
  [FRAME.done]: 0,
  [FRAME.error]: MAX_TEXT_BYTES,
  [FRAME.want]: 5,
  [FRAME.release]: 4,
  [FRAME.finished]: MAX_TEXT_BYTES,
  [FRAME.tree]: MAX_TEXT_BYTES,
}

/** Encodes a message. */
export function encodeFrame(type: FrameType, ...content: readonly Uint8Array[]): Uint8Array {
  const head = new Uint8Array(HEAD_BYTES)
  head[0] = type
  const length = content.reduce((sum, part) => sum + part.length, 0)
  new DataView(head.buffer).setUint32(1, length, true)
  return concatBytes([head, ...content])
}

/**
 * Reads the next message.
 *
 * @throws StorageError of kind `protocol` for an unknown type or a length beyond the type's bound
 */
export async function readFrame(input: PipeInput): Promise<Frame> {
  const head = await input.read(HEAD_BYTES)
  const type = head[0] ?? 0
  const length = decodeUint32(head.subarray(1))
  if (!isFrameType(type)) throw peerBroke(input.peer, `a message of the unknown type ${type}`)
  const max = MAX_BYTES[type]
  if (length > max) throw peerBroke(input.peer, `a message of type ${type} and ${length} bytes, at most ${max}`)
  return { type, content: await input.read(length) }
}

/** Encodes a number below 2^32. */
export function encodeUint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value, true)
  return bytes
}

/** Decodes the first four bytes. */
export function decodeUint32(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(0, true)
}

function isFrameType(type: number): type is FrameType {
  return type in MAX_BYTES
}
