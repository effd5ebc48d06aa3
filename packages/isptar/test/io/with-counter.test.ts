import { expect, it } from 'vitest'
import { MemorySource } from '../../src/io/memory-source.ts'
import { SliceSource } from '../../src/io/slice-source.ts'
import { withCounter } from '../../src/io/with-counter.ts'
import { withReadAhead } from '../../src/io/with-read-ahead.ts'
import { withRetry } from '../../src/io/with-retry.ts'
import { withTail } from '../../src/io/with-tail.ts'
import { collect, failureOf } from '../source-suite.ts'

it('counts calls and the bytes that came, also of calls that fail and streams that are left', async () => {
  const source = withCounter(new MemorySource(new Uint8Array(1_000_000)))
  await source.readTail(100)
  await source.read(5, 10)
  await collect(source.stream(20, 30))
  expect(source).toMatchObject({ requests: 3, bytes: 140 })
  await failureOf(source.read(999_999, 2))
  for await (const chunk of source.stream(0, 1_000_000)) {
    expect(source.bytes).toBe(140 + chunk.length)
    break
  }
  expect(source.requests).toBe(5)
  expect(source.log).toEqual([
    { offset: 999_900, lengthBytes: 100 },
    { offset: 5, lengthBytes: 10 },
    { offset: 20, lengthBytes: 30 },
    { offset: 999_999, lengthBytes: 2 },
    { offset: 0, lengthBytes: 1_000_000 },
  ])
})

it('decorators pass the slices on', async () => {
  const parts = [new MemorySource(new Uint8Array(10), 'a.part1'), new MemorySource(new Uint8Array(10), 'a.part2')]
  const sliced = new SliceSource(parts, 'a')
  const tailed = withTail(sliced, await sliced.readTail(1))
  for (const source of [withCounter(sliced), withRetry(sliced), withReadAhead(sliced), tailed]) {
    expect(source.sliceNames).toEqual(['a.part1', 'a.part2'])
    expect(source.locate?.(2, 3)).toBe(13)
  }
  const whole = withCounter(new MemorySource(new Uint8Array(1)))
  expect([whole.locate, whole.sliceNames]).toEqual([undefined, undefined])
})

it('a kept tail answers what it holds, and asks for the rest', async () => {
  const counted = withCounter(new MemorySource(Uint8Array.from({ length: 100 }, (_, index) => index)))
  const source = withTail(counted, await counted.readTail(20))
  expect((await source.readTail(20)).bytes.length).toBe(20)
  expect([...(await source.readTail(2)).bytes]).toEqual([98, 99])
  expect(counted.requests).toBe(1)
  expect((await source.readTail(21)).bytes.length).toBe(21)
  expect(counted.requests).toBe(2)
})
