/** An archive in an archive is opened where it lies, by parts where it has seek points, and is what it is by itself. */
import {
  type Archive,
  type ArchiveReader,
  type CountedSource,
  type CreateOptions,
  entrySource,
  MemorySource,
  openArchive,
  openArchiveInWorker,
  withCounter,
} from 'isptar'
import { describe, expect, it, onTestFinished } from 'vitest'
import { codec } from '#codec'
import { concatBytes } from '../../src/bytes/concat.ts'
import { MemberEncoder } from '../../src/gzip/member-encoder.ts'
import { MEMBER_TRAILER_BYTES } from '../../src/gzip/member-trailer.ts'
import { KiB, MAX_ENTRY_SOURCE_BYTES, MiB } from '../../src/limits.ts'
import { expectBytes, sampleBytes } from '../gzip/samples.ts'
import { encodeSeekColumns } from '../../src/tail/seek-column.ts'
import { sourceSuite } from '../source-suite.ts'
import { FakeWorker } from '../worker/fake-worker.ts'
import { buildArchive, SMALL_TREE } from '../write/build-archive.ts'
import { describeArchive } from './archive-content.ts'
import { collect } from './collect.ts'
import { craftArchive, craftFiles, fileLine } from './craft-archive.ts'
import { CHUNK, mixedBytes } from './seekable.ts'

async function openBytes(bytes: Uint8Array): Promise<{ archive: Archive; source: CountedSource }> {
  const source = withCounter(new MemorySource(bytes, 'outer.tgz'))
  const archive = await openArchive(source)
  onTestFinished(() => archive.close())
  return { archive, source }
}

const put = (data: Uint8Array, options: CreateOptions = {}): Promise<Uint8Array> =>
  buildArchive(
    [
      { path: 'inner.tgz', data },
      { path: 'link', type: 'hardlink', linkTarget: 'inner.tgz' },
    ],
    options,
  )

/** An archive of one file in chunks that are shorter than a writer makes them. */
async function craftSeekable(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes.length === 0) return put(bytes)
  const padded = new Uint8Array(Math.ceil(bytes.length / 512) * 512)
  padded.set(bytes)
  const encoder = new MemberEncoder(codec, 6)
  const member = [encoder.start()]
  const [packedBytes, crc32s]: [number[], number[]] = [[], []]
  for (let at = 0; at < padded.length; at += 512) {
    const plain = padded.subarray(at, at + 512)
    const isLast = at + 512 === padded.length
    const packed = concatBytes(isLast ? encoder.finish(plain) : [encoder.piece(plain)])
    member.push(packed)
    packedBytes.push(packed.length - (isLast ? MEMBER_TRAILER_BYTES : 0))
    crc32s.push(codec.crc32(plain))
  }
  const before = concatBytes(member)
  const columns = encodeSeekColumns({ chunkBytes: 512, packedBytes, crc32s }).map(([key, value]) => `${key}=${value}`)
  const line = fileLine('inner.tgz', bytes.length, '0:1:0:0', [`csize=${before.length}`, ...columns])
  return craftArchive({ before, listing: `${line}\n\n`, info: { format: '2' } })
}

sourceSuite({
  name: 'a file without seek points',
  open: async (bytes) => entrySource((await openBytes(await put(bytes))).archive, 'inner.tgz'),
})
sourceSuite({
  name: 'a file with them',
  open: async (bytes) => entrySource((await openBytes(await craftSeekable(bytes))).archive, 'inner.tgz'),
})
sourceSuite({
  name: 'a file in an archive in a worker',
  open: async (bytes) => {
    const place = new MemorySource(await craftSeekable(bytes))
    const archive = await openArchiveInWorker(place, { startWorker: () => new FakeWorker() })
    onTestFinished(() => archive.close())
    return entrySource(archive, await archive.get('inner.tgz'))
  },
})

