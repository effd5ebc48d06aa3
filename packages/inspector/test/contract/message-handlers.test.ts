/** What cannot be cloned goes between two threads: here, between the ends of a channel. */
import { expose, type Remote, wrap } from 'comlink'
import { afterEach, expect, test } from 'vitest'
import { installMessageHandlers } from '../../src/contract/message-handlers.ts'
import { type Trouble, TroubleError } from '../../src/contract/trouble.ts'

const trouble: Trouble = { kind: 'damaged', title: 'Damaged data', detail: 'a', advice: 'Get it anew.' }
const ports: MessagePort[] = []

installMessageHandlers((error) =>
  error instanceof TroubleError ? error.trouble : { ...trouble, title: String(error) },
)

afterEach(() => {
  for (const port of ports.splice(0)) port.close()
})

function over<T>(calls: T): Remote<T> {
  const { port1, port2 } = new MessageChannel()
  ports.push(port1, port2)
  expose(calls, port1)
  return wrap<T>(port2)
}

test('what is told by a callback arrives, in order', async () => {
  const told: number[] = []
  const { count } = over({
    count: (tell: (value: number) => void) => {
      for (let value = 1; value <= 3; value += 1) tell(value)
      return 'counted'
    },
  })
  expect(await count((value: number) => void told.push(value))).toBe('counted')
  // They come by a way of their own, perhaps after the answer.
  await expect.poll(() => told).toEqual([1, 2, 3])
})

test('a signal ends a call, and one that was aborted before is so there', async () => {
  const calls = over({
    wait: (signal: AbortSignal) =>
      new Promise((resolve) => {
        if (signal.aborted) resolve('at once')
        signal.addEventListener('abort', () => resolve('later'))
      }),
  })
  expect(await calls.wait(AbortSignal.abort())).toBe('at once')
  const controller = new AbortController()
  const waiting = calls.wait(controller.signal)
  controller.abort()
  expect(await waiting).toBe('later')
})

test('trouble is thrown as what it is, and all else as it is described', async () => {
  const calls = over({
    fail: (error: string) => {
      throw error === '' ? new TroubleError(trouble) : new TypeError(error)
    },
  })
  await expect(calls.fail('')).rejects.toMatchObject({ name: 'TroubleError', trouble })
  await expect(calls.fail('odd')).rejects.toMatchObject({ trouble: { ...trouble, title: 'TypeError: odd' } })
})

test('each write waits until the one before was taken, and leaves its data to the writer', async () => {
  const taken: number[][] = []
  let free: (() => void) | undefined
  const out = new WritableStream<Uint8Array>(
    {
      write: (chunk) => {
        taken.push([...chunk])
        return new Promise<void>((resolve) => {
          free = resolve
        })
      },
    },
    { highWaterMark: 0 },
  )
  const steps: string[] = []
  const chunk = Uint8Array.of(1, 2)
  const calls = over({
    give: async (stream: WritableStream<Uint8Array>) => {
      const writer = stream.getWriter()
      for (const name of ['first', 'second']) {
        await writer.write(chunk)
        steps.push(name)
      }
      await writer.close()
    },
  })
  const giving = calls.give(out)
  await expect.poll(() => taken.length).toBe(1)
  expect(steps).toEqual([])
  free?.()
  await expect.poll(() => taken.length).toBe(2)
  expect(steps).toEqual(['first'])
  free?.()
  await giving
  expect(taken).toEqual([
    [1, 2],
    [1, 2],
  ])
  expect(chunk).toEqual(Uint8Array.of(1, 2))
})

test('a stream that fails fails the write, and one that is given up is aborted', async () => {
  const ended: string[] = []
  const calls = over({
    give: async (stream: WritableStream<Uint8Array>) => stream.getWriter().write(Uint8Array.of(1)),
    giveUp: async (stream: WritableStream<Uint8Array>) => stream.abort(),
  })
  const full = new WritableStream<Uint8Array>({
    write: () => {
      throw new TroubleError(trouble)
    },
  })
  await expect(calls.give(full)).rejects.toMatchObject({ trouble })
  await calls.giveUp(new WritableStream<Uint8Array>({ abort: () => void ended.push('aborted') }))
  expect(ended).toEqual(['aborted'])
})
