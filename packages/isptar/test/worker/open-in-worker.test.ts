/** An archive in a worker gives what it gives on this thread: entries, data and errors; and workers end when they should. */
import {
  type ArchivePlace,
  type ArchiveReader,
  type ByteSource,
  EntryNotFoundError,
  IntegrityError,
  isolateCatalogue,
  MemorySource,
  MemoryTarget,
  openArchive,
  openArchiveInWorker,
  type OpenInWorkerOptions,
  StorageError,
  type VerifyProgress,
  withCounter,
} from 'isptar'
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest'
import { MessagePeer } from '../../src/worker/message-peer.ts'
import { PageSource, serveSources } from '../../src/worker/page-source.ts'
import { expectBytes, repeatedText, sampleBytes } from '../gzip/samples.ts'
import { describeArchive, describeEntry } from '../read/archive-content.ts'
import { collect } from '../read/collect.ts'
import { craftArchive } from '../read/craft-archive.ts'
import { sourceSuite } from '../source-suite.ts'
import { buildArchive, SMALL_TREE } from '../write/build-archive.ts'
import { FakeWorker } from './fake-worker.ts'

const big = repeatedText(3_000_000)
const bytesOf = (): Promise<Uint8Array> =>
  buildArchive([...SMALL_TREE, { path: 'z', data: big }], { seekBytes: 65_536 })

const opened: ArchiveReader[] = []
afterEach(async () => {
  for (const archive of opened.splice(0)) await archive.close()
})

/** Opens in a worker; a fallback would be an error. */
async function openThere(place: ArchivePlace, options: OpenInWorkerOptions = {}): Promise<[ArchiveReader, FakeWorker]> {
  const worker = new FakeWorker()
  const onFallback = (reason: unknown): void => {
    throw reason
  }
  const archive = await openArchiveInWorker(place, { startWorker: () => worker, onFallback, ...options })
  opened.push(archive)
  return [archive, worker]
}

const blobOf = (bytes: Uint8Array): Blob => new Blob([new Uint8Array(bytes)])

describe('an archive in a worker', () => {
  it('is described and read as here', async () => {
    const bytes = await bytesOf()
    const [there] = await openThere(blobOf(bytes))
    const here = await openArchive(new MemorySource(bytes, 'blob'))
    for (const key of ['name', 'sizeBytes', 'tail', 'serviceInfo', 'notices', 'sliceNames', 'isCatalogue'] as const)
      expect(there[key]).toEqual(here[key])
    for (const key of ['hasDigests', 'identity', 'formatVersion', 'entryCount', 'writer', 'createdAt'] as const)
      expect(there[key]).toEqual(here[key])
    expect(await describeReader(there)).toEqual(await describeArchive(here))
    expect(await there.text('d/text')).toBe(await here.text('d/text'))
    expect(await there.verify()).toEqual(await here.verify())
  })

  it('gives entries under a folder with digests, one by path, and their data', async () => {
    const bytes = await bytesOf()
    const [there] = await openThere(blobOf(bytes))
    const here = await openArchive(new MemorySource(bytes))
    for await (const entry of there.entries({ under: 'd', digests: true })) {
      const same = await here.get(entry.path)
      expect(describeEntry(entry)).toBe(describeEntry(same))
      expect(await entry.digest()).toEqual(await same.digest())
      if (entry.type === 'file') expectBytes(await entry.bytes(), await same.bytes())
    }
    expect(await there.digest('d/text')).toEqual(await here.digest('d/text'))
    expect(await there.find('nothing')).toBeUndefined()
    await expect(there.get('nothing')).rejects.toThrow(EntryNotFoundError)
    await expect(there.bytes('nothing')).rejects.toThrow(EntryNotFoundError)
    await expect(there.bytes(await here.get('z'))).rejects.toThrow(TypeError)
  })

  it('gives many entries in order', async () => {
    const names = Array.from({ length: 1000 }, (_, n) => `f${String(n).padStart(4, '0')}`)
    const [there] = await openThere(blobOf(await buildArchive(names.map((path) => ({ path })))))
    const paths: string[] = []
    for await (const { path } of there.entries()) paths.push(path)
    expect(paths).toEqual(names)
    expect((await collect(there.children())).map(({ path }) => path)).toEqual(names)
    for await (const { path } of there.entries()) if (path === 'f0300') break
    for await (const { path } of there.children()) if (path === 'f0300') break
    expect(await there.text('f0999')).toBe('')
  })

  it('gives paths in blocks as here', async () => {
    const bytes = await bytesOf()
    const [there] = await openThere(blobOf(bytes))
    const here = await openArchive(new MemorySource(bytes))
    for (const options of [{}, { under: 'd' }, { terminator: 0 }])
      expect(await collect(there.paths(options))).toEqual(await collect(here.paths(options)))
    const listing = 'a\t#0\t#0\t420\tfifo\nb\t#0\t#0\t420\tfile\tx\n\n'
    const [broken] = await openThere(blobOf(craftArchive({ listing })))
    const paths = broken.paths()
    expect((await paths.next()).value).toMatchObject({ ends: [1] })
    await expect(paths.next()).rejects.toMatchObject({ code: 'format' })
  })

  it('streams, whole and in part, and stops when it is left', async () => {
    const source = withCounter(new MemorySource(await bytesOf()))
    const [there] = await openThere(source)
    expectBytes(new Uint8Array(await new Response(there.stream('z')).arrayBuffer()), big)
    const part = there.stream('z', { start: 1_000_000, end: 1_100_000 })
    expectBytes(new Uint8Array(await new Response(part).arrayBuffer()), big.subarray(1_000_000, 1_100_000))
    const reader = there.stream('z').getReader()
    expect((await reader.read()).done).toBe(false)
    await reader.cancel()
    const abort = new AbortController()
    const aborted = there.stream('z', { signal: abort.signal }).getReader()
    await aborted.read()
    abort.abort('enough')
    await expect(aborted.read()).rejects.toBe('enough')
    expectBytes(await there.bytes('z', { start: 5, end: 10 }), big.subarray(5, 10))
  })

  it('reports progress while it verifies', async () => {
    const [there] = await openThere(blobOf(await bytesOf()))
    const onProgress = vi.fn<(progress: VerifyProgress) => void>()
    expect((await there.verify({ onProgress })).ok).toBe(true)
    expect(onProgress.mock.calls[0]).toEqual([{ entryCount: 1, dataBytes: 0, path: 'd' }])
    const failing = (): void => {
      throw new Error('no progress')
    }
    await expect(there.verify({ onProgress: failing })).rejects.toThrow('no progress')
  })

  it('tells damage by the errors of this thread', async () => {
    const noise = sampleBytes(50_000)
    const bytes = await buildArchive([
      { path: 'n', data: noise },
      { path: 'o', data: 'other' },
    ])
    bytes[20_000] = (bytes[20_000] ?? 0) ^ 1
    const [there] = await openThere(blobOf(bytes))
    const here = await openArchive(new MemorySource(bytes))
    const errorHere: unknown = await here.bytes('n').catch((error: unknown) => error)
    for (const read of [there.bytes('n'), new Response(there.stream('n')).arrayBuffer()]) {
      const errorThere: unknown = await read.catch((error: unknown) => error)
      expect(errorThere).toBeInstanceOf(IntegrityError)
      expect(Object.entries(Object(errorThere))).toEqual(Object.entries(Object(errorHere)))
      expect(String(errorThere)).toBe(String(errorHere))
    }
    expect(await there.text('o')).toBe('other')
    expect((await there.verify()).problems).toEqual((await here.verify()).problems)
  })
})

