import { expect, test } from 'vitest'
import { encodeText } from '../../src/bytes/text.ts'
import { createStoredTest, STORED_SUFFIXES } from '../../src/write/stored-suffixes.ts'

function storedOf(suffixes: readonly string[], paths: readonly string[]): string[] {
  const isStored = createStoredTest(suffixes)
  return paths.filter((path) => isStored(encodeText(path)))
}

test('a path is stored when it ends so, in any letter case', () => {
  const paths = ['a.jpg', 'b.JPG', 'c.Jpg', 'd.jp', 'jpg', '.jpg', 'e.jpg/f', '']
  expect(storedOf(['.jpg'], paths)).toEqual(['a.jpg', 'b.JPG', 'c.Jpg', '.jpg'])
  expect(storedOf(['.JPG'], paths)).toEqual(['a.jpg', 'b.JPG', 'c.Jpg', '.jpg'])
  expect(storedOf(STORED_SUFFIXES, ['a.zip', 'a.txt', 'a.7Z'])).toEqual(['a.zip', 'a.7Z'])
})

test('letters beyond ASCII count in any case, too', () => {
  expect(storedOf(['.\u00e9', '.k'], ['a.\u00c9', 'b.\u00e9', 'c.\u212a', 'd.K', 'e.e'])).toEqual([
    'a.\u00c9',
    'b.\u00e9',
    'c.\u212a',
    'd.K',
  ])
})

test('no suffixes store nothing, the empty one everything', () => {
  expect(storedOf([], ['a', 'b.jpg'])).toEqual([])
  expect(storedOf(['', '.x'], ['a', 'b.jpg', ''])).toEqual(['a', 'b.jpg', ''])
})
