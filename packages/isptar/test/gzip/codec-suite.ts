/** What every codec must do; each codec's test file joins this with the other codec as its peer. */
import { gunzipSync, constants as zlibConstants, deflateRawSync, inflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import { isIsptarError } from '../../src/errors.ts'
import type { Codec, Level } from '../../src/gzip/codec.ts'
import { encodeMember } from '../../src/gzip/encode-member.ts'
import { cutAt, expectBytes, repeatedText, sampleBytes } from './samples.ts'

const LEVELS: readonly Level[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
const levels: fc.Arbitrary<Level> = fc.constantFrom(...LEVELS)
const cuts: fc.Arbitrary<number[]> = fc.array(fc.nat(5000), { maxLength: 12 })

/** Inflates in the given chunks; stops at the end of the stream. */
async function inflateChunks(
  codec: Codec,
  chunks: readonly Uint8Array[],
): Promise<{ plain: Uint8Array; used: number }> {
  const inflater = codec.createInflater()
  const plain: Uint8Array[] = []
  let used = 0
  try {
    for (const chunk of chunks) {
      const step = await inflater.push(chunk)
      plain.push(...step.plain)
      used += step.usedBytes
      if (step.ended) return { plain: concatBytes(plain), used }
      expect(step.usedBytes).toBe(chunk.length)
    }
    expect(await inflater.finish()).toBe(true)
    return { plain: concatBytes(plain), used }
  } finally {
    inflater.close()
  }
}

function deflateChunks(codec: Codec, level: Level, chunks: readonly Uint8Array[]): Uint8Array {
  const packed = chunks.map((chunk) => codec.deflateRaw(chunk, level, 'flush'))
  return concatBytes([...packed, codec.deflateRaw(new Uint8Array(0), level)])
}

/** Joins a codec to the suite. */
export function describeCodec(codec: Codec, peer: Codec): void {
  describe(`${codec.name} codec`, () => {
    describeWhole(codec, peer)
    describeChunks(codec, peer)
    describeDamage(codec, peer)
  })
}

function describeWhole(codec: Codec, peer: Codec): void {
  it.each(LEVELS)('round-trips whole buffers at level %i, also with the other codec and stock gunzip', (level) => {
    for (const plain of [new Uint8Array(0), sampleBytes(1), repeatedText(70_000), sampleBytes(200_000)]) {
      const packed = codec.deflateRaw(plain, level)
      for (const decoder of [codec, peer]) {
        const inflated = decoder.inflateRaw(packed, plain.length)
        expectBytes(inflated.plain, plain)
        expect(inflated.packedBytes).toBe(packed.length)
      }
      expectBytes(gunzipSync(encodeMember(codec, plain, level)), plain)
    }
  })

  it('leaves alone what follows the stream', () => {
    const plain = repeatedText(3000)
    const packed = codec.deflateRaw(plain, 6)
    for (const garbage of [Uint8Array.of(0), Uint8Array.of(0xff), sampleBytes(70_000)])
      expect(codec.inflateRaw(concatBytes([packed, garbage]), 3000)).toEqual({ plain, packedBytes: packed.length })
  })

  it('makes no more than maxBytes', () => {
    for (const size of [1, 1000, 65_536, 200_000]) {
      const packed = codec.deflateRaw(repeatedText(size), 9)
      expect(codec.inflateRaw(packed, size).plain.length).toBe(size)
      expect(limitOf(() => codec.inflateRaw(packed, size - 1))).toBe(size - 1)
    }
    expect(codec.inflateRaw(codec.deflateRaw(new Uint8Array(0), 6), 0).plain.length).toBe(0)
  })

  it('gives plain Uint8Arrays, equal across codecs', async () => {
    const packed = codec.deflateRaw(repeatedText(10), 6)
    expect(Object.getPrototypeOf(packed)).toBe(Uint8Array.prototype)
    expect(Object.getPrototypeOf(codec.inflateRaw(packed, 10).plain)).toBe(Uint8Array.prototype)
    const { plain } = await codec.createInflater().push(packed)
    expect(Object.getPrototypeOf(plain[0])).toBe(Uint8Array.prototype)
  })

  it('computes CRC-32 whole and in steps', () => {
    expect(codec.crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926)
    const bytes = sampleBytes(1000)
    for (const none of [new Uint8Array(0), bytes.subarray(5, 5), new Uint8Array(new ArrayBuffer(0)).subarray(0, 0)])
      expect(codec.crc32(none, 0xfedcba98)).toBe(0xfedcba98)
    expect(codec.crc32(bytes.subarray(333), codec.crc32(bytes.subarray(0, 333)))).toBe(peer.crc32(bytes))
  })
}

function limitOf(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    if (isIsptarError(error, 'limit') && 'max' in error) return error.max
    throw error
  }
  return undefined
}

function describeChunks(codec: Codec, peer: Codec): void {
  it('round-trips in any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5000 }),
        levels,
        cuts,
        cuts,
        async (plain, level, cutsIn, cutsOut) => {
          const packed = deflateChunks(codec, level, cutAt(plain, cutsIn))
          expect(await inflateChunks(codec, cutAt(packed, cutsOut))).toEqual({ plain, used: packed.length })
          expect(peer.inflateRaw(packed, plain.length).plain).toEqual(plain)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('round-trips data of several output buffers at every level', async () => {
    const plain = concatBytes([repeatedText(300_000), sampleBytes(300_000)])
    for (const level of LEVELS) {
      const packed = deflateChunks(codec, level, cutAt(plain, [1, 65_536, 65_537, 400_000]))
      expectBytes((await inflateChunks(codec, cutAt(packed, [100, 70_000]))).plain, plain)
      expectBytes((await inflateChunks(peer, [packed])).plain, plain)
    }
  })

  it('tells where the stream ends, whatever chunk boundary that meets', async () => {
    const plain = repeatedText(2000)
    const packed = codec.deflateRaw(plain, 6)
    const stream = concatBytes([packed, sampleBytes(40)])
    for (let cut = 1; cut < stream.length; cut += 1)
      expect(await inflateChunks(codec, cutAt(stream, [cut]))).toEqual({ plain, used: packed.length })
  })

  it('tells the end again when it is pushed more', async () => {
    const inflater = codec.createInflater()
    const packed = codec.deflateRaw(repeatedText(100), 6)
    expect((await inflater.push(concatBytes([packed, Uint8Array.of(1)]))).ended).toBe(true)
    expect(await inflater.push(Uint8Array.of(1, 2))).toEqual({ plain: [], usedBytes: 0, ended: true })
    expect(await inflater.finish()).toBe(true)
    inflater.close()
  })

  it('lets raw inflate begin at a full flush', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        fc.uint8Array({ maxLength: 3000 }),
        levels,
        async (a, b, level) => {
          const head = codec.deflateRaw(a, level, 'flush')
          const tail = codec.deflateRaw(b, level)
          expect(peer.inflateRaw(tail, b.length).plain).toEqual(b)
          expect(codec.inflateRaw(concatBytes([head, tail]), a.length + b.length).plain).toEqual(concatBytes([a, b]))
          const before = inflateRawSync(head, { finishFlush: zlibConstants.Z_SYNC_FLUSH })
          expect(new Uint8Array(before)).toEqual(a)
        },
      ),
      { numRuns: 60 },
    )
  })

  it('takes full flushes in a row, first and last', async () => {
    for (const level of LEVELS) {
      const empty = codec.deflateRaw(new Uint8Array(0), level, 'flush')
      const text = codec.deflateRaw(repeatedText(100_000), level, 'flush')
      const packed = concatBytes([empty, empty, text, empty, codec.deflateRaw(new Uint8Array(0), level)])
      expectBytes(peer.inflateRaw(packed, 100_000).plain, repeatedText(100_000))
    }
  })

  it('keeps what it gave unchanged by later calls', async () => {
    const inflater = codec.createInflater()
    const plain = sampleBytes(200_000)
    const given: { part: Uint8Array; copy: Uint8Array }[] = []
    for (const chunk of cutAt(codec.deflateRaw(plain, 0), [1000, 2000, 90_000]))
      for (const part of (await inflater.push(chunk)).plain) given.push({ part, copy: part.slice() })
    inflater.close()
    for (const { part, copy } of given) expectBytes(part, copy)
    expectBytes(concatBytes(given.map(({ part }) => part)), plain)
  })
}

