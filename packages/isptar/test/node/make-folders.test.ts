import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeFolders } from '../../src/node/make-folders.ts'
import { needs } from './needs.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-folders-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('makes what is missing and leaves what is there', () => {
  makeFolders(join(folder, 'a/b/c'))
  makeFolders(join(folder, 'a/b/c'))
  expect(statSync(join(folder, 'a/b/c')).isDirectory()).toBe(true)
})

test('fails below a file and over a dangling link', () => {
  writeFileSync(join(folder, 'file'), '')
  symlinkSync('nowhere', join(folder, 'link'))
  expect(() => makeFolders(join(folder, 'file/sub'))).toThrow(/ENOTDIR/)
  expect(() => makeFolders(join(folder, 'link'))).toThrow(/EEXIST/)
})

test('ends where the parent takes no folders', ({ skip }) => {
  needs(skip, existsSync('/proc/self'), 'no /proc on this machine')
  expect(() => makeFolders('/proc/isptar-no-such-folder/sub')).toThrow(/ENOENT/)
})
