import { decodeText, encodeText } from 'isptar'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { escapeName } from '../../src/text/escape-name.ts'

/** What a shell's `printf %b` would do. */
function unescape(text: string): Uint8Array {
  const parts = text.match(/\\(?:[0-7]{3}|.)|[^\\]+/gsu) ?? []
  const letters: Record<string, number> = { n: 10, t: 9, r: 13, '\\': 92 }
  return Buffer.concat(
    parts.map((part) => {
      if (!part.startsWith('\\')) return encodeText(part)
      return Uint8Array.of(letters[part.slice(1)] ?? Number.parseInt(part.slice(1), 8))
    }),
  )
}

test('every name comes back from its escaped form, and that has nothing a terminal would obey', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
      const escaped = escapeName(decodeText(bytes))
      expect(escaped).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u)
      expect(Buffer.from(unescape(escaped)).equals(bytes)).toBe(true)
    }),
  )
})
