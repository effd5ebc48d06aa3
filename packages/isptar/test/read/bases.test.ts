/** Differential archives with their bases: data of any depth is read, and only from the bases that are meant. */
import { readFileSync } from 'node:fs'
import { type Archive, BaseMismatchError, createArchive, MemorySource, MemoryTarget, openArchive } from 'isptar'
import { beforeAll, describe, expect, it } from 'vitest'
import { fixturePath } from '../../../../test/original-archives.ts'
import { type ChainLink, writeLink } from '../chain/memory-chain.ts'
import { expectBytes } from '../gzip/samples.ts'
import { readLikeOriginal } from '../original-reader.ts'
import { buildArchive } from '../write/build-archive.ts'
import { craftArchive, fileLine, member } from './craft-archive.ts'
import { CHUNK, mixedBytes } from './seekable.ts'

const large = mixedBytes(3 * CHUNK)
const DATA: Readonly<Record<string, Uint8Array>> = {
  a: Buffer.from('of the full one'),
  b: Buffer.from('of the first difference'),
  c: Buffer.from('of the second'),
  large,
}

let full: ChainLink
let first: ChainLink
let second: ChainLink
let other: ChainLink

beforeAll(async () => {
  const large = { path: 'large', data: DATA['large'] ?? '' }
  full = await writeLink('full.tgz', [{ path: 'a', data: 'of the full one' }, large], { seekBytes: CHUNK })
  first = await writeLink(
    'first.tgz',
    [{ kept: 'a' }, { path: 'b', data: 'of the first difference' }, { kept: 'large' }],
    { base: full },
  )
  second = await writeLink(
    'second.tgz',
    [{ kept: 'a' }, { kept: 'b' }, { path: 'c', data: 'of the second' }, { kept: 'large' }],
    { base: first },
  )
  other = await writeLink('other.tgz', [{ path: 'a', data: 'of another one' }])
})

const source = ({ bytes, name }: ChainLink): MemorySource => new MemorySource(bytes, name)
const open = async (link: ChainLink, bases: readonly (ChainLink | undefined)[]): Promise<Archive> => {
  const opened = await Promise.all(bases.map(async (base) => base && openArchive(source(base))))
  return openArchive(source(link), { bases: opened })
}

describe('with the right bases', () => {
  it('everything is read, whole and in parts', async () => {
    await using archive = await open(second, [first, full])
    for (const [path, data] of Object.entries(DATA)) expectBytes(await archive.bytes(path), data)
    expectBytes(
      await archive.bytes('large', { start: CHUNK + 5, end: 2 * CHUNK + 5 }),
      large.subarray(CHUNK + 5, 2 * CHUNK + 5),
    )
    await archive.checkBases(undefined)
    expect(await archive.verify()).toMatchObject({ ok: true, baseCount: 0, problems: [] })
    const depths = (await Promise.all(['a', 'b', 'c'].map((path) => archive.get(path)))).map(
      ({ location }) => location?.depth,
    )
    expect(depths).toEqual([2, 1, 0])
    expect([archive.baseIdentities, archive.baseNames]).toEqual([
      [first.archive.identity, full.archive.identity],
      ['first.tgz', 'full.tgz'],
    ])
  })

  it('the original reads the same', () => {
    const { entries } = readLikeOriginal(second.bytes, { bases: [first.bytes, full.bytes] })
    expect(entries.map(({ name }) => name)).toEqual(Object.keys(DATA))
    for (const { name, data } of entries) expectBytes(data, Buffer.from(DATA[name] ?? []))
  })

  it('one of them is enough for what is in it', async () => {
    await using archive = await open(second, [undefined, full])
    expect(await archive.text('a')).toBe('of the full one')
    expect(await archive.text('c')).toBe('of the second')
    await archive.checkBases(new Set([2]))
    await expect(archive.checkBases(undefined)).rejects.toThrow(BaseMismatchError)
    await expect(archive.text('b')).rejects.toThrow(/^"b": its data is in base 1/)
    expect(await archive.verify()).toMatchObject({ ok: true, baseCount: 1 })
  })

  it('closing it closes them', async () => {
    let closed = 0
    const watched = (link: ChainLink): MemorySource =>
      Object.assign(source(link), { close: async () => void (closed += 1) })
    const base = await openArchive(watched(full))
    const archive = await openArchive(watched(first), { bases: [base] })
    await archive.close()
    expect(closed).toBe(2)
  })
})

