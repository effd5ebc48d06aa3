/** The trailer: found at every length it may have, and at no other. */
import { crc32 } from 'node:zlib'
import { FormatError, pakoCodec } from 'isptar'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import { encodeMember } from '../../src/gzip/encode-member.ts'
import { codec as zlibCodec } from '../../src/node/zlib-codec.ts'
import { encodeTrailer, findTrailer, MAX_TRAILER_BYTES, MIN_TRAILER_BYTES } from '../../src/tail/trailer.ts'

/** A stored member of exactly this length whose plaintext begins with a number; a comment fills it up. */
function memberOf(length: number, plain: string): Uint8Array {
  const text = Buffer.from(plain, 'latin1')
  const fixed = 10 + 5 + text.length + 8
  const comment = length === fixed ? Buffer.alloc(0) : Buffer.from(`${'c'.repeat(length - fixed - 1)}\0`)
  const header = Buffer.from([0x1f, 0x8b, 8, comment.length > 0 ? 16 : 0, 0, 0, 0, 0, 0, 3])
  const block = Buffer.from([1, text.length, 0, 255 - text.length, 255])
  const trailer = Buffer.alloc(8)
  trailer.writeUInt32LE(crc32(text), 0)
  trailer.writeUInt32LE(text.length, 4)
  const member = new Uint8Array(Buffer.concat([header, comment, block, text, trailer]))
  expect(member.length).toBe(length)
  return member
}

const before = new Uint8Array(100).fill(0x1f)
const endOf = (member: Uint8Array): Uint8Array => concatBytes([before, member]).subarray(-MAX_TRAILER_BYTES)

describe.each([pakoCodec, zlibCodec])('with $name', (codec) => {
  it('is found at 24 to 39 bytes from the end, not at 40', () => {
    for (let length = 24; length <= 39; length += 1)
      expect(findTrailer(endOf(memberOf(length, '7')), codec)).toEqual({
        bytesFromEnd: length,
        serviceInfoPackedBytes: 7,
      })
    expect(() => findTrailer(endOf(memberOf(40, '7')), codec)).toThrow(FormatError)
  })

  it('is found at 20 bytes, the shortest there can be', () => {
    const member = encodeMember(codec, Buffer.from(''), 9)
    expect(member.length).toBe(MIN_TRAILER_BYTES)
    // It has no digits, so it is none; with a digit it has 21.
    expect(() => findTrailer(endOf(member), codec)).toThrow(FormatError)
    const shortest = encodeMember(codec, Buffer.from('7'), 9)
    expect(shortest.length).toBe(21)
    expect(findTrailer(shortest, codec)).toEqual({ bytesFromEnd: 21, serviceInfoPackedBytes: 7 })
  })

  it('may be followed by junk as long as it begins in the last 39 bytes', () => {
    for (let junk = 0; junk <= 20; junk += 1) {
      const end = endOf(concatBytes([memberOf(24, '7'), new Uint8Array(junk)]))
      if (24 + junk <= 39) expect(findTrailer(end, codec).bytesFromEnd).toBe(24 + junk)
      else expect(() => findTrailer(end, codec)).toThrow(FormatError)
    }
  })

  it.each(['7', '007', ' 7', '\n 7', '7\0', '7x', '7 8'])('reads %j as the original does', (plain) => {
    expect(findTrailer(endOf(memberOf(38, plain)), codec).serviceInfoPackedBytes).toBe(7)
  })

  it.each(['', '0', '00', '-7', '+7', 'x7', '\t7', '9'.repeat(16)])('does not take %j for a size', (plain) => {
    expect(() => findTrailer(endOf(memberOf(39, plain)), codec)).toThrow(FormatError)
  })

  it('of a wrong CRC is none', () => {
    const member = memberOf(30, '7')
    const at = member.length - 8
    member[at] = (member[at] ?? 0) ^ 1
    expect(() => findTrailer(endOf(member), codec)).toThrow(FormatError)
  })

  it('is not looked for in nothing', () => {
    for (let length = 0; length < 24; length += 1)
      expect(() => findTrailer(memberOf(24, '7').subarray(24 - length), codec)).toThrow(FormatError)
  })

  it('is written so that it is found, whatever stands before it', () => {
    for (const size of [20, 99, 100, 999, 1000, 2048, 65_536, 10 ** 12]) {
      for (let content = 0; content < 512; content += 1) {
        const member = encodeTrailer(size, content, codec)
        expect(findTrailer(endOf(member), codec)).toEqual({ bytesFromEnd: member.length, serviceInfoPackedBytes: size })
        const plain = codec.inflateRaw(member.subarray(10), 10_000).plain
        expect((content + plain.length - 1024) % 512).toBe(0)
      }
    }
  })
})
