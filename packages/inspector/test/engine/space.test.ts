/** Where the space goes: sums of folders, against a naive model. */
import fc from 'fast-check'
import { type Archive, type Entry, normalizeEntryPath } from 'isptar'
import { expect, test } from 'vitest'
import type { SpaceMeasure, SpaceNode } from '../../src/contract/picture-calls.ts'
import { largestOf } from '../../src/engine/largest-of.ts'
import { PictureEngine } from '../../src/engine/picture-engine.ts'
import { buildArchive, differential, hostileArchive, hostileSite, siteArchive } from '../archives.ts'
import { VERSION_2 } from '../../../isptar/test/hostile-archive.ts'
import { holdArchive } from './hold-archive.ts'

const signal = new AbortController().signal
const noCount = (): void => undefined

interface Sum {
  size: number
  packed: number
  count: number
  names: Set<string>
}

/** The folders that a path lies in, from the root, and the path itself. */
function lineage(path: string): string[] {
  const found = ['']
  for (let end = 0; end < path.length; ) {
    const name = /^\/*[^/]*/.exec(path.slice(end === 0 ? 0 : end + 1))?.[0] ?? ''
    if (end > 0 && name === '') break
    end += name.length + (end === 0 ? 0 : 1)
    found.push(path.slice(0, end))
  }
  return found
}

/** What each file's data takes in the archive, worked out from scratch. */
function packedOf(entry: Entry, all: readonly Entry[], archive: Archive): number {
  if (entry.location === undefined || entry.location.depth > 0) return 0
  const mine = entry.location.offset
  const here = all.filter(({ location }) => location?.depth === 0)
  const mates = here.filter(({ location }) => location?.offset === mine)
  const share = entry.sizeBytes / mates.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
  const later = here.map(({ location }) => location?.offset ?? 0).filter((offset) => offset > mine)
  const end = Math.min(...later, archive.tail.listingOffset)
  return share * (entry.packedBytes ?? end - mine)
}

async function modelOf(archive: Archive): Promise<Map<string, Sum>> {
  const all: Entry[] = []
  for await (const entry of archive.entries()) all.push(entry)
  const last = new Map(all.map((entry) => [lineage(normalizeEntryPath(entry.path)).at(-1) ?? '', entry]))
  const sums = new Map<string, Sum>([['', { size: 0, packed: 0, count: 0, names: new Set() }]])
  for (const [path, entry] of last) {
    let above: Sum | undefined
    for (const folder of lineage(path)) {
      above?.names.add(folder)
      const sum = sums.get(folder) ?? { size: 0, packed: 0, count: 0, names: new Set() }
      sums.set(folder, sum)
      sum.size += entry.sizeBytes
      sum.packed += packedOf(entry, all, archive)
      sum.count += 1
      above = sum
    }
  }
  return sums
}

async function expectAsModel(bytes: Uint8Array): Promise<void> {
  const holder = await holdArchive(bytes)
  const engine = new PictureEngine(holder)
  const model = await modelOf(holder.archive)
  for (const [path, sum] of model) {
    for (const by of ['size', 'packed'] as const) {
      const node = await engine.space(path, { depth: 1, by }, noCount, signal)
      expect(node).toMatchObject({ path, sizeBytes: sum.size, entryCount: sum.count })
      expect(Math.abs((node?.packedBytes ?? 0) - sum.packed)).toBeLessThanOrEqual(0.51)
      const children = node?.children?.map((child) => child.path) ?? []
      expect(children.filter((child) => !sum.names.has(child))).toEqual([])
      expect(children.length + (node?.others?.count ?? 0)).toBe(sum.names.size)
      expectOrder(node, by)
    }
  }
  expect(await engine.space('no such/folder', { depth: 1, by: 'size' }, noCount, signal)).toBeUndefined()
}

function expectOrder(node: SpaceNode | undefined, by: SpaceMeasure): void {
  const values = node?.children?.map(({ sizeBytes, packedBytes }) => (by === 'size' ? sizeBytes : packedBytes)) ?? []
  expect(values).toEqual(values.toSorted((a, b) => b - a))
}

const name = fc.constantFrom('a', 'b', 'c', 'é', '..', '<i>')
const path = fc
  .tuple(fc.constantFrom('', './', '/'), fc.array(name, { minLength: 1, maxLength: 4 }))
  .chain(([start, names]) => fc.constantFrom('/', '//').map((slash) => start + names.join('/').replace('/', slash)))
