import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StorageError } from '../../src/errors.ts'
import type { ByteSource } from '../../src/io/byte-source.ts'
import { MemorySource } from '../../src/io/memory-source.ts'
import { withCounter } from '../../src/io/with-counter.ts'
import { withReadAhead } from '../../src/io/with-read-ahead.ts'
import { collect, failureOf } from '../source-suite.ts'

const BYTES = Uint8Array.from({ length: 240_000 }, (_, index) => (index * 7 + (index >> 8)) & 0xff)

/** A source whose reads wait until they are let go or made to fail. */
class Gated extends MemorySource {
  readonly waiting: { go: () => void; fail: (error: unknown) => void }[] = []

  override async read(...args: Parameters<MemorySource['read']>): Promise<Uint8Array> {
    const bytes = await super.read(...args)
    await new Promise<void>((go, fail) => {
      this.waiting.push({ go, fail })
      args[2]?.signal?.addEventListener('abort', () => fail(args[2]?.signal?.reason))
    })
    return bytes
  }
}

const lost = (): StorageError =>
  new StorageError('lost', { operation: 'read', location: 'gated', kind: 'connection', retryable: true })

/** Lets reads that were just begun come as far as they can. */
const settle = async (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0))

describe('withReadAhead', () => {
  it.each([
    ['its end given', BYTES.length, 1],
    ['its end asked for', undefined, 2],
  ])('makes 2,000 small reads one window, %s', async (_, endOffset, requests) => {
    const counted = withCounter(new MemorySource(BYTES))
    const source = withReadAhead(counted, { endOffset })
    const parts: Uint8Array[] = []
    for (let i = 0; i < 2000; i += 1) parts.push(await source.read(i * 120, 120))
    expect(Buffer.compare(Buffer.concat(parts), BYTES)).toBe(0)
    expect(counted.requests).toBe(requests)
    expect(counted.bytes).toBe(BYTES.length)
  })

  it('goes from window to window, up to its end', async () => {
    const counted = withCounter(new MemorySource(BYTES))
    const source = withReadAhead(counted, { windowBytes: 1000, endOffset: 2500 })
    for (let at = 0; at < 2700; at += 300) await source.read(at, 300)
    expect(counted.log).toEqual([
      { offset: 0, lengthBytes: 1000 },
      { offset: 900, lengthBytes: 1000 },
      { offset: 1800, lengthBytes: 700 },
      { offset: 2400, lengthBytes: 300 },
    ])
  })

  it('lets large reads and streams pass, and takes the size from a tail that was read', async () => {
    const counted = withCounter(new MemorySource(BYTES))
    const source = withReadAhead(counted, { windowBytes: 1000 })
    await source.read(5, 1000)
    await collect(source.stream(5, 10))
    await source.readTail(50)
    await source.read(239_950, 10)
    expect(counted.log).toEqual([
      { offset: 5, lengthBytes: 1000 },
      { offset: 5, lengthBytes: 10 },
      { offset: 239_950, lengthBytes: 50 },
      { offset: 239_950, lengthBytes: 50 },
    ])
  })

  it('reads what the source beneath reads, whatever the order and however many at once', async () => {
    const range = fc.nat(600).chain((offset) => fc.tuple(fc.constant(offset), fc.nat(600 - offset)))
    const small = fc.nat(600).chain((offset) => fc.tuple(fc.constant(offset), fc.nat(Math.min(40, 600 - offset))))
    const ranges = fc.array(fc.oneof(range, small), { maxLength: 20 })
    const options = fc.record({ windowBytes: fc.nat(300), endOffset: fc.option(fc.nat(600), { nil: undefined }) })
    const bytes = BYTES.slice(0, 600)
    await fc.assert(
      fc.asyncProperty(ranges, options, fc.boolean(), async (asked, given, together) => {
        const source = withReadAhead(new MemorySource(bytes), given)
        const read = async ([offset, length]: [number, number]): Promise<void> =>
          expect(await source.read(offset, length)).toEqual(bytes.slice(offset, offset + length))
        if (together) await Promise.all(asked.map(read))
        else for (const one of asked) await read(one)
      }),
    )
  })

  it('shares a window that is under way', async () => {
    const gated = new Gated(BYTES)
    const source = withReadAhead(gated, { endOffset: BYTES.length })
    const reads = [source.read(0, 10), source.read(10, 10), source.read(5, 30)]
    await settle()
    expect(gated.waiting).toHaveLength(1)
    gated.waiting[0]?.go()
    expect(await Promise.all(reads)).toEqual([BYTES.slice(0, 10), BYTES.slice(10, 20), BYTES.slice(5, 35)])
  })

  it('forgets a window that failed; all who wanted something of it ask for just that', async () => {
    const gated = new Gated(BYTES)
    const source = withReadAhead(gated, { endOffset: BYTES.length })
    const [first, second] = [failureOf(source.read(0, 10)), source.read(10, 10)]
    await settle()
    gated.waiting[0]?.fail(lost())
    await settle()
    gated.waiting[1]?.fail(lost())
    gated.waiting[2]?.go()
    expect(await first).toMatchObject({ kind: 'connection' })
    expect(await second).toEqual(BYTES.slice(10, 20))
    const again = source.read(0, 10)
    await settle()
    expect(gated.waiting).toHaveLength(4)
    gated.waiting[3]?.go()
    expect(await again).toEqual(BYTES.slice(0, 10))
  })

  it('a late failure does not cost the window that came after it', async () => {
    const gated = new Gated(BYTES)
    const source = withReadAhead(gated, { windowBytes: 1000, endOffset: BYTES.length })
    const [early, late] = [source.read(0, 10), source.read(5000, 10)]
    await settle()
    gated.waiting[1]?.go()
    await late
    gated.waiting[0]?.fail(lost())
    await settle()
    gated.waiting[2]?.go()
    expect(await early).toEqual(BYTES.slice(0, 10))
    expect(await source.read(5500, 10)).toEqual(BYTES.slice(5500, 5510))
    expect(gated.waiting).toHaveLength(3)
  })

  it('ends the request of the caller who aborts, and goes on for the others', async () => {
    const gated = new Gated(BYTES)
    const source = withReadAhead(gated, { endOffset: BYTES.length })
    const [asker, waiter] = [new AbortController(), new AbortController()]
    const asked = failureOf(source.read(0, 10, { signal: asker.signal }))
    const waited = failureOf(source.read(10, 10, { signal: waiter.signal }))
    const stayed = source.read(20, 10)
    await settle()
    waiter.abort('waiter left')
    expect(await waited).toBe('waiter left')
    asker.abort('asker left')
    expect(await asked).toBe('asker left')
    await settle()
    gated.waiting[1]?.go()
    expect(await stayed).toEqual(BYTES.slice(20, 30))
  })

  it('gives copies of the window', async () => {
    const source: ByteSource = withReadAhead(new MemorySource(BYTES))
    for (let i = 0; i < 2; i += 1) (await source.read(0, 10)).fill(0)
    expect(await source.read(0, 10)).toEqual(BYTES.slice(0, 10))
  })

  it.each([{ windowBytes: -1 }, { windowBytes: 0.5 }, { endOffset: Number.NaN }])('takes %o for misuse', (options) => {
    expect(() => withReadAhead(new MemorySource(BYTES), options)).toThrow(RangeError)
  })
})
