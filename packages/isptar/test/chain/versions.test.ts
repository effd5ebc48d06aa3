/** The versions of a path: what each archive has of it, and what it would take to restore it; no data is read for it. */
import { readFileSync } from 'node:fs'
import {
  type Archive,
  findVersions,
  MemorySource,
  openArchive,
  type PathVersion,
  SliceSource,
  withCounter,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { writeSlices } from '../read/craft-slices.ts'
import { type ChainLink, openLink, writeLink } from './memory-chain.ts'

const at = (day: number): { createdAt: Date } => ({ createdAt: new Date(Date.UTC(2026, 2, day)) })

function digest(versions: readonly PathVersion[]): string[] {
  return versions.map(({ archive, state, entry, data }) => {
    const from = data ? ` in ${data.archiveName} (${data.depth}:${data.slice})` : ''
    return `${archive.name} ${state}${entry ? ` ${entry.sizeBytes}` : ''}${from}`
  })
}

/** Four days: written, kept, changed, gone and back again. */
async function backup(): Promise<readonly ChainLink[]> {
  const sun = await writeLink(
    'sun',
    [
      { path: 'f', data: 'one' },
      { path: 'h', type: 'hardlink', linkTarget: 'f' },
    ],
    at(1),
  )
  const mon = await writeLink('mon', [{ kept: 'f' }], { base: sun, ...at(2) })
  const tue = await writeLink('tue', [{ path: 'f', data: 'two' }], { base: mon, ...at(3) })
  const wed = await writeLink('wed', [{ path: 'g', data: 'two' }], { base: tue, ...at(4) })
  const thu = await writeLink('thu', [{ path: 'f', mode: 0o600, data: 'two' }], { base: wed, ...at(5) })
  return [sun, mon, tue, wed, thu]
}

const archivesOf = (links: readonly ChainLink[]): Archive[] => links.map(({ archive }) => archive)

describe('a chain', () => {
  it('tells each version, newest first, whatever order the archives come in', async () => {
    const links = await backup()
    const expected = [
      'thu new 3 in thu (0:1)',
      'wed absent',
      'tue different 3 in tue (0:1)',
      'mon same 3 in sun (1:1)',
      'sun new 3 in sun (0:1)',
    ]
    expect(digest(await findVersions('f', archivesOf(links)))).toEqual(expected)
    expect(digest(await findVersions('./f/', archivesOf(links.toReversed())))).toEqual(expected)
    const [thu] = await findVersions('f', archivesOf(links))
    const recorded = await thu?.archive.get('f')
    expect(thu?.data?.packedBytes).toBe(recorded?.packedBytes)
    expect(thu?.digest).toEqual(await recorded?.digest())
  })

  it('names the archive that has the data, as far as it is known', async () => {
    const [sun, mon] = await backup()
    if (sun === undefined || mon === undefined) throw new Error('no archives')
    const alone = await findVersions('f', [mon.archive])
    expect(digest(alone)).toEqual(['mon new 3 in sun (1:1)'])
    const opened = await openLink('mon', mon.bytes, [sun])
    expect(digest(await findVersions('f', [opened.archive]))).toEqual(['mon new 3 in sun (1:1)'])
    const renamed = (await openLink('sunday.tgz', sun.bytes)).archive
    expect(digest(await findVersions('f', [mon.archive, renamed]))[0]).toBe('mon same 3 in sunday.tgz (1:1)')
  })

  it('archives of one moment: a differential is newer than its base', async () => {
    const a = await writeLink('a', [{ path: 'f', data: 'one' }])
    const b = await writeLink('b', [{ kept: 'f' }], { base: a })
    const c = await writeLink('c', [{ kept: 'f' }], { base: b })
    for (const order of [
      [a, b, c],
      [c, b, a],
      [b, c, a],
      [b, a, c],
    ])
      expect((await findVersions('f', archivesOf(order))).map(({ archive }) => archive.name)).toEqual(['c', 'b', 'a'])
  })

  it('reads listings and digests, no data', async () => {
    const noise = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255)
    const { bytes } = await writeLink('big', [{ path: 'f.jpg', data: noise }])
    const counter = withCounter(new MemorySource(bytes, 'big'))
    const archive = await openArchive(counter, { tailBytes: 64 })
    const [version] = await findVersions('f.jpg', [archive])
    expect(version?.data?.packedBytes).toBeGreaterThan(250_000)
    expect(counter.bytes).toBeLessThan(3000)
  })
})

