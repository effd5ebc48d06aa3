import { describe, expect, test } from 'vitest'
import { judgeEntryPath, normalizeEntryPath } from '../../src/tar/entry-path.ts'

describe('judgeEntryPath', () => {
  test.each([
    'x',
    'a/b/c',
    '...',
    '..a/b..',
    '.hidden',
    'a:b',
    'C:',
    'C:x',
    'back\\slash',
    '\\single',
    'a/..\\b',
    'line\nfeed\ttab',
    'caf\u00e9',
    '\udcff\udce9',
    'NUL',
    '.backup.info',
  ])('trusts %j', (path) => {
    expect(judgeEntryPath(path)).toBeUndefined()
  })

  test.each([
    ['', /empty/],
    ['../x', /"\.\."/],
    ['a/../../x', /"\.\."/],
    ['..', /"\.\."/],
    ['a/..', /"\.\."/],
    ['.', /"\."/],
    ['./x', /"\."/],
    ['a/./b', /"\."/],
    ['a/.', /"\."/],
    ['/x', /absolute/],
    ['//x', /absolute/],
    ['/', /absolute/],
    ['a//b', /empty component/],
    ['a/', /empty component/],
    ['C:..\\x', /drive/],
    ['C:..', /drive/],
    ['c:\\x', /drive/],
    ['C:/x', /drive/],
    ['\\\\host\\x', /host/],
    ['a\0b', /NUL/],
  ])('refuses %j', (path, reason) => {
    expect(judgeEntryPath(path)).toMatch(reason)
  })

  test('counts the bytes of a path', () => {
    const name = 'n'.repeat(255)
    const long = (bytes: number): string => `${name}/`.repeat(200).slice(0, bytes - 1) + 'x'
    expect(judgeEntryPath(long(32_767))).toBeUndefined()
    expect(judgeEntryPath(long(32_768))).toMatch(/32768 bytes/)
    expect(judgeEntryPath('\u00e9'.repeat(16_383))).toBeUndefined()
    expect(judgeEntryPath('\u00e9'.repeat(16_384))).toMatch(/32768 bytes/)
    expect(judgeEntryPath('\u{1f600}'.repeat(8_192))).toMatch(/32768 bytes/)
    expect(judgeEntryPath('\udcff'.repeat(16_384))).toBeUndefined()
  })

  test('counts components without recursion', () => {
    expect(judgeEntryPath(`${'a/'.repeat(4095)}a`)).toBeUndefined()
    expect(judgeEntryPath(`${'a/'.repeat(4096)}a`)).toMatch(/4096 components/)
    expect(judgeEntryPath(`${'a/'.repeat(222_000)}a`)).toBeDefined()
  })
})

describe('normalizeEntryPath', () => {
  test.each([
    ['x', 'x'],
    ['./x', 'x'],
    ['././x', 'x'],
    ['x/', 'x'],
    ['./x/', 'x'],
    ['.', ''],
    ['./', ''],
    ['././.', ''],
    ['', ''],
    ['..', '..'],
    ['./..', '..'],
    ['/', '/'],
    ['.//', '/'],
    ['.//x', '/x'],
    ['x//', 'x/'],
    ['a/./b', 'a/./b'],
    ['.hidden', '.hidden'],
  ])('%j is %j', (path, expected) => {
    expect(normalizeEntryPath(path)).toBe(expected)
  })

  test('is linear in a long run', () => {
    expect(normalizeEntryPath(`${'./'.repeat(200_000)}x`)).toBe('x')
  })
})
