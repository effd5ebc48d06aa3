/** How long the slices of an archive are, by its catalogue alone (SPEC 7): none of them needs to be at hand. */
import { codec as defaultCodec } from '#codec'
import type { Codec } from '../gzip/codec.ts'
import type { ByteSource, ReadOptions } from '../io/byte-source.ts'
import { withTail } from '../io/with-tail.ts'
import { TAIL_BYTES } from '../limits.ts'
import { serviceNumber } from '../tail/service-info.ts'
import { readTail, tailContentOffset } from './read-tail.ts'
import { layOutSlices } from './slice-sizes.ts'
import { findTailHeader } from './tail-header.ts'

/** Options of {@link readSliceSizes}. */
export interface ReadSliceSizesOptions extends ReadOptions {
  /** What inflates and checks. @defaultValue `node:zlib` on Node, pako elsewhere */
  codec?: Codec | undefined
}

/**
 * Gives the size in bytes of each slice that an archive was cut into while it was written. Costs one read of the
 * catalogue's end.
 *
 * @param catalogue - of the archive; it stays open
 * @returns undefined where the catalogue does not say it: the archive was not cut, or the original made it
 * @throws FormatError when it is no catalogue, or its numbers cannot be; LimitError past 100,000 slices; StorageError
 * @example
 * ```ts
 * const slices = []
 * const target = new SlicedTarget({ sliceBytes: 4096, open: () => slices[slices.push(new MemoryTarget()) - 1] })
 * const catalogue = new MemoryTarget()
 * const writer = createArchive(target, { catalogue })
 * await writer.add({ path: 'noise', mtime: new Date(0) }, crypto.getRandomValues(new Uint8Array(10_000)))
 * await writer.close()
 * console.log(await readSliceSizes(new MemorySource(catalogue.bytes())), slices.length)
 * ```
 */
export async function readSliceSizes(
  catalogue: ByteSource,
  options: ReadSliceSizesOptions = {},
): Promise<readonly number[] | undefined> {
  const { codec = defaultCodec, signal } = options
  const end = await catalogue.readTail(TAIL_BYTES, options)
  const bytes = withTail(catalogue, end)
  const { serviceInfo, tail } = await readTail(bytes, end, { codec, notices: [], signal })
  if (!serviceInfo.has('slice_size')) return undefined
  const contentOffset = tailContentOffset(tail)
  const header = await findTailHeader(bytes, contentOffset, codec, options)
  if (header.length === 0) return undefined
  /** How far every place of the tail lay behind where it is here. */
  const movedBytes = serviceNumber(serviceInfo, 'listing_offset') - tail.listingOffset
  return layOutSlices({
    name: catalogue.name,
    sliceBytes: serviceNumber(serviceInfo, 'slice_size'),
    tailOffset: contentOffset - header.length + movedBytes,
    endOffset: tail.serviceInfoOffset + movedBytes,
    sizeBytes: end.sizeBytes + movedBytes,
  })
}
