/** Opens an archive from its tail: one read, whatever its size (SPEC 2.3). */
import { codec as defaultCodec } from '#codec'
import { UnsupportedError } from '../errors.ts'
import type { Codec } from '../gzip/codec.ts'
import type { ByteSource, ReadOptions, TailBytes } from '../io/byte-source.ts'
import { RESIDENT_LISTING_BYTES, TAIL_BYTES } from '../limits.ts'
import { type ServiceInfo, serviceNumber } from '../tail/service-info.ts'
import type { TailLayout } from '../tail/tail-layout.ts'
import { MAX_TRAILER_BYTES } from '../tail/trailer.ts'
import { Archive } from './archive.ts'
import { checkBases } from './check-bases.ts'
import { checkCatalogue } from './check-catalogue.ts'
import { DigestSection } from './digest-section.ts'
import { GroupCache } from './group-cache.ts'
import { LineLookup } from './line-lookup.ts'
import { ListingIndex } from './listing-index.ts'
import { Listing } from './listing.ts'
import { readTail, tailContentOffset } from './read-tail.ts'
import { findTailHeader, MAX_TAIL_HEADER_BYTES } from './tail-header.ts'
import { withTail } from '../io/with-tail.ts'

/** Holds the trailer and nearly any service info; a longer one costs another read. */
const OWN_END_BYTES = 2048

/** How to open an archive. */
export interface OpenOptions extends ReadOptions {
  /** What inflates and checks. @defaultValue `node:zlib` on Node, pako elsewhere */
  codec?: Codec | undefined
  /** Size of the first read from the end, in bytes. @defaultValue 65,536 */
  tailBytes?: number | undefined
  /**
   * The bases of a differential archive, nearest first; undefined for one that is not at hand. The archive closes them.
   * @defaultValue none
   */
  bases?: readonly (Archive | undefined)[] | undefined
  /** What errors are to say of bases that are not at hand, by their number, from 1. @defaultValue nothing */
  whyMissing?: ReadonlyMap<number, string> | undefined
  /**
   * The archive's isolated catalogue, where its own end is not at hand: listing and places come from it, data from the
   * source. Where that end is at hand, and the archive is not in slices, the two must belong together. @defaultValue none
   */
  catalogue?: ByteSource | undefined
  /** Longest listing that is kept in memory, in bytes of plaintext. @defaultValue 33,554,432 */
  residentListingBytes?: number | undefined
}

/**
 * Opens an archive. Costs one read of the last 64 KiB; the listing is read when it is first needed, which costs a
 * second read only where it is longer than that. The archive owns the source from here on; when opening fails the
 * source, the catalogue and the bases are closed.
 *
 * @param source - the archive, or all its slices as one source
 * @throws BaseMismatchError when a base is not the one that the archive was made against; FormatError when it is no isptar archive or its end is missing, or the catalogue is that of another; StorageError when it cannot be read
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
    const { catalogue, bases = [] } = options
    for (const opened of [source, catalogue, ...bases]) await opened?.close().catch(() => undefined)
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
  const { catalogue, bases = [] } = options
  const listed = catalogue ?? source
  const end = await listed.readTail(tailBytes, options)
  const bytes = withTail(listed, end)
  const notices: string[] = []
  const { serviceInfo, tail } = await readTail(bytes, end, { codec, notices, signal: options.signal })
  checkVersion(serviceInfo, listed.name)
  await checkBases({ name: source.name, serviceInfo }, bases, options)
  const ownEnd = catalogue ? await readOwnEnd(source, options) : end
  if (catalogue) await checkCatalogue(source, ownEnd, { ...options, name: catalogue.name, serviceInfo, codec })
  const { sizeBytes } = ownEnd
  const listing = new Listing(bytes, tail, { codec, residentBytes, plainBytes: plainBytesOf(serviceInfo) })
  const tailOffset = tailContentOffset(tail)
  const isCatalogue =
    catalogue === undefined && (await isWithoutData(bytes, { tailOffset, tail, serviceInfo, codec }, options))
  const digest = tail.sections.find(({ name }) => name === 'digest')
  return new Archive({
    source: catalogue ? joinClosing(source, catalogue) : source,
    sizeBytes,
    serviceInfo,
    tail,
    tailSource: { bytes, sizeBytes: end.sizeBytes },
    listing,
    lookup: new LineLookup(listing, openIndex(bytes, serviceInfo, tail, codec)),
    digests: digest && new DigestSection(bytes, digest, codec),
    data: {
      bytes: catalogue ? source : bytes,
      codec,
      groups: new GroupCache(),
      dataEnd: catalogue ? Math.min(sizeBytes, recordedTailOffset(serviceInfo, tail) ?? sizeBytes) : tailOffset,
      hasColumns: serviceInfo.has('format'),
      sliceBytes: sliceBytesOf(serviceInfo),
      displaced: isCatalogue
        ? `${source.name} is an isolated catalogue, without data: open the archive, with it where its end is missing`
        : catalogue
          ? undefined
          : checkPlace(serviceInfo, tail.listingOffset, notices),
      bases: bases.map((base) => base?.dataContext),
      whyMissing: options.whyMissing,
    },
    bases,
    baseChecks: new Map(),
    isCatalogue,
    notices,
  })
}

/** The size of an archive that is opened with a catalogue, and its end, unless a slice might have to be fetched for it. */
function readOwnEnd(source: ByteSource, options: ReadOptions): Promise<TailBytes> {
  return source.readTail(source.sliceNames === undefined ? OWN_END_BYTES : 0, options)
}

