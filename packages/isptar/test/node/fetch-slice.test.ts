/** Archives of the original of which slices are missing: what is opened, what is fetched, and what is said. */
import { chmod, copyFile, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type Archive,
  type ByteSource,
  CommandError,
  createArchive,
  FormatError,
  IntegrityError,
  isIsptarError,
  isolateCatalogue,
  MemorySource,
  openArchive,
  StorageError,
} from 'isptar'
import {
  type FetchSlice,
  FileTarget,
  type MissingSlice,
  openChain,
  type OpenChainOptions,
  openFile,
  SlicedFileTarget,
} from 'isptar/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { expectBytes, sampleBytes } from '../gzip/samples.ts'
import { collect } from '../read/collect.ts'
import { failureOf, failuresOf } from '../source-suite.ts'

const ORIGINAL = fileURLToPath(new URL('../../../../fixtures/original/', import.meta.url))
let folder: string
let archivePath: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isptar-fetch-'))
  archivePath = join(folder, 'archive.tgz')
})
afterEach(async () => rm(folder, { recursive: true }))

/** Copies the slices of a case, but those that are to be missing. */
async function place(name: string, missing: readonly number[] = []): Promise<void> {
  await cp(join(ORIGINAL, name), folder, { recursive: true })
  for (const slice of missing) await unlink(`${archivePath}.part${slice}`)
}

/** Fetches from a case, and remembers what was asked for. */
function fetcher(name: string): { asked: number[]; fetchSlice: FetchSlice } {
  const asked: number[] = []
  const fetchSlice = async ({ slice, path }: MissingSlice): Promise<void> => {
    asked.push(slice)
    await copyFile(join(ORIGINAL, name, `archive.tgz.part${slice}`), path)
  }
  return { asked, fetchSlice }
}

async function readAll(archive: Archive): Promise<Record<string, number>> {
  const sizes: Record<string, number> = {}
  for (const entry of await collect(archive.entries()))
    if (entry.type === 'file') sizes[entry.path] = (await entry.bytes()).length
  return sizes
}

async function expectedSizes(name: string): Promise<Record<string, number>> {
  const entries = JSON.parse(await readFile(join(ORIGINAL, name, 'expected.json'), 'utf8')) as {
    path: string
    type: string
    size: number
  }[]
  return Object.fromEntries(entries.filter(({ type }) => type === 'file').map(({ path, size }) => [path, size]))
}

describe('slices that are all there', () => {
  it('need not be readable for a list, but the last', async () => {
    await place('sliced')
    // Root reads what it may not, so what is there is no archive: to open it would not fail, to read it would show.
    for (let slice = 1; slice < 8; slice += 1) {
      await writeFile(`${archivePath}.part${slice}`, new Uint8Array(20_480))
      await chmod(`${archivePath}.part${slice}`, 0)
    }
    await using archive = await openArchive(await openFile(archivePath))
    expect((await collect(archive.entries())).length).toBe(
      (await readFile(join(folder, 'listing.txt'), 'utf8')).trim().split('\n').length,
    )
  })

  it('may go away while they are not needed', async () => {
    await place('sliced')
    await using archive = await openArchive(await openFile(archivePath))
    for (let slice = 1; slice < 8; slice += 1) await unlink(`${archivePath}.part${slice}`)
    const [file] = (await collect(archive.entries())).filter(({ type, sizeBytes }) => type === 'file' && sizeBytes > 0)
    expect(await failureOf(file?.bytes() ?? Promise.resolve())).toMatchObject({ kind: 'not-found' })
  })
})

describe('slices that are missing', () => {
  it('do not matter before a byte of them is needed; then they are named', async () => {
    await place('sliced', [2, 4])
    await using archive = await openArchive(await openFile(archivePath))
    const errors: unknown[] = []
    let sound = 0
    for (const entry of await collect(archive.entries())) {
      if (entry.type !== 'file') continue
      const error = await failureOf(entry.bytes())
      if (error === undefined) sound += 1
      else errors.push(error)
    }
    expect(sound).toBeGreaterThan(0)
    expect(errors.length).toBeGreaterThan(0)
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'storage', kind: 'not-found', operation: 'open' })
      expect(String(error)).toMatch(/cannot open \S+archive\.tgz\.part[24]: slice [24] is missing/)
    }
  })

  it.each([
    ['sliced', 8],
    ['sliced-torn-trailer', 5],
    ['sliced-torn-serviceinfo', 5],
  ])('of %s are fetched when they are needed, once, also the last one of %i', async (name, count) => {
    await place(
      name,
      Array.from({ length: count }, (_, index) => index + 1),
    )
    const { asked, fetchSlice } = fetcher(name)
    await using archive = await openArchive(await openFile(`${archivePath}.part${count}`, { fetchSlice }))
    await collect(archive.entries())
    const second = name === 'sliced' ? 1 : count - 1
    expect(asked).toEqual([count, second])
    expect(await readAll(archive)).toEqual(await expectedSizes(name))
    expect(asked.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index + 1))
  })

  it('are fetched once for all who need one at the same time', async () => {
    await place('sliced', [2, 3, 4, 5, 6, 7])
    const { asked, fetchSlice } = fetcher('sliced')
    await using archive = await openArchive(await openFile(archivePath, { fetchSlice }))
    const files = (await collect(archive.entries())).filter(({ type }) => type === 'file')
    await Promise.all([...files, ...files].map(async (entry) => entry.bytes()))
    expect(asked.toSorted((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7])
  })

  it('are read from the source that is given instead', async () => {
    await place('sliced', [3])
    const asked: MissingSlice[] = []
    const fetchSlice: FetchSlice = async (missing) => {
      asked.push(missing)
      return new MemorySource(await readFile(join(ORIGINAL, 'sliced/archive.tgz.part3')))
    }
    await using archive = await openArchive(await openFile(archivePath, { fetchSlice }))
    expect(await readAll(archive)).toEqual(await expectedSizes('sliced'))
    const path = `${archivePath}.part3`
    expect(asked).toEqual([{ path, archive: archivePath, slice: 3, signal: expect.any(AbortSignal) }])
  })
})

