/** Whether the target folds names is tried out where something is written, and only there. */
import { chmodSync, chownSync, lstatSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { loadPosix } from '../../src/node/posix.ts'
import { RestoreNames } from '../../src/node/restore-names.ts'
import { RestoreRoot } from '../../src/node/restore-root.ts'
import { makeScene } from './extract-scene.ts'
import { needs } from './needs.ts'

test('a folder in which nothing is made is not touched', async () => {
  const scene = makeScene()
  mkdirSync(join(scene.out, 'home/me'), { recursive: true })
  for (const path of ['home', '.']) utimesSync(join(scene.out, path), 1, 1)
  expect((await scene.extract([{ path: 'home/me/f', data: 'x' }])).ok).toBe(true)
  expect(['home', '.'].map((path) => lstatSync(join(scene.out, path)).mtimeMs)).toEqual([1000, 1000])
  expect(scene.paths()).toEqual(['home', 'home/me', 'home/me/f'])
})

test('a user restores into a folder of a root that is not the user’s', async ({ skip }) => {
  needs(skip, process.geteuid?.() === 0, 'only root can become someone else')
  await loadPosix()
  const scene = makeScene()
  mkdirSync(join(scene.out, 'home/me'), { recursive: true })
  writeFileSync(join(scene.out, 'home/kept'), 'x')
  chownSync(join(scene.out, 'home/me'), 65_534, 65_534)
  for (const path of ['..', '.', 'home', '../outside', '../outside/folder', '../out-evil'])
    chmodSync(join(scene.out, path), 0o755)
  chmodSync(join(scene.outside, 'secret'), 0o644)
  process.seteuid?.(65_534)
  try {
    const entries = [
      { path: 'home/kept', data: 'x' },
      { path: 'f', data: 'x' },
      { path: 'home/me/f', data: 'x' },
    ]
    const report = await scene.extract(entries, { existing: 'keep' })
    expect(report).toMatchObject({
      entryCount: 1,
      keptCount: 1,
      refused: [],
      problems: [{ code: 'storage', path: 'f' }],
    })
    expect(report.problems[0]?.message).toBe('cannot restore f: permission denied (EACCES)')
  } finally {
    process.seteuid?.(0)
  }
  expect(scene.paths()).toEqual(['home', 'home/kept', 'home/me', 'home/me/f'])
})

test('names seen before it is known count once it is', () => {
  const scene = makeScene()
  const root = new RestoreRoot(scene.out)
  const fold = (name: string): Buffer => Buffer.from(join(scene.out, name.normalize().toLowerCase()))
  const enter = vi.spyOn(root, 'enter').mockImplementationOnce(() => {
    throw new Error('not now')
  })
  enter.mockReturnValue({ place: '', fd: undefined, at: fold })
  const names = new RestoreNames(root, undefined)
  const claims = [names.claim('A/x', 'A'), names.claim('a/x', 'a'), names.claim('b/x', 'b')]
  expect(claims).toEqual([undefined, 'A', undefined])
  expect(enter).toHaveBeenCalledTimes(2)
  root.close()
  expect(scene.paths()).toEqual([])
})

test('folding that is known, found missing, or never tried', async ({ skip }) => {
  needs(skip, process.platform === 'linux', 'what is usual differs elsewhere')
  const scene = makeScene()
  const root = new RestoreRoot(scene.out)
  const unknown = new RestoreNames(root, undefined)
  const folding = new RestoreNames(root, true)
  const dry = new RestoreNames(undefined, undefined)
  const claims = [unknown, folding, dry].map((names) => [names.claim('A/x', 'A'), names.claim('a/x', 'a')])
  expect(claims).toEqual([
    [undefined, undefined],
    [undefined, 'A'],
    [undefined, undefined],
  ])
  root.close()
  expect(scene.paths()).toEqual([])
})