interface TailFacts {
  readonly tailOffset: number
  readonly tail: TailLayout
  readonly serviceInfo: ServiceInfo
  readonly codec: Codec
}

/** Where the content of the tail lies in the archive that a catalogue is of; archives of the original do not say it. */
function recordedTailOffset(serviceInfo: ServiceInfo, tail: TailLayout): number | undefined {
  if (!serviceInfo.has('listing_offset')) return undefined
  return serviceNumber(serviceInfo, 'listing_offset') - tail.listingOffset + tailContentOffset(tail)
}

/** Tells whether a tail stands alone, with or without its tar header, where it says that it stood behind data. */
async function isWithoutData(
  bytes: ByteSource,
  { tailOffset, tail, serviceInfo, codec }: TailFacts,
  options: ReadOptions,
): Promise<boolean> {
  if (tailOffset > MAX_TAIL_HEADER_BYTES || serviceInfo.get('listing_offset') === String(tail.listingOffset))
    return false
  return tailOffset === (await findTailHeader(bytes, tailOffset, codec, options)).length
}

/** The index, where lookups can rely on it. */
function openIndex(bytes: ByteSource, info: ServiceInfo, tail: TailLayout, codec: Codec): ListingIndex | undefined {
  const plainBytes = plainBytesOf(info)
  const hasIndex = tail.sections.some(({ name }) => name === 'index')
  if (!hasIndex || info.get('order') !== 'path' || plainBytes === undefined) return undefined
  return new ListingIndex(bytes, { codec, tail, plainBytes })
}

/** How long the listing's plaintext is said to be. */
function plainBytesOf(info: ServiceInfo): number | undefined {
  const plain = info.get('listing_real_size') ?? ''
  return /^[0-9]{1,15}$/.test(plain) ? Number(plain) : undefined
}

/** A source that closes the catalogue, too. */
function joinClosing(source: ByteSource, catalogue: ByteSource): ByteSource {
  return {
    name: source.name,
    sliceNames: source.sliceNames,
    locate: source.locate?.bind(source),
    readTail: (lengthBytes, options) => source.readTail(lengthBytes, options),
    read: (offset, lengthBytes, options) => source.read(offset, lengthBytes, options),
    stream: (offset, lengthBytes, options) => source.stream(offset, lengthBytes, options),
    close: async () => void (await Promise.all([source.close(), catalogue.close()])),
  }
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

function sliceBytesOf(info: ServiceInfo): number | undefined {
  const text = info.get('slice_size') ?? ''
  return /^[1-9][0-9]{0,14}$/.test(text) ? Number(text) : undefined
}
