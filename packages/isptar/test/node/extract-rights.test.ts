/** Rights and owners: what is given, what is withheld and said, and what of the folders that stood stays. */
import { chmodSync, closeSync, lstatSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadPosix } from '../../src/node/posix.ts'
import { processUmask } from '../../src/node/posix-umask.ts'
import { type Attributes, applyToFd, applyToPath } from '../../src/node/restore-attributes.ts'
import type { HostileEntry } from '../hostile-archive.ts'
import { makeScene } from './extract-scene.ts'
import { needs } from './needs.ts'

const IS_ROOT = process.geteuid?.() === 0
const NOBODY = 0xffff_ffff

describe.each([
  { way: 'through /proc', proc: true },
  { way: 'by paths', proc: false },
])('$way', ({ proc }) => {
  test.each(['error', 'keep', 'replace'] as const)(
    'special bits of a folder that stood stay (%s)',
    async (existing) => {
      const scene = makeScene()
      for (const name of ['stood', 'twice']) mkdirSync(join(scene.out, name))
      chmodSync(join(scene.out, 'stood'), 0o3770)
      chmodSync(join(scene.out, 'twice'), 0o3770)
      const made: HostileEntry = { path: 'made', type: 'dir', mode: 0o2755 }
      const twice: HostileEntry = { path: 'twice', type: 'dir', mode: 0o755 }
      await scene.extract([{ path: 'stood', type: 'dir', mode: 0o755 }, made, twice, twice], { proc, existing })
      const modes = ['stood', 'made', 'twice'].map((path) => scene.tree().get(path)?.mode)
      expect(modes).toEqual([0o3755, 0o755, 0o3755])
    },
  )
})

test('keep: folders that stand get their rights and times, as after a restore that was killed', async () => {
  const scene = makeScene()
  mkdirSync(join(scene.out, 'd/e'), { recursive: true })
  const entries: HostileEntry[] = [
    { path: 'd', type: 'dir', mode: 0o711, columns: ['mtime=1000'] },
    { path: 'd/e', type: 'dir', mode: 0o500, columns: ['mtime=2000'] },
    { path: 'd/e/f', data: 'x' },
  ]
  expect(await scene.extract(entries, { existing: 'keep' })).toMatchObject({ ok: true, keptCount: 0, entryCount: 3 })
  expect(scene.tree().get('d')).toMatchObject({ mode: 0o711, mtimeNs: 1_000_000_000_000n })
  expect(scene.tree().get('d/e')).toMatchObject({ mode: 0o500, mtimeNs: 2_000_000_000_000n })
})

test('dropped rights are counted by entry and are no failure', async () => {
  const capability = `x.security.capability=${Buffer.alloc(20, 1).toString('base64')}`
  const entries: HostileEntry[] = [
    { path: 'both', mode: 0o6755, data: 'x', columns: [capability] },
    { path: 'capable', data: 'x', columns: [capability] },
    { path: 'folder', type: 'dir', mode: 0o2755 },
    { path: 'plain', mode: 0o1644, data: 'x' },
  ]
  expect(await makeScene().extract(entries)).toMatchObject({ ok: true, droppedRightsCount: 3 })
  expect(await makeScene().extract(entries, { xattrs: false })).toMatchObject({ droppedRightsCount: 2 })
})

describe('an owner that cannot be given', () => {
  const path = (scene: ReturnType<typeof makeScene>): string => join(scene.outside, 'secret')
  const attributes: Attributes = {
    mode: 0o6755,
    uid: NOBODY,
    gid: 0,
    xattrs: new Map([['security.x', new Uint8Array(1)]]),
  }
  const ways = {
    'by descriptor': (file: string, context: Parameters<typeof applyToFd>[2], given: Attributes) => {
      const fd = openSync(file, 'r')
      applyToFd(fd, given, context)
      closeSync(fd)
    },
    'by path': (file: string, context: Parameters<typeof applyToFd>[2], given: Attributes) =>
      applyToPath(Buffer.from(file), given, context),
  }

  test.each(Object.entries(ways))(
    '%s: setuid, setgid and privileged attributes are not given either',
    async (_, apply) => {
      const scene = makeScene()
      const written: string[] = []
      const posix = { ...(await loadPosix()), writeXattr: (_file: unknown, name: string) => void written.push(name) }
      for (const owner of [{}, { uid: 0, gid: NOBODY }, { uid: 2 ** 33 }]) {
        const failures: unknown[] = []
        let dropped = 0
        apply(
          path(scene),
          {
            policy: { owners: true, samePermissions: true, umask: 0, xattrs: true },
            posix,
            onFailure: (error) => failures.push(error),
            onDroppedRights: () => {
              dropped += 1
            },
          },
          { ...attributes, ...owner },
        )
        expect([failures.length, dropped, written]).toEqual([1, 1, []])
        expect(lstatSync(path(scene)).mode & 0o7777).toBe(0o755)
      }
    },
  )

  test('4294967295 is a problem of that entry', async ({ skip }) => {
    needs(skip, IS_ROOT, 'only root restores owners')
    const scene = makeScene()
    const report = await scene.extract([{ path: 'f', uid: NOBODY, gid: 7, mode: 0o4755, data: 'x' }], {
      samePermissions: true,
    })
    expect(report.problems).toEqual([
      { code: 'unsupported', path: 'f', message: expect.stringContaining('4294967295:7') },
    ])
    expect(scene.tree().get('f')).toMatchObject({ mode: 0o755, uid: 0, gid: 0 })
  })
})

describe('the umask', () => {
  const entries: HostileEntry[] = [
    { path: 'd', type: 'dir', mode: 0o777 },
    { path: 'f', mode: 0o666, data: 'x' },
    { path: 'p', type: 'fifo', mode: 0o666 },
  ]
  const withUmask = (mask: number): void => {
    const before = process.umask(mask)
    onTestFinished(() => void process.umask(before))
  }

  test('is the one of the process', () => {
    for (const mask of [0o027, 0]) {
      withUmask(mask)
      expect(processUmask()).toBe(mask)
    }
  })

  test.each([
    [{ owners: false }, 0o027],
    [{ owners: false, samePermissions: true }, 0],
    [{ owners: true }, IS_ROOT ? 0 : 0o027],
  ])('%j', async (options, taken) => {
    const scene = makeScene()
    withUmask(0o027)
    await scene.extract(entries, options)
    const modes = ['d', 'f', 'p'].map((path) => scene.tree().get(path)?.mode)
    expect(modes).toEqual([0o777 & ~taken, 0o666 & ~taken, 0o666 & ~taken])
  })
})