function describeDamage(codec: Codec, peer: Codec): void {
  const plain = concatBytes([repeatedText(300), sampleBytes(100)])
  const packed = new Uint8Array(deflateRawSync(plain, { level: 9 }))

  it('says that a stream is cut, at every byte', async () => {
    for (let length = 0; length < packed.length; length += 1) {
      expect(() => codec.inflateRaw(packed.subarray(0, length), 1000)).toThrow(/cut short/)
      const inflater = codec.createInflater()
      if (length > 0) expect((await inflater.push(packed.subarray(0, length))).ended).toBe(false)
      expect(await inflater.finish()).toBe(false)
      inflater.close()
    }
  })

  it('throws nothing but typed errors for flipped bits, the same whole, in chunks and by the other codec', async () => {
    for (let bit = 0; bit < packed.length * 8; bit += 1) {
      const flipped = packed.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const whole = await outcome(async () => codec.inflateRaw(flipped, 1_000_000).plain)
      const inChunks = await outcome(async () => await inflateOrThrow(codec, cutAt(flipped, [17, 50])))
      expect(inChunks).toEqual(whole)
      expect(await outcome(async () => peer.inflateRaw(flipped, 1_000_000).plain)).toEqual(whole)
    }
  })

  it('rejects each further push after an error and closes quietly', async () => {
    const inflater = codec.createInflater()
    for (let i = 0; i < 3; i += 1)
      await expect(inflater.push(Uint8Array.of(0xff, 0xff, 0xff))).rejects.toMatchObject({ code: 'integrity' })
    inflater.close()
    inflater.close()
  })

  it('closes early, unused and twice without a word', async () => {
    const inflater = codec.createInflater()
    await inflater.push(packed.subarray(0, 20))
    for (const stream of [inflater, codec.createInflater()])
      expect(() => [stream.close(), stream.close()]).not.toThrow()
    await new Promise((resolve) => setImmediate(resolve))
  })
}

async function inflateOrThrow(codec: Codec, chunks: readonly Uint8Array[]): Promise<Uint8Array> {
  const inflater = codec.createInflater()
  const plain: Uint8Array[] = []
  try {
    for (const chunk of chunks) {
      const step = await inflater.push(chunk)
      plain.push(...step.plain)
      if (step.ended) return concatBytes(plain)
    }
    if (!(await inflater.finish())) throw new Error('cut')
    return concatBytes(plain)
  } finally {
    inflater.close()
  }
}

/** The bytes, or that a typed error came; a cut stream counts as one. */
async function outcome(action: () => Promise<Uint8Array>): Promise<Uint8Array | 'refused'> {
  try {
    return await action()
  } catch (error) {
    if (isIsptarError(error, 'integrity') || (error instanceof Error && error.message === 'cut')) return 'refused'
    throw error
  }
}
