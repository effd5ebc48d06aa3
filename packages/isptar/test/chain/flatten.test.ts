import {
  BaseMismatchError,
  type CopyProgress,
  flattenArchive,
  IntegrityError,
  MemoryTarget,
  openArchive,
  MemorySource,
  createArchive,
  withCounter,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { readLikeOriginal } from '../original-reader.ts'
import { describeArchive } from '../read/archive-content.ts'
import { buildArchive, SMALL_TREE } from '../write/build-archive.ts'
import { expectedOf, expectTree, MarkCountingCodec, open, openOriginal } from './copy-support.ts'
import { type ChainLink, openLink, writeLink } from './memory-chain.ts'

const MARK = 'data of a file'

/** Three deep: some of each archive is taken from the ones before. */
async function makeChain(): Promise<ChainLink> {
  const text = (name: string): string => `${MARK} ${name}\n`.repeat(50)
  const options = { seekBytes: 4096 }
  const full = await writeLink(
    'full.tgz',
    [
      { path: 'd', type: 'directory' },
      { path: 'd/a', data: text('a') },
      { path: 'd/big', data: text('big').repeat(30) },
      { path: 'd/c', data: text('c') },
    ],
    options,
  )
  const first = await writeLink(
    'd1.tgz',
    [
      { path: 'd', type: 'directory' },
      { kept: 'd/a' },
      { path: 'd/b', data: text('b') },
      { kept: 'd/big' },
      { kept: 'd/c' },
    ],
    { ...options, base: full },
  )
  const base = await openLink(first.name, first.bytes, [full])
  const second = await writeLink(
    'd2.tgz',
    [
      { path: 'd', type: 'directory' },
      { kept: 'd/a' },
      { kept: 'd/b' },
      { kept: 'd/big' },
      { path: 'd/c', data: text('new c') },
      { path: 'd/e', type: 'symlink', linkTarget: 'a' },
      { path: 'd/f', type: 'hardlink', linkTarget: 'd/a' },
    ],
    { ...options, base, serviceInfo: new Map([['top', 'folder']]) },
  )
  return openLink(second.name, second.bytes, [first, full])
}

describe('a chain of this library', () => {
  it('becomes a full archive with the same entries, data, digests and seek points, deflating no data', async () => {
    const { archive } = await makeChain()
    const codec = new MarkCountingCodec(MARK)
    const target = new MemoryTarget()
    const summary = await flattenArchive(archive, target, { codec })
    expect(summary).toMatchObject({ entryCount: 7, referenceCount: 0 })
    expect([codec.marked, codec.all > 3]).toEqual([0, true])
    await using flat = await open(target.bytes())
    expect(await describeArchive(flat)).toEqual(await describeArchive(archive))
    expect(await flat.verify()).toMatchObject({ ok: true, baseCount: 0, problems: [] })
    for await (const entry of flat.entries()) {
      const before = await archive.get(entry.path)
      expect(entry.location?.depth ?? 0).toBe(0)
      expect(await entry.digest()).toEqual(await before.digest())
      expect(entry.columns).toEqual(before.columns)
    }
    expect((await flat.get('d/big')).columns.has('seek')).toBe(true)
    readLikeOriginal(target.bytes())
  })

  it('keeps its time, what is said of its tree, and no bases', async () => {
    const { archive } = await makeChain()
    const target = new MemoryTarget()
    await flattenArchive(archive, target)
    await using flat = await open(target.bytes())
    expect(flat.createdAt).toBe(archive.createdAt)
    expect([...flat.serviceInfo.keys()]).not.toContain('base')
    expect(flat.serviceInfo.get('top')).toBe('folder')
    expect(flat.serviceInfo.get('order')).toBe('path')
  })

  it('says how far it is', async () => {
    const { archive } = await makeChain()
    const seen: CopyProgress[] = []
    await flattenArchive(archive, new MemoryTarget(), { onProgress: (progress) => seen.push(progress) })
    expect(seen.map(({ path }) => path)).toEqual(['d', 'd/a', 'd/b', 'd/big', 'd/c', 'd/e', 'd/f'])
    const sizes = await Promise.all(seen.map(async ({ path }) => (await archive.get(path)).sizeBytes))
    const total = sizes.reduce((sum, size) => sum + size, 0)
    expect(seen.at(-1)).toEqual({ entryCount: 7, dataBytes: total, path: 'd/f' })
  })
})

describe('a full archive', () => {
  it('becomes itself, byte for byte', async () => {
    const bytes = await buildArchive(SMALL_TREE)
    const target = new MemoryTarget()
    await flattenArchive(await open(bytes), target)
    expect(Buffer.compare(target.bytes(), bytes)).toBe(0)
  })

  it('keeps the mark of files that changed while they were packed, empty ones too', async () => {
    const source = new MemoryTarget()
    const writer = createArchive(source)
    async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
      yield new Uint8Array(5)
    }
    await writer.add({ path: 'empty', sizeBytes: 0 }, { chunks: chunks(), changed: () => false })
    await writer.add({ path: 'short', sizeBytes: 9 }, { chunks: chunks(), changed: () => false })
    await writer.close()
    const target = new MemoryTarget()
    expect(await flattenArchive(await open(source.bytes()), target)).toMatchObject({ dirtyCount: 2 })
  })

  it('small members beside each other are read together', async () => {
    const files = Array.from({ length: 300 }, (_, i) => ({ path: `f${1000 + i}`, data: `number ${i}` }))
    const counter = withCounter(new MemorySource(await buildArchive(files)))
    await using archive = await openArchive(counter, { tailBytes: 39 })
    const before = counter.requests
    await flattenArchive(archive, new MemoryTarget())
    expect(counter.requests - before).toBeLessThan(10)
  })
})

