/** The tail as a whole, taken apart by the original's algorithm. */
import { type Codec, LimitError, pakoCodec } from 'isptar'
import { expect, it } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import { encodeMember } from '../../src/gzip/encode-member.ts'
import { codec as zlibCodec } from '../../src/node/zlib-codec.ts'
import { encodeTail, type TailMember } from '../../src/tail/encode-tail.ts'
import { readLikeOriginal } from '../original-reader.ts'

const CREATED = { seconds: 1_700_000_000, nanoseconds: 5 }

function tailMember(text: string, codec: Codec = zlibCodec): TailMember {
  const plain = Buffer.from(text, 'latin1')
  const packed = encodeMember(codec, plain, 6)
  const half = packed.length >> 1
  return {
    packed: [packed.subarray(0, half), packed.subarray(half)],
    packedBytes: packed.length,
    plainBytes: plain.length,
  }
}

interface Sections {
  readonly digest?: TailMember
  readonly index?: TailMember
}

function tailOf(
  text: string,
  info: ReadonlyMap<string, string>,
  { codec = zlibCodec, offset = 0, ...sections }: Sections & { codec?: Codec; offset?: number } = {},
): Uint8Array {
  const members = { listing: tailMember(text, codec), ...sections }
  const tail = encodeTail(members, info, { offset, createdAt: CREATED, codec, level: 6 })
  return concatBytes([tail.header, ...tail.members, ...tail.end])
}

it.each([zlibCodec, pakoCodec])('alone it is an archive of nothing, or a catalogue ($name)', (codec) => {
  const info = new Map([['format', '2']])
  expect(readLikeOriginal(tailOf('\n', info, { codec })).entries).toEqual([])
  const { entries, serviceInfo } = readLikeOriginal(tailOf('d\troot#0\troot#0\t493\tdir\n\n', info, { codec }))
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

it.each<[string, Sections, string[]]>([
  ['a digest', { digest: tailMember('D'.repeat(64)) }, ['D', 'x']],
  ['an index', { index: tailMember('I'.repeat(90)) }, ['x', 'I']],
  ['both', { digest: tailMember('D'.repeat(64)), index: tailMember('I'.repeat(90)) }, ['D', 'x', 'I']],
])('has %s where the original reads over it', (_, sections, order) => {
  for (const offset of [0, 999_900]) {
    const bytes = tailOf('x\t#0\t#0\t0\tdir\n\n', new Map(), { ...sections, offset })
    const { members, entries, serviceInfo } = readLikeOriginal(bytes)
    expect(entries.length).toBe(1)
    const inside = members.slice(1, -2)
    expect(inside.map(({ plain }) => plain.toString('latin1', 0, 1))).toEqual(order)
    expect(serviceInfo.get('sections')).toBe(Object.keys(sections).join(','))
    const listing = inside[order.indexOf('x')]
    expect(serviceInfo.get('listing_offset')).toBe(String(offset + (listing?.offset ?? 0)))
    for (const [name, { packedBytes, plainBytes }] of Object.entries(sections)) {
      expect(serviceInfo.get(`${name}_size`)).toBe(String(packedBytes))
      expect(serviceInfo.get(`${name}_real_size`)).toBe(String(plainBytes))
    }
  }
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
    const { members, serviceInfo, listing } = readLikeOriginal(tailOf('\n', new Map(), { offset }))
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
  const { members, serviceInfo } = readLikeOriginal(tailOf('\n', new Map(), { codec: { ...zlibCodec, deflateRaw } }))
  expect(serviceInfo.get('listing_offset')).toBe(String(members[1]?.offset))
  expect(members[1]?.offset).toBeGreaterThan(512)
})

it('never writes a service info that the original cannot read', () => {
  const fits = new Map([['k', 'v'.repeat(1900)]])
  expect(readLikeOriginal(tailOf('\n', fits)).serviceInfo.get('k')?.length).toBe(1900)
  expect(() => tailOf('\n', new Map([['k', 'v'.repeat(2000)]]))).toThrow(LimitError)
})
