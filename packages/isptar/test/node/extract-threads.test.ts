/** Threads change nothing: the tree, the report and the order of what is told are those of files restored one by one. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { ByteSource } from '../../src/io/byte-source.ts'
import { MemorySource } from '../../src/io/memory-source.ts'
import { StorageError } from '../../src/errors.ts'
import { type ExtractOptions, resolveExtractOptions } from '../../src/node/extract-options.ts'
import { type ExtractSeams, extractInto } from '../../src/node/extract-tree.ts'
import type { ExtractReport } from '../../src/node/extract-report.ts'
import { WorkerPool } from '../../src/node/worker-pool.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { type HostileEntry, hostileArchive, VERSION_2 } from '../hostile-archive.ts'
import { craftGroups } from '../read/craft-groups.ts'
import { buildArchive } from '../write/build-archive.ts'
import { needs } from './needs.ts'
import { type NodeSnapshot, snapshotTree } from './tree-snapshot.ts'

/** Threads that were started, and how many messages one takes before it is ended. */
const threads = vi.hoisted(() => ({ started: 0, messages: Number.POSITIVE_INFINITY }))

vi.mock(import('node:worker_threads'), async (original) => {
  const actual = await original()
  class CountedWorker extends actual.Worker {
    constructor(...args: ConstructorParameters<typeof actual.Worker>) {
      super(...args)
      threads.started += 1
    }

    override postMessage(...args: Parameters<InstanceType<typeof actual.Worker>['postMessage']>): void {
      super.postMessage(...args)
      threads.messages -= 1
      if (threads.messages <= 0) void this.terminate()
    }
  }
  return { ...actual, Worker: CountedWorker }
})

beforeEach(({ skip }) => {
  needs(skip, process.platform === 'linux', 'files are restored one by one where there is no /proc')
  Object.assign(threads, { started: 0, messages: Number.POSITIVE_INFINITY })
})

interface Outcome {
  readonly report: ExtractReport | undefined
  readonly error: unknown
  readonly events: readonly unknown[]
  readonly tree: ReadonlyMap<string, Partial<NodeSnapshot>>
}

/** Extracts into a new folder, and gives all that can be seen of it. */
async function extractBytes(
  source: Uint8Array | ByteSource,
  options: ExtractOptions,
  seams: ExtractSeams,
  prepare: (out: string) => void = () => undefined,
): Promise<Outcome> {
  const base = mkdtempSync(join(tmpdir(), 'isptar-threads-'))
  onTestFinished(() => void spawnSync('rm', ['-rf', base]))
  const out = join(base, 'out')
  mkdirSync(out)
  prepare(out)
  const events: unknown[] = []
  await using archive = await openArchive(source instanceof Uint8Array ? new MemorySource(source) : source)
  const settings = resolveExtractOptions({
    onEntry: ({ path }) => events.push(['entry', path]),
    onProgress: (progress) => events.push(['progress', progress]),
    onProblem: (problem) => events.push(['problem', problem]),
    onDelete: (place) => events.push(['delete', place]),
    ...options,
  })
  const done = await extractInto(archive, out, settings, seams).then(
    (report) => ({ report, error: undefined }),
    (error: unknown) => ({ report: undefined, error }),
  )
  return { ...done, events, tree: comparable(snapshotTree(out)) }
}

/** Without what differs between any two runs; folders made without an entry have the time at which they were made. */
function comparable(tree: ReadonlyMap<string, NodeSnapshot>): Map<string, Partial<NodeSnapshot>> {
  return new Map(
    [...tree].map(([place, node]) => [
      place,
      {
        ...node,
        ctimeNs: 0n,
        inode: 0n,
        mtimeNs: node.mtimeNs < 10n ** 18n ? node.mtimeNs : 0n,
        sizeBytes: node.type === 'dir' ? 0 : node.sizeBytes,
      },
    ]),
  )
}

