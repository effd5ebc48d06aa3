import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  compareNames,
  comparePaths,
  decodeLatin1,
  decodeText,
  encodeAscii,
  encodeText,
  equalBytes,
  writeAscii,
} from '../../src/bytes/text.ts'

/** Bytes near the edges of UTF-8 as well as any: leads, continuations, surrogates, overlong forms, BOM. */
const trickyBytes: fc.Arbitrary<Uint8Array> = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.string({ unit: 'binary', maxLength: 3 }).map((text) => new TextEncoder().encode(text)),
      fc.constantFrom(
        Uint8Array.of(0xc0, 0x80),
        Uint8Array.of(0xe0, 0x9f, 0xbf),
        Uint8Array.of(0xed, 0xa0, 0x80),
        Uint8Array.of(0xed, 0xb2, 0x80),
        Uint8Array.of(0xed, 0xbf, 0xbf),
        Uint8Array.of(0xef, 0xbb, 0xbf),
        Uint8Array.of(0xf0, 0x8f, 0xbf, 0xbf),
        Uint8Array.of(0xf4, 0x90, 0x80, 0x80),
        Uint8Array.of(0xf0, 0x9f, 0x98),
        Uint8Array.of(0xe2, 0x82),
      ),
    ),
    { maxLength: 8 },
  )
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])))

describe('decodeText and encodeText', () => {
  it('bring back any bytes', () => {
    fc.assert(
      fc.property(trickyBytes, (bytes) => {
        expect(encodeText(decodeText(bytes))).toEqual(bytes)
      }),
      { numRuns: 2000 },
    )
  })

  it('bring back any string of whole characters, as UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(encodeText(text)).toEqual(new TextEncoder().encode(text))
        expect(decodeText(encodeText(text))).toBe(text)
      }),
    )
  })

  it('bring back texts of every length about which short and long ones part', () => {
    const length = fc.integer({ min: 250, max: 260 })
    fc.assert(
      fc.property(
        length,
        fc.nat({ max: 259 }),
        fc.constantFrom('a', '\0', '\u007f', '\u0080', '\udcff'),
        (n, at, odd) => {
          const text = 'x'.repeat(Math.min(at, n - 1)) + odd + 'x'.repeat(Math.max(n - 1 - at, 0))
          expect(decodeText(encodeText(text))).toBe(text)
        },
      ),
    )
  })

  it('escape byte for byte what is no UTF-8', () => {
    expect(decodeText(Uint8Array.of(0x61, 0xff, 0x62))).toBe('a\udcffb')
    expect(decodeText(Uint8Array.of(0xed, 0xb2, 0x80))).toBe('\udced\udcb2\udc80')
    expect(decodeText(Uint8Array.of(0xc3, 0xa9, 0xc3))).toBe('é\udcc3')
    expect(decodeText(Uint8Array.of(0xef, 0xbb, 0xbf))).toBe('\ufeff')
  })

  it.each(['\ud800', 'a\udc7f', '\udd00', '\udbff\udbff'])('refuse the lone surrogate in %j', (text) => {
    expect(() => encodeText(text)).toThrow(RangeError)
  })
})

describe('comparePaths', () => {
  const path = fc.array(fc.constantFrom(0x01, 0x2e, 0x2f, 0x30, 0x41, 0x7f, 0x80, 0xc3, 0xff), { maxLength: 5 })

  /** The order of SPEC 1.3 in other words: signed bytes shifted so that `/` fits below and the end below that. */
  function model(bytes: readonly number[]): number[] {
    return [...bytes.map((byte) => (byte === 0x2f ? 1 : ((byte + 128) % 256) + 2)), 0]
  }

  function compareModels(a: number[], b: number[]): number {
    const i = a.findIndex((value, at) => value !== b[at])
    return i < 0 ? 0 : (a[i] ?? 0) - (b[i] ?? 0)
  }

  it('is the order of SPEC 1.3', () => {
    fc.assert(
      fc.property(path, path, (a, b) => {
        const actual = comparePaths(Uint8Array.from(a), Uint8Array.from(b))
        expect(Math.sign(actual)).toBe(Math.sign(compareModels(model(a), model(b))))
      }),
      { numRuns: 2000 },
    )
  })

  it('is the order of names that are given as characters', () => {
    fc.assert(
      fc.property(path, path, (...paths) => {
        const [a, b] = paths.map((bytes) => Uint8Array.from(bytes)) as [Uint8Array, Uint8Array]
        expect(compareNames(decodeLatin1(a), decodeLatin1(b))).toBe(comparePaths(a, b))
      }),
    )
  })

  it('is a total order', () => {
    fc.assert(
      fc.property(path, path, path, (...paths) => {
        const [a, b, c] = paths.map((bytes) => Uint8Array.from(bytes)) as [Uint8Array, Uint8Array, Uint8Array]
        expect(Math.sign(comparePaths(a, b))).toBe(0 - Math.sign(comparePaths(b, a)))
        expect(comparePaths(a, b) === 0).toBe(equalBytes(a, b))
        if (comparePaths(a, b) <= 0 && comparePaths(b, c) <= 0) expect(comparePaths(a, c)).toBeLessThanOrEqual(0)
      }),
      { numRuns: 2000 },
    )
  })

  it('keeps a folder together with what is in it', () => {
    const names = ['a', 'a/b', 'a/b/c', 'a\u0001', 'a-b', 'a.b', 'ab'].map(encodeText)
    const sorted = [...names].reverse().sort(comparePaths)
    expect(sorted).toEqual(names)
    expect(comparePaths(Uint8Array.of(0xff), Uint8Array.of(0x01))).toBeLessThan(0)
  })
})

describe('writeAscii', () => {
  it('writes what encodeAscii gives, and says of all else that it is not ASCII', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 5 }), fc.nat({ max: 3 }), (text, at) => {
        const into = new Uint8Array(at + text.length)
        const isAscii = [...text].every((char) => char <= '\u007f')
        expect(writeAscii(text, into, at)).toBe(isAscii)
        if (isAscii) expect(into.subarray(at)).toEqual(encodeAscii(text))
      }),
    )
  })
})

describe('encodeAscii and decodeLatin1', () => {
  it('map bytes and characters one to one', () => {
    const ascii = Uint8Array.from({ length: 128 }, (_, i) => i)
    expect(encodeAscii(decodeLatin1(ascii))).toEqual(ascii)
    expect(decodeLatin1(Uint8Array.of(0x41, 0xe9, 0xff))).toBe('Aéÿ')
  })
})
