import fc from 'fast-check'
import { expect, it } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import type { Codec } from '../../src/gzip/codec.ts'
import { encodeMember, recordedCrc32 } from '../../src/gzip/encode-member.ts'
import { MemberBuffer } from '../../src/gzip/member-buffer.ts'
import { codec as pakoCodec } from '../../src/gzip/pako-codec.ts'
import { codec as zlibCodec } from '../../src/node/zlib-codec.ts'
import { expectBytes, repeatedText, sampleBytes } from './samples.ts'

/** One that never has room. */
const cramped: Codec = { ...zlibCodec, name: 'cramped', deflateInto: () => undefined }

it.each([zlibCodec, pakoCodec, cramped])('makes the members that encodeMember makes, with $name', (codec) => {
  const plains = fc.array(
    fc.oneof(
      fc.uint8Array({ maxLength: 2000 }),
      fc.nat(100_000).map((size) => repeatedText(size)),
      fc.nat(100_000).map((size) => sampleBytes(size)),
    ),
    { maxLength: 6 },
  )
  const buffer = new MemberBuffer()
  fc.assert(
    fc.property(plains, fc.constantFrom(0, 1, 6), (texts, level) => {
      const expected = texts.map((plain) => encodeMember(codec, plain, level))
      let offset = 0
      for (const [i, plain] of texts.entries()) {
        const member = expected[i] ?? new Uint8Array(0)
        const made = buffer.add(codec, plain, level)
        expect(made).toEqual({ offset, packedBytes: member.length, crc32: recordedCrc32(member) })
        offset += member.length
      }
      expect(buffer.length).toBe(offset)
      const taken = buffer.take()
      expectBytes(taken, concatBytes(expected))
      expect(taken.buffer.byteLength).toBe(taken.length)
      expect(buffer.length).toBe(0)
    }),
    { numRuns: 40 },
  )
})
