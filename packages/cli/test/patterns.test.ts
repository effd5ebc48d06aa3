import { describe, expect, test } from 'vitest'
import { isGlob, PatternSet, trimPath } from '../src/patterns.ts'

async function picks(patterns: readonly string[], paths: readonly string[]): Promise<string[]> {
  const set = await PatternSet.of(patterns)
  return paths.filter((path) => set.matches(path))
}

const PATHS = ['etc', 'etc/a.conf', 'etc/x/b.conf', 'etcetera', './var/a.conf', 'var/[1].txt', 'var/1.txt', '.hidden']

describe('PatternSet', () => {
  test.each<[string[], string[]]>([
    [[], PATHS],
    [['etc'], ['etc', 'etc/a.conf', 'etc/x/b.conf']],
    [['./etc/'], ['etc', 'etc/a.conf', 'etc/x/b.conf']],
    [['*.conf'], ['etc/a.conf', 'etc/x/b.conf', './var/a.conf']],
    [['etc/*.conf'], ['etc/a.conf']],
    [['etc/**'], ['etc', 'etc/a.conf', 'etc/x/b.conf']],
    [['e*/x'], ['etc/x/b.conf']],
    [['var/[1].txt'], ['var/[1].txt', 'var/1.txt']],
    [['*idden'], ['.hidden']],
    [['.'], PATHS],
    [['!etc'], []],
    [['{etcetera,.hidden}'], ['etcetera', '.hidden']],
    [
      ['etc/x/b.conf', 'etcetera'],
      ['etc/x/b.conf', 'etcetera'],
    ],
  ])('%j', async (patterns, expected) => {
    expect(await picks(patterns, PATHS)).toEqual(expected)
  })

  test('remembers which pattern met nothing, also where two meet the same entry', async () => {
    const set = await PatternSet.of(['etc', 'nothing', '*.conf', '*.jpg'])
    for (const path of PATHS) set.matches(path)
    expect(set.unused).toEqual(['nothing', '*.jpg'])
  })

  test('names that are not UTF-8 match where a question mark stands for the byte', async () => {
    expect(await picks(['caf?'], ['caf\udce9'])).toEqual(['caf\udce9'])
  })

  test('one plain folder is known as such', async () => {
    expect((await PatternSet.of(['./etc/'])).onlyFolder).toBe('etc')
    expect((await PatternSet.of(['etc', 'var'])).onlyFolder).toBeUndefined()
    expect((await PatternSet.of(['e*'])).onlyFolder).toBeUndefined()
  })
})

test('trimPath leaves what is not decoration', () => {
  expect(['./a', '././a//', '.', './', '/', '/a', 'a/./b', '../a', '.a'].map(trimPath)).toEqual([
    'a',
    'a',
    '.',
    '.',
    '/',
    '/a',
    'a/./b',
    '../a',
    '.a',
  ])
})

test('isGlob', () => {
  expect(['a*', 'a?', '[a]', '{a,b}', '@(a)'].every(isGlob)).toBe(true)
  expect(['a b', 'a(1).txt', 'a!b', 'über'].some(isGlob)).toBe(false)
})