const MODES = [1, 2, 3].map((count) => [{ threads: count }, { eagerThreads: true }] as const)

/** One by one is what happens where folders are not held open. */
async function expectSame(
  source: () => Uint8Array | ByteSource,
  options: ExtractOptions,
  prepare?: (out: string) => void,
): Promise<Outcome> {
  const alone = await extractBytes(source(), options, { proc: false }, prepare)
  for (const [given, seams] of MODES)
    expect(await extractBytes(source(), { ...options, ...given }, seams, prepare)).toEqual(alone)
  return alone
}

const NAMES = [
  'a',
  'b',
  'a/b',
  'a/c',
  'a/b/c',
  'd/e',
  'd',
  '../x',
  '/y',
  'l/z',
  'l',
  './a',
  Buffer.from('e\xff', 'latin1'),
]

const anyEntry: fc.Arbitrary<HostileEntry> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      path: fc.constantFrom(...NAMES),
      data: fc.oneof(fc.string(), fc.constantFrom('', 'x'.repeat(5000), '\0'.repeat(9000))),
      corrupt: fc.oneof({ weight: 5, arbitrary: fc.constant(false) }, fc.constant(true)),
      mode: fc.constantFrom(0o644, 0o4755, 0o000),
      columns: fc.constantFrom([], ['crc=00000000'], ['dirty=1'], ['ns=5'], ['csize=30'], ['xattr.user.t=!']),
    }),
  },
  { weight: 2, arbitrary: fc.record({ path: fc.constantFrom(...NAMES), type: fc.constant('dir' as const) }) },
  {
    weight: 1,
    arbitrary: fc.record({
      path: fc.constantFrom(...NAMES),
      type: fc.constantFrom('link' as const, 'hard' as const),
      linkTarget: fc.constantFrom('a', 'a/b', '../x', 'd'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ path: fc.constantFrom(...NAMES), type: fc.constantFrom('fifo' as const, 'char' as const) }),
  },
)

describe('threads change nothing', () => {
  test('of what is in any archive, and stands in the target', { timeout: 120_000 }, async () => {
    const stands = (out: string): void => {
      writeFileSync(join(out, 'b'), 'stands')
      symlinkSync('b', join(out, 'l'))
      mkdirSync(join(out, 'd', 'e'), { recursive: true })
    }
    const options = fc.record({
      existing: fc.constantFrom('error' as const, 'replace' as const, 'keep' as const),
      delete: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyEntry, { maxLength: 25 }),
        options,
        fc.boolean(),
        async (entries, given, isEmpty) => {
          const bytes = hostileArchive(entries, [VERSION_2])
          await expectSame(() => bytes, given, isEmpty ? undefined : stands)
        },
      ),
      { numRuns: 25 },
    )
  })

  test('of hundreds of files with bad ones among them', async () => {
    const entries = Array.from({ length: 900 }, (_, i): HostileEntry[] => [
      ...(i % 50 === 0 ? [{ path: `d${i}`, type: 'dir' as const, mode: 0o750 }] : []),
      { path: `d${i - (i % 50)}/f${i}`, data: `file ${i}\n`.repeat(i), mode: 0o640, corrupt: i % 97 === 5 },
      ...(i % 40 === 0 ? [{ path: `d${i - (i % 50)}/l${i}`, type: 'link' as const, linkTarget: 'x' }] : []),
    ]).flat()
    const bytes = hostileArchive(entries, [VERSION_2])
    const { report, events } = await expectSame(() => bytes, {})
    expect(report).toMatchObject({ ok: false, fileCount: 890, problemCount: 10, linkCount: 23 })
    expect(events).toHaveLength(2 * entries.length)
    expect(threads.started).toBe(2 + 3)
  })

  test('of attributes, and of reads that fail', async () => {
    const files = Array.from({ length: 300 }, (_, i) => ({
      path: `f${i}`,
      mode: 0o600 + (i % 64),
      mtime: { seconds: 1_700_000_000 + i, nanoseconds: i },
      xattrs: i % 7 === 0 ? new Map([['user.tag', Uint8Array.of(i & 255)]]) : undefined,
      data: createHash('sha512')
        .update(`${i}`)
        .digest()
        .toString('hex')
        .repeat(1 + (i % 3)),
    }))
    const bytes = await buildArchive(files)
    const { report } = await expectSame(() => bytes, {})
    expect(report?.ok).toBe(true)
    await using archive = await openArchive(new MemorySource(bytes))
    const broken = (await archive.get('f7')).location?.offset ?? 0
    class Failing extends MemorySource {
      override read(offset: number, lengthBytes: number): Promise<Uint8Array> {
        // A byte of one file, read alone or in a window.
        if (offset <= broken && offset + lengthBytes > broken)
          return Promise.reject(
            new StorageError('lost', { operation: 'read', location: this.name, kind: 'connection' }),
          )
        return super.read(offset, lengthBytes)
      }
    }
    const failed = await expectSame(() => new Failing(bytes), { only: files.map(({ path }) => path) })
    expect(failed.report).toMatchObject({ ok: false, fileCount: 299, problemCount: 1 })
  })
})

