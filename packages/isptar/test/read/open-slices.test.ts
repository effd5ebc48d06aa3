/** Slices of which some are elsewhere: which are opened, what is known of the sizes of others, what is refused. */
import fc from 'fast-check'
import {
  FormatError,
  IntegrityError,
  LimitError,
  MemorySource,
  MemoryTarget,
  openArchive,
  openSlices,
  StorageError,
} from 'isptar'
import { beforeAll, describe, expect, it } from 'vitest'
import { sampleBytes } from '../gzip/samples.ts'
import { failureOf } from '../source-suite.ts'
import { concatBytes } from '../../src/bytes/concat.ts'
import { collect } from './collect.ts'
import { craftFiles } from './craft-archive.ts'
import { craftSlices, watchParts, writeSlices } from './craft-slices.ts'

/** Text that does not shrink to nothing. */
const text = (seed: number): string =>
  Buffer.from(sampleBytes(600 + seed).slice(seed))
    .toString('base64')
    .slice(0, 760)

const FILES = Object.fromEntries(Array.from({ length: 8 }, (_, i) => [`f${i}`, text(i)]))
const range = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)
const whole = (slices: readonly Uint8Array[]): number => slices.reduce((sum, { length }) => sum + length, 0)

let slices: Uint8Array[]
let original: Uint8Array[]

beforeAll(async () => {
  slices = await craftSlices(FILES, { sliceBytes: 1000 })
  original = await craftSlices(FILES, { sliceBytes: 1000, recorded: false })
})

describe('openSlices', () => {
  it('has what the tests take for granted: the slice before the last is shorter, the last has the tail', () => {
    expect(slices.length).toBeGreaterThan(4)
    expect(slices.map(({ length }) => length).slice(0, -2)).toEqual(range(slices.length - 2).map(() => 1000))
    expect(slices.at(-2)?.length).toBeLessThan(1000)
  })

  it('opens nothing until a byte is needed, then the slices that hold it', async () => {
    const { parts, opened } = watchParts(slices)
    const source = openSlices(parts, { name: 'x' })
    expect(source.sliceNames).toEqual(parts.map((part) => part.name))
    expect((await source.readTail(0)).sizeBytes).toBe(whole(slices))
    expect(opened).toEqual([])
    await source.read(950, 100)
    expect(opened).toEqual([1, 2])
  })

  it('needs slices', () => {
    expect(() => openSlices([], { name: 'x' })).toThrow(TypeError)
  })

  it('lists from the last slice alone, whether the others are there or not', async () => {
    const count = slices.length
    const lower = range(count - 1)
    for (const [sizeless, absent] of [
      [[], []],
      [[], lower],
      [lower, lower],
      [[...lower, count], lower],
    ] as const) {
      const { parts, opened } = watchParts(slices, sizeless, absent)
      await using archive = await openArchive(openSlices(parts, { name: 'x' }))
      expect((await collect(archive.entries())).length).toBe(8)
      expect(archive.sizeBytes).toBe(whole(slices))
      expect(archive.notices).toEqual([])
      expect(opened).toEqual([count])
    }
  })

  it('reads a file from the slices that hold it, and fails for others by name', async () => {
    const lower = range(slices.length - 1)
    const { parts, opened } = watchParts(slices, lower, [3])
    await using archive = await openArchive(openSlices(parts, { name: 'x' }))
    expect(await archive.text('f0')).toBe(FILES['f0'])
    expect(opened).toEqual([slices.length, 1])
    const failed: string[] = []
    for (const entry of await collect(archive.entries())) {
      const error = await failureOf(entry.bytes())
      if (error === undefined) continue
      expect(error).toMatchObject({ code: 'storage', kind: 'not-found', location: 'x.part3' })
      failed.push(entry.path)
    }
    const inThird = (await collect(archive.entries())).filter(({ location, packedBytes = 0 }) => {
      const from = location?.offset ?? 0
      return from < 3000 && from + packedBytes > 2000
    })
    expect(failed).toEqual(inThird.map(({ path }) => path))
    expect(failed.length).toBeGreaterThan(0)
  })

  it('reads ahead no further than to the end of a slice', async () => {
    const { parts, opened } = watchParts(slices)
    await using archive = (await openArchive(openSlices(parts, { name: 'x' }))).readAhead()
    expect(await archive.text('f0')).toBe(FILES['f0'])
    expect(opened).toEqual([slices.length, 1])
    for (const [path, content] of Object.entries(FILES)) expect(await archive.text(path)).toBe(content)
  })

  it('finds the sizes of any slices that are not told, and opens only those with the service info', async () => {
    const cutting = fc.record({ sliceBytes: fc.integer({ min: 25, max: 1500 }), bits: fc.bigInt(0n, 2n ** 300n) })
    await fc.assert(
      fc.asyncProperty(cutting, async ({ sliceBytes, bits }) => {
        const cut = await craftSlices(FILES, { sliceBytes })
        const sizeless = range(cut.length).filter((slice) => ((bits >> BigInt(slice)) & 1n) === 1n)
        const { parts, opened } = watchParts(cut, sizeless)
        const source = openSlices(parts, { name: 'x' })
        expect((await source.readTail(0)).sizeBytes).toBe(whole(cut))
        for (const slice of range(cut.length)) expect(source.locate(slice, 0)).toBe(whole(cut.slice(0, slice - 1)))
        const needed = cut.findLastIndex((_, index) => whole(cut.slice(index)) >= 300)
        expect(opened.every((slice) => slice > needed)).toBe(true)
        await using archive = await openArchive(source)
        for (const [path, content] of Object.entries(FILES)) expect(await archive.text(path)).toBe(content)
      }),
      { numRuns: 40, examples: [[{ sliceBytes: 25, bits: -1n }], [{ sliceBytes: 100_000, bits: -1n }]] },
    )
  })

  it('agrees with what the writer records', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 25, max: 3000 }), fc.bigInt(0n, 2n ** 300n), async (sliceBytes, bits) => {
        const cut = await writeSlices(FILES, sliceBytes)
        const sizeless = range(cut.length).filter((slice) => ((bits >> BigInt(slice)) & 1n) === 1n)
        const source = openSlices(watchParts(cut, sizeless).parts, { name: 'x' })
        expect((await source.readTail(0)).sizeBytes).toBe(whole(cut))
        for (const slice of range(cut.length)) expect(source.locate(slice, 0)).toBe(whole(cut.slice(0, slice - 1)))
        await using archive = await openArchive(source)
        expect(archive.notices).toEqual([])
        for (const [path, content] of Object.entries(FILES)) expect(await archive.text(path)).toBe(content)
      }),
      {
        numRuns: 40,
        examples: [
          [25, -1n],
          [1000, -1n],
        ],
      },
    )
  })

  it('does not ask for a service info when only the last size is not told', async () => {
    const { parts, opened } = watchParts([Uint8Array.of(1), Uint8Array.of(2, 3)], [2])
    expect((await openSlices(parts, { name: 'x' }).readTail(0)).sizeBytes).toBe(3)
    expect(opened).toEqual([2])
  })
})

