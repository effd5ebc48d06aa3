/**
 * Archives with hostile names. Nothing outside the target folder is made, read, changed or touched (`Scene.extract` compares all of it), the bad
 * entries are reported and the good ones restored. The numbers are those of the project's list of attacks. Each runs
 * with folders held through `/proc` and without.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { HostileEntry } from '../hostile-archive.ts'
import { makeScene, refusedPaths } from './extract-scene.ts'

const GOOD: HostileEntry = { path: 'zz-good', data: 'good\n' }

describe.each([
  { way: 'through /proc', proc: true },
  { way: 'by paths', proc: false },
])('$way', ({ proc }) => {
  const cases: readonly (readonly [attack: string, paths: readonly string[]])[] = [
    ['1: upwards', ['../outside/x', 'a/../../outside/x', '../../../../../../tmp/x', 'a/b/../../../x']],
    ['2: dots and nothing', ['..', 'a/..', '.', './', './..', '']],
    ['3: absolute', ['/x', '//x', '/tmp/x', '///etc/x']],
    ['4: drives and hosts', ['C:..\\x', 'C:\\x', 'c:/x', '\\\\host\\share\\x']],
    ['5: NUL', ['a\0b', 'a/\0', '\0']],
  ]
  test.each(cases)('%s', async (_attack, paths) => {
    const scene = makeScene()
    for (const type of ['file', 'dir', 'link', 'hard', 'fifo'] as const) {
      const hostile = paths.map((path) => ({
        path,
        type,
        linkTarget: 'zz-good',
        ...(type === 'file' && { data: 'x' }),
      }))
      const report = await scene.extract([...hostile, GOOD], { proc, existing: 'replace' })
      expect(refusedPaths(report)).toEqual([...paths].sort())
      expect(report.ok).toBe(false)
      expect(scene.paths()).toEqual(['zz-good'])
    }
  })

  test('4: a plain backslash stays literal', async () => {
    const scene = makeScene()
    expect((await scene.extract([{ path: 'a\\..\\..\\x', data: '1' }], { proc })).ok).toBe(true)
    expect(scene.paths()).toEqual(['a\\..\\..\\x'])
  })

  test('6, 7, 8: newline, tab, terminal escapes, bidi and bytes that are not UTF-8 come out exactly', async () => {
    const scene = makeScene()
    const names = ['n\nl', 't\tb', '\x1b[31mred', '\u202egpj.exe', Buffer.from([0x62, 0xff, 0xfe, 0x2e])]
    const report = await scene.extract(
      names.map((path) => ({ path, data: 'x' })),
      { proc },
    )
    expect(report.ok).toBe(true)
    expect(scene.paths()).toEqual(names.map((name) => Buffer.from(name).toString('latin1')).sort())
  })

  test('9: 222,000 components, and a path of 32 KiB', async () => {
    const scene = makeScene()
    const paths = ['a/'.repeat(222_000), `${'d'.repeat(200)}/`.repeat(164), 'x'.repeat(32_768)]
    const report = await scene.extract([...paths.map((path) => ({ path, data: 'x' })), GOOD], { proc })
    expect(report.refused).toHaveLength(3)
    expect(scene.paths()).toEqual(['zz-good'])
  })

  test('9: a path deeper than there are descriptors and longer than PATH_MAX comes out or fails alone', async () => {
    const scene = makeScene()
    const deep = 'deep/'.repeat(1500)
    const middle = `${'deep/'.repeat(700)}middle`
    const paths = [`${deep}one`, `${deep}two`, middle, 'deep/three', 'zz-good']
    const report = await scene.extract(
      paths.map((path) => ({ path, data: 'x' })),
      { proc },
    )
    expect(report.entryCount).toBe(proc && process.platform === 'linux' ? 5 : 3)
    expect(report.problemCount + report.entryCount).toBe(5)
    for (const path of [middle, 'deep/three', 'zz-good']) expect(existsSync(join(scene.out, path))).toBe(true)
  })

  test('10: a file called .backup.info is a file like any', async () => {
    const scene = makeScene()
    expect((await scene.extract([{ path: '.backup.info', data: 'mine' }], { proc })).ok).toBe(true)
    expect(readFileSync(join(scene.out, '.backup.info'), 'utf8')).toBe('mine')
  })

  test.each(['error', 'keep', 'replace'] as const)('11: of one name twice the last wins (%s)', async (existing) => {
    const scene = makeScene()
    const report = await scene.extract(
      [
        { path: 'a', data: 'first' },
        { path: 'b', data: 'other' },
        { path: './a', data: 'last' },
        { path: 'link', type: 'link', linkTarget: '../outside/secret' },
        { path: 'link', data: 'through?' },
        { path: 'file', data: 'file' },
        { path: 'file', type: 'link', linkTarget: 'a' },
        { path: 'folder', type: 'dir' },
        { path: 'folder', data: 'no folder' },
        { path: 'turned', data: 'file' },
        { path: 'turned', type: 'dir', mode: 0o700 },
        { path: 'twice', type: 'dir', mode: 0o700 },
        { path: 'twice', type: 'dir', mode: 0o711 },
      ],
      { proc, existing },
    )
    expect(report.ok).toBe(true)
    const tree = scene.tree()
    expect(readFileSync(join(scene.out, 'a'), 'utf8')).toBe('last')
    expect(readFileSync(join(scene.out, 'link'), 'utf8')).toBe('through?')
    expect([tree.get('link')?.type, tree.get('file')?.type]).toEqual(['file', 'symlink'])
    expect([tree.get('folder')?.type, tree.get('turned')?.type]).toEqual(['file', 'dir'])
    expect(tree.get('twice')?.mode).toBe(0o711)
  })

  test('11: a second file is not written through a hardlink of the first', async () => {
    const scene = makeScene()
    await scene.extract(
      [
        { path: 'a', data: 'first' },
        { path: 'b', type: 'hard', linkTarget: 'c' },
        { path: 'c', data: 'linked' },
        { path: 'b', data: 'second' },
      ],
      { proc },
    )
    expect(readFileSync(join(scene.out, 'c'), 'utf8')).toBe('linked')
    expect(readFileSync(join(scene.out, 'b'), 'utf8')).toBe('second')
  })

  test('12: names that a folding file system takes for one', async () => {
    const scene = makeScene()
    const report = await scene.extract(
      [
        { path: 'File', data: '1' },
        { path: 'file', data: '2' },
        { path: 'caf\u00e9', data: '3' },
        { path: 'cafe\u0301', data: '4' },
        { path: 'Folder/x', data: '5' },
        { path: 'folder', type: 'link', linkTarget: '../outside' },
        { path: 'folder/y', data: '6' },
        { path: 'Folder/x', data: '7' },
      ],
      { proc, foldsNames: true },
    )
    expect(refusedPaths(report)).toEqual(['cafe\u0301', 'file', 'folder', 'folder/y'])
    expect(readFileSync(join(scene.out, 'Folder/x'), 'utf8')).toBe('7')
    expect(scene.paths()).toEqual(['File', 'Folder', 'Folder/x', Buffer.from('caf\u00e9').toString('latin1')])
  })

  test('14: shell characters in names are only names', async () => {
    const scene = makeScene()
    const names = ['$(touch pwned)', ';touch pwned', '`touch pwned`', '-rf', '|x', '&&x']
    const report = await scene.extract(
      names.map((path) => ({ path, type: 'fifo' })),
      { proc },
    )
    expect(report.ok).toBe(true)
    expect(scene.paths()).toEqual([...names].sort())
  })

  test('13: Windows names are ordinary names elsewhere', async () => {
    const scene = makeScene()
    const names = ['NUL', 'a:b', 'trailing.', 'con.txt']
    expect(
      (
        await scene.extract(
          names.map((path) => ({ path, data: 'x' })),
          { proc },
        )
      ).ok,
    ).toBe(true)
    expect(scene.paths()).toEqual([...names].sort())
  })

  test('what is wrong with the data of one entry leaves nothing of it and goes on', async () => {
    const scene = makeScene()
    writeFileSync(join(scene.out, 'crc'), 'old')
    mkdirSync(join(scene.out, 'kept'))
    const report = await scene.extract(
      [
        { path: 'crc', data: 'corrupt', corrupt: true },
        { path: 'long', data: 'x'.repeat(2_000_000), corrupt: true },
        { path: 'size', data: 'x', sizeBytes: 5000 },
        GOOD,
      ],
      { proc, existing: 'replace' },
    )
    expect(report.problems.map(({ path, code }) => [path, code])).toEqual([
      ['crc', 'integrity'],
      ['long', 'integrity'],
      ['size', 'integrity'],
    ])
    expect(report).toMatchObject({ ok: false, entryCount: 1, fileCount: 1, dataBytes: 5 })
    expect(scene.paths()).toEqual(['crc', 'kept', 'zz-good'])
    expect(readFileSync(join(scene.out, 'crc'), 'utf8')).toBe('old')
  })

  test('a base that is missing is told before anything is written', async () => {
    const scene = makeScene()
    const entries = [GOOD, { path: 'base', data: 'elsewhere', depth: 1 }]
    for (const dryRun of [false, true])
      await expect(scene.extract(entries, { proc, dryRun })).rejects.toMatchObject({ code: 'base-mismatch' })
    expect(scene.paths()).toEqual([])
  })
})
