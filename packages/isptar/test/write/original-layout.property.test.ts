/** What this library writes the original reads: every archive is taken apart by the original's own algorithm. */
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { pakoCodec } from 'isptar'
import { expect, it } from 'vitest'
import { MiB } from '../../src/limits.ts'
import { codec as zlibCodec } from '../../src/node/zlib-codec.ts'
import { sampleBytes } from '../gzip/samples.ts'
import { compareLikeOriginal, type OriginalEntry, type OriginalView, readLikeOriginal } from '../original-reader.ts'
import { arbitraryTree, pathBytesOf } from './arbitrary-entries.ts'
import { buildArchive, type SampleEntry, SMALL_TREE } from './build-archive.ts'

const WORDS = {
  file: 'file',
  hardlink: 'hard',
  symlink: 'link',
  directory: 'dir',
  fifo: 'fifo',
  char: 'char',
  block: 'block',
}

it.each([pakoCodec, zlibCodec])('random trees ($name)', async (codec) => {
  await fc.assert(
    fc.asyncProperty(arbitraryTree, fc.constantFrom(0, 1, 6, 9), async (tree, level) => {
      const view = readLikeOriginal(await buildArchive(tree, { level, codec }))
      const { entries, serviceInfo } = view
      expect(entries.length).toBe(tree.length)
      for (const [i, entry] of entries.entries()) expectSame(entry, tree[i] ?? { path: '' })
      expect(Buffer.compare(digestsOf(view), Buffer.concat(entries.map(digestOf)))).toBe(0)
      expect(serviceInfo.get('order')).toBe('path')
      expect(serviceInfo.get('entries')).toBe(String(tree.length))
    }),
    { numRuns: 150 },
  )
})

function expectSame(found: OriginalEntry, entry: SampleEntry): void {
  const { type = 'file', mode, uid, gid, mtime, data, device } = entry
  expect(Buffer.from(found.name, 'latin1')).toEqual(pathBytesOf(entry))
  expect([found.type, found.mode, found.uid, found.gid]).toEqual([WORDS[type], mode, uid, gid])
  const ownerName = entry.userName ?? ''
  const kept = /[\t\n\\]/.test(ownerName) ? '' : Buffer.from(ownerName).toString('latin1')
  expect(found.user).toBe(kept)
  if (type === 'file') {
    expect(found.mtime).toBe(mtime !== undefined && 'seconds' in mtime ? mtime.seconds : 0)
    expect(Buffer.compare(found.data, Buffer.from(data as Uint8Array))).toBe(0)
    if (found.data.length > 0) expect(found.rest[1]).toBe(`crc=${crcOf(found.data)}`)
  }
  if (entry.linkTarget !== undefined)
    expect(Buffer.from(found.target ?? '', 'latin1')).toEqual(Buffer.from(entry.linkTarget))
  if (device !== undefined) expect(found.device).toEqual([device.major, device.minor])
}

/** The plaintext of the digest section, the member before the listing. */
function digestsOf({ members, listing }: OriginalView): Buffer {
  return members[members.findLastIndex(({ plain }) => plain.equals(listing)) - 1]?.plain ?? Buffer.alloc(0)
}

function digestOf({ type, data }: OriginalEntry): Buffer {
  return type === 'file' ? createHash('sha256').update(data).digest() : Buffer.alloc(32)
}

/** What the member records: the CRC of the data and of the zeros that fill its last block. */
function crcOf(data: Uint8Array): string {
  const padded = Buffer.concat([data, Buffer.alloc(-data.length & 511)])
  return crc32(padded).toString(16).padStart(8, '0')
}

it('one entry of every type, in the bytes of the format', async () => {
  const { entries, serviceInfo, members, listing } = readLikeOriginal(await buildArchive(SMALL_TREE))
  expect(entries.map(({ name, type }) => `${type} ${name}`)).toEqual([
    'dir d',
    'file d/noise.jpg',
    'file d/text',
    'file d/empty',
    'char d/null',
    'fifo d/pipe',
    'file d/tagged',
    'hard hard',
    'link soft',
  ])
  // Two files beside each other cost a header member each; what has no data shares the next one.
  expect(members.length).toBe(2 + 2 + 2 + 1 + 5)
  expect([...serviceInfo.keys()].slice(-5)).toEqual([
    'listing_offset',
    'listing_header',
    'listing_real_size',
    'listing_size',
    'header_size',
  ])
  expect(serviceInfo.has('order')).toBe(false)
  const lines = listing.toString('latin1').split('\n')
  expect(lines[0]).toBe('d\tann#1000\tstaff#100\t1517\tdir\tmtime=1714979289')
  expect(lines[1]).toMatch(
    /^d\/noise\.jpg\t#0\t#0\t384\tfile\t-3\t300\t0:1:\d+:0\tcsize=\d+\tcrc=[0-9a-f]{8}\tns=250000000$/,
  )
  expect(lines[6]).toMatch(/\tx\.user\.tag=AP8K$/)
})

it('an empty archive', async () => {
  const { entries, listing, members } = readLikeOriginal(await buildArchive([]))
  expect([entries.length, listing.toString(), members.length]).toEqual([0, '\n', 5])
  expect(readLikeOriginal(await buildArchive([], { digest: 'none' })).members.length).toBe(4)
})

it('many entries without data and many with some', async () => {
  const many = Array.from({ length: 3000 }, (_, i) => ({
    path: `n${String(i).padStart(5, '0')}`,
    ...(i % 500 === 0 ? { data: `${i}` } : { type: 'directory' as const }),
  }))
  const { entries, members } = readLikeOriginal(await buildArchive(many))
  expect(entries.map(({ name }) => name)).toEqual(many.map(({ path }) => path))
  // Headers are gathered up to 64 KiB, the six members of the tail apart.
  for (const { plain } of members.slice(0, -6)) expect(plain.length).toBeLessThanOrEqual(65_536 + 512)
})

it('says order=path only of what is in order', async () => {
  const names = ['é', 'a', 'a/b', 'a b', 'b']
  const sorted = names.map((path) => Buffer.from(path)).sort(compareLikeOriginal)
  expect(sorted.map(String)).toEqual(['é', 'a', 'a/b', 'a b', 'b'])
  const orders = [names, [...names].reverse(), ['a', 'a'], []]
  const said = await Promise.all(
    orders.map(async (paths) =>
      readLikeOriginal(await buildArchive(paths.map((path) => ({ path })))).serviceInfo.get('order'),
    ),
  )
  expect(said).toEqual(['path', undefined, undefined, 'path'])
})

it('records the CRC of members that are made in chunks, of known and of unknown size', async () => {
  const content = Buffer.from(sampleBytes(3 * MiB + 5))
  const bytes = await buildArchive([
    { path: 'known', data: content },
    { path: 'unknown', data: [content] },
  ])
  const { entries } = readLikeOriginal(bytes)
  expect(entries.map(({ rest }) => rest[1])).toEqual([`crc=${crcOf(content)}`, `crc=${crcOf(content)}`])
})

it('says where its listing is', async () => {
  const { members, listing, serviceInfo } = readLikeOriginal(await buildArchive(SMALL_TREE))
  const member = members.find(({ plain }) => plain.equals(listing))
  expect(serviceInfo.get('listing_offset')).toBe(String(member?.offset))
})
