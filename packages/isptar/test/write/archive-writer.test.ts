/** The writer: what comes back is what went in, the same each time; misuse is refused, failure leaves nothing behind. */
import {
  type ArchiveWriter,
  createArchive,
  type EntryData,
  type EntryInput,
  LimitError,
  MemorySource,
  MemoryTarget,
  openArchive,
  StreamTarget,
  UnsafePathError,
  VERSION,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { MiB } from '../../src/limits.ts'
import { encodeTarHeader } from '../../src/tar/encode-tar-header.ts'
import { TarHeaderDecoder } from '../../src/tar/tar-header-decoder.ts'
import { expectBytes, sampleBytes } from '../gzip/samples.ts'
import { readLikeOriginal } from '../original-reader.ts'
import { collect } from '../read/collect.ts'
import { buildArchive, SAMPLE_TIME, type SampleEntry, SMALL_TREE } from './build-archive.ts'

const read = (bytes: Uint8Array): ReturnType<typeof openArchive> => openArchive(new MemorySource(bytes))

/** The same data in every form in which it may be given. */
function formsOf(bytes: Uint8Array, chunkBytes: number): Record<string, () => EntryData> {
  const chunks: Uint8Array[] = []
  for (let i = 0; i < bytes.length; i += chunkBytes) chunks.push(bytes.slice(i, i + chunkBytes))
  const stream = async function* (): AsyncGenerator<Uint8Array> {
    yield* chunks
  }
  return {
    bytes: () => bytes,
    blob: () => new Blob([new Uint8Array(bytes)]),
    array: () => chunks,
    generator: stream,
    'web stream': () => new Blob([new Uint8Array(bytes)]).stream(),
    watched: () => ({ chunks: stream(), changed: () => false }),
    // A giver may use one buffer for all its chunks.
    'one buffer': async function* () {
      const buffer = new Uint8Array(chunkBytes)
      for (const chunk of chunks) {
        buffer.set(chunk)
        yield buffer.subarray(0, chunk.length)
        buffer.fill(0xee)
      }
    },
  }
}

describe('reproducible', () => {
  it('the same input gives the same bytes', async () => {
    expectBytes(await buildArchive(SMALL_TREE), await buildArchive(SMALL_TREE))
  })

  it.each([0, 1, 511, 512, 513, MiB - 1, MiB, MiB + 1])('%i bytes, in whatever form and chunks', async (size) => {
    const content = sampleBytes(size)
    const first = await buildArchive([{ path: 'f', sizeBytes: size, data: content }], { level: 1 })
    for (const chunkBytes of [size + 1, 70_001]) {
      for (const [form, make] of Object.entries(formsOf(content, chunkBytes))) {
        const archive = await buildArchive([{ path: 'f', sizeBytes: size, data: make() }], { level: 1 })
        expect([form, Buffer.compare(archive, first)]).toEqual([form, 0])
      }
    }
    await using archive = await read(first)
    expectBytes(await archive.bytes('f'), content)
    readLikeOriginal(first)
  })
})

describe('data of unknown size', () => {
  it.each([0, 1, 512, MiB, MiB + 1, 2 * MiB + 77])('%i bytes, into a target that can be patched', async (size) => {
    const content = sampleBytes(size)
    for (const data of [[content], formsOf(content, 100_000)['one buffer']?.() ?? []]) {
      const bytes = await buildArchive([
        { path: 'a', data: 'before' },
        { path: 'f', data },
        { path: 'z', data: 'after' },
      ])
      await using archive = await read(bytes)
      expect((await archive.get('f')).sizeBytes).toBe(size)
      expectBytes(await archive.bytes('f'), content)
      expect(await archive.text('z')).toBe('after')
      const { members } = readLikeOriginal(bytes)
      const headers = members.map(({ plain }) => plain).filter((plain) => plain.toString('latin1', 0, 2) === 'f\0')
      expect(headers.map((plain) => Number.parseInt(plain.toString('latin1', 124, 135), 8))).toEqual([size])
    }
  })

  it('is refused where the target cannot be patched, and the writer goes on', async () => {
    const { target, bytes } = streamTarget()
    const writer = createArchive(target)
    let cancelled = false
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      cancel: () => {
        cancelled = true
      },
    })
    const error: unknown = await writer.add({ path: 'long' }, endless).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(LimitError)
    expect(error).toMatchObject({ limit: 'SPOOL_BYTES', max: MiB, message: expect.stringMatching(/"long".*sizeBytes/) })
    expect(cancelled).toBe(true)
    await writer.add({ path: 'short' }, [sampleBytes(1000)])
    await writer.close()
    await using archive = await read(bytes())
    expect((await collect(archive.entries())).map(({ path }) => path)).toEqual(['short'])
  })
})