test.each([
  ['whose length is listed', [VERSION_2]],
  ['whose length is not', []],
])('threads change nothing of large files %s', async (_, info) => {
  const large = (path: string, more: Partial<HostileEntry> = {}): HostileEntry => {
    return { path, data: Buffer.alloc(1_500_000, `${path} is large; `), ...more }
  }
  const bytes = hostileArchive(
    [
      large('a/first', { mode: 0o600, mtime: 7 }),
      { path: 'a/small', data: 'small' },
      large('a/corrupt', { corrupt: true }),
      { path: 'a/first/below', data: 'its folder is a file' },
      large('b', { columns: ['dirty=1', 'xattr.user.t=!'] }),
      large('b'),
      { path: 'b', type: 'dir', mode: 0o700 },
      ...Array.from({ length: 4 }, (__, i) => large(`c/${i}`, { mode: 0o4755 })),
      { path: 'c', type: 'link', linkTarget: 'a' },
      large('c'),
      { path: 'd', type: 'hard', linkTarget: 'a/first' },
      large('stands'),
      { path: 'last', data: 'last' },
    ],
    info,
  )
  for (const existing of ['error', 'replace'] as const) {
    const { report } = await expectSame(
      () => bytes,
      { existing },
      (out) => writeFileSync(join(out, 'stands'), 'mine'),
    )
    expect(report).toMatchObject({ ok: false, fileCount: existing === 'error' ? 9 : 10, linkCount: 1 })
  }
})

test('threads change nothing of groups, sound and damaged ones', async () => {
  const files = Array.from({ length: 500 }, (_, i) => ({
    path: `d/f${i}`,
    mode: 0o644,
    data: `file ${i}\n`.repeat(i % 90),
  }))
  const sound = craftGroups(files, { groupBytes: 16_384 })
  const { report } = await expectSame(() => sound.bytes, {})
  expect(report).toMatchObject({ ok: true, fileCount: 500 })
  const one = await expectSame(() => sound.bytes, { only: ['d/f77', 'd/f78', 'd/f400'] })
  expect(one.report).toMatchObject({ ok: true, fileCount: 3 })
  const broken = new Uint8Array(sound.bytes)
  const middle = sound.offsets[Math.floor(sound.offsets.length / 2)] ?? 0
  broken[middle + 30] = (broken[middle + 30] ?? 0) ^ 255
  const damaged = await expectSame(() => broken, {})
  expect(damaged.report?.problemCount).toBeGreaterThan(5)
  const shifted = craftGroups(files, {
    change: (line, path) => (path === 'd/f50' ? line.replace(/crc=../, 'crc=00') : line),
  })
  const wrong = await expectSame(() => shifted.bytes, {})
  expect(wrong.report).toMatchObject({ problemCount: 1, fileCount: 499 })
})

