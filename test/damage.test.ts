/**
 * Damaged archives: cut at every byte, every bit flipped. What comes out is right, or it is an error of this library.
 */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import { type Archive, type Codec, isIsptarError, MemorySource, type OpenOptions, openArchive, pakoCodec } from 'isptar'
import { zlibCodec } from 'isptar/node'
import { beforeAll, describe, expect, it } from 'vitest'
import { describeArchive, readDamaged } from '../packages/isptar/test/read/archive-content.ts'
import { buildArchive, SMALL_TREE } from '../packages/isptar/test/write/build-archive.ts'
import { fixturePath } from './original-archives.ts'

let small: Uint8Array
const plain = new Uint8Array(readFileSync(fixturePath('original/plain/archive.tgz')))

beforeAll(async () => {
  small = await buildArchive(SMALL_TREE)
})

/** Where the digest section lies. */
async function digestsOf(bytes: Uint8Array): Promise<{ offset: number; packedBytes: number }> {
  const section = (await open(bytes)).tail.sections.find(({ name }) => name === 'digest')
  return section ?? { offset: 0, packedBytes: 0 }
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const damaged = bytes.slice()
  damaged[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
  return damaged
}

const open = (bytes: Uint8Array, options?: OpenOptions): Promise<Archive> =>
  openArchive(new MemorySource(bytes), options)

describe('damage', () => {
  it('cut anywhere at its end, an archive is refused', async () => {
    const sound = await describeArchive(await open(small))
    for (let length = 0; length < small.length; length += 1)
      expect(await readDamaged(() => open(small.subarray(0, length)), sound), `${length} bytes`).toBe('refused')
  })

  it('cut anywhere at its beginning, an archive gives nothing wrong', async () => {
    const sound = await describeArchive(await open(small))
    for (let from = 1; from < small.length; from += 1)
      expect(await readDamaged(() => open(small.subarray(from)), sound), `from ${from}`).toBe('refused')
  })

  it('longer by zeros, an archive is right as long as its trailer is in the last 39 bytes', async () => {
    const sound = await describeArchive(await open(small))
    const { trailerOffset } = (await open(small)).tail
    for (let more = 1; more < 60; more += 1) {
      const longer = new Uint8Array(small.length + more)
      longer.set(small)
      const expected = longer.length - trailerOffset <= 39 ? 'right' : 'refused'
      expect(await readDamaged(() => open(longer), sound), `${more} more`).toBe(expected)
    }
  })

  it.each([zlibCodec, pakoCodec])(
    'any bit of a small archive flipped, nothing wrong comes out ($name)',
    async (codec) => {
      const { offset, packedBytes } = await digestsOf(small)
      const isDigest = (bit: number): boolean => bit >= offset * 8 && bit < (offset + packedBytes) * 8
      const bits = bitsOf(0, small.length, codec === pakoCodec ? 5 : 1)
      await checkFlips(
        small,
        bits.filter((bit) => !isDigest(bit)),
        codec,
      )
    },
  )

  it('any bit of its digests flipped, entries and data are right all the same', async () => {
    const sound = await describeArchive(await open(small))
    const { offset, packedBytes } = await digestsOf(small)
    for (const bit of bitsOf(offset, offset + packedBytes, 1))
      expect(await readDamaged(() => open(flipped(small, bit)), sound), `bit ${bit}`).toBe('right')
  })

  it('any bit of the tail of an original archive flipped, nothing wrong comes out', async () => {
    const { tail } = await open(plain)
    await checkFlips(plain, bitsOf(tail.listingOffset, plain.length, 1), zlibCodec)
  })

  it('bits of the data of an original archive flipped, nothing wrong comes out', async () => {
    const { tail } = await open(plain)
    await checkFlips(plain, bitsOf(0, tail.listingOffset, 397), zlibCodec)
  })
})

/** Every `step`th bit of a range of bytes. */
function bitsOf(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.ceil(((to - from) * 8) / step) }, (_, i) => from * 8 + i * step)
}

/** Flips bits one at a time; reads everything each time. */
async function checkFlips(bytes: Uint8Array, bits: readonly number[], codec: Codec): Promise<void> {
  const sound = await describeArchive(await open(bytes))
  const outcomes = { refused: 0, right: 0, noticed: 0 }
  for (const bit of bits) {
    try {
      outcomes[await readDamaged(() => open(flipped(bytes, bit), { codec }), sound)] += 1
    } catch (cause) {
      throw new Error(`bit ${bit & 7} of byte ${bit >> 3}`, { cause })
    }
  }
  // Most bits matter; those that do not are in gzip headers and, as nothing is read from them, in tar headers.
  expect(outcomes.refused).toBeGreaterThan(outcomes.right)
}

describe('verification', () => {
  it('finds every flipped bit but those that change nothing of what the archive unfolds to', async () => {
    const sound = gunzipSync(small)
    const outcomes = { found: 0, harmless: 0 }
    for (const bit of bitsOf(0, small.length, 3)) {
      const damaged = flipped(small, bit)
      if (await isFound(damaged)) outcomes.found += 1
      else {
        outcomes.harmless += 1
        expect(Buffer.compare(gunzipSync(damaged), sound), `bit ${bit & 7} of byte ${bit >> 3}`).toBe(0)
      }
    }
    expect(outcomes.found).toBeGreaterThan(10 * outcomes.harmless)
  })
})

async function isFound(bytes: Uint8Array): Promise<boolean> {
  try {
    return !(await (await open(bytes)).verify()).ok
  } catch (error) {
    if (!isIsptarError(error)) throw error
    return true
  }
}
