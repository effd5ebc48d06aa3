/** Which bytes came: sets of ranges, and the source that records them. */
import fc from 'fast-check'
import { MemorySource, StorageError } from 'isptar'
import { expect, test } from 'vitest'
import { FetchRecorder } from '../../src/engine/fetch-recorder.ts'
import { RangeSet } from '../../src/engine/range-set.ts'

const range = fc.tuple(fc.nat(60), fc.nat(20))

test('a set of ranges holds what was added, in as few ranges as can be', () => {
  fc.assert(
    fc.property(fc.array(range, { maxLength: 30 }), range, (added, [from, length]) => {
      const set = new RangeSet()
      const model = new Set<number>()
      for (const [start, count] of added) {
        set.add(start, start + count)
        for (let k = 0; k < count; k += 1) model.add(start + k)
      }
      const wanted = [...model].filter((value) => value >= from && value < from + length).toSorted((a, b) => a - b)
      const found = [...set.within(from, from + length)].flatMap(([start, end]) =>
        Array.from({ length: end - start }, (_, k) => start + k),
      )
      expect(found).toEqual(wanted)
      expect(set.count).toBe([...model].filter((value) => !model.has(value - 1)).length)
    }),
  )
})

test('a set of too many ranges closes its narrowest gaps', () => {
  const set = new RangeSet(4)
  for (const start of [0, 10, 12, 100, 103]) set.add(start, start + 1)
  expect([...set.within(0, 1000)]).toEqual([
    [0, 1],
    [10, 13],
    [100, 104],
  ])
})

test('a recorder knows what came of each request, also of one that ended early', async () => {
  const recorder = new FetchRecorder(new MemorySource(new Uint8Array(2_000_000)))
  await recorder.readTail(50)
  await recorder.read(10, 20)
  for await (const chunk of recorder.stream(1000, 1_900_000)) {
    expect(chunk.length).toBeLessThan(1_900_000)
    break
  }
  await expect(recorder.read(1_999_999, 2)).rejects.toThrow(StorageError)
  const [tail, read, stream, failed] = recorder.recent
  expect(tail).toEqual({ number: 1, offset: 1_999_950, lengthBytes: 50, receivedBytes: 50 })
  expect(read).toEqual({ number: 2, offset: 10, lengthBytes: 20, receivedBytes: 20 })
  const received = stream?.receivedBytes ?? 0
  expect(received).toBeGreaterThan(0)
  expect(received).toBeLessThan(1_900_000)
  expect(failed).toEqual({ number: 4, offset: 1_999_999, lengthBytes: 2, receivedBytes: 0 })
  expect(recorder).toMatchObject({ requests: 4, bytes: 70 + received })
  expect([...recorder.ranges.within(0, 2_000_000)]).toEqual([
    [10, 30],
    [1000, 1000 + received],
    [1_999_950, 2_000_000],
  ])
})

test('a recorder remembers the last requests only', async () => {
  const recorder = new FetchRecorder(new MemorySource(new Uint8Array(1000)))
  for (let k = 0; k < 300; k += 1) await recorder.read(k, 1)
  expect(recorder.requests).toBe(300)
  expect(recorder.recent).toHaveLength(200)
  expect(recorder.recent.at(-1)).toMatchObject({ number: 300, offset: 299 })
  expect([...recorder.ranges.within(0, 1000)]).toEqual([[0, 300]])
})
