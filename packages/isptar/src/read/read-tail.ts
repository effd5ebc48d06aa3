/** Finds service info and layout from the end of a source (SPEC 2.3). */
import type { Codec } from '../gzip/codec.ts'
import type { ByteSource, ReadOptions, TailBytes } from '../io/byte-source.ts'
import type { ServiceInfo } from '../tail/service-info.ts'
import { layoutTail, type TailLayout } from '../tail/tail-layout.ts'
import { findTrailer, MAX_TRAILER_BYTES } from '../tail/trailer.ts'
import { checkServiceInfoSize, readServiceInfo } from './service-info-member.ts'

/** What a tail is read from, with its size. */
export interface TailSource {
  readonly bytes: ByteSource
  readonly sizeBytes: number
}

/** How to read a tail. */
export interface ReadTailOptions extends ReadOptions {
  readonly codec: Codec
  /** Takes what is worth knowing and no error. */
  readonly notices: string[]
}

/** What stands at the end. */
export interface FoundTail {
  readonly serviceInfo: ServiceInfo
  readonly tail: TailLayout
}

/**
 * Reads what leads to the rest. Costs nothing where the service info lies in the bytes that are at hand.
 *
 * @param bytes - the archive, or a catalogue
 * @param end - its last bytes, at least as many as a trailer may have
 * @throws FormatError, IntegrityError, LimitError
 */
export async function readTail(bytes: ByteSource, end: TailBytes, options: ReadTailOptions): Promise<FoundTail> {
  const { codec, notices } = options
  const trailer = findTrailer(end.bytes.subarray(-MAX_TRAILER_BYTES), codec)
  const trailerOffset = end.sizeBytes - trailer.bytesFromEnd
  const serviceInfoOffset = trailerOffset - checkServiceInfoSize(trailer.serviceInfoPackedBytes, trailerOffset)
  const packed = await bytes.read(serviceInfoOffset, trailer.serviceInfoPackedBytes, options)
  const serviceInfo = readServiceInfo(packed, codec, notices)
  return { serviceInfo, tail: layoutTail(serviceInfo, serviceInfoOffset, trailerOffset) }
}

/** Where the content of the tail begins; its tar header lies before. */
export function tailContentOffset({ listingOffset, sections }: TailLayout): number {
  return Math.min(listingOffset, ...sections.map(({ offset }) => offset))
}