describe('fetching that fails', () => {
  it.each<[string, () => unknown, object]>([
    ['an error', () => new Error('no tape in the drive'), { operation: 'fetch', kind: 'other' }],
    ['text', () => 'no tape in the drive', { operation: 'fetch', kind: 'other' }],
    [
      'an error of a store',
      () => new StorageError('no tape in the drive', { operation: 'x', location: 'y', kind: 'denied' }),
      { operation: 'fetch', kind: 'denied' },
    ],
    [
      'a command that failed',
      () => new CommandError('no tape in the drive', { command: 'mt', exitCode: 2 }),
      { code: 'command', command: 'mt', exitCode: 2 },
    ],
  ])('with %s names the slice, and is not tried again', async (_, makeError, details) => {
    await place('sliced', [1])
    let calls = 0
    const fetchSlice: FetchSlice = () => {
      calls += 1
      throw makeError()
    }
    const source = await openFile(archivePath, { fetchSlice })
    const errors = await failuresOf(source.read(0, 1), source.read(1, 1))
    errors.push(await failureOf(source.read(2, 1)))
    for (const error of errors) {
      expect(error).toMatchObject(details)
      expect(String(error)).toMatch(/cannot fetch \S+archive\.tgz\.part1 \(slice 1\): no tape in the drive$/)
    }
    expect(calls).toBe(1)
    await source.close()
  })

  it('because nothing came says so', async () => {
    await place('sliced', [8])
    const source = await openFile(`${archivePath}.part8`, { fetchSlice: async () => undefined })
    const error = await failureOf(openArchive(source))
    expect(error).toMatchObject({ kind: 'not-found', location: `${archivePath}.part8` })
    expect(String(error)).toContain('slice 8 was fetched, but there is no such file now')
  })

  it('because another slice came says so', async () => {
    await place('sliced', [2])
    const fetchSlice: FetchSlice = async ({ path }) => copyFile(join(ORIGINAL, 'sliced/archive.tgz.part8'), path)
    const source = await openFile(archivePath, { fetchSlice })
    const error = await failureOf(source.read(20_480, 1))
    expect(isIsptarError(error, 'integrity')).toBe(true)
    expect(String(error)).toContain(`${archivePath}.part2 has 16313 bytes, expected 20480`)
    await source.close()
  })

  it('is told to stop when the archive is closed', async () => {
    await place('sliced', [1])
    let begun = (): void => {}
    const beginning = new Promise<void>((resolve) => {
      begun = resolve
    })
    const fetchSlice: FetchSlice = async ({ signal }) => {
      begun()
      return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('killed'))))
    }
    const source = await openFile(archivePath, { fetchSlice })
    const read = failureOf(source.read(0, 1))
    await beginning
    await source.close()
    expect(await read).toMatchObject({ kind: 'closed' })
  })

  it('ends the wait of a caller who aborts, and goes on for the others', async () => {
    await place('sliced', [1])
    const { fetchSlice } = fetcher('sliced')
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const source = await openFile(archivePath, { fetchSlice: async (missing) => gate.then(() => fetchSlice(missing)) })
    const controller = new AbortController()
    const left = failureOf(source.read(0, 2, { signal: controller.signal }))
    const stayed = source.read(0, 2)
    controller.abort(new Error('enough'))
    expect(await left).toMatchObject({ message: 'enough' })
    release()
    expect([...(await stayed)]).toEqual([0x1f, 0x8b])
    await source.close()
  })
})

describe('names that lead astray', () => {
  it('a file that is called like a slice far away', async () => {
    await place('sliced')
    await writeFile(`${archivePath}.part999999999`, '')
    expect(await failureOf(openFile(archivePath))).toMatchObject({ code: 'limit', limit: 'MAX_SLICES', max: 100_000 })
  })

  it('a slice far away that is asked for', async () => {
    const opening = openFile(`${archivePath}.part999999999`, { fetchSlice: async () => undefined })
    expect(await failureOf(opening)).toMatchObject({ code: 'limit', actual: 999_999_999 })
  })

  it('nothing there, and no slice named: nothing is fetched', async () => {
    const { asked, fetchSlice } = fetcher('sliced')
    expect(await failureOf(openFile(archivePath, { fetchSlice }))).toMatchObject({ kind: 'not-found' })
    expect(asked).toEqual([])
  })
})

