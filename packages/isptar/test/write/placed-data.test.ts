/** Entries whose data exists already: referred to, or moved as it is packed; refused where that cannot be. */
import { readFileSync } from 'node:fs'
import {
  type Archive,
  type ArchiveWriter,
  type Codec,
  copyEntry,
  createArchive,
  type Entry,
  IntegrityError,
  MemorySource,
  MemoryTarget,
  openArchive,
  type PackedData,
} from 'isptar'
import { beforeAll, describe, expect, it } from 'vitest'
import { codec as zlibCodec } from '../../src/node/zlib-codec.ts'
import { fixturePath } from '../../../../test/original-archives.ts'
import { expectBytes } from '../gzip/samples.ts'
import { readLikeOriginal } from '../original-reader.ts'
import { describeArchive } from '../read/archive-content.ts'
import { collect } from '../read/collect.ts'
import { CHUNK, mixedBytes, seekTableOf } from '../read/seekable.ts'
import { buildArchive, SAMPLE_TIME, SMALL_TREE } from './build-archive.ts'

const open = (bytes: Uint8Array): Promise<Archive> => openArchive(new MemorySource(bytes))
const large = mixedBytes(3 * CHUNK + 5)

let bytes: Uint8Array

beforeAll(async () => {
  bytes = await buildArchive([...SMALL_TREE, { path: 'z', data: large }], { seekBytes: CHUNK })
})

/** Writes an archive and opens it. */
async function written(
  write: (writer: ArchiveWriter) => Promise<unknown>,
  codec: Codec = zlibCodec,
): Promise<{ bytes: Uint8Array; archive: Archive }> {
  const target = new MemoryTarget()
  const bases = [{ identity: 'a'.repeat(64) }]
  const writer = createArchive(target, { createdAt: SAMPLE_TIME, bases, codec })
  await write(writer)
  await writer.close()
  return { bytes: target.bytes(), archive: await open(target.bytes()) }
}

describe('moved', () => {
  it('every entry is the same, without one call of deflate for data', async () => {
    await using source = await open(bytes)
    const lengths: number[] = []
    const deflateRaw: Codec['deflateRaw'] = (plain, level, end) => {
      lengths.push(plain.length)
      return zlibCodec.deflateRaw(plain, level, end)
    }
    const copied = await written(
      async (writer) => {
        for (const entry of await collect(source.entries())) await copyEntry(writer, source, entry)
        // Headers only, by whole blocks; four of them before data.
        expect(lengths.length).toBe(4)
      },
      { ...zlibCodec, deflateInto: undefined, deflateRaw },
    )
    await using archive = copied.archive
    expect(await describeArchive(archive)).toEqual(await describeArchive(source))
    const { location, packedBytes = 0 } = await source.get('z')
    const end = (location?.offset ?? 0) + packedBytes
    expectBytes(copied.bytes.subarray(0, end), bytes.subarray(0, end))
    expect(await archive.verify()).toMatchObject({ ok: true, problems: [] })
    readLikeOriginal(copied.bytes)
  })

  it('seek points and digest go with the data, attributes with the entry', async () => {
    await using source = await open(bytes)
    const [entry, tagged] = [await source.get('z'), await source.get('d/tagged')]
    const { archive } = await written(async (writer) => {
      await copyEntry(writer, source, entry, {}, { path: 'new', mode: 0o600 })
      await copyEntry(writer, source, tagged, {}, { path: 'plain' })
    })
    const found = await archive.get('new')
    expect([found.mode, found.sizeBytes]).toEqual([0o600, large.length])
    expect(await seekTableOf(archive, 'new')).toEqual(await seekTableOf(source, 'z'))
    expect(await found.digest()).toEqual(await entry.digest())
    expectBytes(await found.bytes({ start: CHUNK, end: CHUNK + 9 }), large.subarray(CHUNK, CHUNK + 9))
    expect((await archive.get('plain')).xattrs.size).toBe(0)
  })

  it('members of the original that hold headers too are packed anew', async () => {
    await using source = await open(readFileSync(fixturePath('original/plain/archive.tgz')))
    const { bytes: copy, archive } = await written(async (writer) => {
      for (const entry of await collect(source.entries())) await copyEntry(writer, source, entry)
    })
    const files = (found: string[]): string[] => found.filter((text) => text.includes('"file"'))
    expect(files(await describeArchive(archive))).toEqual(files(await describeArchive(source)))
    expect((await archive.verify()).problems).toEqual([])
    readLikeOriginal(copy)
  })

  it('damage is found on the way, and the archive given up', async () => {
    const damaged = bytes.slice()
    await using sound = await open(bytes)
    const at = ((await sound.get('z')).location?.offset ?? 0) + 5000
    damaged[at] = (damaged[at] ?? 0) ^ 1
    await using source = await open(damaged)
    const target = new MemoryTarget()
    const writer = createArchive(target)
    await expect(copyEntry(writer, source, await source.get('z'))).rejects.toThrow(IntegrityError)
    await expect(writer.close()).rejects.toThrow(TypeError)
    expect(() => target.bytes()).toThrow(TypeError)
  })

  it('unchecked, damage goes along and is found where it is read', async () => {
    const damaged = bytes.slice()
    await using sound = await open(bytes)
    const at = ((await sound.get('z')).location?.offset ?? 0) + 5000
    damaged[at] = (damaged[at] ?? 0) ^ 1
    await using source = await open(damaged)
    const entry = await source.get('z')
    const { archive } = await written((writer) => copyEntry(writer, source, entry, { verify: false }))
    await expect(archive.bytes('z')).rejects.toThrow(IntegrityError)
  })

  describe('refused', () => {
    const packedOf = async (path: string): Promise<{ entry: Entry; data: PackedData }> => {
      const source = await open(bytes)
      const entry = await source.get(path)
      const packed = await source.packed(entry)
      if (packed === undefined) throw new Error('cannot be moved')
      return { entry, data: { ...packed, record: entry.record, hasColumns: true } }
    }

    it.each([-1, 1])('a member that is %i bytes longer than said: the archive is given up', async (more) => {
      const { data } = await packedOf('d/text')
      const target = new MemoryTarget()
      const writer = createArchive(target)
      const lying = { ...data, packedBytes: data.packedBytes - more }
      await expect(writer.addPacked({ path: 'f' }, lying)).rejects.toThrow(/"f": its packed data has/)
      expect(() => target.bytes()).toThrow(TypeError)
    })

    it('for what takes no data, or of what has none; the writer goes on', async () => {
      const { data } = await packedOf('d/text')
      const source = await open(bytes)
      const { record } = await source.get('d/empty')
      const { archive } = await written(async (writer) => {
        await expect(writer.addPacked({ path: 'd', type: 'directory' }, data)).rejects.toThrow(TypeError)
        await expect(writer.addPacked({ path: 'f' }, { ...data, record })).rejects.toThrow(TypeError)
        await expect(writer.addPacked({ path: '../f' }, data)).rejects.toThrow(/"\.\.\/f"/)
        await writer.add({ path: 'fine' }, 'x')
      })
      expect((await collect(archive.entries())).map(({ path }) => path)).toEqual(['fine'])
    })
  })
})

