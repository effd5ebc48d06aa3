import { EventEmitter } from 'node:events'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { type PackJob, type PackResult, runPackJob } from '../../src/node/pack-job.ts'
import { nodeFileSystem } from '../../src/node/tree-file-system.ts'
import { checkThreads, defaultThreads, WorkerPool } from '../../src/node/worker-pool.ts'

/** Made-up threads, in the order they were started, and whether real ones are wanted, or none can be had. */
const made = vi.hoisted(() => ({ threads: [] as unknown[], kind: 'fake' as 'fake' | 'real' | 'none' }))

/** A thread of which tests say what it does. */
class FakeThread extends EventEmitter {
  readonly sent: { id: number; job: string }[] = []
  isEnded = false

  postMessage(message: { id: number; job: string }): void {
    if (message.job === 'unsendable') throw new Error('could not be cloned')
    this.sent.push(message)
  }

  ready(): void {
    this.emit('message', { isReady: true })
  }

  /** Answers the first job it has not answered. */
  answer(reply: { result: string } | { error: unknown } = { result: `thread ${made.threads.indexOf(this)}` }): void {
    this.emit('message', { id: this.sent.shift()?.id, ...reply })
  }

  async terminate(): Promise<void> {
    if (!this.isEnded) this.end()
  }

  end(): void {
    this.isEnded = true
    this.emit('exit', 1)
  }
}

vi.mock(import('node:worker_threads'), async (original) => {
  const actual = await original()
  // What a constructor returns is what `new` gives.
  function start(...args: ConstructorParameters<typeof actual.Worker>): unknown {
    if (made.kind === 'real') return new actual.Worker(...args)
    if (made.kind === 'none') throw new Error('no room')
    const thread = new FakeThread()
    made.threads.push(thread)
    return thread
  }
  return { ...actual, Worker: start as never }
})

beforeEach(() => {
  made.threads = []
  made.kind = 'fake'
})

function openPool(options: { threads?: number; patience?: number } = {}): WorkerPool<string, string> {
  const runHere = (job: string): string => {
    if (job === 'bad') throw new Error('a bad job')
    return `here ${job}`
  }
  return new WorkerPool({ script: 'pack-worker', threads: 2, runHere, ...options })
}

function thread(at: number): FakeThread {
  const found = made.threads[at]
  if (found instanceof FakeThread) return found
  throw new Error(`there is no thread ${at}`)
}

/** Closes a pool whose threads have loaded. */
async function closeOf(pool: WorkerPool<string, string>): Promise<void> {
  for (const at of made.threads.keys()) thread(at).ready()
  await pool.close()
}

/** What became of a promise so far. */
function watch(promise: Promise<string>): { result?: string; error?: string } {
  const seen: { result?: string; error?: string } = {}
  promise.then(
    (result) => Object.assign(seen, { result }),
    (error: Error) => Object.assign(seen, { error: error.message }),
  )
  return seen
}

const turn = (): Promise<void> => new Promise((done) => setImmediate(done))

describe('jobs', () => {
  test('go to idle threads first, two to each, the rest as there is room', async () => {
    const pool = openPool()
    const seen = ['a', 'b', 'c', 'd', 'e', 'f'].map((job) => watch(pool.run(job)))
    expect([0, 1].map((at) => thread(at).sent.map(({ job }) => job))).toEqual([
      ['a', 'c'],
      ['b', 'd'],
    ])
    thread(1).answer()
    expect(thread(1).sent.map(({ job }) => job)).toEqual(['d', 'e'])
    await turn()
    expect(seen.map(({ result }) => result)).toEqual([undefined, 'thread 1', ...Array(4).fill(undefined)])
    expect(made.threads).toHaveLength(2)
    await closeOf(pool)
  })

  test('that throw are rejected, and the thread goes on', async () => {
    const pool = openPool()
    const bad = pool.run('bad')
    thread(0).answer({ error: new Error('a bad job') })
    await expect(bad).rejects.toThrow('a bad job')
    const good = pool.run('good')
    thread(0).answer({ result: 'good' })
    expect(await good).toBe('good')
    await closeOf(pool)
  })

  test('that cannot be sent are rejected, and hold up none', async () => {
    const pool = openPool()
    const good = pool.run('good')
    await expect(pool.run('unsendable')).rejects.toThrow('could not be cloned')
    thread(0).answer()
    expect(await good).toBe('thread 0')
    await closeOf(pool)
  })

  test('run here when one thread is asked for, or none can be found', async () => {
    for (const pool of [
      openPool({ threads: 1 }),
      new WorkerPool({ script: 'none', runHere: (job: string) => `here ${job}` }),
    ]) {
      expect(pool.threads).toBe(0)
      expect(await pool.run('a')).toBe('here a')
    }
    await expect(openPool({ threads: 1 }).run('bad')).rejects.toThrow('a bad job')
    expect(made.threads).toEqual([])
  })

  test('wait for more of them before threads are started, and run here when none come', async () => {
    const pool = openPool({ patience: 2 })
    const first = ['a', 'b'].map((job) => pool.run(job))
    expect(made.threads).toEqual([])
    pool.settle()
    expect(await Promise.all(first)).toEqual(['here a', 'here b'])
    const more = ['c', 'd', 'e'].map((job) => watch(pool.run(job)))
    expect(made.threads).toHaveLength(2)
    pool.settle()
    await turn()
    expect(more).toEqual([{}, {}, {}])
    await closeOf(pool)
  })
})