/** A target that only streams, and what went into it. */
function streamTarget(): { target: StreamTarget; bytes: () => Uint8Array } {
  const chunks: Uint8Array[] = []
  const stream = new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk) })
  return { target: new StreamTarget(stream), bytes: () => new Uint8Array(Buffer.concat(chunks)) }
}

describe('data that has not the given size', () => {
  it.each([
    [10, 20],
    [20, 10],
    [0, 10],
    [10, 0],
    [600, 513],
    [MiB + 5000, MiB + 3],
    [MiB + 3, MiB + 5000],
    [3 * MiB, 10],
    [10, 3 * MiB],
  ])('given %i, coming %i: cut or filled, and flagged', async (sizeBytes, comes) => {
    const content = sampleBytes(comes)
    for (const data of Object.values(formsOf(content, 100_000))) {
      const target = new MemoryTarget()
      const writer = createArchive(target)
      expect(await writer.add({ path: 'f', sizeBytes }, data())).toMatchObject({ sizeBytes, dirty: true })
      expect(await writer.add({ path: 'z' }, 'after')).toMatchObject({ dirty: false })
      expect(await writer.close()).toMatchObject({ dirtyCount: 1, entryCount: 2, dataBytes: sizeBytes + 5 })
      readLikeOriginal(target.bytes())
      await using archive = await read(target.bytes())
      const entry = await archive.get('f')
      expect([entry.sizeBytes, entry.dirty, (await archive.get('z')).dirty]).toEqual([sizeBytes, true, false])
      const expected = new Uint8Array(sizeBytes)
      expected.set(content.subarray(0, sizeBytes))
      expectBytes(await entry.bytes(), expected)
      expect(await archive.text('z')).toBe('after')
    }
  })

  it('of the right size but changed while it was read, is flagged', async () => {
    for (const size of [0, 10, 2 * MiB]) {
      const asked: string[] = []
      const chunks = (async function* () {
        if (size > 0) yield sampleBytes(size)
        asked.push('ended')
      })()
      const changed = async (): Promise<boolean> => asked.push('asked') > 0
      const bytes = await buildArchive([{ path: 'f', data: { chunks, changed } }])
      await using archive = await read(bytes)
      expect((await archive.get('f')).dirty).toBe(true)
      expect(asked).toEqual(['ended', 'asked'])
    }
  })
})

