/** The sizes of all slices by the catalogue alone, against what the writer cut. */
import { createArchive, FormatError, LimitError, MemorySource, MemoryTarget, openArchive, openSlices } from 'isptar'
import { isolateCatalogue, readSliceSizes, SlicedTarget } from 'isptar'
import { describe, expect, it } from 'vitest'
import { layOutSlices } from '../../src/read/slice-sizes.ts'
import { sampleBytes } from '../gzip/samples.ts'
import { failureOf } from '../source-suite.ts'
import { SAMPLE_TIME, type SampleEntry } from '../write/build-archive.ts'
import { craftFiles } from './craft-archive.ts'
import { watchParts } from './craft-slices.ts'

interface Cut {
  readonly slices: readonly Uint8Array[]
  readonly catalogue: Uint8Array
}

async function cut(entries: readonly SampleEntry[], sliceBytes: number): Promise<Cut> {
  const slices: MemoryTarget[] = []
  const open = (): MemoryTarget => {
    const target = new MemoryTarget()
    slices.push(target)
    return target
  }
  const catalogue = new MemoryTarget()
  const writer = createArchive(new SlicedTarget({ sliceBytes, open }), { createdAt: SAMPLE_TIME, catalogue })
  for (const { data, ...entry } of entries) await writer.add(entry, data)
  await writer.close()
  return { slices: slices.map((slice) => slice.bytes()), catalogue: catalogue.bytes() }
}

const lengths = ({ slices }: Cut): number[] => slices.map(({ length }) => length)
const told = ({ catalogue }: Cut): Promise<readonly number[] | undefined> =>
  readSliceSizes(new MemorySource(catalogue, 'a.cat'))

describe('the catalogue tells the sizes of all slices', () => {
  it('wherever in a slice the tail begins', async () => {
    const seen = new Set<string>()
    for (let size = 2900; size < 8100; size += 17) {
      const archive = await cut([{ path: 'f.jpg', data: sampleBytes(size) }], 4096)
      expect(await told(archive)).toEqual(lengths(archive))
      seen.add(`${archive.slices.length}, ${(archive.slices.at(-2)?.length ?? 4096) < 4096 ? 'early' : 'full'}`)
    }
    expect(seen).toEqual(new Set(['1, full', '2, early', '2, full', '3, early', '3, full']))
  })

  it('when the tail is longer than a slice', async () => {
    let early = 0
    const noise = sampleBytes(80_000)
    const heavy = (i: number): Map<string, Uint8Array> =>
      new Map([['user.heavy', noise.slice(i * 2000, (i + 1) * 2000)]])
    for (let count = 3; count < 40; count += 1) {
      const entries = Array.from({ length: count }, (_, i) => ({ path: `f${i + 100}`, xattrs: heavy(i) }))
      const archive = await cut(entries, 4096)
      expect(archive.catalogue.length).toBeGreaterThan(4096)
      expect(await told(archive)).toEqual(lengths(archive))
      if ((archive.slices.at(-2)?.length ?? 0) < 4096) early += 1
    }
    expect(early).toBeGreaterThan(1)
  })

  it('and so does one that was isolated later', async () => {
    const archive = await cut([{ path: 'f.jpg', data: sampleBytes(20_000) }], 5000)
    const sources = archive.slices.map((bytes) => ({ name: 'x', open: async () => new MemorySource(bytes) }))
    await using opened = await openArchive(openSlices(sources, { name: 'x' }))
    const target = new MemoryTarget()
    await isolateCatalogue(opened, target)
    expect(await told({ slices: [], catalogue: target.bytes() })).toEqual(lengths(archive))
  })

  it('so that each is opened only for what is read of it', async () => {
    const noise = sampleBytes(30_000)
    const entries = [0, 1, 2].map((i) => ({ path: `f${i}.jpg`, data: noise.slice(i * 10_000, (i + 1) * 10_000) }))
    const archive = await cut(entries, 8192)
    const catalogue = new MemorySource(archive.catalogue)
    const sizes = await readSliceSizes(catalogue)
    const all = archive.slices.map((_, index) => index + 1)
    const { parts, opened } = watchParts(archive.slices, all)
    await using read = await openArchive(openSlices(parts, { name: 'x', sizes }), { catalogue })
    expect(opened).toEqual([])
    expect(await read.bytes('f1.jpg')).toEqual(entries[1]?.data)
    expect(opened).toEqual([2, 3])
    for (const { path, data } of entries) expect(await read.bytes(path)).toEqual(data)
    expect((await read.verify()).problems).toEqual([])
  })
})

describe('nothing is said of slices', () => {
  it('by an archive that is whole', async () => {
    expect(await readSliceSizes(new MemorySource(craftFiles({ a: 'text' })))).toBeUndefined()
  })

  it('by a catalogue without its tar header', async () => {
    const info = { format: '2', listing_offset: '100', slice_size: '4096' }
    const whole = craftFiles({}, undefined, { info })
    const { listingOffset } = (await openArchive(new MemorySource(whole))).tail
    expect(await readSliceSizes(new MemorySource(whole.subarray(listingOffset)))).toBeUndefined()
  })
})

describe('what cannot be is refused', () => {
  const sound = { name: 'a.cat', sliceBytes: 4096, tailOffset: 10_000, endOffset: 10_500, sizeBytes: 11_000 }

  it.each([{ sliceBytes: 0 }, { tailOffset: -1 }])('%j', (wrong) => {
    expect(() => layOutSlices({ ...sound, ...wrong })).toThrow(FormatError)
    expect(() => layOutSlices({ ...sound, ...wrong })).toThrow(/^a\.cat /)
  })

  it('more slices than are ever read', () => {
    const far = { tailOffset: 2 ** 52, endOffset: 2 ** 52 + 5, sizeBytes: 2 ** 52 + 10 }
    for (const sliceBytes of [1, 12, 4096])
      expect(() => layOutSlices({ ...sound, ...far, sliceBytes })).toThrow(LimitError)
  })

  it('what is no catalogue, and as many sizes as there are no slices', async () => {
    expect(await failureOf(readSliceSizes(new MemorySource(sampleBytes(100))))).toBeInstanceOf(FormatError)
    expect(() => openSlices(watchParts([sampleBytes(5)]).parts, { name: 'x', sizes: [4, 1] })).toThrow(RangeError)
  })
})
