/** The other end of a worker pool: what a worker's script calls. */
import { parentPort } from 'node:worker_threads'
import type { JobMessage, JobReply } from './worker-pool.ts'

/**
 * Does each job that comes, one after the other.
 *
 * @param run - does a job
 * @param transferOf - tells which buffers of a result are handed over
 */
export function serveJobs<Job, Result>(
  run: (job: Job) => Result,
  transferOf: (result: Result) => readonly ArrayBuffer[],
): void {
  parentPort?.on('message', ({ id, job }: JobMessage<Job>) => {
    try {
      const result = run(job)
      parentPort?.postMessage({ id, result } satisfies JobReply<Result>, [...transferOf(result)])
    } catch (error) {
      parentPort?.postMessage({ id, error } satisfies JobReply<Result>)
    }
  })
  parentPort?.postMessage({ isReady: true } satisfies JobReply<Result>)
}
