/** The archive itself is known by what it is, and what killed runs leave behind by its name. */
import { lstatSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FileTarget } from '../../src/node/file-target.ts'
import { createOwnFileTest, isTemporaryName } from '../../src/node/own-files.ts'
import { makeFolder } from './walk-support.ts'

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

test('a file of the archive that comes into being is known from the next turn on', async () => {
  const folder = makeFolder()
  const [own, other] = [join(folder, 'own.tgz'), join(folder, 'other')]
  writeFileSync(other, '')
  const isOwnFile = createOwnFileTest(new FileTarget(own))
  expect(isOwnFile(lstatSync(other, { bigint: true }))).toBe(false)
  await setImmediate()
  writeFileSync(own, '')
  expect(isOwnFile(lstatSync(own, { bigint: true }))).toBe(true)
  expect(isOwnFile(lstatSync(other, { bigint: true }))).toBe(false)
})
