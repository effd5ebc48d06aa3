/** Comparisons as the page gets them, held to the library's own. */
import fc from 'fast-check'
import { type Archive, compareArchives, type Difference, MemorySource, openArchive } from 'isptar'
import { expect, test } from 'vitest'
import type { OpenRequest } from '../../src/contract/archive-calls.ts'
import type {
  CompareSettings,
  ComparisonState,
  DifferenceKind,
  DifferenceRow,
} from '../../src/contract/compare-calls.ts'
import { ArchiveHolder } from '../../src/engine/archive-holder.ts'
import { CompareEngine } from '../../src/engine/compare-engine.ts'
import { DifferenceTable } from '../../src/engine/difference-table.ts'
import { buildArchive, differential, fixture, hostileSite, manyFiles, type SampleEntry } from '../archives.ts'

const ALL: readonly DifferenceKind[] = ['added', 'removed', 'changed']
const OLDER: CompareSettings = { isNewer: false, by: 'metadata' }
const never = new AbortController().signal
const ignore = (): void => undefined

function requestOf(bytes: Uint8Array, name = 'other.tgz'): OpenRequest {
  return { places: [{ type: 'file', name, blob: new File([Uint8Array.from(bytes)], name) }] }
}

async function engineOf(
  bytes: Uint8Array,
): Promise<{ engine: CompareEngine; holder: ArchiveHolder; archive: Archive }> {
  const holder = new ArchiveHolder()
  const archive = await openArchive(new MemorySource(bytes))
  await holder.hold({ archive, counters: [] })
  return { engine: new CompareEngine(holder), holder, archive }
}

const told = (rows: readonly DifferenceRow[]): string[] => rows.map(({ kind, path }) => `${kind} ${path}`)

test('a differential differs from its base by what was changed', async () => {
  const { base, archive, differences } = await differential()
  const { engine } = await engineOf(archive)
  const state = await engine.compare(requestOf(base, 'sun.tgz'), OLDER, ignore, never)
  expect(state).toMatchObject({ added: 1, removed: 1, changed: 2, isComplete: true, otherName: 'sun.tgz', requests: 1 })
  expect(state.entryCount).toBe(state.totalEntries)
  const rows = await engine.differences(ALL, 0, 100)
  expect(told(rows)).toEqual(differences)
  const motd = rows[1]
  expect(motd?.changes).toEqual(['size', 'mtime'])
  expect(motd?.before).toMatchObject({ sizeBytes: 6, mtimeSeconds: 1714979289, owner: 'ann:staff (1000:100)' })
  expect(motd?.after).toMatchObject({ sizeBytes: 14, mtimeSeconds: 1715065689 })
  expect(rows[0]?.after).toBeUndefined()
})

test('the other way round, what was added is removed', async () => {
  const { base, archive } = await differential()
  const { engine } = await engineOf(base)
  const settings: CompareSettings = { isNewer: true, by: 'content' }
  const state = await engine.compare(requestOf(archive), settings, ignore, never)
  expect(state).toMatchObject({ added: 1, removed: 1, changed: 2 })
  await engine.compare(requestOf(archive), { ...settings, isNewer: false }, ignore, never)
  expect(told(await engine.differences(['removed'], 0, 9))).toEqual(['removed site/zebra.txt'])
})

test('an archive does not differ from itself, whoever made it', async () => {
  for (const bytes of [fixture('original/oddnames/archive.tgz'), fixture('format2/archive.tgz'), hostileSite()]) {
    const { engine } = await engineOf(bytes)
    const state = await engine.compare(requestOf(bytes), OLDER, ignore, never)
    expect(state).toMatchObject({ added: 0, removed: 0, changed: 0, isComplete: true })
    expect(state.same).toBeGreaterThan(0)
    expect(await engine.differences(ALL, 0, 9)).toEqual([])
  }
})

test('links tell where they led and lead', async () => {
  const link = (linkTarget: string): SampleEntry => ({ path: 'a', type: 'symlink', linkTarget })
  const { engine } = await engineOf(await buildArchive([link('new')]))
  await engine.compare(requestOf(await buildArchive([link('old')])), OLDER, ignore, never)
  const [row] = await engine.differences(ALL, 0, 1)
  expect(row).toMatchObject({ changes: ['link'], before: { linkTarget: 'old' }, after: { linkTarget: 'new' } })
})