const entries = fc.array(
  fc.record({ path, type: fc.constantFrom('file' as const, 'dir' as const), data: fc.string({ maxLength: 40 }) }),
  { maxLength: 12 },
)

test('sums are those of a naive model, whatever the paths and their order', async () => {
  await fc.assert(
    fc.asyncProperty(entries, fc.boolean(), async (some, isVersion2) => {
      const made = some.map(({ data, ...entry }) => (entry.type === 'file' ? { ...entry, data } : entry))
      await expectAsModel(hostileArchive(made, isVersion2 ? [VERSION_2] : []))
    }),
    { numRuns: 60 },
  )
})

test('sums of a site, of links and devices too, and of what is to do harm', async () => {
  await expectAsModel(await siteArchive())
  await expectAsModel(hostileSite())
})

test('what a group takes is divided among its files by size', async () => {
  const data = (byte: number, length: number): Uint8Array => new Uint8Array(length).fill(byte)
  const bytes = await buildArchive(
    [
      { path: 'd/a', data: data(1, 1000) },
      { path: 'd/b', data: data(2, 3000) },
      { path: 'e/c', data: data(3, 4000) },
    ],
    { groupBytes: 65_536 },
  )
  const holder = await holdArchive(bytes)
  const group = (await holder.archive.get('d/a')).packedBytes ?? 0
  const engine = new PictureEngine(holder)
  const packed = async (folder: string): Promise<number | undefined> =>
    (await engine.space(folder, { depth: 1, by: 'packed' }, noCount, signal))?.packedBytes
  expect(await packed('')).toBe(group)
  expect(await packed('d')).toBe(Math.round(group / 2))
  expect(await packed('d/a')).toBe(Math.round(group / 8))
})

test('data of a base takes no space in the archive', async () => {
  const { archive } = await differential()
  const holder = await holdArchive(archive)
  const kept = await new PictureEngine(holder).space('site/docs', { depth: 1, by: 'size' }, noCount, signal)
  expect(kept).toMatchObject({ sizeBytes: 3400, packedBytes: 0 })
})

test('what is small is joined, twenty children are listed all the same', async () => {
  const many = Array.from({ length: 900 }, (_, k) => ({ path: `many/${String(k).padStart(3, '0')}`, data: 'x' }))
  const engine = new PictureEngine(
    await holdArchive(await buildArchive([{ path: 'large', data: new Uint8Array(1_000_000) }, ...many])),
  )
  const root = await engine.space('', { depth: 2, by: 'size' }, noCount, signal)
  const [large, folder] = root?.children ?? []
  expect(large).toMatchObject({ path: 'large', line: 0, isFolder: false, children: undefined, others: undefined })
  expect(folder).toMatchObject({ path: 'many', line: -1, isFolder: true, children: [], entryCount: 900 })
  expect(folder?.others).toMatchObject({ count: 900, sizeBytes: 900 })
  const own = await engine.space('many', { depth: 1, by: 'size' }, noCount, signal)
  expect(own?.children?.map((child) => child.path)).toEqual(many.slice(0, 600).map((entry) => entry.path))
  expect(own?.others).toMatchObject({ count: 300, sizeBytes: 300 })
  const mixed = await engine.space('', { depth: 1, by: 'packed' }, noCount, signal)
  expect(mixed?.children).toHaveLength(2)
})

test('the largest are picked in order, of equal ones the first', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(9), { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (values, count) => {
      const all = values.map((_, k) => k).toSorted((a, b) => (values[b] ?? 0) - (values[a] ?? 0) || a - b)
      expect(largestOf(values.keys(), count, (k) => values[k] ?? 0)).toEqual(all.slice(0, count))
    }),
  )
})

test('who gives up is told so, and the next one gets it all the same', async () => {
  const engine = new PictureEngine(await holdArchive(await siteArchive()))
  const stopped = AbortSignal.abort()
  await expect(engine.space('', { depth: 1, by: 'size' }, noCount, stopped)).rejects.toThrow('aborted')
  expect(await engine.cost()).toMatchObject({ isRead: false })
  await engine.space('', { depth: 1, by: 'size' }, noCount, signal)
  expect(await engine.cost()).toMatchObject({ isRead: true })
})