describe('what tells the same data', () => {
  const states = async (...links: readonly ChainLink[]): Promise<string[]> =>
    (await findVersions('f', archivesOf(links))).map(({ state }) => state)

  it('digests, else checksums, else nothing', async () => {
    const none = { digest: 'none' } as const
    const a = await writeLink('a', [{ path: 'f', data: 'one' }], at(1))
    const b = await writeLink('b', [{ path: 'f', data: 'one' }], at(2))
    expect(await states(a, b)).toEqual(['same', 'new'])
    const c = await writeLink('c', [{ path: 'f', data: 'one' }], { ...none, ...at(3) })
    const d = await writeLink('d', [{ path: 'f', data: 'two' }], { ...none, ...at(4) })
    expect(await states(a, b, c, d)).toEqual(['different', 'likely', 'same', 'new'])
    const e = await writeLink('e', [{ kept: 'f' }], { base: d, ...none, ...at(5) })
    expect(await states(d, e)).toEqual(['same', 'new'])
  })

  it('a hardlink is what it names; types, targets and devices tell of the rest', async () => {
    const file = await writeLink(
      'file',
      [
        { path: 'a', data: 'one' },
        { path: 'f', data: 'one' },
      ],
      at(1),
    )
    const hard = await writeLink(
      'hard',
      [
        { path: 'a', data: 'one' },
        { path: 'f', type: 'hardlink', linkTarget: 'a' },
      ],
      at(2),
    )
    const soft = await writeLink('soft', [{ path: 'f', type: 'symlink', linkTarget: 'a' }], at(3))
    const same = await writeLink('same', [{ path: 'f', type: 'symlink', linkTarget: 'a' }], at(4))
    const other = await writeLink('other', [{ path: 'f', type: 'symlink', linkTarget: 'b' }], at(5))
    const device = await writeLink('dev', [{ path: 'f', type: 'char', device: { major: 1, minor: 3 } }], at(6))
    const device2 = await writeLink('dev2', [{ path: 'f', type: 'char', device: { major: 1, minor: 5 } }], at(7))
    expect(await states(file, hard, soft, same, other, device, device2)).toEqual([
      ...['different', 'different', 'different', 'same', 'different', 'same', 'new'],
    ])
    const [version] = await findVersions('f', [hard.archive])
    expect(version?.data?.packedBytes).toBe((await hard.archive.get('a')).packedBytes)
  })

  it('hardlinks that lead nowhere or round in a circle have no data', async () => {
    const dangling = await writeLink('dangling', [{ path: 'f', type: 'hardlink', linkTarget: 'gone' }], at(1))
    const circle = await writeLink('circle', [{ path: 'f', type: 'hardlink', linkTarget: 'f' }], at(2))
    const versions = await findVersions('f', archivesOf([dangling, circle]))
    expect(digest(versions)).toEqual(['circle different 0', 'dangling new 0'])
  })
})

describe('archives of the original program', () => {
  const fixture = async (name: string, bases: readonly string[] = []): Promise<Archive> => {
    const read = (file: string): MemorySource =>
      new MemorySource(readFileSync(new URL(`../../../../fixtures/original/diff/${file}`, import.meta.url)), file)
    const opened = await Promise.all(bases.map((base) => openArchive(read(base))))
    return openArchive(read(name), { bases: opened })
  }

  it('are taken in the order given; one place is likely the same data', async () => {
    const archives = [
      await fixture('d2.tgz', ['d1.tgz', 'full.tgz']),
      await fixture('d1.tgz', ['full.tgz']),
      await fixture('full.tgz'),
    ]
    expect(digest(await findVersions('d/c', archives))).toEqual([
      'd2.tgz likely 925 in full.tgz (2:1)',
      'd1.tgz likely 925 in full.tgz (1:1)',
      'full.tgz new 925 in full.tgz (0:1)',
    ])
    const [d1] = await findVersions('d/c', [await fixture('d1.tgz')])
    expect(d1?.data).toEqual({
      archiveName: undefined,
      depth: 1,
      slice: 1,
      sliceName: undefined,
      packedBytes: undefined,
    })
  })
})

it('names the slice that a restore begins in', async () => {
  const parts = await writeSlices({ 'a.jpg': 'one'.repeat(3000), f: 'two' }, 4096)
  const source = new SliceSource(
    parts.map((part, i) => new MemorySource(part, `x.part${i + 1}`)),
    'x',
  )
  const archive = await openArchive(source)
  const [version] = await findVersions('f', [archive])
  expect(version?.data).toMatchObject({ depth: 0, slice: 3, sliceName: 'x.part3' })
})