const kinds = fc.constantFrom<DifferenceKind>(...ALL)
const side = fc.record({
  pathBytes: fc.constant(new Uint8Array(0)),
  type: fc.constantFrom('file' as const, 'directory' as const, 'symlink' as const),
  mode: fc.nat(0o7777),
  uid: fc.nat(3),
  gid: fc.nat(3),
  userName: fc.constantFrom('', 'ann'),
  groupName: fc.constantFrom('', 'staff'),
  sizeBytes: fc.nat(),
  mtime: fc.option(fc.record({ seconds: fc.integer(), nanoseconds: fc.constant(0) }), { nil: undefined }),
  isCoarse: fc.constant(false),
})
const difference: fc.Arbitrary<Difference> = fc.record({
  kind: kinds,
  path: fc.string({ unit: 'binary' }).map((path) => path.replaceAll(/[\ud800-\udfff]/gu, '')),
  changes: fc.subarray(['type', 'size', 'content', 'mtime', 'mode', 'owner', 'link', 'device', 'xattrs'] as const),
  before: fc.option(side, { nil: undefined }),
  after: fc.option(side, { nil: undefined }),
})

test('columns give back what went in, for any kinds, also while more comes', () => {
  fc.assert(
    fc.property(fc.array(difference), fc.subarray([...ALL]), fc.nat(20), fc.nat(20), (all, wanted, start, length) => {
      const table = new DifferenceTable()
      const half = Math.floor(all.length / 2)
      for (const [index, item] of all.entries()) {
        if (index === half) table.rows(wanted, 0, 5)
        table.add(item)
      }
      const expected = all.filter(({ kind }) => wanted.some((name) => name === kind)).slice(start, start + length)
      const rows = table.rows(wanted, start, start + length)
      expect(rows.map(({ path, kind, changes }) => ({ path, kind, changes }))).toEqual(
        expected.map(({ path, kind, changes }) => ({ path, kind, changes })),
      )
      for (const [index, row] of rows.entries()) {
        const { before, after } = expected[index] ?? {}
        for (const [is, was] of [
          [row.before, before],
          [row.after, after],
        ] as const)
          expect(is && [is.type, is.mode, is.sizeBytes, is.mtimeSeconds]).toEqual(
            was && [was.type, was.mode, was.sizeBytes, was.mtime?.seconds],
          )
      }
    }),
  )
})

test('progress is told; a stop ends it, and closes the other archive', async () => {
  const bytes = await manyFiles(50_000)
  const { engine, archive } = await engineOf(bytes)
  const stop = new AbortController()
  const states: ComparisonState[] = []
  const stopped = engine.compare(
    requestOf(bytes),
    OLDER,
    (state) => {
      states.push(state)
      if (state.entryCount > 0) stop.abort()
    },
    stop.signal,
  )
  await expect(stopped).rejects.toThrow(/abort/)
  expect(states.at(-1)).toMatchObject({ isComplete: false, totalEntries: 100_000, added: 0 })
  // The open one is as it was.
  expect(await archive.find('d0000/f0000')).toBeDefined()
})

test('a new comparison ends the one before', async () => {
  const bytes = await manyFiles(20_000)
  const { engine } = await engineOf(bytes)
  const first = engine.compare(requestOf(bytes), OLDER, ignore, never)
  const second = engine.compare(requestOf(await buildArchive([{ path: 'x' }])), OLDER, ignore, never)
  await expect(first).rejects.toThrow(/abort/)
  expect(await second).toMatchObject({ added: 20_000, removed: 1 })
  expect(told(await engine.differences(ALL, 20_000, 20_010))).toEqual(['removed x'])
})

test('the library tells the same', async () => {
  const [older, newer] = ['original/diff/full.tgz', 'original/diff/d2.tgz'].map(fixture)
  if (older === undefined || newer === undefined) throw new Error('no fixtures')
  const expected: string[] = []
  const sides = await Promise.all([older, newer].map((bytes) => openArchive(new MemorySource(bytes))))
  const [before, after] = sides
  if (before === undefined || after === undefined) throw new Error('not opened')
  for await (const { kind, path } of compareArchives(before, after)) expected.push(`${kind} ${path}`)
  const { engine } = await engineOf(newer)
  await engine.compare(requestOf(older), OLDER, ignore, never)
  expect(expected.length).toBeGreaterThan(3)
  expect(told(await engine.differences(ALL, 0, 1000))).toEqual(expected)
})
