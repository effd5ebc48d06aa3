import { readFileSync } from 'node:fs'
import {
  type Archive,
  BaseMismatchError,
  createArchive,
  FormatError,
  mergeArchives,
  type MergeInput,
  type MergeOptions,
  MemoryTarget,
  splitArchive,
  UnsupportedError,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { fixturePath } from '../../../../test/original-archives.ts'
import { partsLikeOriginal, readLikeOriginal } from '../original-reader.ts'
import { describeArchive } from '../read/archive-content.ts'
import { collect } from '../read/collect.ts'
import { buildArchive, type SampleEntry, SMALL_TREE } from '../write/build-archive.ts'
import { expectedOf, expectTree, MarkCountingCodec, open, openOriginal } from './copy-support.ts'
import { openLink, writeLink } from './memory-chain.ts'

async function merge(inputs: readonly MergeInput[], options?: MergeOptions): Promise<Uint8Array> {
  const target = new MemoryTarget()
  await mergeArchives(inputs, target, options)
  return target.bytes()
}

async function inputOf(name: string, tree: readonly SampleEntry[], createdAt?: Date): Promise<MergeInput> {
  return { name, archive: await open(await buildArchive(tree, { ...(createdAt && { createdAt }) }), {}, name) }
}

/** Splits in memory. */
async function split(archive: Archive): Promise<ReadonlyMap<string, Uint8Array>> {
  const targets = new Map<string, MemoryTarget>()
  const parts = await splitArchive(archive, (name, index) => {
    expect(index).toBe(targets.size)
    const target = new MemoryTarget(name)
    targets.set(name, target)
    return target
  })
  expect(parts.map(({ name }) => name)).toEqual([...targets.keys()])
  return new Map([...targets].map(([name, target]) => [name, target.bytes()]))
}

/** The three archives that `fixtures/original/merged` was made of. */
async function originalInputs(): Promise<MergeInput[]> {
  return [
    { name: 'full', archive: await openOriginal('diff/full.tgz') },
    { name: 'd1', archive: await openOriginal('diff/d1.tgz', 'diff/full.tgz') },
    { name: 'd2', archive: await openOriginal('diff/d2.tgz', 'diff/d1.tgz', 'diff/full.tgz') },
  ]
}

/** Lines of a listing without places and columns: what the original would write of the same entries. */
function linesOf(listing: string): string[] {
  return listing.split('\n').map((line) => line.replace(/\t[a-z]+=[^\t]*/g, '').replace(/\t0:1:\d+:0$/, '\t-'))
}

describe('what the original merged', () => {
  it.each([
    ['listing.txt', false],
    ['split-single.listing.txt', true],
  ])('gives the entries of %s', async (file, singlePart) => {
    const { listing, serviceInfo } = readLikeOriginal(await merge(await originalInputs(), { singlePart }))
    expect(linesOf(listing.toString('latin1'))).toEqual(
      linesOf(readFileSync(fixturePath(`original/merged/${file}`), 'latin1')),
    )
    expect(serviceInfo.get('parts')).toBe(singlePart ? undefined : '.full .d1 .d2 ')
    expect(serviceInfo.has('base')).toBe(false)
  })

  it.each(['full', 'd1', 'd2'])('part %s, merged here, is the tree that was packed', async (name) => {
    await using archive = await open(await merge(await originalInputs()))
    expect(await archive.verify()).toMatchObject({ ok: true, problems: [] })
    await expectTree(await archive.part(name), expectedOf(`merged/split_${name}`))
  })

  it('is split here as the original split it', async () => {
    await using archive = await openOriginal('merged/merged.tgz')
    const parts = await split(archive)
    expect([...parts.keys()]).toEqual(['full', 'd1', 'd2'])
    for (const [name, bytes] of parts) {
      await using part = await open(bytes)
      await expectTree(part, expectedOf(`merged/split_${name}`))
      expect(await part.verify()).toMatchObject({ ok: true, problems: [] })
      const { listing } = readLikeOriginal(bytes)
      const original = readFileSync(fixturePath(`original/merged/split_${name}.listing.txt`), 'latin1')
      expect(linesOf(listing.toString('latin1'))).toEqual(linesOf(original))
    }
  })
})

describe('archives of this library', () => {
  it('come out of a merged archive byte for byte as they went in', async () => {
    const trees = [
      SMALL_TREE,
      [],
      [
        { path: 'other', data: 'x'.repeat(5000) },
        { path: 'z', type: 'fifo' as const },
      ],
    ]
    const times = [new Date('2024-01-01T00:00:00Z'), new Date('1999-12-31T23:59:59Z'), new Date('2025-06-07T08:09:10Z')]
    const all = await Promise.all(trees.map((tree, i) => buildArchive(tree, { createdAt: times[i] })))
    const inputs = await Promise.all(all.map(async (bytes, i) => ({ name: `part ${i}`, archive: await open(bytes) })))
    await using merged = await open(await merge(inputs))
    expect((await merged.part(2)).createdAt).toBe('2025-06-07T08:09:10Z')
    const parts = await split(merged)
    for (const [i, bytes] of all.entries()) expect(Buffer.compare(parts.get(`part ${i}`) ?? Buffer.of(), bytes)).toBe(0)
  })

  it('keep their entries, digests and data; none of the data is deflated', async () => {
    const mark = 'marked data'
    const full = await writeLink('full.tgz', [
      { path: 'a', data: `${mark} a` },
      { path: 'b', data: `${mark} b`.repeat(999) },
    ])
    const link = await writeLink('d.tgz', [{ kept: 'a' }, { path: 'b', data: `${mark} new b` }], { base: full })
    const { archive } = await openLink(link.name, link.bytes, [full])
    const codec = new MarkCountingCodec(mark)
    const inputs = [
      { name: 'full', archive: full.archive },
      { name: 'differential', archive },
    ]
    const bytes = await merge(inputs, { codec })
    expect(codec.marked).toBe(0)
    await using merged = await open(bytes)
    expect(await merged.verify()).toMatchObject({ ok: true, baseCount: 0, problems: [] })
    for (const { name, archive: before } of inputs) {
      const part = await merged.part(name)
      expect(await describeArchive(part)).toEqual(await describeArchive(before))
      for await (const entry of part.entries())
        expect(await entry.digest()).toEqual(await (await before.get(entry.path)).digest())
    }
    expect([...partsLikeOriginal(readLikeOriginal(bytes).entries).keys()]).toEqual(['.full', '.differential'])
  })

  it('that were merged before give their own parts', async () => {
    const [a, b, c] = await Promise.all(['a', 'b', 'c'].map((name) => inputOf(name, [{ path: 'x', data: name }])))
    if (!a || !b || !c) throw new Error('three')
    const ab = await open(await merge([a, b]))
    await using all = await open(await merge([{ name: 'not used', archive: ab }, c]))
    expect(await all.parts()).toEqual(['a', 'b', 'c'])
    expect((await collect(all.entries())).map(({ path }) => path)).toEqual([
      'x',
      '.partname.1',
      'x',
      '.partname.2',
      'x',
      '.partname.3',
    ])
    await using some = await open(await merge([c, { name: 'only b', archive: await ab.part('b') }]))
    expect(await some.parts()).toEqual(['c', 'only b'])
    expect(await (await some.part('only b')).text('x')).toBe('b')
    await using single = await open(await merge([{ name: '', archive: ab }, c], { singlePart: true }))
    expect(await single.parts()).toEqual([])
    expect((await collect(single.entries())).length).toBe(3)
    expect(await single.text('x')).toBe('c')
  })

  it('a single part of one archive that is in order is in order', async () => {
    const bytes = await buildArchive([{ path: 'a', data: '1' }, { path: 'b' }])
    await using single = await open(await merge([{ name: '', archive: await open(bytes) }], { singlePart: true }))
    expect(single.serviceInfo.get('order')).toBe('path')
  })
})

describe('names of parts', () => {
  const odd = [
    'with a blank',
    'tab\there',
    'line\nfeed',
    'x'.repeat(300),
    '.dotted',
    'größe',
    '\udcff\udce9',
    'a=b',
    '1',
  ]

  it('may be any text', async () => {
    const inputs = await Promise.all(odd.map((name) => inputOf(name, [{ path: 'f', data: name.length.toString() }])))
    const bytes = await merge(inputs)
    await using merged = await open(bytes)
    expect(merged.serviceInfo.get('parts')).toBeUndefined()
    expect(merged.serviceInfo.get('parts_count')).toBe(String(odd.length))
    expect(await merged.parts()).toEqual(odd)
    for (const name of odd) expect(await (await merged.part(name)).text('f')).toBe(String(name.length))
    expect(partsLikeOriginal(readLikeOriginal(bytes).entries).size).toBe(odd.length)
    expect([...(await split(merged)).keys()]).toEqual(odd)
  })

  it('of hundreds of parts need no room in the service info', async () => {
    const { archive } = await inputOf('', [{ path: 'f', data: 'same' }])
    const inputs = Array.from({ length: 250 }, (_, i) => ({ name: `part-of-a-long-name-${i}`, archive }))
    const bytes = await merge(inputs)
    const { serviceInfo } = readLikeOriginal(bytes)
    expect(serviceInfo.get('parts_count')).toBe('250')
    await using merged = await open(bytes)
    expect(await merged.parts()).toEqual(inputs.map(({ name }) => name))
    expect(await (await merged.part('part-of-a-long-name-249')).text('f')).toBe('same')
  })

  it.each([
    ['', 'no name of a part: ""'],
    ['a/b', 'no name of a part: "a/b"'],
    ['a\0', 'no name of a part'],
    ['same', 'two parts are named "same"'],
  ])('%j is refused', async (name, message) => {
    const inputs = [await inputOf('same', []), await inputOf(name, [])]
    const attempt = mergeArchives(inputs, new MemoryTarget())
    await expect(attempt).rejects.toThrow(RangeError)
    await expect(attempt).rejects.toThrow(message)
  })
})

describe('what cannot be merged or split', () => {
  it('nothing', async () => {
    await expect(mergeArchives([], new MemoryTarget())).rejects.toThrow(RangeError)
  })

  it.each(['.partname.1', '.partname.77', './.partname.2'])(
    'an entry %s, which would be taken for a mark',
    async (path) => {
      const input = await inputOf('in', [{ path, data: 'mine' }])
      const target = new MemoryTarget()
      await expect(mergeArchives([input], target)).rejects.toThrow(UnsupportedError)
      expect(() => target.bytes()).toThrow(TypeError)
      await using single = await open(await merge([input], { singlePart: true }))
      expect(await single.text(path)).toBe('mine')
    },
  )

  it('a differential archive without its base', async () => {
    const archive = await openOriginal('diff/d1.tgz')
    const target = new MemoryTarget()
    await expect(mergeArchives([{ name: 'd1', archive }], target)).rejects.toThrow(BaseMismatchError)
  })

  it('an archive that was not merged has nothing to split', async () => {
    await expect(split(await openOriginal('diff/full.tgz'))).rejects.toThrow(UnsupportedError)
  })

  it('entries behind the last mark would be lost', async () => {
    const target = new MemoryTarget()
    const writer = createArchive(target, { serviceInfo: new Map([['parts', '.x ']]) })
    await writer.add({ path: '.partname.1', type: 'symlink', linkTarget: '.x' })
    await writer.add({ path: 'lost' })
    await writer.close()
    await expect(split(await open(target.bytes()))).rejects.toThrow(FormatError)
  })

  it('of a part that fails nothing is left; those before it stay', async () => {
    const inputs = [await inputOf('one', [{ path: 'a', data: '1' }]), await inputOf('two', [{ path: 'b', data: '2' }])]
    await using merged = await open(await merge(inputs))
    const targets = [new MemoryTarget('one'), new FullTarget('two')]
    await expect(
      splitArchive(merged, (_, index) => targets[index] ?? targets[0] ?? new MemoryTarget()),
    ).rejects.toThrow('disk full')
    await using one = await open(targets[0]?.bytes() ?? new Uint8Array(0))
    expect(await one.text('a')).toBe('1')
    expect(() => targets[1]?.bytes()).toThrow(TypeError)
  })
})

class FullTarget extends MemoryTarget {
  override async write(): Promise<void> {
    throw new Error('disk full')
  }
}