describe('threads', () => {
  test('that cannot start leave their jobs to be done here', async () => {
    const pool = openPool()
    const jobs = ['a', 'b', 'c'].map((job) => pool.run(job))
    thread(0).emit('error', new Error('cannot load'))
    thread(0).end()
    expect(pool.threads).toBe(1)
    thread(1).emit('error', new Error('cannot load'))
    thread(1).end()
    expect(await Promise.all(jobs)).toEqual(['here a', 'here b', 'here c'])
    expect(pool.threads).toBe(0)
    expect(await pool.run('d')).toBe('here d')
    expect(made.threads).toHaveLength(2)
  })

  test('for which the system has no room leave their jobs to be done here', async () => {
    made.kind = 'none'
    const pool = openPool()
    expect(await pool.run('a')).toBe('here a')
    expect(pool.threads).toBe(0)
  })

  test('that end at a job take it with them; another takes their place', async () => {
    const pool = openPool()
    const seen = ['a', 'b', 'c'].map((job) => watch(pool.run(job)))
    thread(0).ready()
    thread(0).end()
    await turn()
    expect(seen).toEqual([
      { error: 'the worker thread ended before its job was done' },
      {},
      { error: 'the worker thread ended before its job was done' },
    ])
    const next = pool.run('d')
    thread(2).answer()
    expect(await next).toBe('thread 2')
    await closeOf(pool)
  })

  test('whose answer cannot be read give none', async () => {
    const pool = openPool()
    const job = pool.run('a')
    thread(0).ready()
    thread(0).emit('messageerror', new Error('cannot be read'))
    await expect(job).rejects.toThrow('cannot be read')
    await closeOf(pool)
    expect(thread(0).isEnded).toBe(true)
  })

  test('take jobs whose buffers were handed over with them', async () => {
    const pool = openPool()
    const buffer = new ArrayBuffer(8)
    const job = pool.run('a', [buffer])
    structuredClone(buffer, { transfer: [buffer] })
    thread(0).end()
    await expect(job).rejects.toThrow('ended before its job was done')
  })

  test('are ended once they have loaded; what waits and what is under way is refused', async () => {
    const pool = openPool()
    const seen = ['a', 'b', 'c', 'd', 'e'].map((job) => watch(pool.run(job)))
    const closing = watch(pool.close().then(() => 'closed'))
    await turn()
    expect(seen.map(({ error }) => error !== undefined)).toEqual([false, false, false, false, true])
    thread(0).ready()
    await turn()
    expect([thread(0).isEnded, thread(1).isEnded]).toEqual([true, false])
    expect(closing).toEqual({})
    thread(1).ready()
    await turn()
    expect(closing).toEqual({ result: 'closed' })
    expect(seen.every(({ error }) => error !== undefined)).toBe(true)
    await expect(pool.run('f')).rejects.toThrow('ended')
    expect(made.threads).toHaveLength(2)
  })

  test('are one for each core, eight at most; other numbers are whole and from 1', () => {
    expect(defaultThreads()).toBeGreaterThanOrEqual(1)
    expect(defaultThreads()).toBeLessThanOrEqual(8)
    expect([undefined, 1, 7].map(checkThreads)).toEqual([undefined, 1, 7])
    for (const threads of [0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])
      expect(() => checkThreads(threads)).toThrow(RangeError)
  })
})

test('real threads do what is done here, and end', async () => {
  made.kind = 'real'
  const runHere = (job: PackJob): PackResult => runPackJob(job, nodeFileSystem)
  const pool = new WorkerPool({ script: 'pack-worker', threads: 2, runHere })
  expect(pool.threads, 'build first').toBe(2)
  const jobs = [0, 1, 2, 3, 4].map((k): PackJob => {
    const headers = new Uint8Array(1024).fill(k)
    const [headerEnds, pathEnds] = [Uint32Array.of(512, 1024), Uint32Array.of(0, 0)]
    const [facts, sizes, levels] = [new BigInt64Array(10), new Float64Array(2), new Uint8Array(2)]
    const settings = { kind: 'batch', level: 6, groupBytes: 0, digests: true } as const
    return { ...settings, headers, headerEnds, paths: new Uint8Array(0), pathEnds, facts, sizes, levels }
  })
  expect(await Promise.all(jobs.map((job) => pool.run(job)))).toEqual(jobs.map(runHere))
  await expect(pool.run({ kind: 'batch' } as never)).rejects.toThrow(TypeError)
  await pool.close()
})
