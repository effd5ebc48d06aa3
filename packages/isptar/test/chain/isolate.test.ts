import { readFileSync } from 'node:fs'
import {
  type Archive,
  FormatError,
  isolateCatalogue,
  mergeArchives,
  MemorySource,
  MemoryTarget,
  openArchive,
  SliceSource,
  UnsupportedError,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { fixturePath } from '../../../../test/original-archives.ts'
import { listLikeOriginal } from '../original-reader.ts'
import { describeArchive, describeEntry } from '../read/archive-content.ts'
import { collect } from '../read/collect.ts'
import { buildArchive, SMALL_TREE } from '../write/build-archive.ts'
import { open, openOriginal } from './copy-support.ts'
import { openLink, writeLink } from './memory-chain.ts'

async function isolate(archive: Archive): Promise<Uint8Array> {
  const target = new MemoryTarget()
  const sizeBytes = await isolateCatalogue(archive, target)
  expect(target.bytes().length).toBe(sizeBytes)
  return target.bytes()
}

async function entriesOf(archive: Archive): Promise<string[]> {
  return (await collect(archive.entries())).map(describeEntry)
}

describe('archives of the original', () => {
  it.each([
    ['diff/full.tgz', 'diff/full.cat'],
    ['diff/d1.tgz', 'diff/d1.cat'],
    ['merged/merged.tgz', 'merged/merged.cat'],
  ])("the catalogue of %s is the original's %s, byte for byte", async (name, catalogue) => {
    await using archive = await openOriginal(name)
    const expected = readFileSync(fixturePath(`original/${catalogue}`))
    expect(Buffer.compare(await isolate(archive), expected)).toBe(0)
  })

  it('the catalogue of isolated/archive.tgz differs from its own only in the time of the tar header', async () => {
    await using archive = await openOriginal('isolated/archive.tgz')
    const expected = readFileSync(fixturePath('original/isolated/isolated.cat'))
    const found = await isolate(archive)
    expect(found.length).toBe(expected.length)
    const headerBytes = 90
    expect(Buffer.compare(found.subarray(headerBytes), expected.subarray(headerBytes))).toBe(0)
  })

  it.each(['isolated/isolated.cat', 'isolated/saved.cat', 'diff/full.cat', 'diff/d1.cat'])(
    '%s is known for a catalogue, and copied as it is',
    async (name) => {
      await using catalogue = await openOriginal(name)
      expect(catalogue.isCatalogue).toBe(true)
      expect(Buffer.compare(await isolate(catalogue), readFileSync(fixturePath(`original/${name}`)))).toBe(0)
      const file = (await collect(catalogue.entries())).find(({ location }) => location?.depth === 0)
      if (file === undefined) throw new Error('no file')
      await expect(file.bytes()).rejects.toThrow('an isolated catalogue, without data')
      const { ok, dataBytes, notices } = await catalogue.verify()
      expect([ok, dataBytes]).toEqual([true, 0])
      expect(notices[0]).toContain('an isolated catalogue, without data')
    },
  )

  it('slices are joined', async () => {
    const slices = Array.from({ length: 8 }, (_, i) =>
      readFileSync(fixturePath(`original/sliced/archive.tgz.part${i + 1}`)),
    )
    const archive = await openArchive(
      new SliceSource(
        slices.map((bytes) => new MemorySource(bytes)),
        'sliced',
      ),
    )
    expect(await entriesOf(await open(await isolate(archive)))).toEqual(await entriesOf(archive))
  })
})

describe('archives of this library', () => {
  const many = Array.from({ length: 3000 }, (_, i) => ({ path: `f${10_000 + i}`, data: `number ${i}` }))

  it.each([
    ['of a few entries', SMALL_TREE],
    ['with an index', many],
    ['of nothing', []],
  ])('%s: the catalogue lists them, with their digests and identity', async (_, tree) => {
    const catalogueTarget = new MemoryTarget('saved')
    const bytes = await buildArchive(tree, { catalogue: catalogueTarget })
    await using archive = await open(bytes)
    expect(archive.isCatalogue).toBe(false)
    const isolated = await isolate(archive)
    // The writer saves the same.
    expect(Buffer.compare(isolated, catalogueTarget.bytes())).toBe(0)
    expect(listLikeOriginal(isolated).lines.length).toBe(tree.length)
    await using catalogue = await open(isolated)
    // An archive of nothing is its own catalogue.
    expect(catalogue.isCatalogue).toBe(isolated.length < bytes.length)
    expect(catalogue.identity).toBe(archive.identity)
    expect(catalogue.notices).toEqual([])
    expect(await entriesOf(catalogue)).toEqual(await entriesOf(archive))
    for await (const entry of catalogue.entries())
      expect(await entry.digest()).toEqual(await (await archive.entryAt(entry.place.line))?.digest())
    expect(Buffer.compare(await isolate(catalogue), isolated)).toBe(0)
  })

  it('the catalogue serves as a listing of the archive, and is copied from there', async () => {
    const bytes = await buildArchive(SMALL_TREE)
    const isolated = await isolate(await open(bytes))
    await using archive = await openArchive(new MemorySource(bytes), { catalogue: new MemorySource(isolated) })
    expect(await describeArchive(archive)).toEqual(await describeArchive(await open(bytes)))
    expect(Buffer.compare(await isolate(archive), isolated)).toBe(0)
  })

  it('the catalogue serves as a base, without data', async () => {
    const full = await writeLink('full.tgz', [{ path: 'a', data: 'of the base' }])
    const catalogue = await openLink('full.cat', await isolate(full.archive))
    const link = await writeLink('d.tgz', [{ kept: 'a' }], { base: catalogue })
    const { archive } = await openLink('d.tgz', link.bytes, [full])
    expect(await archive.text('a')).toBe('of the base')
    const { archive: without } = await openLink('d.tgz', link.bytes, [catalogue])
    await expect(without.text('a')).rejects.toThrow(FormatError)
  })

  it('an archive whose tail has no tar header gives a catalogue without', async () => {
    const name = 'tail-no-backup-info-tar-header-at-all.tgz'
    await using archive = await open(readFileSync(fixturePath(`variants/${name}`)))
    await using catalogue = await open(await isolate(archive))
    expect([catalogue.isCatalogue, catalogue.tail.listingOffset]).toEqual([true, 0])
    expect(await entriesOf(catalogue)).toEqual(await entriesOf(archive))
  })
})

describe('nothing is left', () => {
  it('of a part, which has no tail of its own', async () => {
    const target = new MemoryTarget()
    await mergeArchives([{ name: 'one', archive: await open(await buildArchive(SMALL_TREE)) }], target)
    await using merged = await open(target.bytes())
    await expect(isolateCatalogue(await merged.part('one'), new MemoryTarget())).rejects.toThrow(UnsupportedError)
  })

  it('when it is ended early', async () => {
    await using archive = await open(await buildArchive(SMALL_TREE))
    const target = new MemoryTarget()
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(isolateCatalogue(archive, target, { signal })).rejects.toThrow('enough')
    expect(() => target.bytes()).toThrow(TypeError)
  })
})
