import { deflateRawSync } from 'node:zlib'
import { describe, expect, it, test } from 'vitest'
import type { Codec } from '../../src/gzip/codec.ts'
import { codec } from '../../src/node/zlib-codec.ts'
import { deflatePiece } from '../../src/write/deflate-piece.ts'
import { shrinks } from '../../src/write/shrinks.ts'
import { repeatedText } from '../gzip/samples.ts'
import { noise } from '../node/resume-support.ts'

const KiB = 1024

describe('data', () => {
  it('of noise is stored, at any length that is worth looking at', () => {
    for (const length of [8 * KiB, 9001, 64 * KiB, 1024 * KiB]) expect(shrinks(codec, noise(length, 'a'))).toBe(false)
  })

  it('that was deflated is stored', () => {
    const text = Buffer.from(Array.from({ length: 60_000 }, (_, k) => String(k * k)).join(' '))
    expect(shrinks(codec, text)).toBe(true)
    expect(shrinks(codec, deflateRawSync(text))).toBe(false)
  })

  it('of text, zeros and what is short is deflated', () => {
    for (const plain of [repeatedText(100_000), new Uint8Array(100_000), noise(8 * KiB - 1, 'a'), new Uint8Array(0)])
      expect(shrinks(codec, plain)).toBe(true)
  })

  it('of which a part is text is deflated, wherever that part is looked at', () => {
    const text = repeatedText(64 * KiB)
    const halves = [Buffer.concat([text, noise(64 * KiB, 'a')]), Buffer.concat([noise(64 * KiB, 'a'), text])]
    for (const plain of halves) expect(shrinks(codec, plain)).toBe(true)
  })

  it('of noise that comes again is deflated: the trial finds what single bytes do not tell', () => {
    const once = noise(4 * KiB, 'a')
    expect(shrinks(codec, Buffer.concat(Array(10).fill(once)))).toBe(true)
  })
})

/** A codec that counts what it deflates, and at which levels. */
function counting(): { codec: Codec; calls: [bytes: number, level: number][] } {
  const calls: [number, number][] = []
  const counted: Codec = {
    ...codec,
    deflateRaw: (plain, level, end) => {
      calls.push([plain.length, level])
      return codec.deflateRaw(plain, level, end)
    },
  }
  return { codec: counted, calls }
}

test('no more than a small part is deflated to find out, and nothing where it is stored in any case', () => {
  const counted = counting()
  deflatePiece(counted.codec, noise(1024 * KiB, 'a'), 6, 'final')
  expect(counted.calls).toEqual([
    [24 * KiB, 1],
    [1024 * KiB, 0],
  ])
  const stored = counting()
  deflatePiece(stored.codec, noise(1024 * KiB, 'a'), 0, 'final')
  expect(stored.calls).toEqual([[1024 * KiB, 0]])
})