describe('slices whose size is not recorded, as those of the original', () => {
  it('are as long as one that is at hand', async () => {
    const count = original.length
    const { parts, opened } = watchParts(original, [1, 2, count])
    const source = openSlices(parts, { name: 'x' })
    expect((await source.readTail(0)).sizeBytes).toBe(whole(original))
    expect(opened).toEqual([count])
  })

  it('are not opened because a member might go on in the next one', async () => {
    const { parts, opened } = watchParts(original)
    await using archive = await openArchive(openSlices(parts, { name: 'x' }))
    expect(archive.formatVersion).toBe(1)
    await collect(archive.entries())
    const forList = opened.splice(0)
    expect(await archive.text('f0')).toBe(FILES['f0'])
    expect(opened).toEqual([1])
    expect(forList).not.toContain(2)
    for (const [path, content] of Object.entries(FILES)) expect(await archive.text(path)).toBe(content)
  })

  it('are as long as the first, which is opened for that, when none is at hand', async () => {
    const { parts, opened } = watchParts(original, range(original.length))
    expect((await openSlices(parts, { name: 'x' }).readTail(0)).sizeBytes).toBe(whole(original))
    expect(opened).toEqual([original.length, 1])
  })

  it('cannot be had without it', async () => {
    const lower = range(original.length - 1)
    const { parts } = watchParts(original, lower, lower)
    const error = await failureOf(openArchive(openSlices(parts, { name: 'x' })))
    expect(error).toBeInstanceOf(StorageError)
    expect(error).toMatchObject({ kind: 'not-found', location: 'x.part1' })
  })

  it('do not take the length of one that was cut short', async () => {
    const cut = original.map((bytes, index) => (index === 0 ? bytes.subarray(0, 10) : bytes))
    const { parts } = watchParts(cut, [2])
    const source = openSlices(parts, { name: 'x' })
    await source.readTail(0)
    expect([source.locate(2, 0), source.locate(3, 0)]).toEqual([10, 1010])
  })

  it('need the slice before a last one that has not all of the service info', async () => {
    const { length } = craftFiles(FILES)
    for (const lastBytes of [1, 17, 38, 60]) {
      const sliceBytes = length - lastBytes
      const torn = await craftSlices(FILES, { sliceBytes, recorded: false })
      expect(torn.at(-1)?.length).toBe(lastBytes)
      const { parts, opened } = watchParts(torn, range(torn.length))
      await using archive = await openArchive(openSlices(parts, { name: 'x' }))
      expect((await collect(archive.entries())).length).toBe(8)
      expect(new Set(opened)).toEqual(new Set([torn.length, torn.length - 1]))
    }
  })
})

