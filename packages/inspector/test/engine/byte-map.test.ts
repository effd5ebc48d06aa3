/** Where things lie: shares of cells and what lies in ranges, against a model that has a kind for every byte. */
import fc from 'fast-check'
import { MemorySource, openArchive, SliceSource } from 'isptar'
import { expect, test } from 'vitest'
import type { ByteMap } from '../../src/contract/picture-calls.ts'
import { ArchiveHolder } from '../../src/engine/archive-holder.ts'
import { FetchRecorder } from '../../src/engine/fetch-recorder.ts'
import { PictureEngine } from '../../src/engine/picture-engine.ts'
import {
  buildArchive,
  differential,
  fixture,
  hostileSite,
  mergedArchive,
  siteArchive,
  siteTree,
  slicedArchive,
} from '../archives.ts'
import { holdArchive } from './hold-archive.ts'

const noCount = (): void => undefined

type Kind = 'data' | 'groups' | 'tail' | 'rest'

/** The kind of every byte, from what the listing says. */
async function kindsOf(
  { archive }: ArchiveHolder,
  startOf: (slice: number, offset: number) => number,
): Promise<Kind[]> {
  const kinds = new Array<Kind>(archive.sizeBytes).fill('rest')
  const { tail } = archive
  const tailStart = Math.min(tail.listingOffset, ...tail.sections.map(({ offset }) => offset))
  const places: { start: number; packed: number | undefined; kind: Kind }[] = []
  for await (const { location, packedBytes } of archive.entries()) {
    if (location === undefined || location.depth > 0) continue
    const isGroup = location.plainOffset > 0 && packedBytes !== undefined
    const start = startOf(location.slice, location.offset) - (isGroup ? 10 : 0)
    places.push({ start, packed: packedBytes, kind: isGroup ? 'groups' : 'data' })
  }
  for (const { start, packed, kind } of places) {
    const next = Math.min(tailStart, ...places.map((place) => place.start).filter((other) => other > start))
    kinds.fill(kind, start, packed === undefined ? next : start + packed)
  }
  return kinds.fill('tail', tailStart)
}

function shareOf(kinds: readonly Kind[], kind: Kind): number {
  const count = kinds.filter((one) => one === kind).length
  if (count === 0 || count === kinds.length) return count === 0 ? 0 : 255
  return 1 + Math.floor((253 * count) / kinds.length)
}

async function expectMapAsModel(holder: ArchiveHolder, startOf = (_: number, offset: number): number => offset) {
  const engine = new PictureEngine(holder)
  await engine.completeMap(noCount, new AbortController().signal)
  const kinds = await kindsOf(holder, startOf)
  const place = fc.nat(kinds.length - 1)
  await fc.assert(
    fc.asyncProperty(place, place, fc.integer({ min: 1, max: 300 }), async (one, other, cellCount) => {
      const range = { start: Math.min(one, other), end: Math.max(one, other) + 1 }
      const map = await engine.byteMap(range, cellCount)
      expect(map).toMatchObject({ ...range, sizeBytes: kinds.length, isComplete: true })
      expect(map.data.length).toBeLessThanOrEqual(cellCount)
      for (let cell = 0; cell < map.data.length; cell += 1) {
        const start = range.start + cell * map.cellBytes
        const own = kinds.slice(start, Math.min(start + map.cellBytes, range.end))
        expect([map.data[cell], map.groups[cell], map.tail[cell]]).toEqual([
          shareOf(own, 'data'),
          shareOf(own, 'groups'),
          shareOf(own, 'tail'),
        ])
      }
      const { largest } = await engine.contentOf({ start: one, end: one + 1 })
      const named: Record<string, Kind> = { data: 'data', group: 'groups', headers: 'rest' }
      expect(named[largest.kind] ?? 'tail').toBe(kinds[one])
      expect(largest.offset).toBeLessThanOrEqual(one)
      expect(largest.endOffset).toBeGreaterThan(one)
    }),
    { numRuns: 30 },
  )
}

test('shares of cells and single places, of members of their own', async () => {
  await expectMapAsModel(await holdArchive(await siteArchive()))
})

test('of groups', async () => {
  await expectMapAsModel(await holdArchive(await buildArchive(await siteTree(), { groupBytes: 4096 })))
})

test('of an archive of the original, whose listing does not say how long members are', async () => {
  await expectMapAsModel(await holdArchive(fixture('original/plain/archive.tgz')))
})

test('of one that is against its reader', async () => {
  await expectMapAsModel(await holdArchive(hostileSite()))
})

test('of slices, whose borders are known', async () => {
  const slices = await slicedArchive('site.tgz')
  const source = (): SliceSource =>
    new SliceSource(
      slices.map(({ name, bytes }) => new MemorySource(bytes, name)),
      'site.tgz',
    )
  const starts = slices.map((_, index) => slices.slice(0, index).reduce((sum, { bytes }) => sum + bytes.length, 0))
  const holder = await holdArchive(source())
  await expectMapAsModel(holder, (slice, offset) => (starts[slice - 1] ?? 0) + offset)
  const { sliceStarts } = await new PictureEngine(holder).byteMap({ start: 0, end: 1 }, 1)
  expect(sliceStarts).toEqual(starts.slice(1))
  // Joined again to one file.
  const joined = await holdArchive(Buffer.concat(slices.map(({ bytes }) => bytes)))
  await expectMapAsModel(joined, (slice, offset) => (slice - 1) * 4096 + offset)
})