describe('entries', () => {
  it('come back as they were given', async () => {
    await using archive = await read(await buildArchive(SMALL_TREE))
    const found = await collect(archive.entries())
    for (const [i, entry] of found.entries()) {
      const given: EntryInput = SMALL_TREE[i] ?? { path: '' }
      const { type = 'file', uid = 0, gid = 0, userName = '', groupName = '', linkTarget, device } = given
      const { path } = given
      expect(entry).toMatchObject({ path, type, uid, gid, userName, groupName, linkTarget, device })
      const seconds = SAMPLE_TIME.getTime() / 1000
      expect(entry.mtime).toEqual(given.mtime ?? { seconds, nanoseconds: 0 })
      expect([...entry.xattrs].map(([name, value]) => [name, [...value]])).toEqual(
        [...(given.xattrs ?? [])].map(([name, value]) => [name, [...value]]),
      )
    }
    const modes = found.map(({ mode }) => mode.toString(8))
    expect(modes).toEqual(['2755', '600', '644', '644', '644', '644', '644', '644', '777'])
    expect(await archive.text('hard')).toBe('one line\n'.repeat(60))
  })

  it('have paths and link targets as bytes, a leading ./ and a trailing / apart', async () => {
    const odd = Uint8Array.of(0x66, 0xff, 0x2f, 0x0a, 0x09, 0x5c)
    const entries: SampleEntry[] = [
      { path: odd, data: 'odd' },
      { path: './a/', type: 'directory' },
      { path: 'link', type: 'symlink', linkTarget: odd },
      { path: 'same', type: 'hardlink', linkTarget: Buffer.concat([Buffer.from('./'), odd]) },
    ]
    await using archive = await read(await buildArchive(entries))
    const found = await collect(archive.entries())
    expect(found.map(({ path }) => path)).toEqual(['f\udcff/\n\t\\', 'a', 'link', 'same'])
    expectBytes(found[0]?.pathBytes ?? odd.subarray(1), odd)
    expectBytes(found[2]?.linkTargetBytes ?? odd.subarray(1), odd)
    expect(await archive.text('same')).toBe('odd')
  })

  it('take times as Date, before 1970 too', async () => {
    const mtime = new Date(-1500)
    await using archive = await read(
      await buildArchive([
        { path: 'f', mtime },
        { path: 'd', type: 'directory', mtime },
      ]),
    )
    for (const path of ['f', 'd'])
      expect((await archive.get(path)).mtime).toEqual({ seconds: -2, nanoseconds: 500_000_000 })
  })

  it('may be a file called .backup.info', async () => {
    const bytes = await buildArchive([{ path: '.backup.info', data: 'mine' }])
    await using archive = await read(bytes)
    expect(await archive.text('.backup.info')).toBe('mine')
    readLikeOriginal(bytes)
  })

  it('with all the attributes that a header admits are read back', async () => {
    const xattrs = new Map([['user.big', sampleBytes(900_000)]])
    await using archive = await read(await buildArchive([{ path: 'f', xattrs }]))
    expectBytes((await archive.get('f')).xattrs.get('user.big') ?? new Uint8Array(0), sampleBytes(900_000))
  })

  it('of compressed formats are stored', async () => {
    const target = new MemoryTarget()
    const writer = createArchive(target, { storeSuffixes: ['.Raw', '.longer-than-SIXTEEN'] })
    const stored = await writer.add({ path: 'A.RAW' }, new Uint8Array(10_000))
    const named = await writer.add({ path: 'b.Longer-Than-Sixteen' }, new Uint8Array(10_000))
    const packed = await writer.add({ path: 'a.jpg' }, new Uint8Array(10_000))
    await writer.close()
    expect(stored.packedBytes).toBeGreaterThan(10_000)
    expect(named.packedBytes).toBeGreaterThan(10_000)
    expect(packed.packedBytes).toBeLessThan(100)
  })

  it('of 9 GiB have headers that say so', () => {
    const sizeBytes = 9 * 1024 * MiB
    const owner = { uid: 0, gid: 0, userName: '', groupName: '', mode: 0o644, mtime: { seconds: 0, nanoseconds: 0 } }
    const pathBytes = Uint8Array.of(0x66)
    const header = encodeTarHeader({ ...owner, pathBytes, type: 'file', sizeBytes, linkBytes: new Uint8Array(0) })
    expect(header.length).toBe(512)
    expect([...header.subarray(124, 136)]).toEqual([0x80, 0, 0, 0, 0, 0, 0, 2, 0x40, 0, 0, 0])
    expect(new TarHeaderDecoder().push(header)).toMatchObject({ kind: 'entry', dataBytes: sizeBytes })
  })
})

