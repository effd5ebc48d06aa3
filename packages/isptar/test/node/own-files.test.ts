/** What writing and extracting leave behind when they are killed is known by its name. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isTemporaryName } from '../../src/node/own-files.ts'

test.each([
  ['.a.tgz.0123456789ab.tmp', true],
  ['out/.a.tgz.0123456789ab.tmp', true],
  ['/.\xff\n.0123456789ab.tmp', true],
  ['a/.isptar-0123456789abcdef', true],
  ['a/.isptar-0123456789abcdef-\xc3\xa9', true],
  ['a/.isptar-0123456789abcdef-\xe9', false],
  ['.isptar-0123456789abcde', false],
  ['a.tgz.0123456789ab.tmp', false],
  ['.0123456789ab.tmp', false],
  ['.a.0123456789AB.tmp', false],
  ['.a.0123456789ab.tmp/a', false],
  ['.a/b.0123456789ab.tmp', false],
  ['.a.0123456789ab.tmp.', false],
  ['', false],
  ['/', false],
])('%j: %s', (path, isTemporary) => {
  expect(isTemporaryName(Buffer.from(path, 'latin1'))).toBe(isTemporary)
})

test('the folder has no part in it', () => {
  const name = fc.constantFrom('.a.0123456789ab.tmp', '.isptar-0123456789abcdef', '.a', 'a', 'a.0123456789ab.tmp')
  fc.assert(
    fc.property(name, fc.array(fc.constantFrom('.', 'a', '\xff', '.a.0123456789ab.tmp')), (last, folders) => {
      const path = [...folders, last].join('/')
      expect(isTemporaryName(Buffer.from(path, 'latin1'))).toBe(isTemporaryName(Buffer.from(last, 'latin1')))
    }),
  )
})
