/** The tail as a whole, taken apart by the original's algorithm. */
import { type Codec, LimitError, pakoCodec } from 'isptar'
import { expect, it } from 'vitest'
import { encodeMember } from '../../src/gzip/encode-member.ts'
import { codec as zlibCodec } from '../../src/node/zlib-codec.ts'
import { encodeTail } from '../../src/tail/encode-tail.ts'
import { readLikeOriginal } from '../original-reader.ts'

const CREATED = { seconds: 1_700_000_000, nanoseconds: 5 }

function tailOf(listing: string, info: ReadonlyMap<string, string>, codec: Codec = zlibCodec, offset = 0): Uint8Array {
  const plain = Buffer.from(listing, 'latin1')
  const packed = encodeMember(codec, plain, 6)
  const member = {
    packed: [packed.subarray(0, 7), packed.subarray(7)],
    packedBytes: packed.length,
    plainBytes: plain.length,
  }
  return encodeTail(member, info, { offset, createdAt: CREATED, codec, level: 6 })
}

it.each([zlibCodec, pakoCodec])('alone it is an archive of nothing, or a catalogue ($name)', (codec) => {
  const info = new Map([['format', '2']])
  expect(readLikeOriginal(tailOf('\n', info, codec)).entries).toEqual([])
  const { entries, serviceInfo } = readLikeOriginal(tailOf('d\troot#0\troot#0\t493\tdir\n\n', info, codec))
  expect(entries.map(({ name }) => name)).toEqual(['d'])
  expect([...serviceInfo.keys()]).toEqual([
    'format',
    'listing_offset',
    'listing_header',
    'listing_real_size',
    'listing_size',
    'header_size',
  ])
})

it('fills whole blocks at every length of its listing', () => {
  for (let more = 0; more <= 520; more += 1)
    expect(readLikeOriginal(tailOf(`${'x'.repeat(more + 1)}\t#0\t#0\t0\tdir\n\n`, new Map())).entries.length).toBe(1)
})

it('carries its time, in whole seconds, and is readable by its owner only', () => {
  const { members } = readLikeOriginal(tailOf('\n', new Map()))
  const header = members[0]?.plain.toString('latin1') ?? ''
  expect(Number.parseInt(header.slice(136, 147), 8)).toBe(CREATED.seconds)
  expect(header.slice(100, 107)).toBe('0000400')
})

it('says where its listing is, wherever it begins', () => {
  const around = [100, 1000, 1_000_000, 2 ** 40].flatMap((end) =>
    Array.from({ length: 160 }, (_, i) => Math.max(end - i, 0)),
  )
  for (const offset of [0, 1, 9, ...around]) {
    const { members, serviceInfo, listing } = readLikeOriginal(tailOf('\n', new Map(), zlibCodec, offset))
    const [, member] = members
    expect(member?.plain).toEqual(listing)
    expect(serviceInfo.get('listing_offset')).toBe(String(offset + (member?.offset ?? 0)))
  }
})

it('says so also where each packed header puts it elsewhere', () => {
  let calls = 0
  // Two lengths by turns never agree.
  const deflateRaw: Codec['deflateRaw'] = (plain, level) => {
    if (plain.length !== 512) return zlibCodec.deflateRaw(plain, level)
    calls += 1
    return zlibCodec.deflateRaw(plain, level === 0 ? 0 : calls % 2 === 0 ? 1 : 9)
  }
  const { members, serviceInfo } = readLikeOriginal(tailOf('\n', new Map(), { ...zlibCodec, deflateRaw }))
  expect(serviceInfo.get('listing_offset')).toBe(String(members[1]?.offset))
  expect(members[1]?.offset).toBeGreaterThan(512)
})

it('never writes a service info that the original cannot read', () => {
  const fits = new Map([['k', 'v'.repeat(1900)]])
  expect(readLikeOriginal(tailOf('\n', fits)).serviceInfo.get('k')?.length).toBe(1900)
  expect(() => tailOf('\n', new Map([['k', 'v'.repeat(2000)]]))).toThrow(LimitError)
})
