/** `delete`: what is removed from the target, and what must never be. */
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { setImmediate } from 'node:timers'
import { describe, expect, onTestFinished, test } from 'vitest'
import { extractInto, extractTree } from '../../src/node/extract-tree.ts'
import { resolveExtractOptions } from '../../src/node/extract-options.ts'
import { FileTarget } from '../../src/node/file-target.ts'
import { openFile } from '../../src/node/open-file.ts'
import { packTree } from '../../src/node/pack-tree.ts'
import { SlicedFileTarget } from '../../src/node/sliced-file-target.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { hostileArchive } from '../hostile-archive.ts'
import { makeScene, type Scene } from './extract-scene.ts'
import { needs } from './needs.ts'
import { contentOf, openBytes, packFolder, subfolder } from './pack-support.ts'
import { makeFolder } from './walk-support.ts'

const FOLDER = { path: 'd', type: 'dir' } as const
const FILE = { path: 'd/f', data: 'new' } as const

/** Files in the target, made with their folders. */
function fill(scene: Scene, ...paths: string[]): void {
  for (const path of paths) {
    mkdirSync(join(scene.out, path, '..'), { recursive: true })
    writeFileSync(join(scene.out, path), 'stands')
  }
}

describe.each([
  ['through /proc', undefined],
  ['by paths', false],
])('%s', (_, proc) => {
  const options = { delete: true, existing: 'replace', ...(proc === undefined ? {} : { proc }) } as const

  test('what is not in the archive goes from folders that it names, and from nowhere else', async () => {
    const scene = makeScene()
    fill(scene, 'top', 'd/old', 'd/sub/deep/er', 'd/sub/x', 'other/x')
    const deleted: string[] = []
    const report = await scene.extract([FOLDER, FILE, { path: 'e/in', data: 'x' }], {
      ...options,
      onDelete: (place) => void deleted.push(place),
    })
    expect(report).toMatchObject({ ok: true, entryCount: 3, deletedCount: 5 })
    expect(deleted).toEqual(['d/old', 'd/sub/x', 'd/sub/deep/er', 'd/sub/deep', 'd/sub'])
    expect(scene.paths()).toEqual(['d', 'd/f', 'e', 'e/in', 'other', 'other/x', 'top'])
  })

  test('folders that only lie on the way to entries are not emptied', async () => {
    const scene = makeScene()
    fill(scene, 'a/stays', 'a/b/stays', 'a/b/c/goes')
    const report = await scene.extract([{ path: 'a/b/c', type: 'dir' }], options)
    expect(report).toMatchObject({ ok: true, deletedCount: 1 })
    expect(scene.paths()).toEqual(['a', 'a/b', 'a/b/c', 'a/b/stays', 'a/stays'])
  })

  test('folders that are not wanted themselves are not emptied, those in them that are wanted are', async () => {
    const scene = makeScene()
    fill(scene, 'd/stays', 'd/sub/goes', 'e/stays')
    const entries = [FOLDER, { path: 'd/sub', type: 'dir' } as const, { path: 'e', type: 'dir' } as const]
    const report = await scene.extract(entries, { ...options, filter: ({ path }) => path === 'd/sub' })
    expect(report).toMatchObject({ ok: true, entryCount: 1, deletedCount: 1 })
    expect(scene.paths()).toEqual(['d', 'd/stays', 'd/sub', 'e', 'e/stays'])
  })

  test('a link goes itself, and nothing behind it', async () => {
    const scene = makeScene()
    mkdirSync(join(scene.out, 'd'))
    symlinkSync(join(scene.outside, 'folder'), join(scene.out, 'd/link'))
    symlinkSync('../../outside/secret', join(scene.out, 'd/to-file'))
    const report = await scene.extract([FOLDER], options)
    expect(report).toMatchObject({ ok: true, deletedCount: 2 })
    expect(scene.paths()).toEqual(['d'])
  })

  test('a link that stands for a folder of the archive is not gone through', async () => {
    const scene = makeScene()
    symlinkSync(join(scene.outside, 'folder'), join(scene.out, 'd'))
    const kept = await scene.extract([FOLDER], { ...options, existing: 'keep' })
    expect(kept).toMatchObject({ ok: true, deletedCount: 0 })
    const refused = await scene.extract([FOLDER], { ...options, existing: 'error' })
    expect(refused).toMatchObject({ ok: false, refusedCount: 1, deletedCount: 0 })
    expect(lstatSync(join(scene.out, 'd')).isSymbolicLink()).toBe(true)
    const replaced = await scene.extract([FOLDER, FILE], options)
    expect(replaced).toMatchObject({ ok: true, deletedCount: 0 })
    expect(scene.paths()).toEqual(['d', 'd/f'])
  })

  test('a folder of the archive that is exchanged for a link meanwhile is not gone through', async () => {
    const scene = makeScene()
    fill(scene, 'd/sub/x')
    await using archive = await openBytes((await packFolder(scene.out)).bytes, 'a')
    fill(scene, 'd/sub/extra')
    const settings = resolveExtractOptions({
      ...options,
      onEntry: ({ path }) => {
        if (path !== 'd/sub/x') return
        renameSync(join(scene.out, 'd/sub'), join(scene.base, 'away'))
        symlinkSync('../../away', join(scene.out, 'd/sub'))
      },
    })
    const report = await extractInto(archive, scene.out, settings, { proc: proc ?? true })
    expect(report.deletedCount).toBe(0)
    expect(readFileSync(join(scene.base, 'away/extra'), 'utf8')).toBe('stands')
  })

  test('names that are not UTF-8 are removed, and told, byte for byte', async () => {
    const scene = makeScene()
    mkdirSync(join(scene.out, 'd'))
    const at = (name: number[]): Buffer => Buffer.concat([Buffer.from(`${scene.out}/d/`), Buffer.from(name)])
    for (const name of [[0xff], [0xfe, 0x41], [0xc3, 0xa9]]) writeFileSync(at(name), 'x')
    mkdirSync(at([0x80]))
    const deleted: string[] = []
    const report = await scene.extract([FOLDER, { path: Buffer.from([0x64, 0x2f, 0xff]), data: 'kept' }], {
      ...options,
      onDelete: (place) => void deleted.push(place),
    })
    expect(report).toMatchObject({ ok: true, deletedCount: 3 })
    expect(deleted).toEqual(['d/\udc80', 'd/é', 'd/\udcfeA'])
    expect(scene.paths()).toEqual(['d', 'd/\xff'])
  })

  test('a folder in the way of something else goes with all in it, when what stands may be replaced', async () => {
    for (const entry of [{ path: 'f', data: 'new' }, { path: 'f', type: 'link', linkTarget: 'x' } as const]) {
      const scene = makeScene()
      fill(scene, 'f/deep/x', 'f/y')
      expect(await scene.extract([entry], { ...options, existing: 'error' })).toMatchObject({ refusedCount: 1 })
      expect(await scene.extract([entry], { ...options, existing: 'keep' })).toMatchObject({ keptCount: 1 })
      expect(await scene.extract([entry], { ...options, dryRun: true })).toMatchObject({ ok: true, deletedCount: 4 })
      expect(existsSync(join(scene.out, 'f/deep/x'))).toBe(true)
      expect(await scene.extract([entry], options)).toMatchObject({ ok: true, deletedCount: 4 })
      expect(scene.paths()).toEqual(['f'])
    }
  })

  test('folders too deep for any path are removed', async () => {
    const scene = makeScene()
    // Longer than any path may be: a chain of folders is moved to the bottom of another, and so on.
    const chain = Array.from({ length: 12 }, () => 'd'.repeat(250)).join('/')
    for (const name of ['a', 'b', 'c']) {
      mkdirSync(join(scene.base, name, chain), { recursive: true })
      if (name > 'a') renameSync(join(scene.base, 'last'), join(scene.base, name, chain, 'last'))
      renameSync(join(scene.base, name), join(scene.base, 'last'))
    }
    mkdirSync(join(scene.out, 'd'))
    renameSync(join(scene.base, 'last'), join(scene.out, 'd/last'))
    const report = await scene.extract([FOLDER], options)
    // By paths they cannot be reached, which is told.
    if (proc === false) expect(report).toMatchObject({ ok: false, deletedCount: 0, problemCount: 1 })
    else expect(report).toMatchObject({ ok: true, deletedCount: 39 })
  })
})