it('has an identity that covers what is in its files', async () => {
  const photo = sampleBytes(5000)
  const touched = photo.slice()
  touched[4000] = (touched[4000] ?? 0) ^ 1
  const identities: (string | undefined)[] = []
  for (const data of [photo, photo.slice(), touched]) {
    await using archive = await read(await buildArchive([{ path: 'photo.jpg', data }]))
    identities.push(archive.identity)
  }
  const [first, same, other] = identities
  expect(same).toBe(first)
  expect(other).not.toBe(first)
})

it('stores a string as UTF-8, halves of characters as U+FFFD', async () => {
  await using archive = await read(await buildArchive([{ path: 'f', data: 'é\udcff\ud800' }]))
  expectBytes(await archive.bytes('f'), Buffer.from('é\ufffd\ufffd'))
})

it('says in the service info what the archive is', async () => {
  const target = new MemoryTarget()
  const writer = createArchive(target, { createdAt: SAMPLE_TIME })
  await writer.add({ path: 'f' }, 'data')
  await writer.add({ path: 'd', type: 'directory' })
  const summary = await writer.close()
  const bytes = target.bytes()
  await using archive = await read(bytes)
  expect(summary).toEqual({
    identity: archive.identity,
    entryCount: 2,
    sizeBytes: bytes.length,
    dataBytes: 4,
    dirtyCount: 0,
    referenceCount: 0,
    referencedBytes: 0,
    listingBytes: archive.tail.listingPackedBytes,
  })
  expect(archive).toMatchObject({ formatVersion: 2, entryCount: 2, createdAt: '2024-05-06T07:08:09Z' })
  expect(archive.writer).toBe(`isptar/${VERSION}`)
  expect(await archive.verify()).toMatchObject({ ok: true, entryCount: 2, dataBytes: 4, problems: [], notices: [] })
})

