import { describe, expect, it } from 'vitest'
import { IntegrityError, StorageError } from '../../src/errors.ts'
import type { ByteSource } from '../../src/io/byte-source.ts'
import { LazySource, type SlicePart } from '../../src/io/lazy-source.ts'
import { MemorySource } from '../../src/io/memory-source.ts'
import { withCounter } from '../../src/io/with-counter.ts'
import { collect, failureOf, failuresOf, sourceSuite } from '../source-suite.ts'

const BYTES = Uint8Array.of(1, 2, 3, 4, 5)

for (const sizeTold of [true, false]) {
  sourceSuite({
    name: `LazySource, its size ${sizeTold ? 'told' : 'to be learned'}`,
    open: (bytes) =>
      new LazySource({
        name: 'lazy',
        sizeBytes: sizeTold ? bytes.length : undefined,
        open: async () => new MemorySource(bytes),
      }),
  })
}

/** A part that counts how often it is opened. */
function counted(part: Partial<SlicePart> = {}): { part: SlicePart; opened: () => number } {
  let opened = 0
  const open = async (signal: AbortSignal): Promise<ByteSource> => {
    opened += 1
    return part.open ? part.open(signal) : new MemorySource(BYTES, 'x.part1')
  }
  return { part: { name: 'x.part1', sizeBytes: part.sizeBytes, open }, opened: () => opened }
}

const lost = (): StorageError =>
  new StorageError('lost', { operation: 'open', location: 'x.part1', kind: 'connection' })

describe('LazySource', () => {
  it('is not opened for its size where that is told, nor for a range that it cannot have', async () => {
    const { part, opened } = counted({ sizeBytes: 5 })
    const source = new LazySource(part)
    expect(await source.readTail(0)).toEqual({ bytes: new Uint8Array(0), sizeBytes: 5 })
    expect(await failuresOf(source.read(3, 3), collect(source.stream(6, 0)))).toEqual([
      expect.objectContaining({ kind: 'out-of-range' }),
      expect.objectContaining({ kind: 'out-of-range' }),
    ])
    await source.close()
    expect(opened()).toBe(0)
  })

  it('is opened once, by whoever comes first', async () => {
    const { part, opened } = counted({ sizeBytes: 5 })
    const source = new LazySource(part)
    const reads = [source.read(0, 2), source.read(2, 3), collect(source.stream(1, 1))]
    expect(await Promise.all(reads)).toEqual([Uint8Array.of(1, 2), Uint8Array.of(3, 4, 5), Uint8Array.of(2)])
    await source.readTail(1)
    expect(opened()).toBe(1)
  })

  it('knows its size once it was opened', async () => {
    const counter = withCounter(new MemorySource(BYTES))
    const source = new LazySource(counted({ open: async () => counter }).part)
    expect(source.sizeBytes).toBeUndefined()
    expect((await source.readTail(0)).sizeBytes).toBe(5)
    expect(source.sizeBytes).toBe(5)
    const { requests } = counter
    await source.readTail(0)
    expect(counter.requests).toBe(requests)
  })

  it('tries again after it could not be opened', async () => {
    let failures = 1
    const open = async (): Promise<ByteSource> => {
      if (failures-- > 0) throw lost()
      return new MemorySource(BYTES)
    }
    const source = new LazySource(counted({ sizeBytes: 5, open }).part)
    const first = await failuresOf(source.read(0, 1), source.read(1, 1))
    expect(first).toEqual([expect.objectContaining({ kind: 'connection' }), first[0]])
    expect(await source.read(0, 1)).toEqual(Uint8Array.of(1))
  })

  it('closes what it opened when that cannot tell its size', async () => {
    let closed = false
    const broken: ByteSource = {
      name: 'broken',
      readTail: async () => Promise.reject(lost()),
      read: async () => Promise.reject(lost()),
      stream: () => new MemorySource(BYTES).stream(0, 1),
      close: async () => {
        closed = true
      },
    }
    const source = new LazySource(counted({ open: async () => broken }).part)
    expect(await failureOf(source.read(0, 1))).toMatchObject({ kind: 'connection' })
    expect(closed).toBe(true)
  })

  it.each([
    ['told', 5, 0],
    ['learned', undefined, 1],
  ])('refuses to be read when it has not the expected size: %s', async (_, sizeBytes, openings) => {
    const { part, opened } = counted({ sizeBytes })
    const source = new LazySource(part)
    source.expectSize(6)
    expect(source.sizeBytes).toBe(6)
    expect((await source.readTail(0)).sizeBytes).toBe(6)
    for (const error of await failuresOf(source.read(0, 1), source.readTail(1), collect(source.stream(0, 1)))) {
      expect(error).toBeInstanceOf(IntegrityError)
      expect(error).toMatchObject({ expected: 6, actual: 5, message: expect.stringContaining('x.part1 has 5 bytes') })
    }
    expect(opened()).toBe(openings)
  })

  it('aborts an opening that is under way when it is closed, and closes what comes of it', async () => {
    let closed = false
    let finish: ((source: ByteSource) => void) | undefined
    let signal: AbortSignal | undefined
    const open = async (given: AbortSignal): Promise<ByteSource> => {
      signal = given
      return new Promise((resolve) => {
        finish = resolve
      })
    }
    const source = new LazySource(counted({ sizeBytes: 5, open }).part)
    const read = failureOf(source.read(0, 1))
    await Promise.resolve()
    expect(signal?.aborted).toBe(false)
    const closing = source.close()
    expect(signal?.aborted).toBe(true)
    const late = new MemorySource(BYTES)
    late.close = async () => {
      closed = true
    }
    finish?.(late)
    await Promise.all([closing, read])
    expect(closed).toBe(true)
  })

  it('says that it was closed, also to those who wait for an opening that this ended', async () => {
    const open = async (signal: AbortSignal): Promise<ByteSource> =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('killed')))
      })
    const { part, opened } = counted({ sizeBytes: 5, open })
    const source = new LazySource(part)
    const waiting = failureOf(source.read(0, 1))
    await Promise.resolve()
    await source.close()
    await source.close()
    expect(await waiting).toMatchObject({ kind: 'closed', location: 'x.part1' })
    expect(await failureOf(source.read(0, 1))).toMatchObject({ kind: 'closed' })
    expect(opened()).toBe(1)
  })
})
