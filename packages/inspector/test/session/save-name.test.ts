/** Names of saved files. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { archiveSaveName, saveName } from '../../src/session/save-name.ts'
import { HOSTILE_NAMES } from '../archives.ts'

test.each([
  ['site/etc/motd', 'motd'],
  ['.bashrc', '.bashrc'],
  ['a b.txt', 'a b.txt'],
  ['../..', 'file'],
  ['', 'file'],
  ['dir/', 'file'],
  ['con', '_con'],
  ['AUX.tar.gz', '_AUX.tar.gz'],
  ['console', 'console'],
  ['COM1', '_COM1'],
  ['ends. . ', 'ends'],
  ['a\\b:c*d?e"f<g>h|i', 'a_b_c_d_e_f_g_h_i'],
  ['safe\u202egpj.exe', 'safe_gpj.exe'],
  ['\udcff\udcfe.bin', '__.bin'],
  ['name\u0000\n', 'name__'],
])('%j is saved as %j', (path, name) => {
  expect(saveName(path)).toBe(name)
})

test('long names are cut before their extension, between characters', () => {
  const name = saveName(`${'名'.repeat(300)}.tar`)
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(200)
  expect(name).toMatch(/^名+\.tar$/)
  expect(saveName(`${'😀'.repeat(300)}`)).toMatch(/^(😀)+$/u)
})

test('whatever the name: one that is no path, is seen as it is, and is not too long', () => {
  const names = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(...HOSTILE_NAMES),
  )
  fc.assert(
    fc.property(names, (path) => {
      const name = saveName(path)
      expect(name).not.toMatch(/[/\\:*?"<>|]|[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|[. ]$/u)
      expect(name.length).toBeGreaterThan(0)
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(201)
      expect(saveName(name)).toBe(name)
    }),
  )
})

test.each([
  ['site.tgz', ['site/docs'], 'docs.tar.gz'],
  ['site.tgz', ['site/docs', 'site/etc'], 'site-selection.tar.gz'],
  ['site.tar.gz', [''], 'site-selection.tar.gz'],
  ['site.tgz.part1', [''], 'site-selection.tar.gz'],
  ['.tgz', [''], 'archive-selection.tar.gz'],
  ['backup', ['a', 'b'], 'backup-selection.tar.gz'],
])('the archive of a selection of %j, %j, is called %j', (archive, paths, name) => {
  expect(archiveSaveName(archive, paths)).toBe(name)
})
