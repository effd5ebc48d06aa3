import { describe, expect, test } from 'vitest'
import { placeEntry } from '../../src/extract/place-entry.ts'
import { judgeWindowsName } from '../../src/extract/windows-name.ts'

describe('judgeWindowsName (attack 13)', () => {
  test.each([
    ...['con', 'NUL', 'nul.txt', 'AUX', 'prn', 'COM1', 'lpt9.log', 'com\u00b2', 'CONIN$', 'nul .txt', 'NUL '],
    ...['a:b', 'file::$DATA', 'a?', 'a*', 'a|b', '<a', 'a>', '"a"', 'a\\b', '\u0001', 'tab\t'],
    ...['trailing.', 'trailing ', '...'],
  ])('refuses %j', (name) => {
    expect(judgeWindowsName(name)).toBeTypeOf('string')
  })

  test.each(['console', 'nullable', 'com10', 'com', 'a.b', '.hidden', 'con-1', 'a b', 'lpt', '\u65e5\u672c'])(
    'lets %j pass',
    (name) => {
      expect(judgeWindowsName(name)).toBeUndefined()
    },
  )

  test('is asked on Windows only, for every component', () => {
    expect(() => placeEntry('a/NUL/b', { stripComponents: 0, windows: true })).toThrow('"a/NUL/b": NUL is a device')
    expect(placeEntry('a/NUL/b', { stripComponents: 0, windows: false })).toBe('a/NUL/b')
    expect(placeEntry('a/NUL/b', { stripComponents: 2, windows: true })).toBe('b')
  })
})