describe('by a catalogue', () => {
  const noise = sampleBytes(30_000)
  const store = (): string => join(folder, 'store')

  /** Packs three files into slices, moves those that are named to the store, and gives how many there are. */
  async function packAway(sliceBytes: number, kept: readonly number[] = []): Promise<number> {
    await mkdir(store())
    const target = new SlicedFileTarget(archivePath, { sliceBytes })
    const writer = createArchive(target, { catalogue: new FileTarget(join(folder, 'a.cat')) })
    for (const i of [0, 1, 2])
      await writer.add({ path: `f${i}.jpg`, mtime: new Date(0) }, noise.slice(i * 10_000, (i + 1) * 10_000))
    await writer.close()
    const slices = (await readdir(folder)).filter((name) => name.startsWith('archive.tgz'))
    for (const name of slices)
      if (!kept.some((slice) => name.endsWith(`.part${slice}`))) await rename(join(folder, name), join(store(), name))
    return slices.length
  }

  const fromStore: FetchSlice = async ({ path }) => copyFile(join(store(), basename(path)), path)

  async function expectWhole(options: OpenChainOptions): Promise<void> {
    await using archive = await openChain(archivePath, { ...options, catalogue: await openFile(join(folder, 'a.cat')) })
    for (const i of [0, 1, 2]) expectBytes(await archive.bytes(`f${i}.jpg`), noise.slice(i * 10_000, (i + 1) * 10_000))
    expect((await archive.verify()).problems).toEqual([])
  }

  it('none of the slices needs to be at hand, nor their number known', async () => {
    expect(await packAway(5000)).toBe(7)
    await expectWhole({ fetchSlice: fromStore })
  })

  it('some may be at hand', async () => {
    await packAway(5000, [2, 4])
    await expectWhole({ fetchSlice: fromStore })
  })

  it('an archive that fits in one slice is fetched under its own name', async () => {
    expect(await packAway(50_000)).toBe(1)
    await expectWhole({ fetchSlice: fromStore })
  })

  it('without a way to fetch, what lies in the slices at hand is read, and a missing one named', async () => {
    await packAway(5000, [1, 2, 3])
    const catalogue = await openFile(join(folder, 'a.cat'))
    await using archive = await openChain(archivePath, { catalogue })
    expectBytes(await archive.bytes('f0.jpg'), noise.slice(0, 10_000))
    expect(await failureOf(archive.bytes('f1.jpg'))).toMatchObject({
      kind: 'not-found',
      location: `${archivePath}.part4`,
    })
  })

  it('without a way to fetch, an archive of which nothing is there is not found', async () => {
    await packAway(5000)
    await using catalogue = await openClosing(join(folder, 'a.cat'))
    expect(await failureOf(openFile(archivePath, { catalogue }))).toMatchObject({
      kind: 'not-found',
      location: archivePath,
    })
  })

  it('slices that it does not know, or of another size, are refused', async () => {
    await packAway(5000, [1])
    await using catalogue = await openClosing(join(folder, 'a.cat'))
    await writeFile(`${archivePath}.part9`, 'x')
    const beyond = await failureOf(openFile(archivePath, { catalogue, fetchSlice: fromStore }))
    expect(beyond).toBeInstanceOf(FormatError)
    expect(beyond).toMatchObject({
      message: expect.stringMatching(/part9: by the catalogue \S+a\.cat there are 7 slices/),
    })
    await unlink(`${archivePath}.part9`)
    await writeFile(`${archivePath}.part1`, 'short')
    const source = await openFile(archivePath, { catalogue, fetchSlice: fromStore })
    expect(await failureOf(source.read(0, 5))).toBeInstanceOf(IntegrityError)
    await source.close()
  })

  it('of an archive of the original does not say how many there are: the slices at hand are alike', async () => {
    await place('sliced')
    await using whole = await openArchive(await openFile(archivePath))
    await isolateCatalogue(whole, new FileTarget(join(folder, 'a.cat')))
    const expected = await readAll(whole)
    await unlink(`${archivePath}.part2`)
    await unlink(`${archivePath}.part8`)
    await using archive = await openChain(archivePath, { catalogue: await openFile(join(folder, 'a.cat')) })
    const [first] = Object.entries(expected)
    expect((await archive.bytes(first?.[0] ?? '')).length).toBe(first?.[1])
    expect(archive.sizeBytes).toBe(7 * 20_480)
  })
})

async function openClosing(path: string): Promise<ByteSource & AsyncDisposable> {
  const source = await openFile(path)
  return Object.assign(source, { [Symbol.asyncDispose]: async () => source.close() })
}
