/** The tail as a whole, taken apart by the original's algorithm. */
import { LimitError, pakoCodec } from 'isptar'
import { expect, it } from 'vitest'
import { encodeMember } from '../../src/gzip/encode-member.ts'
import { codec as zlibCodec } from '../../src/node/zlib-codec.ts'
import { encodeTail } from '../../src/tail/encode-tail.ts'
import { readLikeOriginal } from '../original-reader.ts'

const CREATED = { seconds: 1_700_000_000, nanoseconds: 5 }

function tailOf(listing: string, info: ReadonlyMap<string, string>, codec = zlibCodec): Uint8Array {
  const plain = Buffer.from(listing, 'latin1')
  const packed = encodeMember(codec, plain, 6)
  const member = {
    packed: [packed.subarray(0, 7), packed.subarray(7)],
    packedBytes: packed.length,
    plainBytes: plain.length,
  }
  return encodeTail(member, info, CREATED, codec, 6)
}

it.each([zlibCodec, pakoCodec])('alone it is an archive of nothing, or a catalogue ($name)', (codec) => {
  const info = new Map([['format', '2']])
  expect(readLikeOriginal(tailOf('\n', info, codec)).entries).toEqual([])
  const { entries, serviceInfo } = readLikeOriginal(tailOf('d\troot#0\troot#0\t493\tdir\n\n', info, codec))
  expect(entries.map(({ name }) => name)).toEqual(['d'])
  expect([...serviceInfo.keys()]).toEqual([
    'format',
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

it('never writes a service info that the original cannot read', () => {
  const fits = new Map([['k', 'v'.repeat(1900)]])
  expect(readLikeOriginal(tailOf('\n', fits)).serviceInfo.get('k')?.length).toBe(1900)
  expect(() => tailOf('\n', new Map([['k', 'v'.repeat(2000)]]))).toThrow(LimitError)
})
