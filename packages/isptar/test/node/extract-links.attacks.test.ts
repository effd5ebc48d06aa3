/**
 * Archives with hostile links and types. Nothing outside the target folder is made, read, changed or touched (`Scene.extract` compares all of it), the bad
 * entries are reported and the good ones restored. The numbers are those of the project's list of attacks. Each runs
 * with folders held through `/proc` and without.
 */
import { chmodSync, existsSync, linkSync, readFileSync, renameSync, symlinkSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { processUmask } from '../../src/node/posix-umask.ts'
import type { HostileEntry } from '../hostile-archive.ts'
import { makeScene, refusedPaths } from './extract-scene.ts'
import { needs } from './needs.ts'

const IS_ROOT = process.geteuid?.() === 0
const GOOD: HostileEntry = { path: 'zz-good', data: 'good\n' }

describe.each([
  { way: 'through /proc', proc: true },
  { way: 'by paths', proc: false },
])('$way', ({ proc }) => {
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
    for (const { reason } of report.refused) expect(reason).toBe('its folder "l" is a symbolic link')
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
      { proc, batches: false, onEntry: ({ path }) => path === 'a/one' && swap('a') },
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

  test('26: setuid and setgid only as asked, with the owner; sticky always', async () => {
    const entries: HostileEntry[] = [
      { path: 'd', type: 'dir', mode: 0o3777 },
      { path: 'f', mode: 0o6755, uid: 33, gid: 33, data: 'x' },
    ]
    for (const options of [{}, { samePermissions: true, owners: false }]) {
      const scene = makeScene()
      const report = await scene.extract(entries, { proc, ...options })
      const umask = 'samePermissions' in options || IS_ROOT ? 0 : processUmask()
      expect([scene.tree().get('d')?.mode, scene.tree().get('f')?.mode]).toEqual([0o1777 & ~umask, 0o755 & ~umask])
      expect(report).toMatchObject({ ok: true, droppedRightsCount: 2 })
    }
    const scene = makeScene()
    const { droppedRightsCount } = await scene.extract(entries, { proc, samePermissions: true })
    expect(droppedRightsCount).toBe(IS_ROOT ? 0 : 2)
    const special = IS_ROOT ? 0o7000 : 0o1000
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