describe('an archive in an archive', () => {
  it.each<[string, CreateOptions]>([
    ['without seek points', {}],
    ['with them', { seekBytes: CHUNK }],
    ['in a group', { groupBytes: 100_000 }],
  ])('%s is what it is by itself', async (_, options) => {
    const bytes = await buildArchive(SMALL_TREE)
    const { archive: outer } = await openBytes(await put(bytes, options))
    await using inner = await openArchive(entrySource(outer, 'link'))
    expect(inner.name).toBe('link in outer.tgz')
    expect(await describeArchive(inner)).toEqual(await describeArchive(await openArchive(new MemorySource(bytes))))
    expect(await inner.verify()).toMatchObject({ ok: true, problems: [] })
  })

  it('three deep, the outermost in a worker', async () => {
    const bytes = await put(await put(await buildArchive(SMALL_TREE)))
    const reader: ArchiveReader = await openArchiveInWorker(new MemorySource(bytes), {
      startWorker: () => new FakeWorker(),
    })
    onTestFinished(() => reader.close())
    const second = await openArchive(entrySource(reader, 'inner.tgz'))
    await using third = await openArchive(entrySource(second, await second.get('link')))
    expect(await third.text('d/text')).toBe('one line\n'.repeat(60))
  })

  it('with seek points costs the chunks that are touched, once', async () => {
    const data = mixedBytes(4 * MiB)
    const inner = await buildArchive([
      { path: 'a', data },
      { path: 'b', data: 'text' },
    ])
    // Behind it something that is longer than what is read to open the outer one.
    const files = [
      { path: 'inner.tgz', data: inner },
      { path: 'z', data: sampleBytes(100_000) },
    ]
    const { archive: outer, source } = await openBytes(await buildArchive(files, { seekBytes: 64 * KiB }))
    await outer.find('inner.tgz')
    const before = { requests: source.requests, bytes: source.bytes }
    const archive = await openArchive(entrySource(outer, 'inner.tgz'))
    expect((await collect(archive.children())).map(({ path }) => path)).toEqual(['a', 'b'])
    expect(await archive.text('b')).toBe('text')
    // 64 KiB from the end begin in one chunk and end in the next.
    const first = Math.floor((inner.length - 64 * KiB) / (64 * KiB))
    expect(source.requests - before.requests).toBe(2)
    expect(source.bytes - before.bytes).toBeLessThan(inner.length - first * 64 * KiB + KiB)
    expectBytes(await archive.bytes('a', { start: 1_500_000, end: 1_500_010 }), data.subarray(1_500_000, 1_500_010))
    expect(source.requests - before.requests).toBeLessThanOrEqual(5)
    await archive.close()
    expect(await outer.text('inner.tgz', { end: 2 })).toHaveLength(2)
  })

  it('without them is unfolded once, and again after it was closed', async () => {
    const { archive: outer, source } = await openBytes(await put(sampleBytes(100_000), { seekBytes: 0 }))
    const inner = entrySource(outer, 'inner.tgz')
    await outer.find('inner.tgz')
    const before = source.requests
    await Promise.all([
      inner.read(0, 10),
      inner.read(99_990, 10),
      inner.readTail(39),
      collect(inner.stream(0, 100_000)),
    ])
    expect(source.requests - before).toBe(1)
    await inner.close()
    expectBytes(await inner.read(5, 10), sampleBytes(100_000).subarray(5, 15))
    expect(source.requests - before).toBe(2)
  })

  it('reads and streams of many chunks are one request', async () => {
    const data = sampleBytes(10 * MiB)
    const { archive: outer, source } = await openBytes(await put(data, { seekBytes: CHUNK }))
    const inner = entrySource(outer, 'inner.tgz')
    await inner.readTail(0)
    const before = source.requests
    expectBytes(await inner.read(1000, 5 * CHUNK), data.subarray(1000, 5 * CHUNK + 1000))
    expect(source.requests - before).toBe(1)
    let length = 0
    for await (const piece of inner.stream(1000, 9 * MiB)) length += piece.length
    expect([length, source.requests - before]).toEqual([9 * MiB, 2])
  })

  it('keeps no more than 8 MiB of chunks', async () => {
    const data = sampleBytes(12 * MiB)
    const { archive: outer, source } = await openBytes(await put(data, { seekBytes: MiB }))
    const inner = entrySource(outer, 'inner.tgz')
    for (let chunk = 0; chunk < 12; chunk += 1) await inner.read(chunk * MiB, 1)
    const before = source.requests
    for (let chunk = 4; chunk < 12; chunk += 1) await inner.read(chunk * MiB, 1)
    expect(source.requests - before).toBe(0)
    await inner.read(3 * MiB, 1)
    expect(source.requests - before).toBe(1)
  })

  it('of more than 64 MiB without seek points is refused, and nothing of it is read', async () => {
    const sizeBytes = MAX_ENTRY_SOURCE_BYTES + 1
    const crafted = craftFiles({ 'big.tgz': 'x'.repeat(100_000) }, (line) =>
      line.replace('\t100000\t', `\t${sizeBytes}\t`),
    )
    const { archive: outer, source } = await openBytes(crafted)
    await outer.find('big.tgz')
    const before = source.requests
    const error: unknown = await openArchive(entrySource(outer, 'big.tgz')).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'limit', max: MAX_ENTRY_SOURCE_BYTES, actual: sizeBytes })
    expect(String(error)).toContain('extract it')
    expect(source.requests).toBe(before)
  })

  it('that is no file, or not there, is refused', async () => {
    const { archive: outer } = await openBytes(await buildArchive(SMALL_TREE))
    await expect(entrySource(outer, 'd').readTail(1)).rejects.toMatchObject({ code: 'unsupported' })
    await expect(entrySource(outer, 'none').read(0, 1)).rejects.toMatchObject({ code: 'entry-not-found' })
  })

  it('that is damaged is noticed, in the chunk that is', async () => {
    const data = sampleBytes(20 * CHUNK)
    const bytes = await put(data, { seekBytes: CHUNK })
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1
    const { archive: outer } = await openBytes(bytes)
    const inner = entrySource(outer, 'inner.tgz')
    const found = await Promise.allSettled(Array.from({ length: 20 }, (_, n) => inner.read(n * CHUNK, CHUNK)))
    const failed = found.filter((each) => each.status === 'rejected')
    expect(failed.map(({ reason }: { readonly reason: unknown }) => reason)).toMatchObject([{ code: 'integrity' }])
  })
})
