/** Something stands under the temporary name of a file, as one could put there who guesses it. */
import { linkSync, lstatSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { makeScene } from './extract-scene.ts'

vi.mock(import('node:crypto'), async (original) => {
  const actual = await original()
  return { ...actual, randomBytes: (size: number) => Buffer.alloc(size) }
})

const TEMPORARY = `.isptar-${'00'.repeat(8)}`

// The scene finds that nothing outside was written, touched or linked to.
test.each([
  ['a symlink', (target: string, path: string) => symlinkSync(target, path)],
  ['a symlink to nothing', (target: string, path: string) => symlinkSync(`${target}-none`, path)],
  ['a hardlink', (target: string, path: string) => linkSync(target, path)],
])('%s is neither written through nor removed', async (_, plant) => {
  const scene = makeScene()
  const temporary = join(scene.out, TEMPORARY)
  plant(join(scene.outside, 'secret'), temporary)
  const before = lstatSync(temporary)
  for (const data of ['small', Buffer.alloc(2_000_000, 'large')]) {
    const report = await scene.extract([{ path: 'f', data }], { existing: 'replace' })
    expect(report).toMatchObject({ ok: false, refused: [{ path: 'f' }] })
  }
  expect(scene.paths()).toEqual([TEMPORARY])
  expect(lstatSync(temporary).ino).toBe(before.ino)
})

test('a file of that name stays as it is', async () => {
  const scene = makeScene()
  writeFileSync(join(scene.out, TEMPORARY), 'mine')
  await scene.extract([{ path: 'f', data: 'x' }])
  expect(readFileSync(join(scene.out, TEMPORARY), 'utf8')).toBe('mine')
})
