import { linkSync, mkdirSync, unlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { MemorySource } from '../../src/io/memory-source.ts'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import type { Target } from '../../src/io/target.ts'
import { type PackOptions, packTree, packWith } from '../../src/node/pack-tree.ts'
import { nodeFileSystem } from '../../src/node/tree-file-system.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { fileSystemWith, makeFolder, systemError } from './walk-support.ts'

const KiB = 1024
const MiB = 1024 * KiB

/** What threads were given and is not written: at most so much at once, in bytes. */
const underWay = vi.hoisted(() => ({ now: 0, most: 0, ended: 0, started: 0 }))

vi.mock(import('node:worker_threads'), async (original) => {
  const actual = await original()
  interface Sent {
    readonly job: { readonly sizes?: Float64Array; readonly start: number; readonly end: number }
  }
  class WatchedWorker extends actual.Worker {
    constructor(...args: ConstructorParameters<typeof actual.Worker>) {
      super(...args)
      underWay.started += 1
      this.once('exit', () => {
        underWay.ended += 1
      })
    }

    override postMessage(message: Sent, transfer: never): void {
      const { sizes, start, end } = message.job
      underWay.now += sizes ? sizes.reduce((sum, size) => sum + size, 0) : end - start
      underWay.most = Math.max(underWay.most, underWay.now)
      super.postMessage(message, transfer)
    }
  }
  return { ...actual, Worker: WatchedWorker }
})

/** A tree of large files, long ones and many short ones. */
function makeTree(): string {
  const cwd = makeFolder()
  for (const name of ['large', 'last']) writeFileSync(join(cwd, name), Buffer.alloc(24 * MiB, name))
  mkdirSync(join(cwd, 'many'))
  for (let k = 0; k < 1500; k += 1) writeFileSync(join(cwd, 'many', String(k)), 'a short one '.repeat(k % 200))
  for (let k = 0; k < 30; k += 1) writeFileSync(join(cwd, 'many', `long${k}`), Buffer.alloc(700 * KiB, k))
  return cwd
}

test('no more is under way than two mebibytes a thread and two more', async () => {
  const cwd = makeTree()
  Object.assign(underWay, { now: 0, most: 0, started: 0, ended: 0 })
  let told = 0
  const onProgress = ({ dataBytes }: { dataBytes: number }): void => {
    underWay.now -= dataBytes - told
    told = dataBytes
  }
  await packTree('.', new MemoryTarget(), { cwd, level: 1, threads: 2, onProgress })
  expect(underWay.started).toBe(2)
  // What is about to be written has been counted out of what is bounded: a batch, of one mebibyte and one file.
  expect(underWay.most).toBeLessThanOrEqual((2 + 1) * 2 * MiB + 2 * MiB)
  expect(underWay.most).toBeGreaterThan(2 * MiB)
  expect(underWay.now).toBe(0)
})

/** A target whose nth write does something. */
function doingAt(nth: number, happen: () => void): Target {
  let calls = 0
  return {
    name: 'target',
    write: async () => {
      calls += 1
      if (calls === nth) happen()
    },
    commit: () => Promise.resolve(),
    abort: () => Promise.resolve(),
  }
}

test('threads end whatever ends the packing', async () => {
  const cwd = makeTree()
  const reason = new Error('enough')
  for (const nth of [1, 3, 9]) {
    const controller = new AbortController()
    const aborting = doingAt(nth, () => controller.abort(reason))
    const options: PackOptions = { cwd, level: 0, threads: 3 }
    Object.assign(underWay, { started: 0, ended: 0 })
    await expect(packTree('.', aborting, { ...options, signal: controller.signal })).rejects.toBe(reason)
    expect([underWay.started, underWay.ended]).toEqual([3, 3])
    const failing = doingAt(nth, () => {
      throw systemError('ENOSPC')
    })
    await expect(packTree('.', failing, options)).rejects.toMatchObject({ code: 'ENOSPC' })
    expect([underWay.started, underWay.ended]).toEqual([6, 6])
  }
})

test('what fails is told as it is: no hook is blamed, and those that end something run', async () => {
  const cwd = makeTree()
  for (const [how, failure] of [
    ['fails', systemError('ENOSPC')],
    ['is aborted', new Error('enough')],
  ] as const) {
    const controller = new AbortController()
    const target = doingAt(1, () => {
      if (how === 'fails') throw failure
      controller.abort(failure)
    })
    const notices: string[] = []
    const ran: string[] = []
    const hooks = {
      paths: [
        { pattern: 'many', after: async () => void ran.push('first') },
        {
          pattern: 'many',
          after: async () => {
            ran.push('second')
            throw new Error('cannot thaw')
          },
        },
      ],
    }
    const options = { cwd, level: 0, threads: 2, hooks, signal: controller.signal } as const
    const packing = packTree('many', target, { ...options, onNotice: (notice) => notices.push(notice) })
    await expect(packing).rejects.toBe(failure)
    expect(ran).toEqual(['second', 'first'])
    expect(notices).toEqual(['a hook failed as well: cannot thaw'])
  }
})

test('a hook finds stored what comes before it, and nothing of what comes after', async () => {
  const cwd = makeTree()
  const seen: [string, number][] = []
  let count = 0
  const at = (when: string) => async () => void seen.push([when, count])
  const hooks = { paths: [{ pattern: 'many', before: at('before'), after: at('after') }] }
  const onProgress = ({ entryCount }: { entryCount: number }): void => {
    count = entryCount
  }
  await packTree('.', new MemoryTarget(), { cwd, level: 1, threads: 2, hooks, onProgress })
  expect(seen).toEqual([
    ['before', 2],
    ['after', 2 + 1531],
  ])
})

test('problems of the walk are told in turn with those of storing', async () => {
  const cwd = makeFolder()
  for (let k = 10; k < 30; k += 1) writeFileSync(join(cwd, String(k)), 'text')
  const fail = (path: Buffer, digit: string): void => {
    if (path.toString().endsWith(digit)) throw systemError('EACCES')
  }
  const fileSystem = fileSystemWith({
    lstat: (path) => {
      fail(path, '5')
      return nodeFileSystem.lstat(path)
    },
    open: (path) => {
      fail(path, '4')
      fail(path, '6')
      return nodeFileSystem.open(path)
    },
  })
  const told: string[] = []
  const onProblem = ({ path }: { path: string }): void => void told.push(path.slice(-2))
  const { problems } = await packWith('.', new MemoryTarget(), { cwd, fileSystem, onProblem })
  expect(told).toEqual(['14', '15', '16', '24', '25', '26'])
  expect(problems.map(({ path }) => path.slice(-2))).toEqual(told)
})

test('names of a file that is lost follow the first that is stored, in the same batch and in others', async () => {
  const cwd = makeFolder()
  const before = 1500
  for (let k = 0; k < before; k += 1) writeFileSync(join(cwd, `b${k}`), 'text')
  writeFileSync(join(cwd, 'a0'), 'of many names')
  for (const name of ['a1', 'a2', 'b500x', 'c0', 'c1']) linkSync(join(cwd, 'a0'), join(cwd, name))
  const target = new MemoryTarget()
  const gone = new Set(['a0', 'a1'])
  const lstat = nodeFileSystem.lstat
  const fileSystem = fileSystemWith({
    // The second name goes away once the walk is far ahead of it.
    lstat: (path) => {
      const stat = lstat(path)
      if (path.toString().endsWith('/c1')) for (const name of gone) unlinkSync(join(cwd, name))
      return stat
    },
    open: (path) => {
      if (gone.has(path.toString().slice(-2))) throw systemError('EIO')
      return nodeFileSystem.open(path)
    },
  })
  const { problems } = await packWith('.', target, { cwd, fileSystem })
  await using archive = await openArchive(new MemorySource(target.bytes()))
  expect((await archive.verify()).problems).toEqual([])
  expect(problems.map(({ path }) => path.slice(-2))).toEqual(['a0', 'a1'])
  expect(await archive.text('a2')).toBe('of many names')
  for (const name of ['b500x', 'c0', 'c1'])
    expect(await archive.get(name)).toMatchObject({ type: 'hardlink', linkTarget: 'a2' })
})
