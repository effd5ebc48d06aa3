/** What members must do over every codec: made and read whole and in chunks, cut, flipped, followed by anything. */
import { crc32, gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import { isIsptarError } from '../../src/errors.ts'
import type { Codec, Level } from '../../src/gzip/codec.ts'
import { decodeMember } from '../../src/gzip/decode-member.ts'
import { encodeMember, recordedCrc32 } from '../../src/gzip/encode-member.ts'
import { MemberDecoder, type MemberDecoderOptions } from '../../src/gzip/member-decoder.ts'
import { MemberEncoder } from '../../src/gzip/member-encoder.ts'
import { cutAt, expectBytes, repeatedText, sampleBytes } from './samples.ts'

const levels: fc.Arbitrary<Level> = fc.constantFrom<Level[]>(0, 1, 6, 9)
const cuts: fc.Arbitrary<number[]> = fc.array(fc.nat(3000), { maxLength: 10 })

function encodeChunks(codec: Codec, level: Level, chunks: readonly Uint8Array[]): Uint8Array {
  const encoder = new MemberEncoder(codec, level)
  const parts = [encoder.start()]
  for (const chunk of chunks) parts.push(encoder.piece(chunk))
  parts.push(...encoder.finish())
  const member = concatBytes(parts)
  expect(encoder.packedBytes).toBe(member.length)
  expect(encoder.plainBytes).toBe(concatBytes(chunks).length)
  expect(encoder.crc32).toBe(crc32(concatBytes(chunks)))
  expect(recordedCrc32(member)).toBe(encoder.crc32)
  return member
}

interface Decoded {
  plain: Uint8Array
  packedBytes: number
  checksum: string | undefined
}

async function decodeChunks(
  codec: Codec,
  chunks: readonly Uint8Array[],
  options?: MemberDecoderOptions,
): Promise<Decoded> {
  const decoder = new MemberDecoder(codec, options)
  const plain: Uint8Array[] = []
  let used = 0
  try {
    for (const chunk of chunks) {
      const step = await decoder.push(chunk)
      plain.push(...step.plain)
      used += step.usedBytes
      if (step.ended) break
      expect(step.usedBytes).toBe(chunk.length)
    }
    await decoder.finish()
  } finally {
    decoder.close()
  }
  const decoded = concatBytes(plain)
  expect([decoder.packedBytes, decoder.plainBytes]).toEqual([used, decoded.length])
  return { plain: decoded, packedBytes: used, checksum: decoder.checksumError?.message }
}

/** Joins a codec to the suite. */
export function describeMembers(codec: Codec): void {
  describe(`members over ${codec.name}`, () => {
    describeRoundTrips(codec)
    describeFlushes(codec)
    describeDamage(codec)
  })
}

function describeRoundTrips(codec: Codec): void {
  it('round-trip whole and in any chunks, whatever follows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ maxLength: 3000 }),
        levels,
        cuts,
        cuts,
        fc.uint8Array({ maxLength: 20 }),
        async (plain, level, cutsIn, cutsOut, after) => {
          const whole = encodeMember(codec, plain, level)
          const inChunks = encodeChunks(codec, level, cutAt(plain, cutsIn))
          for (const member of [whole, inChunks]) {
            expect(new Uint8Array(gunzipSync(member))).toEqual(plain)
            expect(recordedCrc32(member)).toBe(crc32(plain))
            const followed = concatBytes([member, after])
            const expected = { plain, packedBytes: member.length, crc32: codec.crc32(plain) }
            expect(decodeMember(codec, followed, { maxBytes: plain.length })).toEqual(expected)
            const streamed = await decodeChunks(codec, cutAt(followed, cutsOut))
            expect(streamed).toMatchObject({ plain, packedBytes: member.length })
          }
        },
      ),
      { numRuns: 50 },
    )
  })

  it('read member after member from one buffer', async () => {
    const texts = [repeatedText(10), new Uint8Array(0), sampleBytes(70_000), repeatedText(100_000)]
    let rest = concatBytes(texts.map((text) => encodeMember(codec, text, 6)))
    for (const text of texts) {
      const streamed = await decodeChunks(codec, [rest])
      const { plain, packedBytes } = decodeMember(codec, rest, { maxBytes: 100_000 })
      expectBytes(plain, text)
      expectBytes(streamed.plain, text)
      expect(streamed.packedBytes).toBe(packedBytes)
      rest = rest.subarray(packedBytes)
    }
    expect(rest.length).toBe(0)
  })

  it('come out one byte at a time', async () => {
    const plain = repeatedText(500)
    const member = new Uint8Array(gzipSync(plain))
    const bytes = [...member].map((byte) => Uint8Array.of(byte))
    expect(await decodeChunks(codec, bytes)).toMatchObject({ plain, packedBytes: member.length })
  })

  it('unfold no further than maxBytes', () => {
    const member = encodeMember(codec, new Uint8Array(1_000_000), 9)
    expect(() => decodeMember(codec, member, { maxBytes: 999_999 })).toThrow(
      expect.objectContaining({ code: 'limit', max: 999_999 }),
    )
  })

  it('use nothing after their end', async () => {
    const decoder = new MemberDecoder(codec)
    await decoder.push(encodeMember(codec, repeatedText(5), 6))
    expect(await decoder.push(Uint8Array.of(1))).toEqual({ plain: [], usedBytes: 0, ended: true })
  })
}