describe('the target folder itself', () => {
  const make = (): { base: string; tree: string; out: string } => {
    const base = makeFolder()
    const [tree, out] = [subfolder(base, 'tree'), subfolder(base, 'out')]
    writeFileSync(join(tree, 'f'), 'f')
    mkdirSync(join(tree, 'd'))
    writeFileSync(join(tree, 'd/x'), 'x')
    writeFileSync(join(out, 'extra'), 'x')
    mkdirSync(join(out, 'd'))
    writeFileSync(join(out, 'd/extra'), 'x')
    return { base, tree, out }
  }

  test('loses what is not in an archive of a folder', async () => {
    const { tree, out } = make()
    await using archive = await openBytes((await packFolder(tree)).bytes, 'a')
    expect(await extractTree(archive, out, { delete: true })).toMatchObject({ ok: true, deletedCount: 2 })
    expect(contentOf(out)).toEqual(contentOf(tree))
  })

  test('loses nothing when only a part is wanted', async () => {
    const { tree, out } = make()
    await using archive = await openBytes((await packFolder(tree)).bytes, 'a')
    for (const part of [{ only: ['d'] }, { under: 'd' }, { under: 'f' }, { filter: () => true }, { only: ['f'] }]) {
      const report = await extractTree(archive, out, { delete: true, existing: 'replace', ...part })
      expect(report.ok).toBe(true)
      expect(existsSync(join(out, 'extra'))).toBe(true)
    }
    expect(existsSync(join(out, 'd/extra'))).toBe(false)
  })

  test('loses nothing to an archive of several roots', async () => {
    const { base, tree, out } = make()
    await packTree(['f', 'd'], new FileTarget(join(base, 'a.tgz')), { cwd: tree })
    await using archive = await openArchive(await openFile(join(base, 'a.tgz')))
    expect(await extractTree(archive, out, { delete: true })).toMatchObject({ ok: true, deletedCount: 1 })
    expect(existsSync(join(out, 'extra'))).toBe(true)
  })

  test('keeps the archive that is read from it, slices and bases too', async () => {
    const { tree, out } = make()
    await packTree('.', new FileTarget(join(out, 'full.tgz')), { cwd: tree })
    const full = await openArchive(await openFile(join(out, 'full.tgz')))
    mkdirSync(join(out, 'keep'))
    await packTree('.', new FileTarget(join(out, 'keep/d1.tgz')), { cwd: tree, base: full })
    const sliced = join(out, 'd1.tgz')
    const bytes = readFileSync(join(out, 'keep/d1.tgz'))
    writeFileSync(`${sliced}.part1`, bytes.subarray(0, 400))
    writeFileSync(`${sliced}.part2`, bytes.subarray(400))
    copyFileSync(join(out, 'full.tgz'), join(out, 'copy.tgz'))
    await using archive = await openArchive(await openFile(sliced), { bases: [full] })
    const report = await extractTree(archive, out, { delete: true })
    expect(report).toMatchObject({ ok: true })
    expect(report.notices.filter((notice) => notice.includes('is not removed'))).toEqual([
      '"d1.tgz.part1" is not removed: it is the archive that is read',
      '"d1.tgz.part2" is not removed: it is the archive that is read',
      '"full.tgz" is not removed: it is the archive that is read',
    ])
    expect(existsSync(join(out, 'copy.tgz'))).toBe(false)
    expect(existsSync(join(out, 'keep'))).toBe(false)
  })
})

