/**
 * Runs jobs on worker threads, in the order in which they come, as many at once as there are threads. Where no thread can be
 * started the jobs run here, so that a result never depends on whether there are threads.
 */
import { existsSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

/** A thread that is at a job has the next one already: it never waits for this one. */
const JOBS_PER_THREAD = 2

/** More threads than this wait for the disk and for the thread that writes. */
const MAX_THREADS = 8

/** What a thread needs, so that two of them stay small: buffers lie outside these. In MiB. */
const HEAP_LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8 }

/** How to run jobs. */
export interface WorkerPoolOptions<Job, Result> {
  /** Name of the script beside this file, without its ending; it calls `serveJobs`. */
  readonly script: string
  /** How many threads; below 2 none is started and jobs run here. @defaultValue {@link defaultThreads} */
  readonly threads?: number | undefined
  /**
   * How many jobs may come before threads are started: until then they wait, and {@link WorkerPool.settle} does them here.
   * @defaultValue 0
   */
  readonly patience?: number | undefined
  /** Does a job in this thread. */
  readonly runHere: (job: Job) => Result
}

/** What a thread is sent. */
export interface JobMessage<Job> {
  readonly id: number
  readonly job: Job
}

/** What a thread says: once that it has started, then what became of each job. */
export type JobReply<Result> =
  | { readonly isReady: true }
  | { readonly id: number; readonly result: Result }
  | { readonly id: number; readonly error: unknown }

interface Pending<Job, Result> extends JobMessage<Job> {
  readonly transfer: readonly ArrayBuffer[]
  readonly resolve: (result: Result) => void
  readonly reject: (error: unknown) => void
}

interface Thread<Job, Result> {
  readonly worker: Worker
  /** What it was given and has not answered. */
  readonly jobs: Map<number, Pending<Job, Result>>
  /** Resolved when its script is loaded, or it ended. */
  readonly started: Promise<unknown>
  isReady: boolean
}

/** How many threads are used when nothing is said: one for each core, at most 8. */
export function defaultThreads(): number {
  return Math.min(availableParallelism(), MAX_THREADS)
}

/**
 * Checks how many threads are wanted.
 *
 * @throws RangeError for what is no whole number from 1
 */
export function checkThreads(threads: number | undefined): number | undefined {
  if (threads === undefined || (Number.isSafeInteger(threads) && threads >= 1)) return threads
  throw new RangeError(`threads must be a whole number from 1, got ${threads}`)
}

/** Threads that do one kind of job. Close it. */
export class WorkerPool<Job, Result> {
  readonly #options: WorkerPoolOptions<Job, Result>
  readonly #script: URL | undefined
  readonly #threads: Thread<Job, Result>[] = []
  /** Those that failed, and may not have ended yet. */
  readonly #lost: Thread<Job, Result>[] = []
  readonly #waiting: Pending<Job, Result>[] = []
  #wanted: number
  #nextId = 0
  #isClosed = false

  constructor(options: WorkerPoolOptions<Job, Result>) {
    this.#options = options
    this.#script = findScript(options.script)
    const threads = options.threads ?? defaultThreads()
    this.#wanted = this.#script === undefined || threads < 2 ? 0 : threads
  }

  /** How many threads do jobs, or will once there are any. */
  get threads(): number {
    return this.#wanted
  }