describe('places', () => {
  it('are slices, bases and catalogues too', async () => {
    const bytes = await bytesOf()
    const [sliced] = await openThere([
      blobOf(bytes.subarray(0, 3000)),
      new MemorySource(bytes.subarray(3000), 'second'),
    ])
    expect(sliced.sliceNames).toEqual(['blob', 'second'])
    expectBytes(await sliced.bytes('z'), big)
    const target = new MemoryTarget()
    await isolateCatalogue(await openArchive(new MemorySource(bytes)), target)
    const [listed] = await openThere(blobOf(bytes), { catalogue: new MemorySource(target.bytes()) })
    expectBytes(await listed.bytes('z'), big)
    const wrong = blobOf(await buildArchive([{ path: 'else' }]))
    const failed = openArchiveInWorker(blobOf(bytes), { startWorker: () => new FakeWorker(), bases: [wrong] })
    await expect(failed).rejects.toMatchObject({ code: 'base-mismatch' })
  })

  it('that are sources are read here, as little as by the archive itself, and closed with it', async () => {
    const bytes = await bytesOf()
    const [there, here] = [new MemorySource(bytes), new MemorySource(bytes)].map(withCounter)
    if (there === undefined || here === undefined) throw new Error('unreachable')
    const close = vi.spyOn(there, 'close')
    const [archive, worker] = await openThere(there)
    await archive.bytes('d/text')
    await (await openArchive(here)).bytes('d/text')
    expect(there.log).toEqual(here.log)
    await archive.close()
    await archive.close()
    expect(close).toHaveBeenCalled()
    expect(worker.isTerminated).toBe(true)
  })

  it('keep what a source has in memory', async () => {
    const bytes = await bytesOf()
    const held = new MemorySource(bytes)
    const views: ByteSource = {
      name: 'views',
      readTail: async (length) => ({
        bytes: bytes.subarray(Math.max(bytes.length - length, 0)),
        sizeBytes: bytes.length,
      }),
      read: async (offset, length) => bytes.subarray(offset, offset + length),
      stream: (offset, length) => held.stream(offset, length),
      close: async () => undefined,
    }
    const [there] = await openThere(views, { tailBytes: bytes.length })
    expectBytes(await there.bytes('z'), big)
    expect(bytes.length).toBeGreaterThan(0)
  })

  it('that are sources are read by themselves, also where they have a URL', async () => {
    const place = Object.assign(new MemorySource(await bytesOf()), { url: 'https://backups.example/site.tgz' })
    const [there] = await openThere(place)
    expectBytes(await there.bytes('z'), big)
  })

  it('that are none are refused before a worker is started', async () => {
    const startWorker = vi.fn<() => Worker>()
    const joined = Object.assign(new MemorySource(new Uint8Array(0)), { locate: () => 0 })
    const nested: ArchivePlace = Object([[blobOf(new Uint8Array(1))]])
    for (const place of [joined, Object(5), nested])
      await expect(openArchiveInWorker(place, { startWorker })).rejects.toThrow(TypeError)
    expect(startWorker).not.toHaveBeenCalled()
  })
})

