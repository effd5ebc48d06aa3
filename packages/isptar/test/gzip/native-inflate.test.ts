/** Windows inflated by the engine give what the codec gives, or nothing, never other bytes. */
import { deflateRawSync } from 'node:zlib'
import fc from 'fast-check'
import { type Archive, createArchive, MemorySource, MemoryTarget, openArchive, pakoCodec } from 'isptar'
import { zlibCodec } from 'isptar/node'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import { decodeMember } from '../../src/gzip/decode-member.ts'
import type { decodeWindow } from '../../src/gzip/decode-window.ts'
import { encodeMember } from '../../src/gzip/encode-member.ts'
import { inflateNatively, prefersNative, prefersWindow, tryInflateNatively } from '../../src/gzip/native-inflate.ts'
import { NativeInflater } from '../../src/gzip/native-inflater.ts'
import { cutAt, expectBytes, repeatedText, sampleBytes } from './samples.ts'
import { seen, StrictDecompression } from './strict-decompression.ts'

const KiB = 1024
const plain = concatBytes([repeatedText(40_000), sampleBytes(9000)])
const packed = new Uint8Array(deflateRawSync(plain))
const final = { maxBytes: plain.length, isFinal: true }

describe('the engine of Node', () => {
  it('gives what a window holds, final or flushed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), fc.constantFrom(0, 1, 6, 9), async (bytes, level) => {
        const facts = { maxBytes: bytes.length, isFinal: true }
        expect(await inflateNatively(zlibCodec.deflateRaw(bytes, level), facts)).toEqual(bytes)
        const flushed = zlibCodec.deflateRaw(bytes, level, 'flush')
        expect(await inflateNatively(flushed, { ...facts, isFinal: false })).toEqual(bytes)
      }),
      { numRuns: 60 },
    )
  })

  it('refuses what is cut, at any byte, and what unfolds to more', async () => {
    const small = packed.subarray(packed.length - 200)
    for (let length = 0; length < packed.length; length += length < 200 ? 1 : 997)
      expect(await inflateNatively(packed.subarray(0, length), final)).toBeUndefined()
    expect(await inflateNatively(small, final)).toBeUndefined()
    expect(await inflateNatively(packed, { ...final, maxBytes: plain.length - 1 })).toBeUndefined()
    expect(await inflateNatively(packed, { ...final, maxBytes: 0 })).toBeUndefined()
    const bomb = new Uint8Array(deflateRawSync(new Uint8Array(64 << 20)))
    expect(await inflateNatively(bomb, final)).toBeUndefined()
  })

  it('is not used where it lets bytes after the stream pass', async () => {
    const lets = await inflateNatively(concatBytes([packed, Uint8Array.of(1)]), final)
    const used = await tryInflateNatively(pakoCodec, packed, final)
    expect(used === undefined).toBe(lets !== undefined)
  })
})

it('is preferred to pako only, for what is deflated, from 16 KiB on, and at once up to 16 MiB', () => {
  const prefers = (packedBytes: number, maxBytes: number): boolean =>
    prefersWindow(pakoCodec, packedBytes, { maxBytes, isFinal: true })
  expect(prefers(100, 16 * KiB)).toBe(true)
  expect(prefers(100, 16 * KiB - 1)).toBe(false)
  expect(prefers(100, 16 * KiB * KiB)).toBe(true)
  expect(prefers(100, 16 * KiB * KiB + 1)).toBe(false)
  expect(prefersNative(pakoCodec, 100, 16 * KiB * KiB + 1)).toBe(true)
  expect(prefers(16 * KiB, 16 * KiB)).toBe(false)
  expect(prefersNative(zlibCodec, 100, 16 * KiB)).toBe(false)
})

describe('a stream of known length', () => {
  /** What comes out of chunks, and how many bytes of them were used. */
  const inflate = async (lengthBytes: number, chunks: readonly Uint8Array[]): Promise<[Uint8Array, number]> => {
    const inflater = new NativeInflater(lengthBytes)
    const parts: Uint8Array[] = []
    let used = 0
    try {
      for (const chunk of chunks) {
        const step = await inflater.push(chunk)
        parts.push(...step.plain)
        used += step.usedBytes
        expect(step.ended).toBe(used === lengthBytes)
      }
      expect(await inflater.finish()).toBe(used === lengthBytes)
      return [concatBytes(parts), used]
    } finally {
      inflater.close()
      inflater.close()
    }
  }

  it('is inflated in any chunks, and what follows it is left alone', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 5000 }),
        fc.array(fc.nat(5000), { maxLength: 12 }),
        async (bytes, cuts) => {
          const deflated = zlibCodec.deflateRaw(bytes, 6)
          const chunks = cutAt(concatBytes([deflated, Uint8Array.of(1, 2, 3)]), cuts)
          expect(await inflate(deflated.length, chunks)).toEqual([bytes, deflated.length])
        },
      ),
      { numRuns: 60 },
    )
    expectBytes((await inflate(packed.length, cutAt(packed, [1, 20_000])))[0], plain)
  })

  it('is broken where it is cut or damaged, in that push and in later ones', async () => {
    for (const broken of [packed.subarray(0, -1), packed.subarray(0, 5000), Uint8Array.of(0xff, 0xff)]) {
      const inflater = new NativeInflater(broken.length)
      for (let i = 0; i < 2; i += 1) await expect(inflater.push(broken)).rejects.toMatchObject({ code: 'integrity' })
      await expect(inflater.finish()).rejects.toMatchObject({ code: 'integrity' })
      inflater.close()
    }
  })

  it('that did not come whole has not ended; closed early it says no more', async () => {
    const [, used] = await inflate(packed.length, [packed.subarray(0, 9000)])
    expect(used).toBe(9000)
    const inflater = new NativeInflater(packed.length)
    inflater.close()
    await expect(inflater.push(packed)).rejects.toThrow('closed')
  })
})

