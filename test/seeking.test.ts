/**
 * What seeking is for, at its size: one file of an archive of a million entries, and a kibibyte in the middle of a file of two
 * gibibytes, each for a few reads of a few kibibytes.
 */
import {
  type Archive,
  createArchive,
  MemorySource,
  MemoryTarget,
  openArchive,
  type OpenOptions,
  withCounter,
} from 'isptar'
import { beforeAll, describe, expect, it } from 'vitest'
import { collect } from '../packages/isptar/test/read/collect.ts'
import { buildArchive } from '../packages/isptar/test/write/build-archive.ts'

const KiB = 1024
const MiB = 1024 * KiB

/** Opens an archive, does something with it, and tells what that cost. */
async function cost(
  bytes: Uint8Array,
  task: (archive: Archive) => Promise<unknown>,
  options?: OpenOptions,
): Promise<{ reads: number; bytes: number }> {
  const source = withCounter(new MemorySource(bytes))
  await using archive = await openArchive(source, options)
  await task(archive)
  return { reads: source.requests, bytes: source.bytes }
}

describe('a million entries', () => {
  const name = (n: number): string => String(n).padStart(3, '0')
  const pathOf = (folder: number, file: number): string => `srv/site-${name(folder)}/page-${name(file)}.html`
  const content = (path: string): string => `${path}\n`.repeat(200)
  /** The first, one in the middle, the last. */
  const stored = [pathOf(0, 0), pathOf(500, 321), pathOf(999, 999)]
  let bytes: Uint8Array

  // All others are lines of data in a base, which is the fastest way to a long listing of real files.
  beforeAll(async () => {
    await using base = await openArchive(new MemorySource(await buildArchive([{ path: 'f', data: 'kept since long' }])))
    const { record, ...entry } = await base.get('f')
    const kept = { record, base: 1, hasColumns: true, digest: await base.digest(await base.get('f')), ...entry }
    const target = new MemoryTarget()
    const writer = createArchive(target, { level: 1, bases: [{ identity: base.identity ?? '' }] })
    for (let folder = 0; folder < 1000; folder += 1)
      for (let file = 0; file < 1000; file += 1) {
        const path = pathOf(folder, file)
        const mtime = { seconds: 1_700_000_000 + file * folder, nanoseconds: file * 1000 + folder }
        if (stored.includes(path)) await writer.add({ path, mtime }, content(path))
        else await writer.addReference({ path, mtime }, kept)
      }
    await writer.close()
    bytes = target.bytes()
  }, 120_000)

  it.each(stored)('opening it and reading %s costs three reads, of 128 KiB at most', async (path) => {
    const found = await cost(bytes, async (archive) => {
      expect(archive.entryCount).toBe(1_000_000)
      expect(await (await archive.get(path)).text()).toBe(content(path))
    })
    expect(found.reads).toBeLessThanOrEqual(3)
    expect(found.bytes).toBeLessThanOrEqual(128 * KiB)
  })

  it.each(['a', 'srv/site-500/page-3215.html', 'z'])('so does learning that there is no %s', async (path) => {
    const found = await cost(bytes, async (archive) => expect(await archive.find(path)).toBeUndefined())
    expect(found.reads).toBeLessThanOrEqual(2)
    expect(found.bytes).toBeLessThanOrEqual(128 * KiB)
  })

  it('with the smallest tail read it costs a few more reads, and even less', async () => {
    const read = async (archive: Archive): Promise<unknown> => archive.text(stored[1] ?? '')
    const found = await cost(bytes, read, { tailBytes: 39 })
    expect(found.reads).toBeLessThanOrEqual(5)
    expect(found.bytes).toBeLessThanOrEqual(128 * KiB)
  })

  it('a folder of a thousand costs the blocks that hold it', async () => {
    const found = await cost(bytes, async (archive) => {
      const entries = await collect(archive.entries({ under: 'srv/site-777' }))
      expect(entries.map(({ path }) => path)).toEqual(Array.from({ length: 1000 }, (_, file) => pathOf(777, file)))
    })
    expect(found.reads).toBeLessThanOrEqual(6)
    expect(found.bytes).toBeLessThanOrEqual(128 * KiB)
  })

  it('the digest of a file costs 32 bytes more', async () => {
    const [path = ''] = stored
    const without = await cost(bytes, (archive) => archive.get(path))
    const found = await cost(bytes, async (archive) => (await archive.get(path)).digest())
    expect(found).toEqual({ reads: without.reads + 1, bytes: without.bytes + 32 })
  })

  it('the entry of a line costs a block', async () => {
    const found = await cost(bytes, async (archive) => {
      expect((await archive.entryAt(654_321))?.path).toBe(pathOf(654, 321))
    })
    expect(found.reads).toBeLessThanOrEqual(2)
    expect(found.bytes).toBeLessThanOrEqual(128 * KiB)
  })
})

describe('a file of two gibibytes', () => {
  const SIZE = 2048 * MiB
  let bytes: Uint8Array

  /** Zeros, but for the number of each mebibyte at its beginning. */
  function* content(): Generator<Uint8Array> {
    const block = new Uint8Array(1 * MiB)
    const view = new DataView(block.buffer)
    for (let n = 0; n < SIZE / MiB; n += 1) {
      view.setUint32(0, n)
      yield block
    }
  }

  beforeAll(async () => {
    const target = new MemoryTarget()
    const writer = createArchive(target, { level: 1, digest: 'none' })
    await writer.add({ path: 'large', sizeBytes: SIZE }, content())
    await writer.close()
    bytes = target.bytes()
  }, 120_000)

  it.each([0, 1023, 1024, 1025, 1999])('a kibibyte at mebibyte %i costs one chunk', async (n) => {
    await using archive = await openArchive(new MemorySource(bytes))
    const entry = await archive.get('large')
    const seek = /^([0-9]+):([0-9,]+)$/.exec(entry.columns.get('seek') ?? '')
    const chunks = (seek?.[2] ?? '').split(',').map(Number)
    expect(chunks.length).toBe(2048)
    const found = await cost(bytes, async (opened) => {
      const part = await opened.bytes('large', { start: n * MiB, end: n * MiB + KiB })
      const expected = new Uint8Array(KiB)
      new DataView(expected.buffer).setUint32(0, n)
      expect(Buffer.compare(part, expected)).toBe(0)
    })
    const opening = await cost(bytes, (opened) => opened.get('large'))
    expect(found.reads).toBe(opening.reads + 1)
    const ofChunk = chunks[Math.floor((n * MiB) / Number(seek?.[1]))]
    expect(found.bytes).toBe(opening.bytes + (ofChunk ?? 0))
    expect(found.bytes).toBeLessThan(128 * KiB)
  })
})
