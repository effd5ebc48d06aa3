/** Reads small data whole, and writes the data member of a large file: its data and the zeros that fill it to whole blocks, nothing else (SPEC 1.1). */
import { createSha256 } from '#sha256'
import type { Codec } from '../gzip/codec.ts'
import type { SeekTable } from '../tail/seek-column.ts'
import { paddedBytes } from './batch-maker.ts'
import { type DataHead, type FittedData, fitData } from './data-head.ts'
import { ChunkedMember, type ChunkedMemberOptions } from './chunked-member.ts'
import { deflatePiece } from './deflate-piece.ts'
import type { Output } from './output.ts'
import { PieceCutter } from './piece-cutter.ts'

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
 * Reads data that is held whole.
 *
 * @param head - the data
 * @param sizeBytes - the listed size
 * @returns the data and the zeros that fill it to whole blocks, and whether it had that size of itself
 */
export async function readWhole(head: DataHead, sizeBytes: number): Promise<{ plain: Uint8Array; fits: boolean }> {
  const plain = new Uint8Array(paddedBytes(sizeBytes))
  const { fits } = await drain(fitData(head, sizeBytes), async (chunk, offset) => plain.set(chunk, offset))
  return { plain, fits }
}

/**
 * Writes a member piece by piece.
 *
 * @param output - where it goes
 * @param head - the data
 */
export async function writeDataMember(
  output: Output,
  head: DataHead,
  options: DataMemberOptions,
): Promise<WrittenMember> {
  const sha256 = options.digests ? createSha256() : undefined
  const data = fitData(head, options.sizeBytes)
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
  await take(new Uint8Array(paddedBytes(plainBytes) - plainBytes), plainBytes)
  await member.add(deflatePiece(codec, cutter.rest(), level, 'final'))
  const isSame = knownCrc === (from?.crc32 ?? 0)
  const { crc32, seek } = await member.finish()
  return { plainBytes, fits: fits && isSame, crc32, digest: isSame ? sha256?.digest() : undefined, seek }
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
