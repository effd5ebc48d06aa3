/** What an extraction asks of the source, and how often it goes through the listing. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { MemorySource } from '../../src/io/memory-source.ts'
import { type CountedSource, withCounter } from '../../src/io/with-counter.ts'
import type { ExtractReport } from '../../src/node/extract-report.ts'
import { extractTree } from '../../src/node/extract-tree.ts'
import type { Archive } from '../../src/read/archive.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { type HostileEntry, hostileArchive } from '../hostile-archive.ts'
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
    ['filter', { filter: ({ path }: { path: string }) => path === 'd/f1234' }],
  ])('one of them, by %s, costs its bytes', async (_, options) => {
    const { archive, counter } = await open()
    const before = counter.requests
    expect(await extractTree(archive, makeScene().out, options)).toMatchObject({ ok: true, fileCount: 1 })
    const entry = await archive.get('d/f1234')
    expect(counter.log.slice(before)).toEqual([{ offset: entry.location?.offset, lengthBytes: entry.packedBytes }])
  })

  test('a few that lie apart cost one read each', async () => {
    const { archive, counter } = await open()
    const before = counter.requests
    const report = await extractTree(archive, makeScene().out, { only: ['d/f7', 'd/f9', 'd/f2500'] })
    expect(report).toMatchObject({ ok: true, fileCount: 3 })
    const entries = await Promise.all(['d/f7', 'd/f9', 'd/f2500'].map((path) => archive.get(path)))
    expect(counter.log.slice(before).map(({ lengthBytes }) => lengthBytes)).toEqual(
      entries.map(({ packedBytes }) => packedBytes),
    )
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
