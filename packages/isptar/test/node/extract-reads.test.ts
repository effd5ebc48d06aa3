/** What an extraction asks of the source, and how often it goes through the listing. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { HttpSource } from '../../src/io/http-source.ts'
import { MemorySource } from '../../src/io/memory-source.ts'
import { type CountedSource, withCounter } from '../../src/io/with-counter.ts'
import type { ExtractReport } from '../../src/node/extract-report.ts'
import { resolveExtractOptions } from '../../src/node/extract-options.ts'
import { extractInto, extractTree } from '../../src/node/extract-tree.ts'
import type { Archive } from '../../src/read/archive.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { openSlices } from '../../src/read/open-slices.ts'
import { type HostileEntry, hostileArchive } from '../hostile-archive.ts'
import { HostileServer } from '../io/hostile-server.ts'
import { watchParts, writeSlices } from '../read/craft-slices.ts'
import { buildArchive } from '../write/build-archive.ts'
import { makeScene } from './extract-scene.ts'

describe('3,000 small files', () => {
  const files = Array.from({ length: 3000 }, (_, i) => ({ path: `d/f${i}`, data: `file number ${i}\n` }))
  const open = async (): Promise<{ archive: Archive; counter: CountedSource }> => {
    const counter = withCounter(new MemorySource(await buildArchive(files)))
    const archive = await openArchive(counter)
    for await (const _ of archive.entries()) continue
    return { archive, counter }
  }

  test('cost a request a window', async () => {
    const { out } = makeScene()
    const { archive, counter } = await open()
    const [before, windows] = [counter.requests, Math.ceil(archive.sizeBytes / (256 * 1024))]
    expect(await extractTree(archive, out)).toMatchObject({ ok: true, fileCount: 3000 })
    expect(counter.requests - before).toBeLessThanOrEqual(windows + 1)
    expect(readFileSync(join(out, 'd/f2999'), 'utf8')).toBe('file number 2999\n')
    expect((await extractTree(archive, join(out, 'folder'), { only: ['d'] })).ok).toBe(true)
    expect(counter.requests - before).toBeLessThanOrEqual(2 * (windows + 1))
  })

  test.each([
    ['only', { only: ['d/f1234'] }],
    ['under', { under: './d/f1234' }],
    ['filter', { filter: ({ path }: { path: string }) => path === 'd/f1234' }],
  ])('one of them, by %s, costs its bytes', async (_, options) => {
    const { archive, counter } = await open()
    const before = counter.requests
    expect(await extractTree(archive, makeScene().out, options)).toMatchObject({ ok: true, fileCount: 1 })
    const entry = await archive.get('d/f1234')
    expect(counter.log.slice(before)).toEqual([{ offset: entry.location?.offset, lengthBytes: entry.packedBytes }])
  })

  test('one that is missing is nothing, by under', async () => {
    const { archive } = await open()
    expect(await extractTree(archive, makeScene().out, { under: 'd/missing' })).toMatchObject({
      ok: true,
      fileCount: 0,
    })
  })

  test('a few that lie near each other cost one read together', async () => {
    const { archive, counter } = await open()
    const before = counter.requests
    const report = await extractTree(archive, makeScene().out, { only: ['d/f7', 'd/f9', 'd/f2500'] })
    expect(report).toMatchObject({ ok: true, fileCount: 3 })
    const [seven, nine, far] = await Promise.all(['d/f7', 'd/f9', 'd/f2500'].map((path) => rangeOf(archive, path)))
    expect(counter.log.slice(before)).toEqual([
      { offset: seven?.offset, lengthBytes: (nine?.end ?? 0) - (seven?.offset ?? 0) },
      { offset: far?.offset, lengthBytes: (far?.end ?? 0) - (far?.offset ?? 0) },
    ])
  })

  test('entries that callbacks get are entries of the archive', async () => {
    const { archive } = await open()
    const strangers: string[] = []
    await extractTree(archive, makeScene().out, {
      onEntry: (entry) => {
        if (!entry.isOf(archive)) strangers.push(entry.path)
      },
    })
    expect(strangers).toEqual([])
  })
})

async function rangeOf(archive: Archive, path: string): Promise<{ offset: number; end: number }> {
  const { location, packedBytes = 0 } = await archive.get(path)
  const offset = location?.offset ?? 0
  return { offset, end: offset + packedBytes }
}

test('reads are bounded: gaps of 64 KiB, windows of 1 MiB', async () => {
  // Each member is a little over its data, which does not shrink.
  const noise = (bytes: number, seed: number): Uint8Array => {
    let state = seed
    return Uint8Array.from({ length: bytes }, () => (state = (Math.imul(state, 1664525) + 1013904223) | 0) >>> 24)
  }
  const files = Array.from({ length: 40 }, (_, i) => ({
    path: `f${String(i).padStart(2, '0')}.bin`,
    data: noise(60_000, i),
  }))
  const counter = withCounter(new MemorySource(await buildArchive(files)))
  const archive = await openArchive(counter)
  for await (const _ of archive.entries()) continue
  const ranges = await Promise.all(files.map(({ path }) => rangeOf(archive, path)))
  const extract = async (
    wanted: (index: number) => boolean,
  ): Promise<readonly { offset: number; lengthBytes: number }[]> => {
    const before = counter.requests
    // The last ones came with the end of the archive when it was opened.
    const only = files.filter((_, index) => index < 38 && wanted(index)).map(({ path }) => path)
    expect((await extractTree(archive, makeScene().out, { only })).ok).toBe(true)
    return counter.log.slice(before)
  }
  const all = await extract(() => true)
  expect(all.length).toBeGreaterThan(2)
  for (const { lengthBytes } of all) expect(lengthBytes).toBeLessThanOrEqual(1024 * 1024)
  // Every other one: what lies between is less than 64 KiB. Every third: it is more.
  expect((await extract((index) => index % 2 === 0)).length).toBe(all.length)
  expect(await extract((index) => index % 3 === 0)).toEqual(
    ranges
      .filter((_, index) => index < 38 && index % 3 === 0)
      .map(({ offset, end }) => ({ offset, lengthBytes: end - offset })),
  )
})

test('thousands of files over HTTP cost a request a window', async () => {
  const files = Array.from({ length: 2000 }, (_, i) => ({ path: `d/f${i}`, data: `file number ${i}\n`.repeat(20) }))
  const server = await HostileServer.start(await buildArchive(files))
  onTestFinished(() => server.close())
  await using archive = await openArchive(new HttpSource(server.url))
  for await (const _ of archive.entries()) continue
  const [before, windows] = [server.requests.length, Math.ceil(archive.sizeBytes / (1024 * 1024))]
  const options = resolveExtractOptions({ threads: 2 })
  expect(await extractInto(archive, makeScene().out, options)).toMatchObject({ ok: true, fileCount: 2000 })
  expect(server.requests.length - before).toBeLessThanOrEqual(windows + 1)
})

test('a slice that lies between two files is not opened for them', async () => {
  const text = (seed: number): string => createHash('sha512').update(`${seed}`).digest('hex')
  const files = Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [`f${String(i).padStart(2, '0')}`, text(i).repeat(4)]),
  )
  const { parts, opened } = watchParts(await writeSlices(files, 500))
  await using archive = await openArchive(openSlices(parts, { name: 'x' }))
  for await (const _ of archive.entries()) continue
  const wanted = ['f01', 'f08']
  const entries = await Promise.all(wanted.map((path) => archive.get(path)))
  const needed = entries.flatMap(({ location, packedBytes = 0 }) => {
    const first = location?.slice ?? 0
    const count = Math.ceil(((location?.offset ?? 0) + packedBytes) / 500)
    return Array.from({ length: count }, (_, i) => first + i)
  })
  opened.length = 0
  expect((await extractTree(archive, makeScene().out, { only: wanted })).ok).toBe(true)
  expect(needed.length).toBeLessThan(6)
  for (const slice of opened) expect(needed).toContain(slice)
})

describe('hardlinks whose targets are not extracted', () => {
  const extract = async (entries: readonly HostileEntry[]): Promise<{ report: ExtractReport; passes: number }> => {
    await using archive = await openArchive(new MemorySource(hostileArchive(entries)))
    const [find, list] = [vi.spyOn(archive, 'find'), vi.spyOn(archive, 'entries')]
    const report = await extractTree(archive, makeScene().out, { only: ['links'] })
    return { report, passes: find.mock.calls.length + list.mock.calls.length }
  }

  test('5,000 of them take one pass more', async () => {
    const targets = Array.from({ length: 5000 }, (_, i) => ({ path: `data/${i}`, data: `data ${i}` }))
    const links = targets.map(({ path }, i) => ({ path: `links/${i}`, type: 'hard' as const, linkTarget: path }))
    const { report, passes } = await extract([...targets, ...links])
    expect(report).toMatchObject({
      ok: true,
      fileCount: 5000,
      dataBytes: targets.map(({ data }) => data).join('').length,
    })
    expect(passes).toBe(3)
  })

  test('chains take one for each step, and what is not there is refused', async () => {
    const { report, passes } = await extract([
      { path: 'file', data: 'old' },
      { path: 'file', data: 'newer' },
      { path: 'step2', type: 'hard', linkTarget: 'file' },
      { path: 'step1', type: 'hard', linkTarget: 'step2' },
      { path: 'links/chain', type: 'hard', linkTarget: 'step1' },
      { path: 'links/lost', type: 'hard', linkTarget: 'nowhere' },
      { path: 'round1', type: 'hard', linkTarget: 'round2' },
      { path: 'round2', type: 'hard', linkTarget: 'round1' },
      { path: 'links/round', type: 'hard', linkTarget: 'round1' },
    ])
    expect(report).toMatchObject({ fileCount: 1, dataBytes: 5 })
    expect(report.refused.map(({ path, reason }) => [path, reason])).toEqual([
      ['links/lost', 'its target "nowhere" is not in the archive'],
      ['links/round', 'hardlinks that lead round in a circle'],
    ])
    expect(passes).toBe(2 + 3)
  })
})
