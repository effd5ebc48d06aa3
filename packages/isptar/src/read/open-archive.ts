/** Opens an archive from its tail: one read, whatever its size (SPEC 2.3). */
import { codec as defaultCodec } from '#codec'
import { UnsupportedError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { RESIDENT_LISTING_BYTES, TAIL_BYTES } from '../limits.ts'
import type { ServiceInfo } from '../tail/service-info.ts'
import { layoutTail } from '../tail/tail-layout.ts'
import { findTrailer, MAX_TRAILER_BYTES } from '../tail/trailer.ts'
import { Archive } from './archive.ts'
import { Listing } from './listing.ts'
import { checkServiceInfoSize, readServiceInfo } from './service-info-member.ts'
import { withTail } from '../io/with-tail.ts'

/** How to open an archive. */
export interface OpenOptions extends ReadOptions {
  /** What inflates and checks. @defaultValue `node:zlib` on Node, pako elsewhere */
  codec?: Codec | undefined
  /** Size of the first read from the end, in bytes. @defaultValue 65,536 */
  tailBytes?: number | undefined
  /** Longest listing that is kept in memory, in bytes of plaintext. @defaultValue 33,554,432 */
  residentListingBytes?: number | undefined
}

/**
 * Opens an archive. Costs one read of the last 64 KiB; the listing is read when it is first needed, which costs a
 * second read only where it is longer than that. The archive owns the source from here on; when opening fails the
 * source is closed.
 *
 * @param source - the archive, or all its slices as one source
 * @throws FormatError when it is no isptar archive or its end is missing; StorageError when it cannot be read
 * @example
 * ```ts
 * const archive = await openArchive(new HttpSource('https://backups.example/site.tgz'))
 * console.log(await archive.text('site/etc/motd'))
 * await archive.close()
 * ```
 */
export async function openArchive(source: ByteSource, options: OpenOptions = {}): Promise<Archive> {
  if (typeof source?.readTail !== 'function')
    throw new TypeError('openArchive takes a source: MemorySource, BlobSource, HttpSource, or openFile of isptar/node')
  const tailBytes = checkSize(options.tailBytes ?? TAIL_BYTES, 'tailBytes', MAX_TRAILER_BYTES)
  const residentBytes = checkSize(options.residentListingBytes ?? RESIDENT_LISTING_BYTES, 'residentListingBytes', 0)
  try {
    return await open(source, tailBytes, residentBytes, options)
  } catch (error) {
    await source.close().catch(() => undefined)
    throw error
  }
}

async function open(
  source: ByteSource,
  tailBytes: number,
  residentBytes: number,
  options: OpenOptions,
): Promise<Archive> {
  const codec = options.codec ?? defaultCodec
  const end = await source.readTail(tailBytes, options)
  const { sizeBytes } = end
  const bytes = withTail(source, end)
  const trailer = findTrailer(end.bytes.subarray(-MAX_TRAILER_BYTES), codec)
  const trailerOffset = sizeBytes - trailer.bytesFromEnd
  const serviceInfoOffset = trailerOffset - checkServiceInfoSize(trailer.serviceInfoPackedBytes, trailerOffset)
  const packed = await bytes.read(serviceInfoOffset, trailer.serviceInfoPackedBytes, options)
  const notices: string[] = []
  const serviceInfo = readServiceInfo(packed, codec, notices)
  checkVersion(serviceInfo, source.name)
  const tail = layoutTail(serviceInfo, serviceInfoOffset, trailerOffset)
  return new Archive({
    source,
    sizeBytes,
    serviceInfo,
    tail,
    listing: new Listing(bytes, tail, { codec, residentBytes }),
    data: {
      bytes,
      codec,
      dataEnd: Math.min(tail.listingOffset, ...tail.sections.map((section) => section.offset)),
      hasColumns: serviceInfo.has('format'),
      displaced: checkPlace(serviceInfo, tail.listingOffset, notices),
    },
    notices,
  })
}

/** A format that older readers would misread gets a new number (SPEC 11). */
function checkVersion(info: ServiceInfo, name: string): void {
  const format = info.get('format')
  if (format === undefined || format === '2') return
  throw new UnsupportedError(
    `${name} has format ${JSON.stringify(format)}; this version reads 1 and 2: use a newer isptar`,
  )
}

/**
 * Offsets count from the archive's first byte, so bytes put before it, or lost, would lead to other data. The listing
 * itself is sound then, so this is a notice, and an error only when data is asked for.
 */
function checkPlace(info: ServiceInfo, listingOffset: number, notices: string[]): string | undefined {
  const recorded = info.get('listing_offset')
  if (recorded === undefined || recorded === String(listingOffset)) return undefined
  const message = `the listing lies at ${listingOffset}, recorded is ${recorded}: bytes before it were added or are missing`
  notices.push(message)
  return message
}

function checkSize(value: number, what: string, min: number): number {
  if (Number.isSafeInteger(value) && value >= min) return value
  throw new RangeError(`${what} is ${value}, expected a whole number of bytes from ${min} on`)
}
