/**
 * Hostile archives: whatever names, links and types they hold, nothing outside the target folder is made, read, changed
 * or touched (`Scene.extract` compares all of it), the bad entries are reported and the good ones restored. The numbers
 * are those of the project's list of attacks. Each runs with folders held through `/proc` and without.
 */
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { ExtractReport } from '../../src/node/extract-report.ts'
import type { HostileEntry } from '../hostile-archive.ts'
import { makeScene } from './extract-scene.ts'
import { needs } from './needs.ts'

const IS_ROOT = process.geteuid?.() === 0
const GOOD: HostileEntry = { path: 'zz-good', data: 'good\n' }

function refusedPaths(report: ExtractReport): string[] {
  expect(report.problems).toEqual([])
  return report.refused.map(({ path }) => path).sort()
}

function reasons(report: ExtractReport): string {
  return report.refused.map(({ reason }) => reason).join('; ')
}

describe.each([
  { way: 'through /proc', proc: true },
  { way: 'by paths', proc: false },
])('$way', ({ proc }) => {
  describe('names', () => {
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
  })

  describe('links and types', () => {
    test('15: a symlink, then entries through it (CVE-2026-23745)', async () => {
      const scene = makeScene()
      const report = await scene.extract(
        [
          { path: 'l', type: 'link', linkTarget: '../outside' },
          { path: 'l/secret', data: 'overwritten' },
          { path: 'l/new', data: 'new' },
          { path: 'l/sub', type: 'dir' },
          { path: 'l/folder', type: 'dir', mode: 0o777 },
          { path: 'l/fifo', type: 'fifo' },
          { path: 'l/link', type: 'link', linkTarget: 'x' },
          { path: 'l/hard', type: 'hard', linkTarget: 'zz-good' },
          GOOD,
        ],
        { proc, existing: 'replace' },
      )
      expect(report.refusedCount).toBe(7)
      expect(reasons(report)).toContain('its folder "l" is a symbolic link')
      expect(scene.paths()).toEqual(['l', 'zz-good'])
    })

    test('15: absolute, and where the link stood before', async () => {
      const scene = makeScene()
      symlinkSync(scene.outside, join(scene.out, 'stood'))
      const report = await scene.extract(
        [
          { path: 'abs', type: 'link', linkTarget: scene.outside },
          { path: 'abs/secret', data: 'x' },
          { path: 'stood/secret', data: 'x' },
          { path: 'stood/folder/inner', data: 'x' },
        ],
        { proc, existing: 'replace' },
      )
      expect(refusedPaths(report)).toEqual(['abs/secret', 'stood/folder/inner', 'stood/secret'])
    })

    test('16: links that escape step by step', async () => {
      const scene = makeScene()
      const report = await scene.extract(
        [
          { path: 'a', type: 'dir' },
          { path: 'a/up', type: 'link', linkTarget: '..' },
          { path: 'a/up/b', type: 'link', linkTarget: 'a/up/..' },
          { path: 'out2', type: 'link', linkTarget: 'a/up/../outside' },
          { path: 'out2/secret', data: 'x' },
          { path: 'a/up/../outside/secret', data: 'x' },
        ],
        { proc },
      )
      expect(refusedPaths(report)).toEqual(['a/up/../outside/secret', 'a/up/b', 'out2/secret'])
    })

    test('17: a chain past PATH_MAX (CVE-2025-4517)', async () => {
      const scene = makeScene()
      const entries: HostileEntry[] = []
      let path = ''
      for (const letter of 'abcdefghijklmnop') {
        entries.push({ path: path + 'd'.repeat(247), type: 'dir' })
        entries.push({ path: path + letter, type: 'link', linkTarget: 'd'.repeat(247) })
        path += `${letter}/`
      }
      const end = `${'abcdefghijklmnop'.split('').join('/')}/${'l'.repeat(254)}`
      entries.push({ path: end, type: 'link', linkTarget: '../'.repeat(16) })
      entries.push({ path: 'escape', type: 'link', linkTarget: `${end}/../outside` })
      entries.push({ path: 'newfile', type: 'hard', linkTarget: 'escape/secret' }, { path: 'newfile', data: 'x' })
      entries.push({ path: 'escape/secret', data: 'x' })
      const report = await scene.extract(entries, { proc })
      expect(report.ok).toBe(false)
      expect(report.refused.map((entry) => entry.path)).toContain('escape/secret')
    })

    test('18: hardlinks out of the root, or to what stood there', async () => {
      const scene = makeScene()
      symlinkSync(join(scene.outside, 'secret'), join(scene.out, 'stood-link'))
      linkSync(join(scene.outside, 'secret'), join(scene.out, 'stood-hard'))
      const targets = [
        '../outside/secret',
        join(scene.outside, 'secret'),
        'a/../../outside/secret',
        'stood-link',
        'stood-hard',
        'outside/secret',
        '..',
        '',
      ]
      const links = targets.map((linkTarget, index) => ({ path: `h${index}`, type: 'hard' as const, linkTarget }))
      const report = await scene.extract([...links, GOOD], { proc, existing: 'replace', stripComponents: 0 })
      expect(refusedPaths(report)).toEqual(links.map(({ path }) => path).sort())
      expect(scene.paths()).toEqual(['stood-hard', 'stood-link', 'zz-good'])
    })

    test('18: a hardlink is checked against where it is made', async () => {
      const scene = makeScene()
      const report = await scene.extract(
        [
          { path: 'top/h', type: 'hard', linkTarget: 'outside/secret' },
          { path: 'top/t', data: 'target' },
          { path: 'top/good', type: 'hard', linkTarget: 'top/t' },
        ],
        { proc, stripComponents: 1 },
      )
      expect(refusedPaths(report)).toEqual(['top/h'])
      expect(scene.tree().get('good')?.inode).toBe(scene.tree().get('t')?.inode)
    })

    test('19: through a symlink, before its target, to itself, in a circle', async () => {
      const scene = makeScene()
      const report = await scene.extract(
        [
          { path: 'before', type: 'hard', linkTarget: 'later' },
          { path: 'chain2', type: 'hard', linkTarget: 'chain1' },
          { path: 'chain1', type: 'hard', linkTarget: 'later' },
          { path: 'later', data: 'later' },
          { path: 'l', type: 'link', linkTarget: '../outside' },
          { path: 'through', type: 'hard', linkTarget: 'l/secret' },
          { path: 'self', type: 'hard', linkTarget: 'self' },
          { path: 'ring1', type: 'hard', linkTarget: 'ring2' },
          { path: 'ring2', type: 'hard', linkTarget: 'ring1' },
          { path: 'tofolder', type: 'hard', linkTarget: 'dir' },
          { path: 'dir', type: 'dir' },
          { path: 'tolink', type: 'hard', linkTarget: 'l' },
        ],
        { proc },
      )
      expect(refusedPaths(report)).toEqual(['ring1', 'ring2', 'self', 'through', 'tofolder'])
      expect(report.refused.find(({ path }) => path === 'self')?.reason).toBe('a hardlink to itself')
      const tree = scene.tree()
      for (const name of ['before', 'chain1', 'chain2']) expect(tree.get(name)?.inode).toBe(tree.get('later')?.inode)
      expect(tree.get('tolink')?.type).toBe('symlink')
    })

    test('19: a long chain of hardlinks ends', async () => {
      const scene = makeScene()
      const links = Array.from({ length: 500 }, (_, index): HostileEntry => {
        return { path: `h${index}`, type: 'hard', linkTarget: `h${index + 1}` }
      })
      const report = await scene.extract([...links, { path: 'h500', data: 'end' }], { proc })
      expect(report.entryCount + report.refusedCount).toBe(501)
      for (const [path, node] of scene.tree()) if (path !== '') expect([path, node.sizeBytes]).toEqual([path, 3])
    })

    test('20: a folder whose name only begins like the root', async () => {
      const scene = makeScene()
      const report = await scene.extract(
        [
          { path: '../out-evil/x', data: 'x' },
          { path: 'l', type: 'link', linkTarget: '../out-evil' },
          { path: 'l/x', data: 'x' },
          { path: 'h', type: 'hard', linkTarget: '../out-evil' },
        ],
        { proc },
      )
      expect(refusedPaths(report)).toEqual(['../out-evil/x', 'h', 'l/x'])
    })

    test('21: a folder that a symlink replaces after it was entered', async () => {
      const scene = makeScene()
      const report = await scene.extract(
        [
          { path: 'empty', type: 'dir', mode: 0o777 },
          { path: 'empty', type: 'link', linkTarget: '../outside' },
          { path: 'empty/secret', data: 'x' },
          { path: 'a', type: 'dir' },
          { path: 'a/x', data: 'x' },
          { path: 'a', type: 'link', linkTarget: '../outside' },
          { path: 'a/secret', data: 'x' },
          { path: 'b/c/x', data: 'x' },
          { path: 'b', type: 'link', linkTarget: '../outside' },
          { path: 'b/folder/inner', data: 'x' },
        ],
        { proc, existing: 'replace' },
      )
      expect(refusedPaths(report)).toEqual(['a', 'a/secret', 'b', 'b/folder/inner', 'empty/secret'])
      expect(scene.paths()).toEqual(['a', 'a/x', 'b', 'b/c', 'b/c/x', 'empty'])
    })

    test('22: rights and times never go through a symlink', async () => {
      const scene = makeScene()
      symlinkSync(join(scene.outside, 'folder'), join(scene.out, 'stood-folder'))
      symlinkSync(join(scene.outside, 'secret'), join(scene.out, 'stood-file'))
      const report = await scene.extract(
        [
          {
            path: 'l',
            type: 'link',
            linkTarget: '../outside/secret',
            mode: 0o777,
            uid: 1,
            gid: 1,
            columns: ['mtime=1'],
          },
          { path: 'd', type: 'dir', mode: 0o777, columns: ['mtime=1'] },
          { path: 'd', type: 'link', linkTarget: '../outside/folder', columns: ['mtime=2'] },
          { path: 'stood-folder', type: 'dir', mode: 0o777, columns: ['mtime=1'] },
          { path: 'stood-file', type: 'hard', linkTarget: 'l' },
        ],
        { proc, existing: 'replace' },
      )
      expect(report.ok).toBe(true)
      const tree = scene.tree()
      expect([tree.get('d')?.type, tree.get('stood-folder')?.type]).toEqual(['symlink', 'dir'])
      expect(tree.get('l')?.mtimeNs).toBe(1_000_000_000n)
    })

    test('23: a folder exchanged for a link in between', async () => {
      const scene = makeScene()
      const swap = (name: string): void => {
        if (!existsSync(join(scene.out, name))) return
        renameSync(join(scene.out, name), join(scene.out, `${name}-moved`))
        symlinkSync(scene.outside, join(scene.out, name))
      }
      const report = await scene.extract(
        [
          { path: 'a', type: 'dir', mode: 0o777, columns: ['mtime=1'] },
          { path: 'a/one', data: '1' },
          { path: 'a/secret', data: '2' },
          { path: 'b/secret', data: '3' },
          { path: 'a/folder/inner', data: '4' },
        ],
        { proc, onEntry: ({ path }) => path === 'a/one' && swap('a') },
      )
      expect(report.ok).toBe(false)
      expect(scene.tree().get('a')?.type).toBe('symlink')
    })

    test('23: a file exchanged for a link in between', async () => {
      const scene = makeScene()
      const report = await scene.extract(
        [
          { path: 'a', data: '1' },
          { path: 'b', data: '2' },
          { path: 'h', type: 'hard', linkTarget: 'a' },
          { path: 'a', data: '3' },
        ],
        {
          proc,
          onEntry({ path }) {
            if (path !== 'b') return
            unlinkSync(join(scene.out, 'a'))
            symlinkSync(join(scene.outside, 'secret'), join(scene.out, 'a'))
          },
        },
      )
      expect(report.ok).toBe(true)
      expect(readFileSync(join(scene.out, 'a'), 'utf8')).toBe('3')
      expect(scene.tree().get('h')?.inode).toBe(scene.tree().get('a')?.inode)
    })

    test('24: device nodes only on request', async ({ skip }) => {
      const scene = makeScene()
      const devices: HostileEntry[] = [
        { path: 'c', type: 'char', device: [1, 3], mode: 0o666 },
        { path: 'b', type: 'block', device: [259, 70000], mode: 0o600 },
      ]
      expect(refusedPaths(await scene.extract(devices, { proc }))).toEqual(['b', 'c'])
      expect(scene.paths()).toEqual([])
      needs(skip, IS_ROOT, 'device nodes can be made by root only')
      expect((await scene.extract(devices, { proc, devices: true })).ok).toBe(true)
      const tree = scene.tree()
      expect([tree.get('c')?.type, tree.get('c')?.device, tree.get('c')?.mode]).toEqual(['char', [1, 3], 0o666])
      expect([tree.get('b')?.type, tree.get('b')?.device]).toEqual(['block', [259, 70000]])
    })

    test('25: a FIFO is made and replaced, never opened', async () => {
      const scene = makeScene()
      const fifo: HostileEntry = { path: 'f', type: 'fifo', mode: 0o640 }
      expect((await scene.extract([fifo, { path: 'h', type: 'hard', linkTarget: 'f' }], { proc })).ok).toBe(true)
      expect(scene.tree().get('f')).toMatchObject({ type: 'fifo', mode: 0o640, links: 2 })
      const report = await scene.extract(
        [
          { path: 'f', data: 'file' },
          { ...fifo, path: 'h' },
        ],
        {
          proc,
          existing: 'replace',
        },
      )
      expect(report.ok).toBe(true)
      expect([scene.tree().get('f')?.type, scene.tree().get('h')?.type]).toEqual(['file', 'fifo'])
    })

    test('26: setuid, setgid and sticky only as asked, with the owner', async () => {
      const entries: HostileEntry[] = [
        { path: 'd', type: 'dir', mode: 0o3777 },
        { path: 'f', mode: 0o6755, uid: 33, gid: 33, data: 'x' },
      ]
      for (const options of [{}, { samePermissions: true, owners: false }]) {
        const scene = makeScene()
        await scene.extract(entries, { proc, ...options })
        expect([scene.tree().get('d')?.mode, scene.tree().get('f')?.mode]).toEqual([0o777, 0o755])
      }
      const scene = makeScene()
      await scene.extract(entries, { proc, samePermissions: true })
      const special = IS_ROOT ? 0o7000 : 0
      expect(scene.tree().get('f')?.mode).toBe(0o755 | (0o6000 & special))
      expect(scene.tree().get('d')?.mode).toBe(0o777 | (0o3000 & special))
    })

    test('27: folders without rights and read-only parents come last', async () => {
      const scene = makeScene()
      const report = await scene.extract(
        [
          { path: 'none', type: 'dir', mode: 0, columns: ['mtime=1000.000000001'] },
          { path: 'none/file', data: 'x' },
          { path: 'none/sub', type: 'dir', mode: 0o555, columns: ['mtime=2000'] },
          { path: 'none/sub/file', data: 'y' },
          { path: 'none/sub/link', type: 'link', linkTarget: 'file' },
          { path: 'none/sub/hard', type: 'hard', linkTarget: 'none/sub/file' },
        ],
        { proc },
      )
      expect([report.ok, report.problems]).toEqual([true, []])
      chmodSync(join(scene.out, 'none'), 0o700)
      const tree = scene.tree()
      expect(tree.get('none')?.mtimeNs).toBe(1_000_000_000_001n)
      expect(tree.get('none/sub')).toMatchObject({ mode: 0o555, mtimeNs: 2_000_000_000_000n })
      chmodSync(join(scene.out, 'none/sub'), 0o700)
    })
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
        { path: 'base', data: 'elsewhere', depth: 1 },
        { path: 'size', data: 'x', sizeBytes: 5000 },
        GOOD,
      ],
      { proc, existing: 'replace' },
    )
    expect(report.problems.map(({ path, code }) => [path, code])).toEqual([
      ['crc', 'integrity'],
      ['long', 'integrity'],
      ['base', 'base-mismatch'],
      ['size', 'integrity'],
    ])
    expect(report).toMatchObject({ ok: false, entryCount: 1, fileCount: 1, bytes: 5 })
    expect(scene.paths()).toEqual(['crc', 'kept', 'zz-good'])
    expect(readFileSync(join(scene.out, 'crc'), 'utf8')).toBe('old')
  })
})
