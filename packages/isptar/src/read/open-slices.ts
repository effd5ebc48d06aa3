/** Joins slices of which some may be elsewhere: each is opened, or fetched, when a byte of it is needed (SPEC 7). */
import { codec as defaultCodec } from '#codec'
import type { Codec } from '../gzip/codec.ts'
import { LazySource, type SlicePart } from '../io/lazy-source.ts'
import { SliceSource } from '../io/slice-source.ts'
import { MAX_TRAILER_BYTES } from '../tail/trailer.ts'
import { expectSliceSizes, guessSliceSizes, learnSliceSizes } from './slice-sizes.ts'

/** Options of {@link openSlices}. */
export interface OpenSlicesOptions {
  /** What to call the whole in messages. */
  name: string
  /** Whether the last slice is elsewhere: the listing then comes from a catalogue. @defaultValue false */
  lacksEnd?: boolean | undefined
  /**
   * The size of each slice in bytes, as `readSliceSizes` tells it; nothing is read to learn it then.
   *
   * @defaultValue what the store and the service info say
   */
  sizes?: readonly number[] | undefined
  /** What inflates and checks. @defaultValue `node:zlib` on Node, pako elsewhere */
  codec?: Codec | undefined
}

/**
 * Makes a source of slices. Opens nothing yet: the tail is read from the last slice alone where it lies in it, and every
 * other slice is opened when a byte of it is needed. Sizes that no store tells come from the service info; an archive
 * of the original has none there, so one slice besides the last must be had then.
 *
 * @param parts - all slices, first to last, also those that are elsewhere
 * @throws TypeError when there are none; RangeError when there are not as many as `sizes`
 * @example
 * ```ts
 * const names = ['site.tgz.part1', 'site.tgz.part2']
 * const parts = names.map((name) => ({ name, open: async () => new HttpSource(`https://backups.example/${name}`) }))
 * const archive = await openArchive(openSlices(parts, { name: 'site.tgz' }))
 * console.log(await archive.text('site/etc/motd'))
 * await archive.close()
 * ```
 */
export function openSlices(parts: readonly SlicePart[], options: OpenSlicesOptions): SliceSource {
  const { name, lacksEnd = false, sizes, codec = defaultCodec } = options
  if (sizes !== undefined && sizes.length !== parts.length)
    throw new RangeError(`${name} has ${parts.length} slices, expected ${sizes.length}: one for each of the sizes`)
  const slices = parts.map((part) => new LazySource(part))
  if (sizes !== undefined) expectSliceSizes(slices, sizes)
  return new SliceSource(slices, name, {
    learnSizes: async () => sizes ?? (lacksEnd ? guessSliceSizes(slices) : learnSliceSizes(slices, name, codec)),
    minTailBytes: MAX_TRAILER_BYTES,
  })
}
