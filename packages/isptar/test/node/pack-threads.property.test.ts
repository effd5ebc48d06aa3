/** Threads change nothing: the archive, the report and the order of what is told are those of one thread. */
import { linkSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import type { FinishedSlice } from '../../src/io/slice-journal.ts'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import { type PackOptions, packTree } from '../../src/node/pack-tree.ts'
import { SlicedFileTarget } from '../../src/node/sliced-file-target.ts'
import { WorkerPool } from '../../src/node/worker-pool.ts'
import { openBytes } from './pack-support.ts'
import { noise } from './resume-support.ts'
import { makeFolder } from './walk-support.ts'

const KiB = 1024
const MiB = 1024 * KiB

/** How many threads there were that did something. */
const threads = vi.hoisted(() => ({ ready: 0 }))

vi.mock(import('node:worker_threads'), async (original) => {
  const actual = await original()
  class CountedWorker extends actual.Worker {
    constructor(...args: ConstructorParameters<typeof actual.Worker>) {
      super(...args)
      // Said once by each that has loaded its script.
      this.once('message', () => {
        threads.ready += 1
      })
    }
  }
  return { ...actual, Worker: CountedWorker }
})

beforeEach(() => {
  threads.ready = 0
  const pool = new WorkerPool({ script: 'pack-worker', threads: 2, runHere: () => 0 })
  if (pool.threads < 2) throw new Error('there is no built script of threads: build first')
})

interface FileNode {
  readonly is: 'file'
  readonly sizeBytes: number
  readonly shrinks: boolean
  readonly suffix: string
}

/** Something in a tree. */
type Node = FileNode | { readonly is: 'folder' | 'symlink' | 'hardlink' | 'run' }

const sizes = fc.oneof(
  fc.constantFrom(0, 1, 511, 512, 513, 64 * KiB, MiB - 1, MiB, MiB + 1, 3 * MiB + 7),
  fc.integer({ min: 0, max: 3000 }),
)
const nodes: fc.Arbitrary<Node> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      is: fc.constant('file' as const),
      sizeBytes: sizes,
      shrinks: fc.boolean(),
      suffix: fc.constantFrom('', '.jpg'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      is: fc.constantFrom('folder', 'symlink', 'hardlink', 'run'),
    }),
  },
)
const trees = fc.array(nodes, { minLength: 8, maxLength: 24 })

/** Makes a tree; its paths are in the order of the nodes, most of them in folders. */
function plant(root: string, tree: readonly Node[]): string[] {
  const files: string[] = []
  let folder = ''
  const add = (path: string, bytes: Uint8Array | string): void => {
    writeFileSync(join(root, path), bytes)
    utimesSync(join(root, path), 1_600_000_000, 1_600_000_000.25)
    files.push(path)
  }
  for (const [i, node] of tree.entries()) {
    const path = `${folder}${String(i).padStart(2, '0')}`
    if (node.is === 'file')
      add(path + node.suffix, node.shrinks ? 'lorem ipsum '.repeat(node.sizeBytes / 12) : noise(node.sizeBytes, path))
    else if (node.is === 'folder') {
      mkdirSync(join(root, path))
      folder = dirname(path) === '.' ? `${path}/` : ''
    } else if (node.is === 'symlink') symlinkSync('elsewhere', join(root, path))
    else if (node.is === 'run')
      for (let k = 100; k < 300; k += 1) add(`${path}-${k}`, k % 3 === 0 ? '' : `${path} ${k}`)
    else {
      const first = files[i % Math.max(files.length, 1)]
      if (first !== undefined) linkSync(join(root, first), join(root, path))
    }
  }
  return files
}

/** Gives folders the times that they had. */
function freeze(root: string, tree: readonly Node[]): void {
  const files = plant(root, tree)
  for (const folder of new Set([...files.map((path) => dirname(path)), '.'])) utimesSync(join(root, folder), 1e9, 1e9)
}

interface Outcome {
  readonly bytes: Uint8Array
  readonly events: readonly unknown[]
  readonly report: unknown
}

