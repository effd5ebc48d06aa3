import { expect, it } from 'vitest'
import { SharedWork } from '../../src/io/shared-work.ts'

const stopped = new Error('stopped')

/** Work that ends when it is told to. */
function waiting(): { work: SharedWork<number>; runs: { signal: AbortSignal; end: (value: number) => void }[] } {
  const runs: { signal: AbortSignal; end: (value: number) => void }[] = []
  const work = new SharedWork<number>(
    (signal) =>
      new Promise((resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        runs.push({ signal, end: resolve })
      }),
  )
  return { work, runs }
}

it('is done once for all callers, and then no more', async () => {
  const { work, runs } = waiting()
  const both = Promise.all([work.get(undefined), work.get(undefined)])
  runs[0]?.end(7)
  expect(await both).toEqual([7, 7])
  expect(await work.get(undefined)).toBe(7)
  expect(runs.length).toBe(1)
})

it('a caller that leaves does not end it for the others', async () => {
  const { work, runs } = waiting()
  const caller = new AbortController()
  const first = work.get(caller.signal)
  const second = work.get(undefined)
  caller.abort(stopped)
  await expect(first).rejects.toBe(stopped)
  expect(runs[0]?.signal.aborted).toBe(false)
  runs[0]?.end(7)
  expect(await second).toBe(7)
})

it('the last one that leaves ends it, and the next begins anew', async () => {
  const { work, runs } = waiting()
  const callers = [new AbortController(), new AbortController()]
  const left = callers.map(({ signal }) => work.get(signal))
  for (const caller of callers) caller.abort(stopped)
  expect((await Promise.allSettled(left)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(runs[0]?.signal.reason).toBe(stopped)
  const next = work.get(undefined)
  runs[1]?.end(8)
  expect(await next).toBe(8)
})

it('what failed is done again', async () => {
  let count = 0
  const work = new SharedWork(async () => {
    count += 1
    if (count === 1) throw stopped
    return count
  })
  await expect(Promise.all([work.get(undefined), work.get(undefined)])).rejects.toBe(stopped)
  expect(await work.get(undefined)).toBe(2)
})

it('nothing is begun for a caller that has left', async () => {
  const { work, runs } = waiting()
  await expect(work.get(AbortSignal.abort(stopped))).rejects.toBe(stopped)
  expect(runs).toEqual([])
})