describe('refused at opening', () => {
  it.each<[string, () => (ChainLink | undefined)[], RegExp]>([
    ['another archive', () => [other, full], /other\.tgz is not base 1 of second\.tgz; its identity is/],
    ['the other order', () => [full, first], /full\.tgz is not base 1 of second\.tgz; it is base 2: give the bases/],
    ['another further one', () => [first, other], /other\.tgz is not base 2/],
    ['another further one alone', () => [undefined, other], /other\.tgz is not base 2/],
    ['itself', () => [second, full], /second\.tgz is not base 1/],
  ])('%s', async (_, bases, message) => {
    await expect(open(second, bases())).rejects.toThrow(BaseMismatchError)
    await expect(open(second, bases())).rejects.toThrow(message)
  })

  it('a base for what has none', async () => {
    await expect(open(full, [other])).rejects.toThrow(/full\.tgz is no differential archive/)
  })

  it('a base that was written anew, though with the same entries', async () => {
    const anew = await writeLink('full.tgz', [
      { path: 'a', data: 'of the full 0ne' },
      { path: 'large', data: large },
    ])
    await expect(open(first, [anew])).rejects.toThrow(BaseMismatchError)
  })

  it('closes what was opened', async () => {
    let closed = 0
    const watched = Object.assign(source(other), { close: async () => void (closed += 1) })
    const base = await openArchive(watched)
    await expect(openArchive(source(first), { bases: [base] })).rejects.toThrow(BaseMismatchError)
    expect(closed).toBe(1)
  })
})

it('of a long chain the eight nearest are named, the others by those', async () => {
  const chain: ChainLink[] = [full]
  for (let n = 1; n <= 10; n += 1) {
    const [base] = chain
    chain.unshift(await writeLink(`d${n}.tgz`, [{ kept: 'a' }, { path: `n${n}`, data: `${n}` }], base ? { base } : {}))
  }
  const [last, ...bases] = chain
  await using archive = await open(last ?? full, bases)
  expect(archive.baseIdentities.length).toBe(8)
  expect(await archive.text('a')).toBe('of the full one')
  expect((await archive.get('a')).location?.depth).toBe(10)
  const wrong = [...bases.slice(0, -1), other]
  await expect(open(last ?? full, wrong)).rejects.toThrow(/other\.tgz is not base 10/)
  const untold = [...bases.slice(0, -2), undefined, full]
  await expect(open(last ?? full, untold)).rejects.toThrow(
    /full\.tgz cannot be base 10 of .*; only base 9 says what that/,
  )
  await expect(open(last ?? full, [...bases, other])).rejects.toThrow(
    /other\.tgz cannot be base 11 .*; full\.tgz has none/,
  )
})

describe('names of bases', () => {
  const namesOf = async (names: readonly (string | undefined)[]): Promise<readonly string[]> => {
    const target = new MemoryTarget()
    const bases = names.map((name, i) => ({ identity: String(i).repeat(64), name }))
    await createArchive(target, { bases }).close()
    await using archive = await openArchive(new MemorySource(target.bytes()))
    expect(archive.baseIdentities.length).toBe(Math.min(names.length, 8))
    return archive.baseNames
  }

  it.each([
    [
      ['a.tgz', 'b c.tgz'],
      ['a.tgz', 'b c.tgz'],
    ],
    [
      [undefined, 'b.tgz'],
      ['', 'b.tgz'],
    ],
    [['a.tgz', undefined], ['a.tgz']],
    [
      ['a/b', 'x\ny', 'c'],
      ['', '', 'c'],
    ],
    [
      ['x'.repeat(300), 'c'],
      ['', 'c'],
    ],
    [['é'.repeat(128), 'c'], ['é'.repeat(128)]],
    [[undefined], []],
    [Array.from({ length: 9 }, (_, i) => `n${i}`), Array.from({ length: 8 }, (_, i) => `n${i}`)],
  ])('%j', async (given, kept) => {
    expect(await namesOf(given)).toEqual(kept)
  })
})

