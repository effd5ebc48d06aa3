/** Archives that are cut while they are written: places, the tail, and sizes are as the specification says (SPEC 7). */
import fc from 'fast-check'
import { type Archive, createArchive, MemorySource, MemoryTarget, openArchive, SlicedTarget, SliceSource } from 'isptar'
import { describe, expect, it } from 'vitest'
import { KiB } from '../../src/limits.ts'
import { expectBytes, sampleBytes } from '../gzip/samples.ts'
import { readLikeOriginal } from '../original-reader.ts'
import { arbitraryTree } from './arbitrary-entries.ts'
import { SAMPLE_TIME, type SampleEntry } from './build-archive.ts'

async function writeSlices(entries: readonly SampleEntry[], sliceBytes: number): Promise<Uint8Array[]> {
  const slices: MemoryTarget[] = []
  const open = (slice: number): MemoryTarget => {
    const target = new MemoryTarget(`part${slice}`)
    slices.push(target)
    return target
  }
  const writer = createArchive(new SlicedTarget({ sliceBytes, open }), { createdAt: SAMPLE_TIME, seekBytes: 4096 })
  for (const { data, ...entry } of entries) await writer.add(entry, data)
  await writer.close()
  return slices.map((slice) => slice.bytes())
}

const openParts = (slices: readonly Uint8Array[]): Promise<Archive> =>
  openArchive(
    new SliceSource(
      slices.map((bytes, i) => new MemorySource(bytes, `part${i + 1}`)),
      'slices',
    ),
  )

/** Where the tail begins: behind it lies its tar header, of less than 200 bytes. */
function tailOffset({ tail }: Archive): number {
  return Math.min(tail.listingOffset, ...tail.sections.map(({ offset }) => offset))
}

async function expectSlices(slices: readonly Uint8Array[], sliceBytes: number): Promise<Archive> {
  const archive = await openParts(slices)
  const lengths = slices.map(({ length }) => length)
  for (const length of lengths.slice(0, -2)) expect(length).toBe(sliceBytes)
  for (const length of lengths.slice(-2)) expect(length).toBeLessThanOrEqual(sliceBytes)
  const info = archive.serviceInfo
  expect(info.get('slice_size')).toBe(String(sliceBytes))
  const { serviceInfoOffset, serviceInfoPackedBytes, trailerOffset } = archive.tail
  const total = Number(info.get('listing_offset')) + Number(info.get('listing_size')) + serviceInfoPackedBytes
  expect(total).toBe(trailerOffset)
  const lastStart = archive.sizeBytes - (lengths.at(-1) ?? 0)
  expect(serviceInfoOffset).toBeGreaterThanOrEqual(lastStart)
  const tailBytes = archive.sizeBytes - tailOffset(archive)
  if (tailBytes + 200 <= sliceBytes) expect(tailOffset(archive)).toBeGreaterThan(lastStart)
  return archive
}

it('random trees, read by the original and by us', async () => {
  const heavier = fc.tuple(arbitraryTree, fc.array(fc.integer({ min: 1, max: 12_000 }), { maxLength: 4 }))
  await fc.assert(
    fc.asyncProperty(heavier, fc.integer({ min: 4096, max: 20_000 }), async ([tree, sizes], sliceBytes) => {
      const noise = sizes.map((size, i) => ({ path: `zz/${i}.jpg`, data: sampleBytes(size) }))
      const entries = [...tree, ...noise]
      const slices = await writeSlices(entries, sliceBytes)
      await using archive = await expectSlices(slices, sliceBytes)
      const view = readLikeOriginal(slices)
      expect(view.entries.length).toBe(entries.length)
      for (const { path, data } of noise) {
        expectBytes(await archive.bytes(path), data)
        expectBytes(view.entries.find(({ name }) => name === path)?.data ?? Buffer.alloc(0), data)
      }
      expect((await archive.verify()).problems.filter(({ code }) => code !== 'entry-not-found')).toEqual([])
    }),
    { numRuns: 60 },
  )
})

describe('the tail', () => {
  /** Data of every length around the border, so that the tail begins at each place of it. */
  it('is whole in the last slice, wherever the data ends', async () => {
    let early = 0
    for (let size = 2900; size < 4200; size += 11) {
      const slices = await writeSlices([{ path: 'f.jpg', data: sampleBytes(size) }], 4096)
      await using archive = await expectSlices(slices, 4096)
      if (slices.length > 1 && (slices.at(-2)?.length ?? 0) < 4096) early += 1
      readLikeOriginal(slices)
      expectBytes(await archive.bytes('f.jpg'), sampleBytes(size))
    }
    expect(early).toBeGreaterThan(30)
  })

  it('longer than a slice is cut, its end is not', async () => {
    const noise = sampleBytes(60 * KiB)
    const heavy = (i: number): Map<string, Uint8Array> =>
      new Map([['user.heavy', noise.slice(i * 2000, (i + 1) * 2000)]])
    for (let count = 3; count < 25; count += 1) {
      const entries = Array.from({ length: count }, (_, i) => ({ path: `f${i + 100}`, xattrs: heavy(i) }))
      const slices = await writeSlices(entries, 4096)
      await using archive = await expectSlices(slices, 4096)
      expect(archive.sizeBytes - tailOffset(archive)).toBeGreaterThan(4096)
      expect(readLikeOriginal(slices).entries.length).toBe(count)
    }
  })
})

it('a member that begins where a slice ends is in the next one', async () => {
  const entries = [
    { path: 'a.jpg', data: sampleBytes(5000) },
    { path: 'b.jpg', data: 'b' },
  ]
  await using whole = await openParts(await writeSlices(entries, 1 << 20))
  const { offset: border = 0 } = (await whole.get('b.jpg')).location ?? {}
  for (const [sliceBytes, slice, offset] of [
    [border + 1, 1, border],
    [border, 2, 0],
    [border - 1, 2, 1],
  ] as const) {
    const slices = await writeSlices(entries, sliceBytes)
    await using archive = await openParts(slices)
    expect((await archive.get('b.jpg')).location).toMatchObject({ slice, offset })
    expect(await archive.text('b.jpg')).toBe('b')
    expect(readLikeOriginal(slices).entries.length).toBe(2)
  }
})
