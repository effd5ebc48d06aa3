import { describe, expect, it } from 'vitest'
import { FormatError, StorageError } from '../../src/errors.ts'
import type { ByteSource } from '../../src/io/byte-source.ts'
import { MemorySource } from '../../src/io/memory-source.ts'
import { SliceSource } from '../../src/io/slice-source.ts'
import { withCounter } from '../../src/io/with-counter.ts'
import { failureOf } from '../source-suite.ts'

const sized = (...sizes: number[]): MemorySource[] =>
  sizes.map((size, index) => new MemorySource(new Uint8Array(size).fill(index + 1), `a.tgz.part${index + 1}`))

describe('SliceSource', () => {
  it('needs slices', () => {
    expect(() => new SliceSource([], 'a.tgz')).toThrow(TypeError)
  })

  it('reads a tail that begins in the slice before a last one of 17 bytes', async () => {
    const source = new SliceSource(sized(100, 100, 17), 'a.tgz')
    const { bytes, sizeBytes } = await source.readTail(39)
    expect(sizeBytes).toBe(217)
    expect([...bytes]).toEqual([...new Array<number>(22).fill(2), ...new Array<number>(17).fill(3)])
  })

  it('asks each slice for its size once, and a range only of the slices that hold it', async () => {
    const parts = sized(100, 100, 100).map(withCounter)
    const source = new SliceSource(parts, 'a.tgz')
    await Promise.all([source.readTail(0), source.readTail(0)])
    await source.read(150, 100)
    await source.read(120, 10)
    expect(parts.map((part) => part.log)).toEqual([
      [{ offset: 100, lengthBytes: 0 }],
      [
        { offset: 100, lengthBytes: 0 },
        { offset: 50, lengthBytes: 50 },
        { offset: 20, lengthBytes: 10 },
      ],
      [
        { offset: 100, lengthBytes: 0 },
        { offset: 0, lengthBytes: 50 },
      ],
    ])
  })

  it('maps places in slices to places in the whole', async () => {
    const source = new SliceSource(sized(100, 0, 50), 'a.tgz')
    expect(() => source.locate(1, 0)).toThrow(TypeError)
    await source.readTail(1)
    const places = [source.locate(1, 0), source.locate(1, 99), source.locate(1, 100), source.locate(3, 49)]
    expect(places).toEqual([0, 99, 100, 149])
    expect(source.sliceNames).toEqual(['a.tgz.part1', 'a.tgz.part2', 'a.tgz.part3'])
  })

  it('counts on behind the end of a slice, as in an archive that was cut after it was written', async () => {
    const source = new SliceSource(sized(100, 0, 50, 30), 'a.tgz')
    await source.readTail(1)
    const places = [source.locate(1, 101), source.locate(1, 179), source.locate(2, 60), source.locate(3, 80)]
    expect(places).toEqual([101, 179, 160, 180])
  })

  it.each([
    [0, 0, /no slice 0/],
    [-1, 0, /no slice -1/],
    [4, 0, /no slice 4: there are 3/],
    [1e9, 0, /no slice 1000000000/],
    [1.5, 0, /no slice 1.5/],
    [1, 251, /slice 1 \(a\.tgz\.part1\) and those after it have 250 bytes, data was to begin at 251/],
    [3, 51, /slice 3 \(a\.tgz\.part3\) and those after it have 50 bytes/],
    [1, 2 ** 60, /slice 1 \(a\.tgz\.part1\)/],
    [2, -1, /slice 2 \(a\.tgz\.part2\)/],
    [2, Number.NaN, /slice 2 \(a\.tgz\.part2\)/],
  ])('refuses slice %d at %d', async (slice, offset, message) => {
    const source = new SliceSource(sized(100, 100, 50), 'a.tgz')
    await source.readTail(1)
    expect(() => source.locate(slice, offset)).toThrow(FormatError)
    expect(() => source.locate(slice, offset)).toThrow(message)
  })

  it.each([
    [39, 300, 50],
    [51, 300, 150],
    [150, 300, 150],
    [151, 300, 250],
    [1000, 300, 250],
    [39, 40, 40],
    [51, 60, 60],
    [0, 300, 0],
  ])('of which %i bytes are enough gives, of a tail of %i, %i', async (minTailBytes, lengthBytes, given) => {
    const source = new SliceSource(sized(100, 100, 50, 0), 'a.tgz', { minTailBytes })
    const { bytes, sizeBytes } = await source.readTail(lengthBytes)
    expect([bytes.length, sizeBytes]).toEqual([given, 250])
    expect(bytes).toEqual(await source.read(250 - given, given))
  })

  it('takes sizes that are told, once, and again when that failed', async () => {
    let calls = 0
    const learnSizes = async (): Promise<readonly number[]> => {
      calls += 1
      if (calls === 1) throw new StorageError('no', { operation: 'read', location: 'a', kind: 'connection' })
      return [100, 50]
    }
    const parts = sized(100, 50).map(withCounter)
    const source = new SliceSource(parts, 'a.tgz', { learnSizes })
    expect(await failureOf(source.read(0, 1))).toMatchObject({ kind: 'connection' })
    await Promise.all([source.read(99, 2), source.readTail(0)])
    expect(calls).toBe(2)
    expect(parts.map((part) => part.log)).toEqual([[{ offset: 99, lengthBytes: 1 }], [{ offset: 0, lengthBytes: 1 }]])
  })

  it('asks again for the sizes when that failed', async () => {
    const [first, second] = sized(10, 10)
    let failures = 1
    const flaky: ByteSource = {
      name: 'flaky',
      readTail: async (length) => {
        if (failures-- > 0) throw new StorageError('no', { operation: 'read', location: 'flaky', kind: 'connection' })
        return (second as MemorySource).readTail(length)
      },
      read: async (offset, length) => (second as MemorySource).read(offset, length),
      stream: (offset, length) => (second as MemorySource).stream(offset, length),
      close: async () => undefined,
    }
    const source = new SliceSource([first as MemorySource, flaky], 'a.tgz')
    expect(await failureOf(source.readTail(5))).toMatchObject({ kind: 'connection' })
    expect((await source.readTail(5)).sizeBytes).toBe(20)
  })

  it('lets one caller abort while the others go on to learn the sizes', async () => {
    const [part] = sized(10)
    let release = (): void => {}
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    const slow: ByteSource = {
      name: 'slow',
      readTail: async (length) => {
        await gate
        return (part as MemorySource).readTail(length)
      },
      read: async (offset, length) => (part as MemorySource).read(offset, length),
      stream: (offset, length) => (part as MemorySource).stream(offset, length),
      close: async () => undefined,
    }
    const source = new SliceSource([slow], 'a.tgz')
    const controller = new AbortController()
    const left = failureOf(source.readTail(1, { signal: controller.signal }))
    const stayed = source.readTail(1)
    const reason = new Error('enough')
    controller.abort(reason)
    expect(await left).toBe(reason)
    release()
    expect((await stayed).sizeBytes).toBe(10)
  })
})
