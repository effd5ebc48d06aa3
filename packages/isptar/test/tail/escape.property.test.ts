/** Escapes of the listing: every name survives, and only three escapes exist. */
import fc from 'fast-check'
import { FormatError } from 'isptar'
import { expect, it } from 'vitest'
import { decodeText, encodeText } from '../../src/bytes/text.ts'
import { escapeField, escapeText, unescapeField } from '../../src/tail/escape.ts'

const awkward = fc.oneof(fc.constantFrom(0x09, 0x0a, 0x5c, 0x6e, 0x74), fc.integer({ min: 0, max: 255 }))
const name = fc.array(awkward).map((bytes) => Uint8Array.from(bytes))

it('every name comes back, and its field has neither TAB nor LF', () => {
  fc.assert(
    fc.property(name, (bytes) => {
      const field = escapeField(bytes)
      expect(field.includes(0x09) || field.includes(0x0a)).toBe(false)
      expect([...unescapeField(field)]).toEqual([...bytes])
    }),
  )
})

it('a text is escaped as its bytes are', () => {
  fc.assert(
    fc.property(name, (bytes) => {
      expect([...encodeText(escapeText(decodeText(bytes)))]).toEqual([...escapeField(bytes)])
    }),
  )
})

it('every field is the only one of its name, or refused', () => {
  fc.assert(
    fc.property(name, (field) => {
      let raw: Uint8Array
      try {
        raw = unescapeField(field)
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError)
        return
      }
      if (!field.includes(0x09) && !field.includes(0x0a)) expect([...escapeField(raw)]).toEqual([...field])
    }),
  )
})

it.each([
  ['a\tb', 'a\\tb'],
  ['a\nb', 'a\\nb'],
  ['a\\b', 'a\\\\b'],
  ['\\t', '\\\\t'],
  ['', ''],
  ['a b\r\u0001', 'a b\r\u0001'],
])('%j is written as %j', (raw, field) => {
  expect(Buffer.from(escapeField(Buffer.from(raw))).toString()).toBe(field)
})

it.each(['\\', 'a\\', '\\x41', '\\r', '\\0', 'a\\tb\\', '\\T'])('%j is refused', (field) => {
  expect(() => unescapeField(Buffer.from(field))).toThrow(FormatError)
  expect(() => unescapeField(Buffer.from(field))).toThrow(/bad escape/)
})
