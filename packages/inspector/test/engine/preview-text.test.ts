/** Encodings, windows of text, JSON, kinds of images, links. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeWindow } from '../../src/engine/decode-window.ts'
import { guessEncoding, someEncoding } from '../../src/engine/guess-encoding.ts'
import { imageSizeOf } from '../../src/engine/image-size.ts'
import { imageTypeOf } from '../../src/engine/image-type.ts'
import { prettyJson } from '../../src/engine/pretty-json.ts'
import { resolveLink } from '../../src/engine/resolve-link.ts'
import { textBlocks } from '../../src/text/text-blocks.ts'
import { PNG } from '../archives.ts'

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
const utf16be = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'utf16le').swap16())

test.each<[string, Uint8Array, string | undefined]>([
  ['ASCII', utf8('hello\n'), 'utf-8'],
  ['UTF-8', utf8('Grüße aus Köln, Привет'), 'utf-8'],
  ['UTF-8 cut inside a character', utf8('Grüße aus Köln €').subarray(0, -1), 'utf-8'],
  ['a terminal’s colours', utf8('\u001b[31mred\u001b[0m and more\n'), 'utf-8'],
  ['a mark of UTF-8', utf8('\ufeffx'), 'utf-8'],
  ['a mark of UTF-16', Uint8Array.of(0xff, 0xfe, 0x41, 0), 'utf-16le'],
  ['a mark of UTF-16, the other way', Uint8Array.of(0xfe, 0xff, 0, 0x41), 'utf-16be'],
  ['UTF-16 without a mark', Uint8Array.from(Buffer.from('Hello world, hello all\r\n', 'utf16le')), 'utf-16le'],
  ['Cyrillic UTF-16 without a mark', utf16be('Съешь ещё этих мягких\nбулок'), 'utf-16be'],
  ['Latin-1', Uint8Array.from(Buffer.from('caf\xe9 cr\xe8me na\xefve fa\xe7ade '.repeat(9), 'latin1')), 'windows-1252'],
  ['NULs', Uint8Array.of(1, 0, 0, 0, 2, 0, 0, 0), undefined],
  ['an ELF program', Uint8Array.of(0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0), undefined],
  ['bytes of all values', Uint8Array.from({ length: 4096 }, (_, i) => (i * 167 + 13) & 255), undefined],
])('the encoding of %s', (_, bytes, encoding) => {
  expect(guessEncoding(bytes)).toBe(encoding)
})

test('data that is no text has an encoding all the same, when it is asked for', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      expect(() => new TextDecoder(someEncoding(bytes))).not.toThrow()
    }),
  )
})

test('windows join to the text, wherever they are cut', () => {
  const decodeAll = (bytes: Uint8Array, encoding: string, cuts: readonly number[]): string => {
    let text = ''
    let carry: Uint8Array = new Uint8Array(0)
    const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
    ends.forEach((end, index) => {
      const window = decodeWindow(bytes.subarray(ends[index - 1] ?? 0, end), encoding, carry, index === ends.length - 1)
      text += window.text
      carry = window.carry
    })
    return text
  }
  const text = fc.string({ unit: 'binary', maxLength: 60 }).map((value) => value.replaceAll('\ufeff', ''))
  fc.assert(
    fc.property(text, fc.array(fc.nat()), (value, cuts) => {
      expect(decodeAll(utf8(value), 'utf-8', cuts)).toBe(value)
      expect(decodeAll(utf16be(value), 'utf-16be', cuts)).toBe(value)
    }),
  )
  const japanese = Buffer.from('93fa967b8cea82cc8365834c83588367', 'hex')
  for (let cut = 0; cut <= japanese.length; cut += 1)
    expect(decodeAll(japanese, 'shift_jis', [cut])).toBe('日本語のテキスト')
})

test('JSON is laid out, not changed', () => {
  expect(prettyJson('{"a":[1,{}],"b":"x:[,]\\"","a":1e999,"n":12345678901234567890}')).toBe(
    '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": "x:[,]\\"",\n  "a": 1e999,\n  "n": 12345678901234567890\n}',
  )
  expect(prettyJson('[]')).toBe('[]')
  for (const text of ['"word"', '12', '{"a":', "{'a':1}", '', '[1,]']) expect(prettyJson(text)).toBeUndefined()
  fc.assert(
    fc.property(fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue())), (value) => {
      const text = JSON.stringify(value)
      expect(prettyJson(text)).toBe(JSON.stringify(JSON.parse(text), undefined, 2))
    }),
  )
  const deep = prettyJson('['.repeat(50_000) + ']'.repeat(50_000))
  expect(deep === undefined || deep.length < 5_000_000).toBe(true)
})

test('images are known by their beginning', () => {
  const head = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.padEnd(40, '\0'), 'latin1'))
  expect(imageTypeOf(PNG)).toBe('image/png')
  expect(imageTypeOf(head('\xff\xd8\xff\xe0'))).toBe('image/jpeg')
  expect(imageTypeOf(head('GIF89a'))).toBe('image/gif')
  expect(imageTypeOf(head('RIFF\x10\0\0\0WEBPVP8 '))).toBe('image/webp')
  expect(imageTypeOf(head('\0\0\0\x20ftypavif'))).toBe('image/avif')
  expect(imageTypeOf(head('BM\x10\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0'))).toBe('image/bmp')
  expect(imageTypeOf(head('\0\0\x01\0\x01\0\x10\x10\0\0'))).toBe('image/x-icon')
  for (const text of [
    '<svg onload="x">',
    '<?xml version="1.0"?><svg/>',
    '%PDF-1.7',
    'BMW is a maker of cars',
    'RIFF\0\0\0\0WAVE',
  ])
    expect(imageTypeOf(head(text))).toBeUndefined()
  expect(imageTypeOf(new Uint8Array(0))).toBeUndefined()
})

test('images say how large they are', () => {
  const of = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex')
  expect(imageSizeOf(PNG)).toEqual({ width: 1, height: 1 })
  expect(imageSizeOf(of('474946383961 0a00 1400'))).toEqual({ width: 10, height: 20 })
  expect(imageSizeOf(of('424d 00000000 00000000 36000000 28000000 0a000000 ecffffff'))).toEqual({
    width: 10,
    height: 20,
  })
  expect(imageSizeOf(of('424d 00000000 00000000 1a000000 0c000000 0a00 1400'))).toEqual({ width: 10, height: 20 })
  expect(imageSizeOf(of('52494646 00000000 57454250 56503858 0a000000 10000000 090000 130000'))).toEqual({
    width: 10,
    height: 20,
  })
  expect(imageSizeOf(of('52494646 00000000 57454250 5650384c 0a000000 2f 09c00400'))).toEqual({ width: 10, height: 20 })
  expect(imageSizeOf(of('52494646 00000000 57454250 56503820 0a000000 300100 9d012a 0a00 1400'))).toEqual({
    width: 10,
    height: 20,
  })
  expect(imageSizeOf(of('ffd8 ffe0 0004 0000 ffff c2 0011 08 0014 000a 03'))).toEqual({ width: 10, height: 20 })
  for (const cut of ['', 'ff', '89504e47', 'ffd8 ffe0', 'ffd8 00', '52494646 00000000 57454250', '424d', '00000020'])
    expect(imageSizeOf(of(cut))).toBeUndefined()
  fc.assert(
    fc.property(fc.constantFrom(0x89, 0x47, 0x42, 0x52, 0xff), fc.uint8Array({ maxLength: 60 }), (first, rest) => {
      const { width, height } = imageSizeOf(Uint8Array.of(first, ...rest)) ?? { width: 0, height: 0 }
      expect(width * height).toBeGreaterThanOrEqual(0)
    }),
  )
})

test('links lead where a file system would lead them', () => {
  expect(resolveLink('site/latest', 'docs/guide.txt')).toBe('site/docs/guide.txt')
  expect(resolveLink('a/b/c', '../../x/./y')).toBe('x/y')
  expect(resolveLink('a/b', '..')).toBe('')
  expect(resolveLink('a/b', '../../etc')).toBeUndefined()
  expect(resolveLink('a/b', '/etc/passwd')).toBeUndefined()
})

const shown = (text: string): string =>
  textBlocks(text)
    .flatMap((block) => block.map((run) => run.text))
    .join('')

test('text is shown whole, with what cannot be seen made visible', () => {
  expect(textBlocks('a\tb\u0000\u001b[1m\u202ec\r\nend')).toEqual([
    [
      { type: 'text', text: 'a' },
      { type: 'tab', text: '\t' },
      { type: 'text', text: 'b' },
      { type: 'mark', text: '\\u{0}\\u{1b}' },
      { type: 'text', text: '[1m' },
      { type: 'mark', text: '\\u{202e}' },
      { type: 'text', text: 'c\nend\n' },
    ],
  ])
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', 'é', '\n', ' ', '日', '😀'), maxLength: 9000 }), (text) => {
      expect(shown(text)).toBe(`${text}\n`)
    }),
    { numRuns: 20 },
  )
})

test('lines and blocks have bounds, whatever the text', () => {
  const long = `${'😀'.repeat(40_000)}\n${'\t'.repeat(50_000)}${'\u0001x'.repeat(20_000)}`
  const blocks = textBlocks(long)
  for (const block of blocks) {
    const text = block.map((run) => run.text).join('')
    // The longest of what stands for one character has nine.
    expect(text.length).toBeLessThan(90_000)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(18_000)
  }
  expect(blocks.flat().filter(({ type }) => type !== 'text').length).toBeLessThanOrEqual(4000)
  expect(shown('\ud83d')).toBe('\\u{d83d}\n')
})
