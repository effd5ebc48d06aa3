/** Verification finds what is wrong, all of it, and goes on. */
import { type Archive, MemorySource, openArchive, type VerifyProgress } from 'isptar'
import { describe, expect, it } from 'vitest'
import { sampleBytes } from '../gzip/samples.ts'
import { buildArchive, SMALL_TREE } from '../write/build-archive.ts'
import { craftArchive, craftFiles, fileLine } from './craft-archive.ts'

const open = (bytes: Uint8Array): Promise<Archive> => openArchive(new MemorySource(bytes))

it('finds nothing wrong with what was written', async () => {
  await using archive = await open(await buildArchive(SMALL_TREE))
  const told: VerifyProgress[] = []
  const report = await archive.verify({ onProgress: (progress) => void told.push(progress) })
  const nothing = { problemCount: 0, problems: [], baseCount: 0, dirtyCount: 0, notices: [] }
  expect(report).toEqual({ ok: true, entryCount: 9, dataBytes: 846, ...nothing })
  expect(told.map(({ path }) => path)).toEqual(SMALL_TREE.map(({ path }) => path))
  expect(told.map(({ entryCount }) => entryCount)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(told.at(-1)?.dataBytes).toBe(846)
})

it('names what was dirty in a sound archive', async () => {
  const shrunk = { path: 'shrunk', sizeBytes: 5, data: 'abc' }
  await using archive = await open(await buildArchive([{ path: 'f', data: 'x' }, shrunk]))
  const notices = ['"shrunk" changed or was unreadable while it was packed']
  for (const quick of [true, false])
    expect(await archive.verify({ quick })).toMatchObject({ ok: true, dirtyCount: 1, problems: [], notices })
})

it('quick looks at the tail only', async () => {
  const bytes = await buildArchive([{ path: 'f', data: sampleBytes(1000) }])
  bytes[500] = (bytes[500] ?? 0) ^ 1
  await using archive = await open(bytes)
  expect(await archive.verify({ quick: true })).toMatchObject({ ok: true, entryCount: 1, dataBytes: 0 })
  expect(await archive.verify()).toMatchObject({ ok: false })
})

it('names every damaged file and checks the others', async () => {
  const tree = Array.from({ length: 10 }, (_, i) => ({ path: `f${i}`, data: sampleBytes(1000 + i) }))
  const bytes = (await buildArchive(tree, { level: 0 })).slice()
  await using sound = await open(bytes.slice())
  for (const path of ['f3', 'f7']) {
    const at = ((await sound.get(path)).location?.offset ?? 0) + 400
    bytes[at] = (bytes[at] ?? 0) ^ 0x10
  }
  await using archive = await open(bytes)
  const report = await archive.verify()
  expect(report.problems).toEqual([
    { code: 'integrity', path: 'f3', message: expect.stringMatching(/^"f3": CRC-32/) },
    { code: 'integrity', path: 'f7', message: expect.stringMatching(/^"f7": CRC-32/) },
  ])
  expect(report).toMatchObject({ ok: false, entryCount: 10, dataBytes: 8 * 1000 + 0 + 1 + 2 + 4 + 5 + 6 + 8 + 9 })
})

describe('the listing', () => {
  const problemsOf = async (listing: string, info: Readonly<Record<string, string>> = {}): Promise<unknown[]> => {
    await using archive = await open(craftArchive({ listing: `${listing}\n`, info }))
    const { problems } = await archive.verify()
    return problems.map(({ code, path }) => [code, path])
  }
  const dir = (path: string): string => `${path}\troot#0\troot#0\t493\tdir\n`

  it('with unsafe paths', async () => {
    const listing = ['../x', 'a/../../x', '/x', '..', '.', 'a//b', 'C:\\\\x', 'fine'].map(dir).join('')
    const refused = ['../x', 'a/../../x', '/x', '..', '.', 'a//b', 'C:\\x']
    expect(await problemsOf(listing)).toEqual(refused.map((path) => ['unsafe-path', path]))
  })

  it('with hardlinks to what is not there', async () => {
    const hard = (path: string, target: string): string => `${path}\troot#0\troot#0\t493\thard\t${target}\n`
    const listing = dir('d') + hard('a', 'd') + hard('b', 'none') + hard('c', 'none')
    expect(await problemsOf(listing)).toEqual([
      ['entry-not-found', 'b'],
      ['entry-not-found', 'c'],
    ])
  })

  it('with lines that are no entries, which is only noticed', async () => {
    await using archive = await open(craftArchive({ listing: `# comment\n${dir('d')}x\ty\n\n` }))
    const { ok, notices } = await archive.verify()
    expect([ok, notices.length]).toEqual([true, 2])
    expect(notices[0]).toMatch(/no entry: "# comment"/)
  })

  it('with a malformed line, which costs that entry only', async () => {
    expect(await problemsOf(`${dir('a')}b\troot#0\troot#0\t0777\tdir\n${dir('c')}`)).toEqual([['format', undefined]])
  })

  it('other than its identity', async () => {
    expect(await problemsOf(dir('d'), { listing_sha256: '0'.repeat(64) })).toEqual([['integrity', undefined]])
  })

  it('other than its counts', async () => {
    expect(await problemsOf(dir('d'), { entries: '2', data_size: '5' })).toEqual([
      ['integrity', undefined],
      ['integrity', undefined],
    ])
  })

  it('that cannot be read ends the check', async () => {
    await using archive = await open(craftArchive({ listingMember: sampleBytes(50) }))
    expect(await archive.verify()).toMatchObject({ ok: false, entryCount: 0, problems: [{ code: 'format' }] })
  })
})

it('says how many files have their data in a base', async () => {
  const bytes = craftFiles({ a: 'one', b: 'two' }, (line, path) =>
    path === 'b' ? line.replace('\t0:1:', '\t1:1:') : line,
  )
  await using archive = await open(bytes)
  const { ok, dataBytes, notices } = await archive.verify()
  expect([ok, dataBytes, notices]).toEqual([true, 3, ['1 file has its data in base 1, which was not given']])
})

describe('tar headers that say something else than the listing', () => {
  /** The tar of one archive under the listing of another. */
  const mixed = async (tar: Uint8Array, listed: Uint8Array): Promise<Archive> => {
    const [a, b] = await Promise.all([open(tar), open(listed)])
    const { listingOffset, serviceInfoOffset } = b.tail
    const listingMember = listed.subarray(listingOffset, serviceInfoOffset)
    const before = tar.subarray(0, a.tail.sections[0]?.offset)
    return open(craftArchive({ before, listingMember, info: { format: '2' } }))
  }

  it.each([
    ['another path', { path: 'g' }],
    ['another mode', { mode: 0o600 }],
    ['another owner', { uid: 5 }],
    ['another group', { gid: 5 }],
    ['another time', { mtime: new Date(1000) }],
  ])('%s', async (_, change) => {
    const entry = { path: 'f', mode: 0o644, data: 'data' }
    // Stored, so that both have the same length and only the header differs.
    const [tar, listed] = await Promise.all(
      [{ ...entry, ...change }, entry].map((e) => buildArchive([e], { level: 0 })),
    )
    await using archive = await mixed(tar ?? new Uint8Array(0), listed ?? new Uint8Array(0))
    const { ok, problems } = await archive.verify()
    expect(ok).toBe(false)
    expect(problems).toEqual([{ code: 'integrity', path: 'f', message: expect.stringMatching(/disagree/) }])
  })

  it('an entry that is not in the listing', async () => {
    const tree = [{ path: 'f', data: 'data' }]
    const hidden = await buildArchive([...tree, { path: 'hidden', type: 'directory' }])
    await using archive = await mixed(hidden, await buildArchive(tree))
    const { problems } = await archive.verify()
    expect(problems).toEqual([
      { code: 'integrity', message: expect.stringMatching(/"hidden", which is not in the listing/) },
    ])
  })

  it('an entry that is not in the tar', async () => {
    const tree = [{ path: 'f', data: 'data' }]
    const listed = await buildArchive([...tree, { path: 'missing', type: 'directory' }])
    await using archive = await mixed(await buildArchive(tree), listed)
    expect((await archive.verify()).problems.map(({ code, path }) => [code, path])).toEqual([['integrity', 'missing']])
  })
})

it('an error that is none of the library ends it', async () => {
  const source = new MemorySource(
    craftArchive({ before: sampleBytes(90_000), listing: `${fileLine('f', 5, '0:1:0:0')}\n\n` }),
  )
  await using archive = await openArchive(Object.assign(source, { read: () => Promise.reject(new RangeError('bug')) }))
  await expect(archive.verify()).rejects.toThrow('bug')
})