describe('a worker', () => {
  const source = async (): Promise<MemorySource> => new MemorySource(await buildArchive([{ path: 'f', data: 'text' }]))

  it.each([
    ['is none here', undefined],
    [
      'may not be started',
      () => {
        throw new DOMException('no', 'SecurityError')
      },
    ],
    [
      'has a script that is not there',
      () => {
        const worker = new FakeWorker(() => queueMicrotask(() => worker.fail()))
        return worker
      },
    ],
    [
      'has a script of another version',
      () =>
        new FakeWorker((port) => {
          new MessagePeer(port, { start: async () => ({ value: '0.0.0' }) })
        }),
    ],
  ])('that %s: the archive is opened here', async (_, startWorker) => {
    const onFallback = vi.fn<(reason: unknown) => void>()
    const archive = await openArchiveInWorker(await source(), { ...(startWorker && { startWorker }), onFallback })
    expect(onFallback).toHaveBeenCalledOnce()
    expect(await archive.text('f')).toBe('text')
    await archive.close()
  })

  it('that dies fails what is under way and what follows, with a typed error', async () => {
    const [archive, worker] = await openThere(blobOf(await bytesOf()))
    const reader = archive.stream('z').getReader()
    await reader.read()
    const verified = archive.verify()
    worker.fail('out of memory')
    for (const failed of [verified, archive.bytes('z'), archive.entries().next(), drain(reader)]) {
      await expect(failed).rejects.toThrow(StorageError)
      await expect(failed).rejects.toMatchObject({ kind: 'closed', message: expect.stringContaining('out of memory') })
    }
    expect(worker.isTerminated).toBe(true)
    await archive.close()
  })

  it('ends when the archive is closed, cannot be opened, or is not waited for', async () => {
    const [archive, worker] = await openThere(await source())
    await archive.close()
    expect(worker.isTerminated).toBe(true)
    await expect(archive.text('f')).rejects.toMatchObject({ code: 'storage', kind: 'closed' })
    const second = new FakeWorker()
    const none = openArchiveInWorker(blobOf(sampleBytes(1000)), { startWorker: () => second })
    await expect(none).rejects.toMatchObject({ code: 'format' })
    expect(second.isTerminated).toBe(true)
    const silent = new FakeWorker(() => undefined)
    const abort = new AbortController()
    const waiting = openArchiveInWorker(await source(), { startWorker: () => silent, signal: abort.signal })
    setTimeout(() => abort.abort('enough'), 5)
    await expect(waiting).rejects.toBe('enough')
    expect(silent.isTerminated).toBe(true)
  })

  it('is not started for an aborted signal', async () => {
    const startWorker = vi.fn<() => Worker>()
    const given = await source()
    const close = vi.spyOn(given, 'close')
    const aborted = openArchiveInWorker(given, { startWorker, signal: AbortSignal.abort('no') })
    await expect(aborted).rejects.toBe('no')
    expect(close).toHaveBeenCalledOnce()
    expect(startWorker).not.toHaveBeenCalled()
  })
})

sourceSuite({
  name: 'a source of the page',
  open: (bytes) => {
    const { port1, port2 } = new MessageChannel()
    onTestFinished(() => [port1, port2].forEach((port) => port.close()))
    new MessagePeer(port1, serveSources([new MemorySource(bytes)]))
    return new PageSource(new MessagePeer(port2, {}), 0, 'memory')
  },
})

async function drain(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
  while (!(await reader.read()).done);
}

/** As `describeArchive` does. */
async function describeReader(archive: ArchiveReader): Promise<string[]> {
  const found: string[] = []
  for await (const entry of archive.entries()) {
    const hasData = entry.type === 'file' || entry.type === 'hardlink'
    const data = hasData ? Buffer.from(await archive.bytes(entry)).toString('latin1') : ''
    found.push(describeEntry(entry) + data)
  }
  return found
}