describe('what does not fit together', () => {
  it('is no archive', async () => {
    const { parts } = watchParts([new Uint8Array(100), new Uint8Array(100)], [1])
    const error = await failureOf(openSlices(parts, { name: 'x' }).readTail(1))
    expect(error).toBeInstanceOf(FormatError)
    expect(error).toMatchObject({ message: expect.stringContaining('not the last slice') })
  })

  it.each([
    ['one slice too few', (all: Uint8Array[]) => all.slice(1)],
    ['one slice too many', (all: Uint8Array[]) => [new Uint8Array(1), ...all]],
    ['a thousand too many', (all: Uint8Array[]) => [...new Array<Uint8Array>(1000).fill(new Uint8Array(1)), ...all]],
  ])('%s', async (_, change) => {
    const changed = change(slices)
    const { parts } = watchParts(changed, range(changed.length - 1))
    const error = await failureOf(openSlices(parts, { name: 'x' }).readTail(1))
    expect(error).toBeInstanceOf(FormatError)
    expect(error).toMatchObject({ message: expect.stringMatching(/^x was cut into slices of 1000 bytes/) })
  })

  it.each(['0', '-1', '1e3', '', '9007199254740993', '9007199254740991', '1'])('slice_size=%s', async (size) => {
    const info = { format: '2', listing_offset: '100', slice_size: size }
    const { parts } = watchParts([new Uint8Array(50), new Uint8Array(50), craftFiles({}, undefined, { info })], [1, 2])
    expect(await failureOf(openSlices(parts, { name: 'x' }).readTail(1))).toBeInstanceOf(FormatError)
  })

  it('a slice size without the place of the listing', async () => {
    const { parts } = watchParts([new Uint8Array(5), craftFiles({}, undefined, { info: { slice_size: '5' } })], [1])
    expect(await failureOf(openSlices(parts, { name: 'x' }).readTail(1))).toBeInstanceOf(FormatError)
  })

  it('a trailer that wants more than there is, or than is ever read', async () => {
    for (const [digits, kind] of [
      ['5000', FormatError],
      ['99999999', LimitError],
    ] as const) {
      const bytes = craftFiles({}, undefined, { trailer: () => new TextEncoder().encode(digits.padEnd(1500, '\0')) })
      const { parts, opened } = watchParts([new Uint8Array(50), bytes], [1])
      expect(await failureOf(openSlices(parts, { name: 'x' }).readTail(1))).toBeInstanceOf(kind)
      expect(opened).toEqual(kind === LimitError ? [2] : [2, 1])
    }
  })

  it('a slice of another length than recorded, at hand or not: its files fail, others do not', async () => {
    for (const sizeless of [[1, 3], [1]]) {
      const cut = slices.map((bytes, index) => (index === 2 ? bytes.subarray(0, 990) : bytes))
      const { parts } = watchParts(cut, sizeless)
      await using archive = await openArchive(openSlices(parts, { name: 'x' }))
      expect(archive.notices).toEqual([])
      expect(await archive.text('f0')).toBe(FILES['f0'])
      const errors = await Promise.all(Object.keys(FILES).map(async (path) => failureOf(archive.bytes(path))))
      const failed = errors.filter((error) => error !== undefined)
      expect(failed.length).toBeGreaterThan(0)
      for (const error of failed) {
        expect(error).toBeInstanceOf(IntegrityError)
        expect(error).toMatchObject({ message: expect.stringContaining('x.part3 has 990 bytes, expected 1000') })
      }
    }
  })
})

describe('an archive whose last slice is elsewhere', () => {
  it('is read by its catalogue, also where slices in between are missing', async () => {
    const catalogue = new MemoryTarget()
    const written = await writeSlices(FILES, 1500, catalogue)
    const atHand = written.slice(0, -1)
    expect(atHand.length).toBeGreaterThan(1)
    const { parts, opened } = watchParts(atHand, [1])
    const source = openSlices(parts, { name: 'x', lacksEnd: true })
    await using archive = await openArchive(source, { catalogue: new MemorySource(catalogue.bytes()) })
    for await (const entry of archive.entries()) {
      const { slice = 0, offset = 0 } = entry.location ?? {}
      const ends = offset + (entry.packedBytes ?? 0)
      if (slice < atHand.length || (slice === atHand.length && ends <= (atHand.at(-1)?.length ?? 0)))
        expect(await entry.text()).toBe(FILES[entry.path])
      else await expect(entry.text()).rejects.toThrow(FormatError)
    }
    expect(opened).toContain(1)
  })
})

describe('slices that were joined to one file again', () => {
  it('are read as they were, places counting from slices of the recorded size', async () => {
    for (const sliceBytes of [1000, 1500, 4096]) {
      const written = await writeSlices(FILES, sliceBytes)
      await using archive = await openArchive(new MemorySource(concatBytes(written)))
      for (const [path, text] of Object.entries(FILES)) expect(await archive.text(path)).toBe(text)
      expect(await archive.verify()).toMatchObject({ ok: true })
    }
  })
})
