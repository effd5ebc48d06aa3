import { describe, expect, test } from 'vitest'
import { foldName, NameRegister } from '../../src/extract/name-register.ts'

describe('NameRegister (attack 12)', () => {
  test('finds a second spelling of a name or of a folder on the way', () => {
    const names = new NameRegister()
    expect(names.claim('Src/Main.ts')).toBeUndefined()
    expect(names.claim('Src/main.ts')).toBe('Src/Main.ts')
    expect(names.claim('src/other.ts')).toBe('Src')
    expect(names.claim('Src/other.ts')).toBeUndefined()
    expect(names.claim('SRC')).toBe('Src')
  })

  test('takes the same name again', () => {
    const names = new NameRegister()
    expect([names.claim('a/b'), names.claim('a/b'), names.claim('a')]).toEqual([undefined, undefined, undefined])
  })

  test.each([
    ['caf\u00e9', 'cafe\u0301'],
    ['STRASSE', 'stra\u00dfe'],
    ['\u212aelvin', 'kelvin'],
    ['\u03a3', '\u03c2'],
    ['.git', '.g\u200cit'],
  ])('%s and %s may be one file', (a, b) => {
    expect(foldName(a)).toBe(foldName(b))
  })

  test('different names stay different', () => {
    expect(new Set(['a', 'b', 'e', '\u00e9', 'a/b', 'ab'].map(foldName)).size).toBe(6)
  })
})
