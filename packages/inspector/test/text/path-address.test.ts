/** Paths in addresses come back as they were, whatever their bytes. */
import { decodeText, encodeText } from 'isptar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodePath, encodePath } from '../../src/text/path-address.ts'

test('any bytes', () => {
  const check = (bytes: Uint8Array): void => {
    const text = encodePath(decodeText(bytes))
    expect(text).toMatch(/^[\w\-.!~*'()/%]*$/)
    expect(encodeText(decodePath(text))).toEqual(bytes)
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), check))
})

test('any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (path) => decodePath(encodePath(path)) === path))
})

test('slashes stay, and nothing else that means something', () => {
  expect(encodePath('a/b c#%é\udcff')).toBe('a/b%20c%23%25%C3%A9%FF')
  expect(decodePath('a%2Fb%zz%')).toBe('a/b%zz%')
})