test('slices that are fetched meanwhile, and the catalogue, stay', async () => {
  const base = makeFolder()
  const [tree, out, far] = [subfolder(base, 'tree'), subfolder(base, 'out'), subfolder(base, 'far')]
  writeFileSync(join(tree, 'f'), randomBytes(20_000))
  const target = new SlicedFileTarget(join(out, 'a'), { sliceBytes: 4096 })
  await packTree('.', target, { cwd: tree, catalogue: new FileTarget(join(out, 'a.cat')) })
  renameSync(join(out, 'a.part2'), join(far, 'a.part2'))
  const catalogue = await openFile(join(out, 'a.cat'))
  const fetchSlice = async ({ path }: { path: string }): Promise<void> => copyFileSync(join(far, 'a.part2'), path)
  await using archive = await openArchive(await openFile(join(out, 'a'), { catalogue, fetchSlice }), { catalogue })
  const kept = [...readdirSync(out), 'a.part2', 'f'].sort()
  writeFileSync(join(out, 'extra'), 'x')
  expect(await extractTree(archive, out, { delete: true })).toMatchObject({ ok: true, deletedCount: 1 })
  expect(readdirSync(out).sort()).toEqual(kept)
})

test('a folder that holds what stays, stays', async () => {
  const base = makeFolder()
  const [tree, out] = [subfolder(base, 'tree'), subfolder(base, 'out')]
  writeFileSync(join(tree, 'f'), 'f')
  mkdirSync(join(out, 'x/y'), { recursive: true })
  writeFileSync(join(out, 'x/goes'), 'x')
  await packTree('.', new FileTarget(join(out, 'x/y/a.tgz')), { cwd: tree })
  await using archive = await openArchive(await openFile(join(out, 'x/y/a.tgz')))
  const report = await extractTree(archive, out, { delete: true })
  expect(report).toMatchObject({ ok: true, deletedCount: 1 })
  expect([...contentOf(out).keys()]).toEqual(['f', 'x', 'x/y', 'x/y/a.tgz'])
})