test('data of a base is not in the archive', async () => {
  await expectMapAsModel(await holdArchive((await differential()).archive))
})

test('a place names the files of its member', async () => {
  const files = Array.from({ length: 9 }, (_, k) => ({ path: `notes/${k}`, data: `note ${k}\n` }))
  const holder = await holdArchive(await buildArchive(files, { groupBytes: 65_536 }))
  const engine = new PictureEngine(holder)
  await engine.completeMap(noCount, new AbortController().signal)
  const { location, packedBytes = 0 } = await holder.archive.get('notes/5')
  const start = (location?.offset ?? 0) - 10
  const { largest, memberCount } = await engine.contentOf({ start, end: start + packedBytes })
  expect(memberCount).toBe(1)
  expect(largest).toMatchObject({ kind: 'group', offset: start, endOffset: start + packedBytes, fileCount: 9 })
  expect(largest.files).toHaveLength(8)
  expect(largest.files[0]).toEqual({ path: 'notes/0', line: 0 })
})

test('before the listing was read only the tail and what was fetched are known', async () => {
  const bytes = await siteArchive()
  const holder = await holdArchive(bytes)
  const engine = new PictureEngine(holder)
  const map = await engine.byteMap({ start: 0, end: bytes.length }, 50)
  expect(map.isComplete).toBe(false)
  expect(sum(map.data)).toBe(0)
  expect(sum(map.tail)).toBeGreaterThan(0)
  expect((await engine.contentOf({ start: 0, end: 1 })).largest).toMatchObject({ kind: 'unknown', offset: 0 })
  expect(holder.counters[0]?.requests).toBe(1)
})

test('of a catalogue alone there is only the tail; with its archive, only what the archive has', async () => {
  const catalogue = fixture('original/isolated/isolated.cat')
  const alone = new PictureEngine(await holdArchive(catalogue))
  await alone.completeMap(noCount, new AbortController().signal)
  expect(sum((await alone.byteMap({ start: 0, end: catalogue.length }, 10)).data)).toBe(0)
  const whole = fixture('original/isolated/archive.tgz')
  const torn = whole.subarray(0, whole.length - 100)
  const holder = await holdArchive(torn, { catalogue: new MemorySource(catalogue) })
  const engine = new PictureEngine(holder)
  await engine.completeMap(noCount, new AbortController().signal)
  const map = await engine.byteMap({ start: 0, end: torn.length }, 10)
  expect(map.sizeBytes).toBe(torn.length)
  expect(sum(map.tail)).toBe(0)
  expect(sum(map.data)).toBeGreaterThan(0)
})

test('of a part of a merged archive, what is of others is not taken for headers', async () => {
  const source = new FetchRecorder(new MemorySource(await mergedArchive(['mon', 'tue']), 'merged.tgz'))
  const whole = await openArchive(source)
  const holder = new ArchiveHolder()
  await holder.hold({ archive: await whole.part('tue'), counters: [source] })
  const engine = new PictureEngine(holder)
  await engine.completeMap(noCount, new AbortController().signal)
  expect(await engine.byteMap({ start: 0, end: 1 }, 1)).toMatchObject({ isListed: true, isComplete: false })
  const kinds = new Set<string>()
  for (let offset = 0; offset < whole.sizeBytes; offset += 1)
    kinds.add((await engine.contentOf({ start: offset, end: offset + 1 })).largest.kind)
  expect(kinds).toEqual(new Set(['unknown', 'data', 'digests', 'listing', 'service-info', 'trailer']))
})

test('what is fetched shows in the map and in the requests', async () => {
  const noise = Uint8Array.from({ length: 300_000 }, (_, k) => Math.imul(k ^ (k << 7), 0x9e3779b1) >>> 24)
  const bytes = await buildArchive([
    { path: 'a', data: noise },
    { path: 'b', data: noise.toReversed() },
  ])
  const holder = await holdArchive(bytes)
  const engine = new PictureEngine(holder)
  await engine.completeMap(noCount, new AbortController().signal)
  const fetched = async (): Promise<number> => {
    const map: ByteMap = await engine.byteMap({ start: 0, end: bytes.length }, 1)
    return map.fetched[0] ?? 0
  }
  const before = await fetched()
  const entry = await holder.archive.get('a')
  await entry.bytes()
  expect(await fetched()).toBeGreaterThan(before)
  const [newest, ...older] = await engine.requests(50)
  expect(newest).toMatchObject({
    number: holder.counters[0]?.requests,
    sourceName: undefined,
    offset: entry.location?.offset,
    lengthBytes: entry.packedBytes,
    receivedBytes: entry.packedBytes,
    content: {
      largest: { kind: 'data', files: [{ path: 'a', line: 0 }] },
      memberCount: 1,
      fetchedBytes: entry.packedBytes,
    },
  })
  expect(older.at(-1)).toMatchObject({ number: 1, receivedBytes: 65_536 })
  expect(await engine.requests(1)).toHaveLength(1)
})

function sum(shares: Uint8Array): number {
  return shares.reduce((total, share) => total + share, 0)
}