describe('archives of the original', () => {
  it.each([
    ['diff/d1.tgz', ['diff/full.tgz']],
    ['diff/d2.tgz', ['diff/d1.tgz', 'diff/full.tgz']],
    ['diff/d1-from-catalogue.tgz', ['diff/full.tgz']],
  ])('%s becomes the tree that was packed', async (name, bases) => {
    await using archive = await openOriginal(name, ...bases)
    const target = new MemoryTarget()
    await flattenArchive(archive, target)
    await using flat = await open(target.bytes())
    await expectTree(flat, expectedOf(name))
    expect(await flat.verify()).toMatchObject({ ok: true, problems: [] })
    expect(readLikeOriginal(target.bytes()).entries.length).toBe(expectedOf(name).size)
  })
})

describe('nothing is left', () => {
  it('where a base is missing: nothing is written at all', async () => {
    const { bytes } = await makeChain()
    await using archive = await open(bytes)
    const target = new RecordingTarget()
    await expect(flattenArchive(archive, target)).rejects.toThrow(BaseMismatchError)
    expect(target.calls).toEqual([])
  })

  it('where the base of an archive of the original is another', async () => {
    await using archive = await openOriginal('diff/d1.tgz', 'diff/d2.tgz')
    const target = new RecordingTarget()
    await expect(flattenArchive(archive, target)).rejects.toThrow(BaseMismatchError)
    expect(target.calls).toEqual([])
  })

  it('where data is damaged', async () => {
    const bytes = await buildArchive([
      { path: 'a', data: 'sound' },
      { path: 'b.jpg', data: 'x'.repeat(3000) },
    ])
    await using sound = await open(bytes)
    const { location, packedBytes = 0 } = await sound.get('b.jpg')
    const place = (location?.offset ?? 0) + (packedBytes >> 1)
    bytes[place] = (bytes[place] ?? 0) ^ 1
    await using archive = await open(bytes)
    const target = new RecordingTarget()
    await expect(flattenArchive(archive, target)).rejects.toThrow(IntegrityError)
    expect(target.calls.slice(-1)).toEqual(['abort'])
    expect(target.calls).not.toContain('commit')
  })

  it('where it is ended early', async () => {
    const { archive } = await makeChain()
    const controller = new AbortController()
    const target = new RecordingTarget()
    const reason = new Error('enough')
    const onProgress = (): void => controller.abort(reason)
    await expect(flattenArchive(archive, target, { signal: controller.signal, onProgress })).rejects.toThrow(reason)
    expect(target.calls.slice(-1)).toEqual(['abort'])
    expect(target.calls).not.toContain('commit')
  })
})

/** Remembers what was called. */
class RecordingTarget extends MemoryTarget {
  readonly calls: string[] = []

  override async write(bytes: Uint8Array): Promise<void> {
    this.calls.push('write')
    await super.write(bytes)
  }

  override async commit(): Promise<void> {
    this.calls.push('commit')
    await super.commit()
  }

  override async abort(): Promise<void> {
    this.calls.push('abort')
    await super.abort()
  }
}