test('a dry run tells and removes nothing', async () => {
  const scene = makeScene()
  fill(scene, 'd/old', 'd/sub/x')
  const deleted: string[] = []
  const report = await scene.extract([FOLDER], {
    delete: true,
    dryRun: true,
    onDelete: (place) => void deleted.push(place),
  })
  expect(report).toMatchObject({ ok: true, deletedCount: 3 })
  expect(deleted).toEqual(['d/old', 'd/sub/x', 'd/sub'])
  expect(scene.paths()).toEqual(['d', 'd/old', 'd/sub', 'd/sub/x'])
})

test('nothing is removed when something could not be restored, but doubtful data does not count', async () => {
  const scene = makeScene()
  fill(scene, 'd/old')
  const report = await scene.extract([FOLDER, { path: 'd/f', data: 'x', corrupt: true }], { delete: true })
  expect(report).toMatchObject({ ok: false, problemCount: 1, deletedCount: 0 })
  expect(report.notices).toContain('nothing else was removed, since not everything could be restored')
  expect(scene.paths()).toEqual(['d', 'd/old'])

  const missing = await scene.extract([FOLDER], { delete: true, only: ['d', 'misspelt'] })
  expect(missing).toMatchObject({ ok: false, deletedCount: 0 })

  const doubtful = await scene.extract([FOLDER, { path: 'd/f', data: 'x', columns: ['dirty=1'] }], { delete: true })
  expect(doubtful).toMatchObject({ problemCount: 1, deletedCount: 1 })
})

test('nothing is removed when something stands in the way, but what is never safe to restore does not count', async () => {
  const scene = makeScene()
  fill(scene, 'd/old', 'd/f')
  const obstructed = await scene.extract([FOLDER, FILE], { delete: true })
  expect(obstructed).toMatchObject({ refusedCount: 1, problemCount: 0, deletedCount: 0 })
  const device = { path: 'd/f', type: 'char' } as const
  expect(await scene.extract([FOLDER, device], { delete: true })).toMatchObject({ refusedCount: 1, deletedCount: 1 })
  expect(scene.paths()).toEqual(['d', 'd/f'])
})

test('a folder goes only for something that is whole', async () => {
  const scene = makeScene()
  fill(scene, 'f/deep/x')
  const options = { delete: true, existing: 'replace' } as const
  const report = await scene.extract([{ path: 'f', data: 'x', corrupt: true }], options)
  expect(report).toMatchObject({ ok: false, problemCount: 1, deletedCount: 0 })
  expect(scene.paths()).toEqual(['f', 'f/deep', 'f/deep/x'])
})

test('a listing that is not in the order it claims removes nothing', async () => {
  const scene = makeScene()
  fill(scene, 'd/old')
  for (const last of ['d/a', 'd/z']) {
    const entries = [FOLDER, { path: 'd/b', data: 'b' }, { path: 'd/z', data: 'z' }, { path: last, data: 'a' }]
    await using archive = await openBytes(hostileArchive(entries, ['order=path']), 'a')
    const extracted = extractTree(archive, scene.out, { delete: true, existing: 'replace' })
    await expect(extracted).rejects.toMatchObject({ code: 'format' })
  }
  expect(scene.paths()).toEqual(['d', 'd/a', 'd/b', 'd/old', 'd/z'])
})

test('it can be ended while it removes', async () => {
  const scene = makeScene()
  fill(scene, ...Array.from({ length: 1000 }, (_, k) => `d/x/${k}`))
  const controller = new AbortController()
  let count = 0
  const extracted = scene.extract([FOLDER], {
    delete: true,
    existing: 'replace',
    signal: controller.signal,
    onDelete: () => {
      // As a signal of the system does, when the program lets it.
      if (count === 0) setImmediate(() => controller.abort(new Error('ended')))
      count += 1
    },
  })
  await expect(extracted).rejects.toThrow('ended')
  expect(count).toBeLessThan(1000)
})

