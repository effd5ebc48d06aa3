/** Writes the data member of one file: its data and the zeros that fill it to whole blocks, nothing else (SPEC 1.1). */
import type { Codec, Level } from '../gzip/codec.ts'
import { encodeMember, recordedCrc32 } from '../gzip/encode-member.ts'
import { MemberEncoder } from '../gzip/member-encoder.ts'
import { SPOOL_BYTES } from '../limits.ts'
import { type DataHead, type FittedData, fitData } from './data-head.ts'
import type { Output } from './output.ts'

const BLOCK = 512

/** How to write a member. */
export interface DataMemberOptions {
  readonly codec: Codec
  readonly level: Level
  /** The listed size; undefined takes what there is. */
  readonly sizeBytes: number | undefined
  readonly signal: AbortSignal
}

/** What was written. */
export interface WrittenMember {
  /** Whether the data had exactly the listed size. */
  readonly fits: boolean
  /** Length of the data in bytes, without padding. */
  readonly plainBytes: number
  /** The CRC-32 that the member records: of the data and the zeros behind it. */
  readonly crc32: number
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
  const { sizeBytes } = options
  const data = fitData(head, sizeBytes)
  return sizeBytes !== undefined && sizeBytes <= SPOOL_BYTES
    ? writeWhole(output, data, sizeBytes, options)
    : writeChunked(output, data, options)
}

async function writeWhole(
  output: Output,
  data: FittedData,
  sizeBytes: number,
  options: DataMemberOptions,
): Promise<WrittenMember> {
  const plain = new Uint8Array(padded(sizeBytes))
  const written = await drain(data, async (chunk, offset) => plain.set(chunk, offset))
  const member = encodeMember(options.codec, plain, options.level)
  await output.write(member)
  return { ...written, crc32: recordedCrc32(member) }
}

async function writeChunked(output: Output, data: FittedData, options: DataMemberOptions): Promise<WrittenMember> {
  const encoder = new MemberEncoder(options.codec, options.level)
  try {
    await output.write(encoder.start())
    const written = await drain(data, async (chunk) => {
      options.signal.throwIfAborted()
      await output.write(...(await encoder.push(chunk)))
    })
    await output.write(...(await encoder.push(new Uint8Array(padded(written.plainBytes) - written.plainBytes))))
    await output.write(...(await encoder.finish()))
    return { ...written, crc32: encoder.crc32 }
  } finally {
    encoder.close()
  }
}

function padded(sizeBytes: number): number {
  return Math.ceil(sizeBytes / BLOCK) * BLOCK
}

/** Hands every chunk on with its offset. */
async function drain(
  data: FittedData,
  take: (chunk: Uint8Array, offset: number) => Promise<void>,
): Promise<Omit<WrittenMember, 'crc32'>> {
  let plainBytes = 0
  let step = await data.next()
  while (!step.done) {
    await take(step.value, plainBytes)
    plainBytes += step.value.length
    step = await data.next()
  }
  return { fits: step.value.fits, plainBytes }
}
