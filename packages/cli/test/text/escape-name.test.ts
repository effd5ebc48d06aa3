import { decodeText } from 'isptar'
import { describe, expect, test } from 'vitest'
import { escapeName } from '../../src/text/escape-name.ts'

describe('escapeName', () => {
  test.each([
    ['plain name.txt', 'plain name.txt'],
    ['a\nb\tc\rd', 'a\\nb\\tc\\rd'],
    ['back\\slash', 'back\\\\slash'],
    ['\u001b]0;title\u0007', '\\033]0;title\\007'],
    ['del\u007f', 'del\\177'],
    ['c1 \u009b31m', 'c1 \\302\\23331m'],
    ['invoice\u202egpj.exe', 'invoice\\342\\200\\256gpj.exe'],
    ['line\u2028separator', 'line\\342\\200\\250separator'],
    ['soft\u00adhyphen\ufeff', 'soft\\302\\255hyphen\\357\\273\\277'],
    ['tag\u{e0041}', 'tag\\363\\240\\201\\201'],
    ['Zürich 東京 👩‍🚀', 'Zürich 東京 👩‍🚀'],
  ])('%j becomes %j', (name, escaped) => {
    expect(escapeName(name)).toBe(escaped)
  })

  test('bytes that are not UTF-8 are shown one by one', () => {
    expect(escapeName(decodeText(Uint8Array.of(0x61, 0xff, 0x80, 0x62)))).toBe('a\\377\\200b')
  })
})