describe('bases of the original, which has no identities of its own', () => {
  const before = member('old data'.padEnd(512, '\0'))
  const base = craftArchive({ before, listing: `${fileLine('f', 8, '0:1:0:0')}\n\n` })
  const openBase = (): Promise<Archive> => openArchive(new MemorySource(base, 'base.tgz'))

  it('have that of their listing, and are read without columns', async () => {
    const bytes = readFileSync(fixturePath('original/diff/full.tgz'))
    const opened = await openArchive(new MemorySource(bytes))
    const target = new MemoryTarget()
    const writer = createArchive(target, { bases: [{ identity: await opened.computeIdentity() }] })
    const { record } = await opened.get('d/gone')
    // Columns that the original copied from elsewhere.
    const copied = { ...record, columns: new Map([['csize', '7']]) }
    await writer.addReference({ path: 'moved' }, { record: copied, base: 1, hasColumns: false })
    await writer.close()
    await using archive = await openArchive(new MemorySource(target.bytes()), { bases: [opened] })
    const entry = await archive.get('moved')
    expect([...entry.columns.keys()]).toEqual([])
    expect(await entry.text()).toBe('will be deleted\n')
    expect(await archive.verify()).toMatchObject({ ok: true, baseCount: 0 })
    expect(String(readLikeOriginal(target.bytes(), { bases: [bytes] }).entries[0]?.data)).toBe('will be deleted\n')
  })

  it.each([
    ['the same', fileLine('f', 8, '1:1:0:0'), true],
    ['another size', fileLine('f', 7, '1:1:0:0'), false],
    ['another place', fileLine('f', 8, '1:1:1:0'), false],
    ['another path', fileLine('g', 8, '1:1:0:0'), false],
    ['another depth', fileLine('f', 8, '2:1:0:0'), false],
  ])('are held to what their differentials refer to: %s', async (_, line, fits) => {
    const bytes = craftArchive({ listing: `${line}\n\n` })
    await using archive = await openArchive(new MemorySource(bytes), { bases: [await openBase()] })
    const check = archive.checkBases(undefined)
    if (fits) await expect(check).resolves.toBeUndefined()
    else await expect(check).rejects.toThrow(BaseMismatchError)
  })

  it('give no data before that, and verification tells it', async () => {
    const wrong = craftArchive({
      before: member('other data'.padEnd(512, '\0')),
      listing: `${fileLine('g', 8, '0:1:0:0')}\n\n`,
    })
    const bytes = craftArchive({ listing: `${fileLine('f', 8, '1:1:0:0')}\n\n` })
    const openOn = async (base: Uint8Array): Promise<Archive> =>
      openArchive(new MemorySource(bytes), { bases: [await openArchive(new MemorySource(base))] })
    await using archive = await openOn(wrong)
    await expect(archive.bytes('f')).rejects.toThrow(BaseMismatchError)
    await expect(archive.readAhead().bytes('f')).rejects.toThrow(BaseMismatchError)
    await expect(archive.packed(await archive.get('f'))).rejects.toThrow(BaseMismatchError)
    expect((await archive.verify()).problems.map(({ code }) => code)).toEqual(['base-mismatch'])
    await using fitting = await openOn(base)
    expect(await Promise.all([fitting.text('f'), fitting.text('f')])).toEqual(['old data', 'old data'])
    expect((await fitting.verify()).problems).toEqual([])
  })
})

it('a catalogue is no base to read from', async () => {
  const catalogue = new MemoryTarget()
  const target = new MemoryTarget()
  const writer = createArchive(target, { catalogue })
  await writer.add({ path: 'a' }, 'data')
  await writer.close()
  const base = await openArchive(new MemorySource(catalogue.bytes(), 'a.cat'))
  const { record } = await base.get('a')
  const next = new MemoryTarget()
  const differential = createArchive(next, { bases: [{ identity: base.identity ?? '' }] })
  await differential.addReference({ path: 'a' }, { record, base: 1, hasColumns: true })
  await differential.close()
  await using archive = await openArchive(new MemorySource(next.bytes()), { bases: [base] })
  await expect(archive.text('a')).rejects.toThrow(/^"a": .*isolated catalogue/)
  await using whole = await openArchive(new MemorySource(next.bytes()), {
    bases: [await openArchive(new MemorySource(target.bytes()))],
  })
  expect(await whole.text('a')).toBe('data')
})

it('what is no chain has no bases', async () => {
  await using archive = await openArchive(new MemorySource(await buildArchive([])))
  expect([archive.bases, archive.baseIdentities, archive.baseNames]).toEqual([[], [], []])
})
