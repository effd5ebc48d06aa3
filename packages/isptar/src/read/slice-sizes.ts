/**
 * How long the slices are of which some are not at hand (SPEC 5, 7): the service info says it, or, in archives of the
 * original, all but the last are alike. Only the slices at the end are read for it, or the catalogue in their place.
 */
import { concatBytes } from '../bytes/concat.ts'
import { FormatError, LimitError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import type { ByteSource } from '../io/byte-source.ts'
import type { LazySource } from '../io/lazy-source.ts'
import { MAX_SLICES } from '../limits.ts'
import { type ServiceInfo, serviceNumber } from '../tail/service-info.ts'
import { findTrailer, MAX_TRAILER_BYTES } from '../tail/trailer.ts'
import { checkServiceInfoSize, readServiceInfo } from './service-info-member.ts'

/**
 * Gives the size of each slice in bytes, and holds each to it from then on. Costs nothing where all sizes are known,
 * else it opens the last slice, and those before it only while the service info is not whole. In an archive that does
 * not record the size of its slices, it opens the first one too when none but the last is at hand.
 *
 * @param slices - first to last
 * @param name - of the whole, for messages
 * @throws FormatError when the last one does not end an archive, or not this one; StorageError when a slice that is
 * needed cannot be had
 */
export async function learnSliceSizes(
  slices: readonly LazySource[],
  name: string,
  codec: Codec,
): Promise<readonly number[]> {
  await slices.at(-1)?.readTail(0)
  const known = knownSizes(slices)
  if (known.length === slices.length) return known
  const { info, endBytes } = await readEnd(slices, codec)
  const recorded = info.has('slice_size')
  const sizes = recorded ? recordedSizes(slices, info, endBytes, name) : await alikeSizes(slices)
  expectSliceSizes(slices, sizes)
  return sizes
}

function knownSizes(slices: readonly LazySource[]): readonly number[] {
  return slices.flatMap(({ sizeBytes }) => sizeBytes ?? [])
}

/** Reads the service info when only the end of the archive is known, and says how far from the end it begins. */
async function readEnd(slices: readonly LazySource[], codec: Codec): Promise<{ info: ServiceInfo; endBytes: number }> {
  const { bytesFromEnd, serviceInfoPackedBytes } = findTrailer(await readLast(slices, MAX_TRAILER_BYTES), codec)
  const endBytes = checkServiceInfoSize(serviceInfoPackedBytes, Number.MAX_SAFE_INTEGER) + bytesFromEnd
  const end = await readLast(slices, endBytes)
  checkServiceInfoSize(serviceInfoPackedBytes, end.length - bytesFromEnd)
  return { info: readServiceInfo(end.subarray(0, serviceInfoPackedBytes), codec, []), endBytes }
}

/** Gives the last bytes, all there are when there are fewer; opens no slice before the one that suffices. */
async function readLast(slices: readonly ByteSource[], lengthBytes: number): Promise<Uint8Array> {
  let bytes: Uint8Array = new Uint8Array(0)
  for (let index = slices.length - 1; index >= 0 && bytes.length < lengthBytes; index -= 1) {
    const share = await slices[index]?.readTail(lengthBytes - bytes.length)
    if (share !== undefined) bytes = concatBytes([share.bytes, bytes])
  }
  return bytes
}

/** All have the recorded size but the last, and the one before it, which may have been ended early for the tail. */
function recordedSizes(
  slices: readonly LazySource[],
  info: ServiceInfo,
  endBytes: number,
  name: string,
): readonly number[] {
  const sliceBytes = serviceNumber(info, 'slice_size')
  const totalBytes = serviceNumber(info, 'listing_offset') + serviceNumber(info, 'listing_size') + endBytes
  const lastBytes = slices.at(-1)?.sizeBytes ?? 0
  const fullCount = slices.length - 2
  const beforeLastBytes = totalBytes - lastBytes - fullCount * sliceBytes
  if (beforeLastBytes < 1 || beforeLastBytes > sliceBytes)
    throw new FormatError(
      `${name} was cut into slices of ${sliceBytes} bytes and has ${totalBytes} in all: that is not ${slices.length} ` +
        `slices with a last one of ${lastBytes}; is ${slices.at(-1)?.name ?? 'it'} of another archive?`,
    )
  return [...new Array<number>(fullCount).fill(sliceBytes), beforeLastBytes, lastBytes]
}

/**
 * Gives the size of each slice where the archive's end is elsewhere: none of these is the last, so all are alike.
 *
 * @param slices - first to the highest there is
 */
export async function guessSliceSizes(slices: readonly LazySource[]): Promise<readonly number[]> {
  await slices.at(-1)?.readTail(0)
  return alikeSizes(slices, knownSizes(slices))
}

/** A slice that was cut short does not say how long the others are, so the longest counts. */
async function alikeSizes(
  slices: readonly LazySource[],
  known: readonly number[] = knownSizes(slices.slice(0, -1)),
): Promise<readonly number[]> {
  const [first] = slices
  const alike = known.length > 0 || first === undefined ? known : [(await first.readTail(0)).sizeBytes]
  const sizeBytes = alike.reduce((longest, size) => Math.max(longest, size), 0)
  return slices.map((slice) => slice.sizeBytes ?? sizeBytes)
}

/** Where the writer had what when it ended the slices; in bytes from the start of the archive. */
export interface CutArchive {
  /** What says so, for messages. */
  readonly name: string
  /** Length of a slice. */
  readonly sliceBytes: number
  /** Where the tail begins, at its tar header. */
  readonly tailOffset: number
  /** Where the service info begins. */
  readonly endOffset: number
  /** Length of the archive. */
  readonly sizeBytes: number
}

/**
 * Gives the size of each slice, first to last, by the rule of the writer: the tail is kept in one slice, or, where it is
 * longer than that, its service info and trailer are; the slice before is ended early for them.
 *
 * @throws FormatError for numbers that cannot be; LimitError past 100,000 slices
 */
export function layOutSlices(archive: CutArchive): readonly number[] {
  const { name, sliceBytes, tailOffset, endOffset, sizeBytes } = archive
  if (sliceBytes < 1 || tailOffset < 0)
    throw new FormatError(`${name} says slices of ${sliceBytes} bytes and a tail at ${tailOffset}: that cannot be`)
  const keptOffset = sizeBytes - tailOffset <= sliceBytes ? tailOffset : endOffset
  const keptBytes = sizeBytes - keptOffset
  const used = keptOffset % sliceBytes
  const endsEarly = used > 0 && keptBytes > sliceBytes - used && keptBytes <= sliceBytes
  if (!endsEarly) return cutEvenly(sizeBytes, sliceBytes, name)
  return [...cutEvenly(keptOffset, sliceBytes, name), keptBytes]
}

function cutEvenly(lengthBytes: number, sliceBytes: number, name: string): readonly number[] {
  const count = Math.ceil(lengthBytes / sliceBytes)
  if (count > MAX_SLICES)
    throw new LimitError(`${name} is of ${count} slices, at most ${MAX_SLICES} are read`, {
      limit: 'MAX_SLICES',
      max: MAX_SLICES,
      actual: count,
    })
  return Array.from({ length: count }, (_, index) => Math.min(sliceBytes, lengthBytes - index * sliceBytes))
}

/** Holds slices to sizes that are known otherwise. */
export function expectSliceSizes(slices: readonly LazySource[], sizes: readonly number[]): void {
  for (const [index, slice] of slices.entries()) slice.expectSize(sizes[index] ?? 0)
}