function describeFlushes(codec: Codec): void {
  it('can be entered at each full flush, where packedBytes says', async () => {
    const chunks = [repeatedText(70_000), sampleBytes(70_000), new Uint8Array(0), repeatedText(5)]
    const encoder = new MemberEncoder(codec, 6)
    const parts = [encoder.start()]
    const points: number[] = []
    for (const chunk of chunks) {
      points.push(encoder.packedBytes)
      parts.push(encoder.piece(chunk))
    }
    parts.push(...encoder.finish())
    const member = concatBytes(parts)
    for (const [i, point] of points.entries()) {
      const rest = concatBytes(chunks.slice(i))
      expectBytes(codec.inflateRaw(member.subarray(point), rest.length).plain, rest)
    }
    expectBytes(gunzipSync(member), concatBytes(chunks))
  })
}

function describeDamage(codec: Codec): void {
  const plain = concatBytes([repeatedText(200), sampleBytes(60)])
  const member = encodeMember(codec, plain, 9)

  it('are an IntegrityError when cut, at every byte', async () => {
    for (let length = 0; length < member.length; length += 1) {
      const cut = member.subarray(0, length)
      const error = expect.objectContaining({ code: 'integrity', message: expect.stringContaining('cut short') })
      expect(() => decodeMember(codec, cut, { maxBytes: 1000 })).toThrow(error)
      await expect(decodeChunks(codec, cutAt(cut, [5, 30]))).rejects.toThrow(error)
      await expect(decodeChunks(codec, cutAt(cut, [5, 30]), { ignoreChecksum: true })).rejects.toThrow(error)
    }
  })

  it('give a typed error or the right bytes for every flipped bit', async () => {
    const harmless = new Set<number>()
    for (let bit = 0; bit < member.length * 8; bit += 1) {
      const flipped = member.slice()
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      for (const decode of [
        async () => decodeMember(codec, flipped, { maxBytes: 100_000 }).plain,
        async () => (await decodeChunks(codec, cutAt(flipped, [9, 40]))).plain,
      ]) {
        try {
          expect(await decode()).toEqual(plain)
          harmless.add(bit >> 3)
        } catch (error) {
          if (!isIsptarError(error)) throw error
        }
      }
    }
    // The text flag, time, XFL and OS, and the padding bits behind the last code: nothing else may change unnoticed.
    expect([...harmless]).toEqual([3, 4, 5, 6, 7, 8, 9, member.length - 9])
  })

  it.each([
    ['CRC-32', 8],
    ['length', 4],
  ])('tell a wrong %s, with both values', async (what, fromEnd) => {
    const wrong = member.slice()
    wrong[member.length - fromEnd] = (wrong[member.length - fromEnd] ?? 0) ^ 1
    const difference = { code: 'integrity', message: expect.stringContaining(what) }
    expect(() => decodeMember(codec, wrong, { maxBytes: 1000 })).toThrow(expect.objectContaining(difference))
    await expect(decodeChunks(codec, [wrong])).rejects.toMatchObject(difference)
    const saved = await decodeChunks(codec, [wrong], { ignoreChecksum: true })
    expect(saved).toEqual({ plain, packedBytes: member.length, checksum: difference.message })
  })

  it('are a FormatError where none begins', async () => {
    const bytes = new TextEncoder().encode('not a gzip member at all')
    expect(() => decodeMember(codec, bytes, { maxBytes: 10 })).toThrow(expect.objectContaining({ code: 'format' }))
    await expect(decodeChunks(codec, [bytes])).rejects.toMatchObject({ code: 'format' })
  })
}
