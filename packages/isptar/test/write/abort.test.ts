/** Aborting at any moment: what runs ends, whatever its data or target are stuck on; what is stored stays whole. */
import { type Codec, createArchive, type EntryData, MemoryTarget, pakoCodec } from 'isptar'
import { describe, expect, it } from 'vitest'
import { sampleBytes } from '../gzip/samples.ts'

/** A target whose commit waits until it is told how it ends. */
class SlowTarget extends MemoryTarget {
  readonly events: string[] = []
  readonly started: Promise<void>
  finish: (error?: Error) => void = () => {}
  #start: () => void = () => {}

  constructor() {
    super()
    this.started = new Promise((resolve) => {
      this.#start = resolve
    })
  }

  override async commit(): Promise<void> {
    this.events.push('commit')
    this.#start()
    await new Promise<void>((resolve, reject) => {
      this.finish = (error) => (error ? reject(error) : resolve())
    })
    await super.commit()
    this.events.push('committed')
  }

  override async abort(): Promise<void> {
    this.events.push('abort')
    await super.abort()
  }
}

/** Gives some bytes, then nothing for ever; cannot be cancelled in time either. */
function stuckForms(firstBytes: number, onCancel: () => void): [string, EntryData][] {
  const never = new Promise<never>(() => undefined)
  const first = sampleBytes(firstBytes)
  const stream = new ReadableStream<Uint8Array>(
    {
      start: (to) => (firstBytes > 0 ? to.enqueue(first) : undefined),
      pull: () => never,
      cancel: () => {
        onCancel()
        return never
      },
    },
    { highWaterMark: 0 },
  )
  const generate = async function* (): AsyncGenerator<Uint8Array> {
    if (firstBytes > 0) yield first
    await never
  }
  return [
    ['stream', stream],
    ['generator', generate()],
    ['watched', { chunks: generate(), changed: () => false }],
    ['changed', { chunks: (async function* () {})(), changed: () => never }],
  ]
}

describe.each([0, 3_000_000])('a call that is stuck on its data after %i bytes', (firstBytes) => {
  it.each(['abort', 'signal'])('is ended by %s', async (way) => {
    let cancelled = 0
    for (const [, data] of stuckForms(firstBytes, () => (cancelled += 1))) {
      const target = new SlowTarget()
      const controller = new AbortController()
      const writer = createArchive(target, { signal: controller.signal })
      const stuck = writer.add({ path: 'f' }, data)
      const calls = Promise.allSettled([stuck, writer.add({ path: 'g' }, 'x'), writer.close()])
      await new Promise((resolve) => {
        setTimeout(resolve, 20)
      })
      if (way === 'abort') await writer.abort()
      else controller.abort(new DOMException('enough', 'AbortError'))
      const results = await calls
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
      expect(results[0]).toMatchObject({ reason: { name: 'AbortError' } })
      expect(target.events).toEqual(['abort'])
    }
    expect(cancelled).toBe(1)
  })
})

it('an entry whose writer is aborted while it is written is not said to be added', async () => {
  const target = new SlowTarget()
  const aborted: Promise<void>[] = []
  const deflateRaw: Codec['deflateRaw'] = (plain, level, end) => {
    if (plain.length === 1024) aborted.push(writer.abort())
    return pakoCodec.deflateRaw(plain, level, end)
  }
  const writer = createArchive(target, { codec: { ...pakoCodec, deflateRaw } })
  await expect(writer.add({ path: 'f' }, sampleBytes(1000))).rejects.toMatchObject({ name: 'AbortError' })
  await Promise.all(aborted)
  expect([aborted.length, target.events]).toEqual([1, ['abort']])
})

it('a writer that is aborted while it closes does not commit', async () => {
  const target = new SlowTarget()
  let aborted: Promise<void> | undefined
  target.write = async () => {
    aborted = writer.abort()
  }
  const writer = createArchive(target)
  await writer.add({ path: 'f' }, 'x')
  await expect(writer.close()).rejects.toMatchObject({ name: 'AbortError' })
  await aborted
  expect(target.events).toEqual(['abort'])
})

describe('abort while the target commits', () => {
  it('waits, then does nothing', async () => {
    const target = new SlowTarget()
    const writer = createArchive(target)
    await writer.add({ path: 'f' }, 'x')
    const closed = writer.close()
    await target.started
    const aborted = writer.abort().then(() => target.events.push('abort returned'))
    target.finish()
    await Promise.all([closed, aborted])
    expect(target.events).toEqual(['commit', 'committed', 'abort returned'])
    expect(target.bytes().length).toBeGreaterThan(0)
  })

  it('waits until a commit that fails has been cleaned up, once', async () => {
    const target = new SlowTarget()
    const writer = createArchive(target)
    const closed = writer.close()
    await target.started
    const aborted = writer.abort().then(() => target.events.push('abort returned'))
    target.finish(new Error('no space'))
    await expect(closed).rejects.toThrow('no space')
    await aborted
    expect(target.events).toEqual(['commit', 'abort', 'abort returned'])
  })
})
