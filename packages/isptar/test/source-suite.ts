/** What every source must do. A backend joins with one call; it says how to make a source over given bytes. */
import fc from 'fast-check'
import { afterEach, describe, expect, it } from 'vitest'
import { isIsptarError, StorageError } from '../src/errors.ts'
import type { ByteSource } from '../src/io/byte-source.ts'

/** How to test a backend. */
export interface SourceBackend {
  /** What it is called in the report. */
  readonly name: string
  /** Makes a source over bytes. */
  open(bytes: Uint8Array): Promise<ByteSource> | ByteSource
  /** Replaces the bytes beneath the source that was opened last by others of another size, where that is possible. */
  readonly change?: (bytes: Uint8Array) => Promise<void>
  /** Runs after each test. */
  cleanUp?(): Promise<void>
}

const BYTES = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7 + (index >> 3)) & 0xff)
const MISUSES = [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]

/** Declares the tests of a backend. */
export function sourceSuite(backend: SourceBackend): void {
  describe(`${backend.name} as a source`, () => {
    const opened: ByteSource[] = []
    const open = async (bytes: Uint8Array = BYTES): Promise<ByteSource> => {
      // A copy, so that a source that gives views of it cannot change what is expected.
      const source = await backend.open(new Uint8Array(bytes))
      opened.push(source)
      return source
    }

    afterEach(async () => {
      for (const source of opened.splice(0)) await source.close()
      await backend.cleanUp?.()
    })

    it.each([0, 1, 39, 999, 1000, 1001, 100_000])('reads a tail of %i bytes and the size', async (length) => {
      const tail = await (await open()).readTail(length)
      expect(tail.sizeBytes).toBe(1000)
      expect(tail.bytes).toEqual(BYTES.slice(Math.max(0, 1000 - length)))
    })

    it('reads the same tail twice', async () => {
      const source = await open()
      expect(await source.readTail(100)).toEqual(await source.readTail(100))
    })

    it('reads an empty source', async () => {
      const source = await open(new Uint8Array(0))
      expect(await source.readTail(39)).toEqual({ bytes: new Uint8Array(0), sizeBytes: 0 })
      expect(await source.read(0, 0)).toEqual(new Uint8Array(0))
      expect(await collect(source.stream(0, 0))).toEqual(new Uint8Array(0))
      expect(await failureOf(source.read(0, 1))).toMatchObject({ code: 'storage', kind: 'out-of-range' })
    })

    it('reads and streams any range, exactly', async () => {
      const source = await open()
      const range = fc.nat(1000).chain((offset) => fc.tuple(fc.constant(offset), fc.nat(1000 - offset)))
      await fc.assert(
        fc.asyncProperty(range, async ([offset, length]) => {
          const expected = BYTES.slice(offset, offset + length)
          expect(await source.read(offset, length)).toEqual(expected)
          expect(await collect(source.stream(offset, length))).toEqual(expected)
        }),
        { numRuns: 40, examples: [[[0, 1000]], [[1000, 0]], [[999, 1]], [[0, 0]]] },
      )
    })

    it.each([
      [0, 1001],
      [999, 2],
      [1000, 1],
      [1001, 0],
      [5000, 10],
    ])('refuses the range (%i, %i) behind its end', async (offset, length) => {
      for (const learnFirst of [false, true]) {
        const source = await open()
        if (learnFirst) await source.readTail(1)
        for (const error of await failuresOf(source.read(offset, length), collect(source.stream(offset, length)))) {
          expect(error).toBeInstanceOf(StorageError)
          expect(error).toMatchObject({ kind: 'out-of-range', retryable: false })
        }
      }
    })

    it.each(MISUSES)('takes %d for misuse', async (bad) => {
      const source = await open()
      const failures = await failuresOf(
        source.readTail(bad),
        source.read(bad, 1),
        source.read(0, bad),
        collect(source.stream(bad, 1)),
        collect(source.stream(0, bad)),
      )
      for (const error of failures) expect(error).toBeInstanceOf(RangeError)
    })

    it('gives arrays that are the consumer’s own', async () => {
      const source = await open()
      const expectUnchanged = async (): Promise<void> => {
        expect(await source.read(0, 1000)).toEqual(BYTES)
        expect(await source.read(950, 20)).toEqual(BYTES.slice(950, 970))
        expect((await source.readTail(50)).bytes).toEqual(BYTES.slice(950))
      }
      for (const length of [10, 1000]) {
        ;(await source.readTail(length)).bytes.fill(0)
        await expectUnchanged()
        ;(await source.read(1000 - length, length)).fill(0)
        await expectUnchanged()
        for await (const chunk of source.stream(1000 - length, length)) chunk.fill(0)
        await expectUnchanged()
      }
    })

    it('goes on after a stream was left early', async () => {
      const source = await open()
      for await (const chunk of source.stream(0, 1000)) {
        expect(chunk.length).toBeGreaterThan(0)
        break
      }
      expect(await source.read(10, 20)).toEqual(BYTES.slice(10, 30))
    })

    it('rejects with the reason of an aborted signal', async () => {
      const source = await open()
      const reason = new Error('no more')
      const signal = AbortSignal.abort(reason)
      const failures = await failuresOf(
        source.readTail(10, { signal }),
        source.read(0, 10, { signal }),
        collect(source.stream(0, 10, { signal })),
      )
      for (const error of failures) expect(error).toBe(reason)
      expect(await source.read(0, 10)).toEqual(BYTES.slice(0, 10))
    })

    it('ends for one caller only when that one aborts', async () => {
      const source = await open()
      const controller = new AbortController()
      const reason = new Error('no more')
      const left = failureOf(source.readTail(10, { signal: controller.signal }))
      const others = [source.read(0, 500), collect(source.stream(500, 500))]
      controller.abort(reason)
      // The aborted one may have been quick enough; it must not fail otherwise.
      expect([reason, undefined]).toContain(await left)
      expect(await Promise.all(others)).toEqual([BYTES.slice(0, 500), BYTES.slice(500)])
    })

    it('reads in parallel', async () => {
      const source = await open()
      const offsets = Array.from({ length: 20 }, (_, index) => index * 50)
      const parts = await Promise.all(offsets.map(async (offset) => source.read(offset, 50)))
      expect(parts).toEqual(offsets.map((offset) => BYTES.slice(offset, offset + 50)))
    })

    it('closes twice, and unused', async () => {
      const source = await open()
      await source.readTail(1)
      for (const one of [source, source, await open()]) expect(await failureOf(one.close())).toBeUndefined()
    })

    const { change } = backend
    if (change === undefined) return
    it('says so when the bytes change beneath it', async () => {
      const source = await open()
      await source.readTail(10)
      await change(BYTES.slice(0, 900))
      const calls = [source.readTail(10), source.read(0, 10), collect(source.stream(0, 10))]
      for (const error of await failuresOf(...calls)) {
        expect(error).toMatchObject({ kind: 'changed', retryable: false })
        expect(isIsptarError(error, 'storage')).toBe(true)
      }
    })
  })
}

/** Joins what an iteration gives. */
export async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return new Uint8Array(Buffer.concat(parts))
}

/** Gives what a promise rejects with, undefined when it does not. */
export async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

/** Gives what each promise rejects with. */
export async function failuresOf(...promises: readonly Promise<unknown>[]): Promise<unknown[]> {
  return Promise.all(promises.map(failureOf))
}