test('files of a group are unfolded in batches', async () => {
  const files = Array.from({ length: 300 }, (_, i) => ({ path: `f${i}`, data: `file ${i}\n` }))
  const archive = await openArchive(new MemorySource(craftGroups(files).bytes))
  const alone = vi.spyOn(archive, 'bytes')
  // Few enough that nothing else reads ahead.
  const settings = resolveExtractOptions({ threads: 1, filter: ({ path }) => path.endsWith('7') })
  const out = mkdtempSync(join(tmpdir(), 'isptar-threads-'))
  onTestFinished(() => void spawnSync('rm', ['-rf', out]))
  expect(await extractInto(archive, out, settings)).toMatchObject({ ok: true, fileCount: 30 })
  expect(await extractInto(archive, join(out, 'alone'), settings, { proc: false })).toMatchObject({ fileCount: 30 })
  // Those that were restored one by one.
  expect(alone).toHaveBeenCalledTimes(30)
})

const MANY = Array.from({ length: 2000 }, (_, i) => ({
  path: `d${i % 20}/f${i}`,
  data: `file ${i}\n`.repeat(i % 400 === 3 ? 200_000 : 40),
}))

test('a thread that ends is done without', async () => {
  const bytes = await buildArchive(MANY)
  const plain = await extractBytes(bytes, { threads: 1 }, {})
  for (const messages of [1, 2, 5]) {
    threads.messages = messages
    expect(await extractBytes(bytes, { threads: 2 }, {})).toEqual(plain)
  }
})

test('nothing stays open, whatever the end', async () => {
  const bytes = await buildArchive(MANY)
  const openFiles = (): number => readdirSync('/proc/self/fd').length
  // What is opened once: the pool of threads that libuv has, native calls.
  await extractBytes(bytes, { threads: 2 }, {})
  const before = openFiles()
  const controller = new AbortController()
  const ends: readonly ExtractOptions[] = [
    {},
    { only: ['d3', 'd4'] },
    { signal: controller.signal, onEntry: ({ path }) => path === 'd3/f903' && controller.abort(new Error('enough')) },
    {
      onProgress: ({ entryCount }) => {
        if (entryCount === 700) throw new Error('mine')
      },
    },
  ]
  const messages: unknown[] = []
  for (const end of ends) {
    const { error, tree } = await extractBytes(bytes, { threads: 2, ...end }, {})
    messages.push(error instanceof Error ? error.message : error)
    // Whole, each of them, and nothing half done beside them.
    for (const [place, { type }] of tree) expect(place).toMatch(type === 'dir' ? /^(?:d\d+)?$/ : /^d\d+\/f\d+$/)
    await vi.waitFor(() => expect(openFiles()).toBe(before))
  }
  expect(messages).toEqual([undefined, undefined, 'enough', 'mine'])
})

test('a few files take no thread', async () => {
  const bytes = await buildArchive(MANY.slice(10, 160))
  expect(await extractBytes(bytes, { threads: 3 }, {})).toMatchObject({ report: { ok: true, fileCount: 150 } })
  expect(threads.started).toBe(0)
  expect(new WorkerPool({ script: 'extract-worker', threads: 3, runHere: () => 0 }).threads).toBe(3)
})

test('files of an archive that stays whole come out as they are', async () => {
  const bytes = await buildArchive(MANY)
  const before = Buffer.from(bytes)
  await extractBytes(bytes, { threads: 2 }, {}, (out) => {
    mkdirSync(join(out, 'd0'))
    writeFileSync(join(out, 'd0', 'mine'), 'mine')
  }).then(({ report, tree }) => {
    expect(report).toMatchObject({ ok: true, fileCount: 2000 })
    expect(tree.get('d0/mine')?.sizeBytes).toBe(4)
  })
  expect(before.equals(bytes)).toBe(true)
})