test('a damaged listing removes nothing', async () => {
  const base = makeFolder()
  const [tree, out] = [subfolder(base, 'tree'), subfolder(base, 'out')]
  for (let k = 0; k < 50; k += 1) writeFileSync(join(tree, `f${k}`), `${k}`)
  writeFileSync(join(out, 'extra'), 'x')
  const { bytes } = await packFolder(tree)
  const { tail } = await openBytes(bytes, 'a')
  const damaged = new Uint8Array(bytes)
  const last = tail.listingOffset + tail.listingPackedBytes - 6
  damaged[last] = (damaged[last] ?? 0) ^ 1
  await using archive = await openBytes(damaged, 'a')
  await expect(extractTree(archive, out, { delete: true })).rejects.toMatchObject({ code: 'integrity' })
  expect([...contentOf(out).keys()]).toEqual(['extra'])
})

test('it is refused together with stripComponents', () => {
  expect(() => resolveExtractOptions({ delete: true, stripComponents: 1 })).toThrow(TypeError)
})

test('names that the target takes for one of the archive’s stay', async () => {
  const scene = makeScene()
  fill(scene, 'd/SUB/X', 'd/other')
  const entries = [FOLDER, { path: 'd/sub', type: 'dir' } as const, { path: 'd/sub/x', data: 'x' }]
  const report = await scene.extract(entries, { delete: true, existing: 'replace', foldsNames: true })
  expect(report).toMatchObject({ ok: true, deletedCount: 1 })
  expect(scene.paths()).toEqual(['d', 'd/SUB', 'd/SUB/X', 'd/sub', 'd/sub/x'])
})

test('times of folders are those of the archive although things were removed from them', async () => {
  const scene = makeScene()
  fill(scene, 'd/old')
  await using archive = await openBytes((await packFolder(scene.out)).bytes, 'a')
  utimesSync(join(scene.out, 'd'), 1, 1)
  const { mtime } = await archive.get('d')
  fill(scene, 'd/extra')
  await extractTree(archive, scene.out, { delete: true, existing: 'replace' })
  expect(statSync(join(scene.out, 'd'), { bigint: true }).mtimeNs).toBe(
    BigInt(mtime?.seconds ?? 0) * 1_000_000_000n + BigInt(mtime?.nanoseconds ?? 0),
  )
})

test('another file system that is mounted in the target is left alone', async ({ skip }) => {
  needs(skip, canMount(), 'mounting takes root')
  const scene = makeScene()
  fill(scene, 'd/old', 'd/mounted/hidden', 'd/here')
  execFileSync('mount', ['-t', 'tmpfs', 'none', join(scene.out, 'd/mounted')])
  onTestFinished(() => void execFileSync('umount', [join(scene.out, 'd/mounted')]))
  fill(scene, 'd/mounted/precious')
  for (const entries of [[FOLDER], [FOLDER, { path: 'd/mounted', type: 'dir' } as const]]) {
    const report = await scene.extract(entries, { delete: true, existing: 'replace' })
    expect(report.notices.join()).toMatch(/"d\/mounted[^"]*" is not removed: it is in another file system/)
    expect(readFileSync(join(scene.out, 'd/mounted/precious'), 'utf8')).toBe('stands')
  }
  rmSync(join(scene.out, 'd/mounted/precious'))
})

test('so is a folder of the same file system that is mounted there', async ({ skip }) => {
  needs(skip, canMount() && existsSync('/proc/self/fdinfo'), 'mounting takes root, and telling it /proc')
  const scene = makeScene()
  fill(scene, 'd/mounted/hidden')
  execFileSync('mount', ['--bind', scene.outside, join(scene.out, 'd/mounted')])
  onTestFinished(() => void execFileSync('umount', [join(scene.out, 'd/mounted')]))
  for (const entries of [[FOLDER], [FOLDER, { path: 'd/mounted', type: 'dir' } as const]]) {
    await using archive = await openBytes(hostileArchive(entries), 'a')
    const report = await extractTree(archive, scene.out, { delete: true, existing: 'replace' })
    expect(report).toMatchObject({ ok: true, deletedCount: 0 })
    expect(report.notices).toContain('"d/mounted" is not removed: it is in another file system')
    expect(readFileSync(join(scene.outside, 'folder/inner'), 'utf8')).toBe('neither this\n')
  }
})

function canMount(): boolean {
  if (process.geteuid?.() !== 0) return false
  const folder = makeFolder()
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'none', folder], { stdio: 'ignore' })
    execFileSync('umount', [folder])
    return true
  } catch {
    return false
  }
}