  /**
   * Does a job. Threads are started with the first ones.
   *
   * @param job - what can be cloned
   * @param transfer - buffers in it that are handed over and are of no use here any more
   * @returns what the job gives; rejected with what it throws, which has lost its class, or when its thread ended
   */
  run(job: Job, transfer: readonly ArrayBuffer[] = []): Promise<Result> {
    if (this.#isClosed) return Promise.reject(closedError())
    if (this.#wanted === 0) return this.#runHere(job)
    return new Promise((resolve, reject) => {
      const pending = { id: this.#nextId, job, transfer, resolve, reject }
      this.#nextId += 1
      this.#waiting.push(pending)
      this.#dispatch()
    })
  }

  /** To be called before a result is waited for: what waits for more jobs to come, so that threads are worth it, is done here. */
  settle(): void {
    if (!this.#hasThreads) this.#runWaiting()
  }

  /** Starts the threads: where there is going to be work for them, they load while this one prepares it. */
  warmUp(): void {
    while (this.#threads.length < this.#wanted) this.#start()
  }

  /** Ends the threads, also what they are at. */
  async close(): Promise<void> {
    this.#isClosed = true
    for (const { reject } of this.#waiting.splice(0)) reject(closedError())
    await Promise.all([...this.#threads, ...this.#lost].map(end))
  }

  async #runHere(job: Job): Promise<Result> {
    return this.#options.runHere(job)
  }

  get #hasThreads(): boolean {
    return this.#threads.length > 0 || this.#waiting.length > (this.#options.patience ?? 0)
  }

  #dispatch(): void {
    if (!this.#hasThreads) return
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      const thread = this.#idleThread()
      if (thread === undefined) break
      this.#waiting.shift()
      post(thread, first)
    }
    if (this.#wanted === 0) this.#runWaiting()
  }

  #runWaiting(): void {
    for (const { job, resolve, reject } of this.#waiting.splice(0)) this.#runHere(job).then(resolve, reject)
  }

  /** The thread with the least to do, if it has room; a new one as long as none is idle. */
  #idleThread(): Thread<Job, Result> | undefined {
    const [least] = [...this.#threads].sort((a, b) => a.jobs.size - b.jobs.size)
    if (this.#threads.length < this.#wanted && (least === undefined || least.jobs.size > 0)) return this.#start()
    return least !== undefined && least.jobs.size < JOBS_PER_THREAD ? least : undefined
  }

  #start(): Thread<Job, Result> | undefined {
    const worker = this.#script && startWorker(this.#script)
    if (worker === undefined) {
      this.#wanted = this.#threads.length
      return undefined
    }
    const started = Promise.race(['message', 'exit'].map((event) => new Promise((done) => worker.once(event, done))))
    const thread: Thread<Job, Result> = { worker, jobs: new Map(), started, isReady: false }
    worker.on('message', (reply: JobReply<Result>) => this.#take(thread, reply))
    worker.on('error', (error) => this.#lose(thread, error))
    worker.on('messageerror', (error) => this.#lose(thread, error))
    worker.on('exit', () => this.#lose(thread, closedError()))
    this.#threads.push(thread)
    return thread
  }

  #take(thread: Thread<Job, Result>, reply: JobReply<Result>): void {
    thread.isReady = true
    if ('isReady' in reply) return
    const pending = thread.jobs.get(reply.id)
    thread.jobs.delete(reply.id)
    if (pending === undefined) return
    if ('error' in reply) pending.reject(reply.error)
    else pending.resolve(reply.result)
    this.#dispatch()
  }

  /** A thread that could not even start takes its jobs with it only if their buffers are gone. */
  #lose(thread: Thread<Job, Result>, error: unknown): void {
    const at = this.#threads.indexOf(thread)
    if (at >= 0) this.#lost.push(...this.#threads.splice(at, 1))
    const jobs = [...thread.jobs.values()]
    thread.jobs.clear()
    const couldNotStart = !thread.isReady && !this.#isClosed
    if (couldNotStart) this.#wanted = this.#threads.length
    for (const pending of jobs) {
      if (couldNotStart && pending.transfer.every(({ byteLength }) => byteLength > 0))
        this.#runHere(pending.job).then(pending.resolve, pending.reject)
      else pending.reject(error)
    }
    if (!this.#isClosed) this.#dispatch()
  }
}

/** Where the system has no room for a thread, jobs are done without. */
function startWorker(script: URL): Worker | undefined {
  try {
    // What this process was started with, such as conditions of imports, is meant for its own scripts.
    return new Worker(script, { resourceLimits: HEAP_LIMITS, execArgv: [] })
  } catch {
    return undefined
  }
}

/** A thread that is ended while it loads would leave the files open that it loads from. */
async function end({
  worker,
  started,
}: {
  readonly worker: Worker
  readonly started: Promise<unknown>
}): Promise<void> {
  await started
  await worker.terminate()
}

/** What cannot be sent is refused, and leaves the thread as it was. */
function post<Job, Result>(thread: Thread<Job, Result>, pending: Pending<Job, Result>): void {
  const { id, job, transfer, reject } = pending
  try {
    thread.worker.postMessage({ id, job } satisfies JobMessage<Job>, [...transfer])
    thread.jobs.set(id, pending)
  } catch (error) {
    reject(error)
  }
}

function closedError(): Error {
  return new Error('the worker thread ended before its job was done')
}

/** Beside this file; beside the built one where this is the source, which threads do not read. */
function findScript(name: string): URL | undefined {
  const built = [new URL(`./${name}.js`, import.meta.url), new URL(`../../dist/node/${name}.js`, import.meta.url)]
  return built.find((url) => existsSync(url))
}
