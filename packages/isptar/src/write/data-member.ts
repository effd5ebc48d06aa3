/** Writes the data member of one file: its data and the zeros that fill it to whole blocks, nothing else (SPEC 1.1). */
import { createSha256 } from '#sha256'
import type { Sha256 } from '../bytes/sha256.ts'
import type { Codec } from '../gzip/codec.ts'
import { encodeMember, recordedCrc32 } from '../gzip/encode-member.ts'
import { SPOOL_BYTES } from '../limits.ts'
import type { SeekTable } from '../tail/seek-column.ts'
import { type DataHead, type FittedData, fitData } from './data-head.ts'
import { ChunkedMember, type ChunkedMemberOptions } from './chunked-member.ts'
import { deflatePiece } from './deflate-piece.ts'
import type { Output } from './output.ts'
import { PieceCutter } from './piece-cutter.ts'
import { shrinks } from './shrinks.ts'

const BLOCK = 512

/** How to write a member. */
export interface DataMemberOptions extends ChunkedMemberOptions {
  readonly codec: Codec
  /** The listed size; undefined takes what there is. */
  readonly sizeBytes: number | undefined
  /** Whether the SHA-256 of the data is wanted. */
  readonly digests: boolean
  readonly signal: AbortSignal
}

/** What was written. */
export interface WrittenMember {
  /** Whether the data had exactly the listed size, and began as the part that was written before. */
  readonly fits: boolean
  /** Length of the data in bytes, without padding. */
  readonly plainBytes: number
  /** The CRC-32 that the member records: of the data and the zeros behind it. */
  readonly crc32: number
  /** SHA-256 of the data, where it was wanted. */
  readonly digest: Uint8Array | undefined
  /** Where reading can begin inside it. */
  readonly seek: SeekTable | undefined
}

/**
 * Writes a member: small ones in one piece, larger ones chunk by chunk.
 *
 * @param output - where it goes
 * @param head - the data
 */
export async function writeDataMember(
  output: Output,
  head: DataHead,
  options: DataMemberOptions,
): Promise<WrittenMember> {
  const { sizeBytes, seekBytes, digests, from } = options
  const data = fitData(head, sizeBytes)
  const sha256 = digests ? createSha256() : undefined
  const oneChunk = !from && sizeBytes !== undefined && sizeBytes <= Math.min(SPOOL_BYTES, seekBytes || SPOOL_BYTES)
  return oneChunk ? writeWhole(output, data, sizeBytes, sha256, options) : writeChunked(output, data, sha256, options)
}

async function writeWhole(
  output: Output,
  data: FittedData,
  sizeBytes: number,
  sha256: Sha256 | undefined,
  options: DataMemberOptions,
): Promise<WrittenMember> {
  const plain = new Uint8Array(padded(sizeBytes))
  const written = await drain(data, async (chunk, offset) => plain.set(chunk, offset))
  sha256?.update(plain.subarray(0, sizeBytes))
  const { codec, level } = options
  const member = encodeMember(codec, plain, shrinks(codec, plain) ? level : 0)
  await output.write(member)
  return { ...written, crc32: recordedCrc32(member), digest: sha256?.digest(), seek: undefined }
}

async function writeChunked(
  output: Output,
  data: FittedData,
  sha256: Sha256 | undefined,
  options: DataMemberOptions,
): Promise<WrittenMember> {
  const { codec, level, seekBytes, from, signal } = options
  const member = new ChunkedMember(output, options)
  const cutter = new PieceCutter(from?.plainBytes ?? 0, seekBytes)
  let knownCrc = 0
  const take = async (chunk: Uint8Array, offset: number): Promise<void> => {
    const known = chunk.subarray(0, Math.max((from?.plainBytes ?? 0) - offset, 0))
    if (known.length > 0) knownCrc = codec.crc32(known, knownCrc)
    for (const piece of cutter.push(chunk.subarray(known.length))) {
      signal.throwIfAborted()
      await member.add(deflatePiece(codec, piece, level, 'flush'))
      await member.checkpoint()
    }
  }
  await member.start()
  const { plainBytes, fits } = await drain(data, async (chunk, offset) => {
    signal.throwIfAborted()
    sha256?.update(chunk)
    await take(chunk, offset)
  })
  await take(new Uint8Array(padded(plainBytes) - plainBytes), plainBytes)
  await member.add(deflatePiece(codec, cutter.rest(), level, 'final'))
  const isSame = knownCrc === (from?.crc32 ?? 0)
  const { crc32, seek } = await member.finish()
  return { plainBytes, fits: fits && isSame, crc32, digest: isSame ? sha256?.digest() : undefined, seek }
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK) * BLOCK
}

/** Hands every chunk on with its offset. */
async function drain(
  data: FittedData,
  take: (chunk: Uint8Array, offset: number) => Promise<void>,
): Promise<Pick<WrittenMember, 'fits' | 'plainBytes'>> {
  let plainBytes = 0
  let step = await data.next()
  while (!step.done) {
    await take(step.value, plainBytes)
    plainBytes += step.value.length
    step = await data.next()
  }
  return { fits: step.value.fits, plainBytes }
}