async function packBytes(root: string, options: PackOptions): Promise<Outcome> {
  const target = new MemoryTarget()
  const events: unknown[] = []
  const report = await packTree('.', target, {
    cwd: root,
    createdAt: new Date(0),
    onProgress: (progress) => events.push(progress),
    onProblem: (problem) => events.push(problem),
    ...options,
  })
  return { bytes: target.bytes(), events, report }
}

/** Packs with one thread, two and three. */
async function expectSame(pack: (count: number) => Promise<Outcome>): Promise<Outcome> {
  const one = await pack(1)
  for (const count of [2, 3]) {
    const more = await pack(count)
    expect(Buffer.compare(more.bytes, one.bytes)).toBe(0)
    expect(more.report).toEqual(one.report)
    expect(more.events).toEqual(one.events)
  }
  return one
}

const RUNS = { numRuns: 6, interruptAfterTimeLimit: 100_000 }

describe('the archive of any tree', { timeout: 120_000 }, () => {
  test('is the same', async () => {
    const options = fc.record({
      level: fc.constantFrom(0 as const, 1 as const, 6 as const),
      groupBytes: fc.constantFrom(0, 0, 4 * KiB, 64 * KiB, MiB),
      seekBytes: fc.constantFrom(0, 64 * KiB, MiB, 4 * MiB),
      digest: fc.constantFrom('sha256' as const, 'none' as const),
    })
    await fc.assert(
      fc.asyncProperty(trees, options, async (tree, how) => {
        const root = makeFolder()
        freeze(root, tree)
        const { bytes } = await expectSame((count) => packBytes(root, { ...how, threads: count }))
        await using archive = await openBytes(bytes, 'a')
        expect((await archive.verify()).problems).toEqual([])
      }),
      RUNS,
    )
    expect(threads.ready).toBeGreaterThan(0)
  })

  test('is the same with hooks, of a differential, and of one that copies', async () => {
    await fc.assert(
      fc.asyncProperty(trees, fc.boolean(), fc.nat(), async (tree, copyData, pick) => {
        const root = makeFolder()
        freeze(root, tree)
        await using base = await openBytes((await packBytes(root, { threads: 1 })).bytes, 'base')
        const files = plant(makeFolder(), tree)
        for (const path of files.filter((_, i) => (i + pick) % 3 === 0))
          writeFileSync(join(root, path), `new ${path}`.repeat(900))
        for (const path of files.filter((_, i) => (i + pick) % 7 === 5)) rmSync(join(root, path))
        await expectSame(async (count) => {
          const ran: string[] = []
          const hook = {
            pattern: '*5',
            before: async ({ path }: { path: string }) => void ran.push(`before ${path}`),
            after: async ({ path }: { path: string }) => void ran.push(`after ${path}`),
          }
          const outcome = await packBytes(root, { threads: count, base, copyData, hooks: { paths: [hook] } })
          return { ...outcome, events: [...outcome.events, ...ran] }
        })
      }),
      RUNS,
    )
    expect(threads.ready).toBeGreaterThan(0)
  })

  test('is the same in slices, and gone on with after a stop', async () => {
    await fc.assert(
      fc.asyncProperty(
        trees,
        fc.integer({ min: 20_000, max: 400_000 }),
        fc.integer({ min: 1, max: 5 }),
        async (tree, sliceBytes, stop) => {
          const root = makeFolder()
          freeze(root, tree)
          writeFileSync(join(root, 'zz'), noise(4 * MiB, 'zz'))
          await expectSame(async (count) => {
            const path = join(makeFolder(), 'a.tgz')
            const slices: Uint8Array[] = []
            const run = async (last: number, resume: boolean): Promise<Outcome> => {
              const onSlice = ({ slice: number }: FinishedSlice): void => {
                if (number === last) throw new Error('stop')
                slices[number - 1] = readFileSync(`${path}.part${number}`)
              }
              const target = new SlicedFileTarget(path, { sliceBytes, onSlice })
              const told: unknown[] = []
              const report = await packTree('.', target, { cwd: root, createdAt: new Date(0), threads: count, resume })
              return { bytes: Buffer.concat(slices), events: told, report }
            }
            await expect(run(stop, false)).rejects.toThrow('stop')
            return run(0, true)
          })
        },
      ),
      RUNS,
    )
    expect(threads.ready).toBeGreaterThan(0)
  })
})