describe('what no archive should hold is refused, and the writer goes on', () => {
  const refused: [string, EntryInput, EntryData | undefined, new (...args: never[]) => Error][] = [
    ['an empty path', { path: './' }, 'x', UnsafePathError],
    ['an absolute path', { path: '/etc' }, 'x', UnsafePathError],
    ['a path that leaves', { path: 'a/../../b' }, 'x', UnsafePathError],
    ['an empty component', { path: 'a//b' }, 'x', UnsafePathError],
    ['a drive', { path: 'C:\\x' }, 'x', UnsafePathError],
    ['NUL in a path', { path: 'a\0b' }, 'x', UnsafePathError],
    ['half a character', { path: 'a\ud800' }, 'x', RangeError],
    ['an unknown type', { path: 'a', type: 'socket' as 'fifo' }, undefined, TypeError],
    ['a negative uid', { path: 'a', uid: -1 }, 'x', RangeError],
    ['a broken mode', { path: 'a', mode: 1.5 }, 'x', RangeError],
    ['a time that is none', { path: 'a', mtime: new Date(Number.NaN) }, 'x', RangeError],
    ['too many nanoseconds', { path: 'a', mtime: { seconds: 0, nanoseconds: 1e9 } }, 'x', RangeError],
    ['a negative size', { path: 'a', sizeBytes: -1 }, 'x', RangeError],
    ['a size without data', { path: 'a', sizeBytes: 5 }, undefined, TypeError],
    ['a folder with data', { path: 'a', type: 'directory' }, 'x', TypeError],
    ['a file with a link target', { path: 'a', linkTarget: 'b' }, 'x', TypeError],
    ['a symlink to nothing', { path: 'a', type: 'symlink' }, undefined, TypeError],
    ['a hardlink to the root', { path: 'a', type: 'hardlink', linkTarget: './' }, undefined, UnsafePathError],
    ['a hardlink that leaves', { path: 'a', type: 'hardlink', linkTarget: '../b' }, undefined, UnsafePathError],
    ['an absolute hardlink', { path: 'a', type: 'hardlink', linkTarget: '/etc/passwd' }, undefined, UnsafePathError],
    ['a hardlink to nothing', { path: 'a', type: 'hardlink' }, undefined, TypeError],
    ['a link target that is no text', { path: 'a', type: 'symlink', linkTarget: untyped(5) }, undefined, TypeError],
    ['a path that is no text', { path: untyped(5) }, 'x', TypeError],
    ['a user name that is no text', { path: 'a', userName: untyped(5) }, 'x', TypeError],
    ['a group name that is no text', { path: 'a', type: 'fifo', groupName: untyped({}) }, undefined, TypeError],
    ['attributes that are text', { path: 'a', xattrs: new Map([['user.a', untyped('text')]]) }, 'x', TypeError],
    ['an attribute of null', { path: 'a', xattrs: new Map([['user.a', untyped(null)]]) }, 'x', TypeError],
    [
      'an attribute named by a number',
      { path: 'a', xattrs: new Map([[untyped(5), Uint8Array.of(1)]]) },
      'x',
      TypeError,
    ],
    ['NUL in a link target', { path: 'a', type: 'symlink', linkTarget: 'b\0c' }, undefined, TypeError],
    ['a device without number', { path: 'a', type: 'char' }, undefined, TypeError],
    ['NUL in a user name', { path: 'a', userName: 'a\0b' }, 'x', RangeError],
    ['NUL in a group name, no data', { path: 'a', type: 'fifo', groupName: '\0' }, undefined, RangeError],
    ['an attribute without name', { path: 'a', xattrs: new Map([['', Uint8Array.of(1)]]) }, 'x', RangeError],
    ['attributes too large', { path: 'a', xattrs: new Map([['user.a', new Uint8Array(2 * MiB)]]) }, 'x', LimitError],
    ['data that is a number', { path: 'a' }, untyped(5), TypeError],
    ['data that is null', { path: 'a' }, untyped(null), TypeError],
    ['data that is true', { path: 'a', sizeBytes: 0 }, untyped(true), TypeError],
    ['data that is any object', { path: 'a' }, untyped({ chunks: 5 }), TypeError],
    ['data that gives text', { path: 'a' }, untyped(['text']), TypeError],
    ['data that fails at once', { path: 'a' }, failing(0), RangeError],
    ['data that fails in its first part', { path: 'a', sizeBytes: MiB }, failing(3), RangeError],
  ]

  it.each(refused)('%s', async (_, entry, data, kind) => {
    const target = new MemoryTarget()
    const writer = createArchive(target, { createdAt: SAMPLE_TIME })
    await writer.add({ path: 'before' }, 'before')
    const error: unknown = await writer.add(entry, data).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(kind)
    await writer.add({ path: 'z' }, 'after')
    await writer.close()
    expectBytes(
      target.bytes(),
      await buildArchive([
        { path: 'before', data: 'before' },
        { path: 'z', data: 'after' },
      ]),
    )
  })

  it.each([
    [{ seconds: 253_402_300_800, nanoseconds: 0 }],
    [{ seconds: -62_167_219_201, nanoseconds: 0 }],
    [new Date(8.64e15)],
    [new Date(Number.NaN)],
  ])('createdAt of %o', (createdAt) => {
    expect(() => createArchive(new MemoryTarget(), { createdAt })).toThrow(RangeError)
  })

  it.each([
    [253_402_300_799, '9999-12-31T23:59:59Z'],
    [-62_167_219_200, '0000-01-01T00:00:00Z'],
  ])('but not createdAt of %i seconds', async (seconds, text) => {
    const bytes = await buildArchive([], { createdAt: { seconds, nanoseconds: 0 } })
    expect((await read(bytes)).createdAt).toBe(text)
  })

  it('data that is nothing of the kind, in words', async () => {
    const writer = createArchive(new MemoryTarget())
    for (const data of [null, 5, true, {}, { chunks: null }])
      await expect(writer.add({ path: 'a' }, untyped(data))).rejects.toThrow(/^data must be a string, bytes/)
  })

  it.each([-1, 10, 1.5, Number.NaN])('level %d', (level) => {
    expect(() => createArchive(new MemoryTarget(), { level: level as 1 })).toThrow(RangeError)
  })
})