describe('referred to', () => {
  it('an entry is a line and nothing in the tar, and is counted', async () => {
    await using source = await open(bytes)
    const { record, mode } = await source.get('z')
    const target = new MemoryTarget()
    const writer = createArchive(target, { bases: [{ identity: source.identity ?? '' }] })
    const added = await writer.addReference({ path: 'z', mode }, { record, base: 1, hasColumns: true })
    expect(added).toEqual({ path: 'z', sizeBytes: large.length, packedBytes: 0, dirty: false })
    await writer.addReference({ path: 'zd', type: 'directory' })
    const summary = await writer.close()
    expect(summary).toMatchObject({
      entryCount: 2,
      referenceCount: 1,
      referencedBytes: large.length,
      dataBytes: large.length,
    })
    const { members } = readLikeOriginal(target.bytes(), { bases: [bytes] })
    expect(members[0]?.plain.toString('latin1', 0, 12)).toBe('.backup.info')
  })

  it('what is unknown of the digest stays unknown', async () => {
    await using source = await open(bytes)
    const { record } = await source.get('d/text')
    const { archive } = await written((writer) =>
      writer.addReference({ path: 'f' }, { record, base: 1, hasColumns: true }),
    )
    expect(await (await archive.get('f')).digest()).toBeUndefined()
  })

  it.each([0, 2, -1, 1.5])('base %d is refused where there is one, and the writer goes on', async (base) => {
    await using source = await open(bytes)
    const { record } = await source.get('d/text')
    const { archive } = await written(async (writer) => {
      await expect(writer.addReference({ path: 'f' }, { record, base, hasColumns: true })).rejects.toThrow(RangeError)
      await writer.add({ path: 'fine' }, 'x')
    })
    expect(archive.entryCount).toBe(1)
  })

  it('a file with a size needs data, a folder takes none', async () => {
    await using source = await open(bytes)
    const data = { record: (await source.get('d/text')).record, base: 1, hasColumns: true }
    await written(async (writer) => {
      await expect(writer.addReference({ path: 'f', sizeBytes: 5 })).rejects.toThrow(TypeError)
      await expect(writer.addReference({ path: 'd', type: 'directory' }, data)).rejects.toThrow(TypeError)
      const ofFolder = { ...data, record: (await source.get('d')).record }
      await expect(writer.addReference({ path: 'f' }, ofFolder)).rejects.toThrow(TypeError)
    })
  })

  it('dirty data stays dirty', async () => {
    await using source = await open(await buildArchive([{ path: 'f', sizeBytes: 5, data: 'abc' }]))
    const { record } = await source.get('f')
    const { archive } = await written(async (writer) => {
      const added = await writer.addReference({ path: 'f' }, { record, base: 1, hasColumns: true })
      expect(added.dirty).toBe(true)
    })
    expect((await archive.get('f')).dirty).toBe(true)
  })
})
