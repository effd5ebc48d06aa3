/** Runs jobs side by side: once each to warm up and to be checked, then in rounds, each round in another order. */
import { rmSync, statSync } from 'node:fs'
import { runShell } from './run-shell.mjs'

/** A job that takes longer than this in its first run, and is compared with nothing, is not run again. */
const SLOW_SECONDS = 40

/**
 * Gives the jobs' results in their order: { name, seconds, isSingle, peakBytes, sizeBytes }; seconds is the median,
 * or, where `isSingle`, of the first run, as the job was too slow for more.
 * A job is { name, command, output, sized, prepare, check }: `output` a path that is removed before each run, whose size
 * counts when it is `sized`, `prepare` what is done before each run without being timed, `check` what is done after the first run, which
 * throws when the result is wrong.
 *
 * @param jobs - what is compared
 * @param rounds - timed runs of each
 * @param keep - names of jobs that are run again even when they are slow
 */
export async function interleave(jobs, rounds, keep) {
  const results = new Map()
  for (const job of jobs) {
    const { seconds, peakBytes } = await run(job, true)
    const sizeBytes = job.sized ? statSync(job.output).size : undefined
    await job.check?.()
    results.set(job, { first: seconds, times: [], peakBytes, sizeBytes })
    console.error(`  ${job.name}: ${seconds.toFixed(2)} s`)
  }
  const again = jobs.filter((job) => results.get(job).first <= SLOW_SECONDS || keep.has(job.name))
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < again.length; turn += 1) {
      const job = again[(turn + round) % again.length]
      results.get(job).times.push((await run(job, false)).seconds)
    }
    console.error(`  round ${round + 1} of ${rounds}`)
  }
  for (const job of jobs) clear(job)
  return jobs.map((job) => {
    const { first, times, peakBytes, sizeBytes } = results.get(job)
    const isSingle = times.length === 0
    return { name: job.name, seconds: isSingle ? first : median(times), isSingle, peakBytes, sizeBytes }
  })
}

/** The middle of some numbers. */
export function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b)
  const half = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2
}

async function run(job, watchMemory) {
  clear(job)
  await job.prepare?.()
  return runShell(job.command, { watchMemory })
}

function clear(job) {
  if (job.output !== undefined) rmSync(job.output, { recursive: true, force: true })
}
