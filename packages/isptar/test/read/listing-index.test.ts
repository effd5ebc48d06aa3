/** An index that is damaged, or lies, or is of another form: an error or what a pass finds, and verification says so. */
import { gunzipSync } from 'node:zlib'
import { type Archive, type ByteSource, isIsptarError, IntegrityError, MemorySource, openArchive } from 'isptar'
import { beforeAll, describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/bytes/concat.ts'
import { KiB, MAX_INDEX_BYTES } from '../../src/limits.ts'
import { decodeIndex, encodeIndex, type IndexBlock } from '../../src/tail/index-section.ts'
import type { Section } from '../../src/tail/tail-layout.ts'
import { sampleBytes } from '../gzip/samples.ts'
import { buildArchive } from '../write/build-archive.ts'
import { collect } from './collect.ts'
import { craftArchive, craftIndexed, member } from './craft-archive.ts'

const HEAVY = new Map([['user.heavy', sampleBytes(24 * KiB)]])
const PATHS = Array.from({ length: 9 }, (_, i) => `f${i}`)
const ASKED = ['a', ...PATHS, 'f4x', 'z']

let bytes: Uint8Array
let index: Section

beforeAll(async () => {
  bytes = await buildArchive(PATHS.map((path) => ({ path, type: 'fifo', xattrs: HEAVY })))
  await using archive = await open(bytes)
  index = indexOf(archive)
})

const open = (given: Uint8Array): Promise<Archive> => openArchive(new MemorySource(given))

function indexOf({ tail }: Archive): Section {
  const section = tail.sections.find(({ name }) => name === 'index')
  if (section === undefined) throw new Error('no index')
  return section
}

function flipped(bit: number): Uint8Array {
  const damaged = bytes.slice()
  damaged[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return damaged
}

/** Asks for every path, and some more; throws for an answer that is wrong. */
async function lookUp(given: Uint8Array): Promise<'right' | 'refused'> {
  let refused = false
  for (const path of ASKED) {
    try {
      await using archive = await open(given)
      const found = (await archive.find(path))?.path
      if (found !== (PATHS.includes(path) ? path : undefined)) throw new Error(`${path} is ${found}`)
    } catch (error) {
      if (!isIsptarError(error)) throw error
      refused = true
    }
  }
  return refused ? 'refused' : 'right'
}

it('bits of it flipped, nothing is found wrong, and nothing is missed', async () => {
  const outcomes = { right: 0, refused: 0, missed: 0 }
  for (let bit = index.offset * 8; bit < (index.offset + index.packedBytes) * 8; bit += 7) {
    const outcome = await lookUp(flipped(bit))
    outcomes[outcome] += 1
    await using archive = await open(flipped(bit))
    if (outcome === 'refused' && (await archive.verify({ quick: true })).ok) outcomes.missed += 1
  }
  expect(outcomes.missed).toBe(0)
  expect(outcomes.refused).toBeGreaterThan(10 * outcomes.right)
})

it('bits of the listing flipped are found in the block that has them, and elsewhere do not matter', async () => {
  await using sound = await open(bytes)
  const { listingOffset, listingPackedBytes } = sound.tail
  for (let step = 1; step < 40; step += 1) {
    const bit = (listingOffset + 20) * 8 + Math.floor((step * (listingPackedBytes - 40) * 8) / 40)
    const damaged = flipped(bit)
    expect(await lookUp(damaged)).toBe('refused')
    await using archive = await open(damaged)
    const found = await Promise.allSettled(PATHS.map((path) => archive.find(path)))
    expect(found.filter(({ status }) => status === 'rejected').length).toBeLessThanOrEqual(4)
  }
})

describe('an index that lies', () => {
  const withIndex = async (plain: Uint8Array, info: Record<string, string | undefined> = {}): Promise<Uint8Array> => {
    await using sound = await open(bytes)
    const { listingOffset } = sound.tail
    const packed = member(plain)
    const kept = [...sound.serviceInfo].filter(([key]) => !['header_size', 'listing_size'].includes(key))
    return craftArchive({
      before: bytes.subarray(0, listingOffset),
      listingMember: concatBytes([bytes.subarray(listingOffset, index.offset), packed]),
      info: { ...Object.fromEntries(kept), index_size: String(packed.length), ...info },
    })
  }
  const blocksOf = (): readonly IndexBlock[] =>
    decodeIndex(gunzipSync(bytes.subarray(index.offset, index.offset + index.packedBytes))) ?? []
  const changed = (k: number, change: Partial<IndexBlock>): Promise<Uint8Array> =>
    withIndex(encodeIndex(blocksOf().map((block, i) => (i === k ? { ...block, ...change } : block))))

  it('not at all', async () => {
    const given = await withIndex(encodeIndex(blocksOf()))
    expect(await lookUp(given)).toBe('right')
    await using archive = await open(given)
    expect((await archive.verify()).problems).toEqual([])
  })

  const at = (text: string): Uint8Array => Buffer.from(text)

  it.each<[string, number, Partial<IndexBlock>]>([
    ['of the lines before a block', 1, { entriesBefore: 1 }],
    ['of where a block begins in the text', 2, { plainOffset: 140_000 }],
    ['of where a block begins in the member', 2, { packedOffset: 99_000 }],
    ['of where the last block begins', 4, { packedOffset: 90_000_000 }],
    ['of the checksum of a block', 0, { crc32: 5 }],
    ['of the first path of a block', 2, { firstPath: at('f3x') }],
    ['of the first path of all', 0, { firstPath: at('b') }],
  ])('%s: verification finds it', async (_, k, change) => {
    await using archive = await open(await changed(k, change))
    const { problems } = await archive.verify({ quick: true })
    expect(problems.map(({ code, path }) => [code === 'format' || code === 'integrity', path])).toEqual([
      [true, undefined],
    ])
  })

  it('of blocks that are not there', async () => {
    const blocks = blocksOf()
    await using archive = await open(await withIndex(encodeIndex(blocks.slice(0, -1))))
    await expect(archive.find('f8')).rejects.toSatisfy(isIsptarError)
    expect((await archive.verify({ quick: true })).ok).toBe(false)
  })

  it.each<[string, () => Promise<Uint8Array>]>([
    ['another form', () => withIndex(at('0\t0\t10\tf0\n'))],
    ['no blocks', () => withIndex(new Uint8Array(0))],
    ['more text than is read', () => withIndex(new Uint8Array(MAX_INDEX_BYTES + 1))],
    ['no word of the order', () => withIndex(encodeIndex(blocksOf()), { order: undefined })],
    [
      'no word of the length of the listing',
      () => withIndex(encodeIndex(blocksOf()), { listing_real_size: undefined }),
    ],
  ])('with %s is passed over', async (_, make) => {
    const given = await make()
    expect(await lookUp(given)).toBe('right')
    await using archive = await open(given)
    expect((await collect(archive.entries({ under: 'f3' }))).length).toBe(1)
    expect((await archive.entryAt(8))?.path).toBe('f8')
    expect((await archive.verify({ quick: true })).problems).toEqual([])
  })
})

describe('what lookups rely on is checked where it is read', () => {
  it.each<[string, string[][], ((block: IndexBlock, k: number) => IndexBlock)?]>([
    ['a path twice', [['a', 'b', 'b'], ['c']]],
    ['lines out of order', [['a', 'd', 'b'], ['e']]],
    ['lines that belong to the next block', [['a', 'x', 'z'], ['c']]],
    ['paths that begin with ./', [['./a', './b'], ['./c']]],
    ['one of them', [['+', './b', 'b'], ['c']]],
    ['blocks out of order', [['c'], ['a', 'b']]],
    [
      'another first path',
      [['a', 'b'], ['c']],
      (block, k) => ({ ...block, firstPath: Buffer.from(['+', 'b'][k] ?? '') }),
    ],
    [
      'a block behind the listing',
      [['a'], ['b']],
      (block, k) => ({ ...block, packedOffset: block.packedOffset + 99 * k }),
    ],
    ['a block behind the text', [['a'], ['b']], (block, k) => ({ ...block, plainOffset: block.plainOffset + 99 * k })],
    ['other lines before a block', [['a', 'b'], ['c']], (block, k) => ({ ...block, entriesBefore: k })],
  ])('%s', async (_, paths, change) => {
    const given = await craftIndexed(paths, change)
    await using archive = await open(given)
    await expect(archive.find('b')).rejects.toSatisfy(
      (error) => isIsptarError(error, 'format') || isIsptarError(error, 'integrity'),
    )
    expect((await archive.verify({ quick: true })).ok).toBe(false)
  })
})

it('a lookup that is given up does not end those beside it', async () => {
  const inner = new MemorySource(await craftIndexed([['a'], ['b']]))
  const stop = new AbortController()
  const source: ByteSource = {
    name: 'memory',
    readTail: (lengthBytes, options) => inner.readTail(lengthBytes, options),
    stream: (offset, lengthBytes, options) => inner.stream(offset, lengthBytes, options),
    read: async (offset, lengthBytes, options) => {
      stop.abort(new Error('given up'))
      return inner.read(offset, lengthBytes, options)
    },
    close: () => inner.close(),
  }
  await using archive = await openArchive(source, { tailBytes: 39 })
  const lookups = [archive.find('a', { signal: stop.signal }), archive.find('b')]
  const [first, second] = await Promise.allSettled(lookups)
  expect(first).toMatchObject({ status: 'rejected', reason: stop.signal.reason })
  expect(second).toMatchObject({ status: 'fulfilled', value: { path: 'b' } })
})

it('without index a line is checked before it is given', async () => {
  const shuffled = PATHS.map((path) => ({ path, xattrs: HEAVY })).reverse()
  const damaged = (await buildArchive(shuffled)).slice()
  await using sound = await open(damaged.slice())
  const crcAt = sound.tail.listingOffset + sound.tail.listingPackedBytes - 8
  damaged[crcAt] = (damaged[crcAt] ?? 0) ^ 1
  await using archive = await open(damaged)
  await expect(archive.entryAt(0)).rejects.toThrow(IntegrityError)
})