/** Passes a value for what it is not, as callers without types do. */
function untyped<T>(value: unknown): T {
  return value as T
}

/** Gives `chunks` chunks of 100,000 bytes, then fails. */
async function* failing(chunks: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < chunks; i += 1) yield sampleBytes(100_000)
  throw new RangeError('the disk is gone')
}

/** A target that says what became of it. */
class WatchedTarget extends MemoryTarget {
  readonly events: string[] = []

  override async commit(): Promise<void> {
    this.events.push('commit')
    await super.commit()
  }

  override async abort(): Promise<void> {
    this.events.push('abort')
    await super.abort()
  }
}

describe('failure', () => {
  it('of data in the middle of its member aborts the target', async () => {
    const target = new WatchedTarget()
    const writer = createArchive(target)
    await expect(writer.add({ path: 'f', sizeBytes: 9 * MiB }, failing(30))).rejects.toThrow('the disk is gone')
    await expectDead(writer, target)
    await expect(writer.add({ path: 'g' })).rejects.toMatchObject({ cause: { message: 'the disk is gone' } })
    await writer.abort()
    await expect(writer.close()).rejects.toMatchObject({ cause: { message: 'the disk is gone' } })
  })

  it('of data of unknown size in the middle aborts the target', async () => {
    const target = new WatchedTarget()
    const writer = createArchive(target)
    await expect(writer.add({ path: 'f' }, failing(30))).rejects.toThrow('the disk is gone')
    await expectDead(writer, target)
  })

  it('to abort does not hide why it was aborted', async () => {
    const target = new WatchedTarget()
    target.abort = async () => {
      throw new Error('cannot even abort')
    }
    const writer = createArchive(target)
    await expect(writer.add({ path: 'f' }, failing(30))).rejects.toThrow('the disk is gone')
  })

  it('to close leaves nothing', async () => {
    const target = new WatchedTarget()
    {
      await using writer = createArchive(target)
      await writer.add({ path: 'f' }, 'x')
    }
    expect(target.events).toEqual(['abort'])
    expect(() => target.bytes()).toThrow(TypeError)
  })

  it('does not come of disposing or aborting after close', async () => {
    const target = new WatchedTarget()
    {
      await using writer = createArchive(target)
      await writer.close()
      await writer.abort()
      await expect(writer.close()).rejects.toThrow(/cannot close .* already closed/)
      await expect(writer.add({ path: 'f' })).rejects.toThrow(/cannot add to .* already closed/)
    }
    expect(target.events).toEqual(['commit'])
  })
})

async function expectDead(writer: ArchiveWriter, target: WatchedTarget): Promise<void> {
  expect(target.events).toEqual(['abort'])
  await expect(writer.add({ path: 'next' }, 'x')).rejects.toThrow(TypeError)
  await expect(writer.close()).rejects.toThrow(TypeError)
  expect(target.events).toEqual(['abort'])
  expect(() => target.bytes()).toThrow(TypeError)
}