describe('an engine as the standard asks', () => {
  beforeEach(() => {
    vi.stubGlobal('DecompressionStream', StrictDecompression)
    vi.resetModules()
  })
  afterEach(() => vi.unstubAllGlobals())

  /** As the module is before it has looked at its engine. */
  const fresh = async (): Promise<typeof decodeWindow> => (await import('../../src/gzip/decode-window.ts')).decodeWindow

  it('decodes members as the codec does', async () => {
    const decode = await fresh()
    const before = seen.plainBytes
    const member = encodeMember(zlibCodec, plain, 6)
    expect(await decode(pakoCodec, member, plain.length)).toEqual(decodeMember(pakoCodec, member, final))
    expect(seen.plainBytes - before).toBe(plain.length)
  })

  it('gives the errors of the codec for members that are damaged, cut, longer, or followed by more', async () => {
    const decode = await fresh()
    const member = encodeMember(zlibCodec, plain, 6)
    const wrong = [
      ...Array.from({ length: 60 }, (_, i) => flip(member, Math.floor((i * member.length * 8) / 60))),
      ...[1, 8, 9, 500, member.length - 10, member.length].map((bytes) => member.subarray(0, member.length - bytes)),
      concatBytes([member, Uint8Array.of(0)]),
      concatBytes([member.subarray(0, -8), Uint8Array.of(0), member.subarray(-8)]),
      encodeMember(zlibCodec, repeatedText(plain.length + 1), 6),
    ]
    for (const bytes of wrong)
      expect(await outcome(() => decode(pakoCodec, bytes, plain.length))).toEqual(
        await outcome(async () => decodeMember(pakoCodec, bytes, final)),
      )
  })

  it('reads large files as they come, and refuses flipped bits and members of another length', async () => {
    const isptar = await import('isptar')
    const target = new MemoryTarget()
    const writer = createArchive(target)
    const big = concatBytes(Array.from({ length: 50 }, () => plain))
    await writer.add({ path: 'big' }, big)
    await writer.close()
    const bytes = target.bytes()
    const open = (from: Uint8Array): Promise<Archive> =>
      isptar.openArchive(new isptar.MemorySource(from), { codec: isptar.pakoCodec })
    const before = seen.plainBytes
    const archive = await open(bytes)
    expectBytes(await archive.bytes('big'), big)
    expect(seen.plainBytes - before).toBe(Math.ceil(big.length / 512) * 512)
    expect((await archive.verify()).ok).toBe(true)
    const { location, columns } = (await archive.get('big')).record
    const member = [location?.offset ?? 0, Number(columns.get('csize'))] as const
    for (let i = 0; i < 30; i += 1) {
      const place = member[0] + 10 + Math.floor((i * (member[1] - 10)) / 30)
      expect(await outcome(async () => (await open(flip(bytes, place * 8))).bytes('big'))).toBe('integrity')
    }
    expect(await outcome(async () => (await open(flip(bytes, (member[0] + member[1]) * 8 - 40))).bytes('big'))).toBe(
      'integrity',
    )
    expectBytes(await (await open(bytes)).bytes('big', { ignoreChecksum: true }), big)
  })

  it('reads files and parts of an archive, and refuses flipped bits', async () => {
    const isptar = await import('isptar')
    const target = new MemoryTarget()
    const writer = createArchive(target, { seekBytes: 64 * KiB })
    const big = concatBytes(Array.from({ length: 10 }, () => plain))
    await writer.add({ path: 'small' }, plain)
    await writer.add({ path: 'big' }, big)
    await writer.close()
    const bytes = target.bytes()
    const open = (from: Uint8Array): Promise<Archive> =>
      isptar.openArchive(new isptar.MemorySource(from), { codec: isptar.pakoCodec })
    const archive = await open(bytes)
    const before = seen.plainBytes
    expectBytes(await archive.bytes('small'), plain)
    expect(seen.plainBytes - before).toBe(Math.ceil(plain.length / 512) * 512)
    expectBytes(await archive.bytes('big', { start: 100_000, end: 200_000 }), big.subarray(100_000, 200_000))
    expect(seen.plainBytes - before).toBeGreaterThan(plain.length + 100_000)
    expectBytes(await archive.bytes('big', { start: 1, end: big.length }), big.subarray(1))
    const { location } = (await archive.get('big')).record
    for (let bit = 0; bit < 40; bit += 1) {
      const damaged = await open(flip(bytes, ((location?.offset ?? 0) + 10 + bit * 200) * 8 + (bit % 8)))
      const read = await outcome(() => damaged.bytes('big', { start: 1, end: 60_000 }))
      if (read !== 'integrity') expect(read).toEqual(big.subarray(1, 60_000))
    }
  })
})

it('gives the bytes of an archive on Node with either codec', async () => {
  const target = new MemoryTarget()
  const writer = createArchive(target)
  await writer.add({ path: 'f' }, plain)
  await writer.close()
  for (const codec of [pakoCodec, zlibCodec])
    expectBytes(await (await openArchive(new MemorySource(target.bytes()), { codec })).bytes('f'), plain)
})

function flip(bytes: Uint8Array, bit: number): Uint8Array {
  const flipped = new Uint8Array(bytes)
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return flipped
}

/** What came out, or the code of the error. */
async function outcome(action: () => Promise<unknown>): Promise<unknown> {
  try {
    return await action()
  } catch (error) {
    if (error instanceof Error && 'code' in error) return error.code
    throw error
  }
}
