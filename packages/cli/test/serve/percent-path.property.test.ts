import fc from 'fast-check'
import { decodeText } from 'isptar'
import { expect, test } from 'vitest'
import { percentDecode, percentEncode } from '../../src/serve/percent-path.ts'

test('any bytes come back', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = decodeText(bytes)
      const encoded = percentEncode(text)
      expect(encoded).toMatch(/^(?:[\w.~-]|%[\dA-F]{2})*$/)
      expect(percentDecode(encoded)).toBe(text)
    }),
  )
})

test('what URLs make of a path is decoded to it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(percentDecode(encodeURIComponent(text))).toBe(text)
      expect(percentDecode(encodeURI(text))).toBe(text)
    }),
  )
})

test.each(['%', 'a%2', '%g0', '% 1', 'ä', ' ', '\n', '\0'])('%j stands in no address', (text) => {
  expect(percentDecode(text)).toBeUndefined()
})