describe('a signal', () => {
  const reason = new Error('enough')

  it('that is aborted already ends the first call', async () => {
    for (const add of [true, false]) {
      const target = new WatchedTarget()
      const writer = createArchive(target, { signal: AbortSignal.abort(reason) })
      const call = add ? writer.add({ path: 'f' }, 'x') : writer.close()
      await expect(call).rejects.toBe(reason)
      await expectDead(writer, target)
    }
  })

  it('ends a member in the making', async () => {
    const target = new WatchedTarget()
    const controller = new AbortController()
    const writer = createArchive(target, { signal: controller.signal })
    let gave = 0
    let cleaned = false
    const data = (async function* () {
      try {
        for (; gave < 1000; gave += 1) {
          if (gave === 30) controller.abort(reason)
          yield sampleBytes(100_000)
        }
      } finally {
        cleaned = true
      }
    })()
    await expect(writer.add({ path: 'f', sizeBytes: 100 * MiB }, data)).rejects.toBe(reason)
    expect([gave, cleaned]).toEqual([30, true])
    await expectDead(writer, target)
  })

  it.each([0, 2 * MiB])('ends the wait for data that is stuck after %i bytes', async (bytes) => {
    for (const form of ['stream', 'generator', 'watched']) {
      const target = new WatchedTarget()
      const controller = new AbortController()
      const writer = createArchive(target, { signal: controller.signal })
      let cancelled = false
      const stuck = async function* (): AsyncGenerator<Uint8Array> {
        if (bytes > 0) yield sampleBytes(bytes)
        setTimeout(() => controller.abort(reason), 1)
        await new Promise(() => undefined)
      }
      const iterator = stuck()
      const stream = new ReadableStream<Uint8Array>(
        {
          pull: async (to) => to.enqueue((await iterator.next()).value ?? new Uint8Array(0)),
          cancel: () => {
            cancelled = true
          },
        },
        { highWaterMark: 0 },
      )
      const data = { stream, generator: stuck(), watched: { chunks: stuck(), changed: () => false } }[form] ?? ''
      await expect(writer.add({ path: 'f' }, data)).rejects.toBe(reason)
      if (form === 'stream') expect(cancelled).toBe(true)
      await expectDead(writer, target)
    }
  })
})

describe('calls that are not waited for', () => {
  it('are carried out in their order', async () => {
    const target = new MemoryTarget()
    const writer = createArchive(target, { createdAt: SAMPLE_TIME })
    const entries = Array.from({ length: 20 }, (_, i) => ({ path: `f${i}`, data: 'x'.repeat(i * 100) }))
    const slow = async function* (text: string): AsyncGenerator<Uint8Array> {
      await new Promise((resolve) => {
        setTimeout(resolve, (text.length * 7) % 5)
      })
      yield Buffer.from(text)
    }
    const added = entries.map(({ path, data }) => writer.add({ path, sizeBytes: data.length }, slow(data)))
    const closed = writer.close()
    await Promise.all([...added, closed])
    expectBytes(target.bytes(), await buildArchive(entries))
  })

  it('fail one by one when one before them failed', async () => {
    const target = new WatchedTarget()
    const writer = createArchive(target)
    const calls = [
      writer.add({ path: 'a' }, 'a'),
      writer.add({ path: 'b', sizeBytes: 9 * MiB }, failing(30)),
      writer.add({ path: 'c' }, 'c'),
      writer.close(),
    ]
    const results = await Promise.allSettled(calls)
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
    expect(target.events).toEqual(['abort'])
  })

  it('end when the writer is aborted meanwhile', async () => {
    const target = new WatchedTarget()
    const writer = createArchive(target)
    const data = (async function* (): AsyncGenerator<Uint8Array> {
      for (let i = 0; ; i += 1) {
        if (i === 20) await writer.abort()
        yield sampleBytes(100_000)
      }
    })()
    const calls = [writer.add({ path: 'f', sizeBytes: 50 * MiB }, data), writer.add({ path: 'g' }, 'x'), writer.close()]
    const [first, second, third] = await Promise.allSettled(calls)
    expect(first).toMatchObject({
      status: 'rejected',
      reason: { name: 'AbortError', message: 'the archive memory was aborted' },
    })
    const later = { status: 'rejected', reason: { message: expect.stringContaining('was aborted') } }
    expect([second, third]).toMatchObject([later, later])
    expect(target.events).toEqual(['abort'])
  })
})
