import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { crc32 } from '../../src/bytes/crc32.ts'
import { encodeMemberHeader, MEMBER_HEADER_BYTES, MemberHeaderDecoder } from '../../src/gzip/member-header.ts'
import { MAX_GZIP_HEADER_BYTES } from '../../src/limits.ts'

interface Fields {
  extra?: Uint8Array | undefined
  name?: Uint8Array | undefined
  comment?: Uint8Array | undefined
  headerCrc: boolean
}

/** Makes a header with the given fields (RFC 1952 section 2.3). */
function makeHeader({ extra, name, comment, headerCrc }: Fields): Uint8Array {
  const flags = (headerCrc ? 2 : 0) | (extra ? 4 : 0) | (name ? 8 : 0) | (comment ? 16 : 0)
  const bytes = [0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 2, 3]
  if (extra) bytes.push(extra.length & 255, extra.length >> 8, ...extra)
  if (name) bytes.push(...name, 0)
  if (comment) bytes.push(...comment, 0)
  const crc = crc32(Uint8Array.from(bytes))
  if (headerCrc) bytes.push(crc & 255, (crc >> 8) & 255)
  return Uint8Array.from(bytes)
}

const text: fc.Arbitrary<Uint8Array> = fc.uint8Array({ min: 1, maxLength: 40 })
const fields: fc.Arbitrary<Fields> = fc.record({
  extra: fc.option(fc.uint8Array({ maxLength: 300 }), { nil: undefined }),
  name: fc.option(text, { nil: undefined }),
  comment: fc.option(text, { nil: undefined }),
  headerCrc: fc.boolean(),
})

describe('encodeMemberHeader', () => {
  it('gives the ten bytes of SPEC 1.1', () => {
    expect([...encodeMemberHeader(6)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3])
    expect([...encodeMemberHeader(9)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3])
    expect([...encodeMemberHeader(5)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3])
    expect([...encodeMemberHeader(0)]).toEqual([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 4, 3])
    expect(encodeMemberHeader(6)).toHaveLength(MEMBER_HEADER_BYTES)
  })
})

describe('MemberHeaderDecoder', () => {
  it('finds the end of any header, cut anywhere, and leaves alone what follows', () => {
    fc.assert(
      fc.property(fields, fc.nat(400), (made, place) => {
        const header = makeHeader(made)
        const bytes = Uint8Array.of(...header, 1, 2, 3)
        expect(new MemberHeaderDecoder().push(bytes)).toEqual({ usedBytes: header.length, ended: true })
        const cut = place % header.length
        const decoder = new MemberHeaderDecoder()
        expect(decoder.push(bytes.subarray(0, cut))).toEqual({ usedBytes: cut, ended: false })
        expect(decoder.push(bytes.subarray(cut))).toEqual({ usedBytes: header.length - cut, ended: true })
      }),
    )
  })

  it('ends our own header at its tenth byte', () => {
    expect(new MemberHeaderDecoder().push(encodeMemberHeader(6))).toEqual({ usedBytes: 10, ended: true })
    expect(new MemberHeaderDecoder().push(encodeMemberHeader(6).subarray(0, 9)).ended).toBe(false)
  })

  it.each([
    ['first byte', [0x1e, 0x8b, 8, 0]],
    ['second byte', [0x1f, 0x8c, 8, 0]],
    ['compression method', [0x1f, 0x8b, 7, 0]],
    ['reserved flags', [0x1f, 0x8b, 8, 0x20]],
    ['reserved flags', [0x1f, 0x8b, 8, 0x40]],
    ['reserved flags', [0x1f, 0x8b, 8, 0x80]],
  ])('refuses a wrong %s', (what, bytes) => {
    expect(() => new MemberHeaderDecoder().push(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ code: 'format', message: expect.stringContaining(what) }),
    )
  })

  it('refuses a wrong header CRC', () => {
    const header = makeHeader({ name: Uint8Array.of(65), headerCrc: true })
    for (const at of [4, 10, header.length - 1]) {
      const changed = header.slice()
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => new MemberHeaderDecoder().push(changed)).toThrow(expect.objectContaining({ code: 'integrity' }))
    }
  })

  it('takes the longest extra field and refuses a name without end', () => {
    const header = makeHeader({ extra: new Uint8Array(65_535), headerCrc: false })
    expect(new MemberHeaderDecoder().push(header).ended).toBe(true)
    const decoder = new MemberHeaderDecoder()
    decoder.push(Uint8Array.of(0x1f, 0x8b, 8, 8))
    const endless = new Uint8Array(MAX_GZIP_HEADER_BYTES).fill(65)
    expect(() => decoder.push(endless)).toThrow(expect.objectContaining({ code: 'limit', max: MAX_GZIP_HEADER_BYTES }))
  })
})
