import { closeSync, lstatSync, openSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { StorageError } from '../../src/errors.ts'
import { MemorySource } from '../../src/io/memory-source.ts'
import { extractTree } from '../../src/node/extract-tree.ts'
import { restoreData } from '../../src/node/restore-file.ts'
import { RestoreRoot } from '../../src/node/restore-root.ts'
import { loadPosix } from '../../src/node/posix.ts'
import { Entry } from '../../src/read/entry.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { type HostileEntry, hostileArchive } from '../hostile-archive.ts'
import { makeScene } from './extract-scene.ts'
import { needs } from './needs.ts'

const TREE: readonly HostileEntry[] = [
  { path: 'a', type: 'dir', mode: 0o750 },
  { path: 'a/file', data: 'one', mode: 0o640 },
  { path: 'a/hard', type: 'hard', linkTarget: 'a/file' },
  { path: 'a/link', type: 'link', linkTarget: 'file' },
  { path: 'b/deep/file', data: 'two' },
  { path: 'b/empty' },
  { path: 'c', type: 'fifo' },
]

describe('what is extracted', () => {
  test('all, counted and reported one by one', async () => {
    const scene = makeScene()
    const seen: string[] = []
    const progress: string[] = []
    const report = await scene.extract(TREE, {
      onEntry: ({ path }) => seen.push(path),
      onProgress: (p) =>
        progress.push(`${p.entryCount}/${p.totalEntryCount} ${p.dataBytes}/${p.totalDataBytes} ${p.path}`),
    })
    expect(report).toEqual({
      ok: true,
      entryCount: 7,
      dataBytes: 6,
      fileCount: 3,
      directoryCount: 1,
      linkCount: 2,
      specialCount: 1,
      keptCount: 0,
      deletedCount: 0,
      droppedRightsCount: 0,
      refusedCount: 0,
      refused: [],
      problemCount: 0,
      problems: [],
      notices: [(await loadPosix()).notice].filter((notice) => notice !== undefined),
    })
    expect(seen).toEqual(['a', 'a/file', 'b/deep/file', 'b/empty', 'c', 'a/hard', 'a/link'])
    expect(progress).toHaveLength(7)
    expect(progress[1]).toBe('2/7 3/6 a/file')
    expect(progress.at(-1)).toBe('7/7 6/6 a/link')
    expect(scene.tree().get('a/file')).toMatchObject({ mode: 0o640, mtimeNs: 1_600_000_000_000_000_000n, links: 2 })
    expect(scene.tree().get('a')?.mode).toBe(0o750)
    expect(scene.tree().get('b')?.mode).toBe(lstatSync(join(scene.outside, 'folder')).mode & 0o7777)
  })

  test.each([
    [['b'], ['b', 'b/deep', 'b/deep/file', 'b/empty']],
    [
      ['a/link', './b/empty'],
      ['a', 'a/link', 'b', 'b/empty'],
    ],
    [['.'], ['a', 'a/file', 'a/hard', 'a/link', 'b', 'b/deep', 'b/deep/file', 'b/empty', 'c']],
  ])('only %j', async (only, paths) => {
    const scene = makeScene()
    expect((await scene.extract(TREE, { only })).ok).toBe(true)
    expect(scene.paths()).toEqual(paths)
  })

  test('a path that no entry has is a problem', async () => {
    const report = await makeScene().extract(TREE, { only: ['c', 'nowhere'] })
    expect(report).toMatchObject({ ok: false, entryCount: 1 })
    expect(report.problems).toMatchObject([{ code: 'entry-not-found', path: 'nowhere' }])
  })

  test('a filter and stripped components', async () => {
    const scene = makeScene()
    const report = await scene.extract(TREE, { filter: ({ type }) => type === 'file', stripComponents: 1 })
    expect(report).toMatchObject({ ok: true, entryCount: 3 })
    expect(scene.paths()).toEqual(['deep', 'deep/file', 'empty', 'file'])
  })

  test('nanoseconds, also of links and folders, before 1970 too', async ({ skip }) => {
    needs(skip, (await loadPosix()).hasExactTimes, 'exact times need koffi')
    const scene = makeScene()
    const columns = ['mtime=-1.000000001']
    await scene.extract([
      { path: 'd', type: 'dir', columns },
      { path: 'd/file', data: 'x', mtime: 5, columns: ['ns=123456789'] },
      { path: 'd/link', type: 'link', linkTarget: 'x', columns: ['mtime=7.000000003'] },
      { path: 'd/fifo', type: 'fifo', columns: ['mtime=8'] },
    ])
    const times = ['d', 'd/file', 'd/link', 'd/fifo'].map((path) => scene.tree().get(path)?.mtimeNs)
    expect(times).toEqual([-1_000_000_001n, 5_123_456_789n, 7_000_000_003n, 8_000_000_000n])
  })

  test('extended attributes, unless they are not wanted', async ({ skip }) => {
    const posix = await loadPosix()
    needs(skip, posix.hasXattrs, 'extended attributes need koffi')
    const entries: HostileEntry[] = [
      { path: 'f', data: 'x', mode: 0o400, columns: [`x.user.note=${Buffer.from('hello').toString('base64')}`] },
      { path: 'd', type: 'dir', columns: [`x.user.d=${Buffer.from([0, 255]).toString('base64')}`] },
      { path: 'p', data: 'x', columns: [`x.security.capability=${Buffer.alloc(20, 1).toString('base64')}`] },
    ]
    const scene = makeScene()
    const at = (name: string): Map<string, Uint8Array> => posix.readXattrs(Buffer.from(join(scene.out, name)))
    const report = await scene.extract(entries, { xattrs: false })
    expect([report.ok, at('f').size]).toEqual([true, 0])
    expect((await scene.extract(entries, { existing: 'replace' })).problems).toEqual([])
    expect(Buffer.from(at('f').get('user.note') ?? []).toString()).toBe('hello')
    expect(at('d').get('user.d')).toEqual(new Uint8Array([0, 255]))
    expect(at('p').has('security.capability')).toBe(false)
  })

  test('a hardlink without its target gets the data, and its siblings link to it', async () => {
    const entries: HostileEntry[] = [
      { path: 'a', data: 'shared', mode: 0o600, mtime: 77 },
      { path: 'b', type: 'hard', linkTarget: 'a' },
      { path: 'c', type: 'hard', linkTarget: 'b' },
      { path: 'd', type: 'hard', linkTarget: 'a' },
    ]
    for (const only of [['d'], ['c'], ['d', 'b', 'c']]) {
      const scene = makeScene()
      writeFileSync(join(scene.out, 'a'), 'not from the archive')
      expect(await scene.extract(entries, { only })).toMatchObject({ ok: true, entryCount: only.length })
      const nodes = only.map((path) => scene.tree().get(path))
      expect(new Set(nodes.map((node) => node?.inode)).size).toBe(1)
      expect(nodes[0]).toMatchObject({ sizeBytes: 6, mode: 0o600, mtimeNs: 77_000_000_000n, links: only.length })
      expect(readFileSync(join(scene.out, 'a'), 'utf8')).toBe('not from the archive')
    }
  })

  test('a hardlink never links to what only took the place of its target', async () => {
    const scene = makeScene()
    const entries: HostileEntry[] = [
      { path: 'a/x', data: 'wanted' },
      { path: 'b/x', data: 'other' },
      { path: 'c/h', type: 'hard', linkTarget: 'a/x' },
    ]
    expect((await scene.extract(entries, { stripComponents: 1 })).ok).toBe(true)
    expect(readFileSync(join(scene.out, 'x'), 'utf8')).toBe('other')
    expect(readFileSync(join(scene.out, 'h'), 'utf8')).toBe('wanted')
  })

  test('a large file streams to disk exactly', async () => {
    const scene = makeScene()
    const data = Buffer.alloc(5_000_000, 'a line of text that repeats\n')
    expect(await scene.extract([{ path: 'large', data }])).toMatchObject({ ok: true, dataBytes: 5_000_000 })
    expect(readFileSync(join(scene.out, 'large')).equals(data)).toBe(true)
    expect(scene.paths()).toEqual(['large'])
  })

  test('into a folder that is missing, or is itself a link', async () => {
    const scene = makeScene()
    await using archive = await openArchive(new MemorySource(hostileArchive(TREE)))
    expect((await extractTree(archive, join(scene.out, 'new/er'))).ok).toBe(true)
    symlinkSync('new', join(scene.out, 'link'))
    expect((await extractTree(archive, join(scene.out, 'link'))).ok).toBe(true)
    expect(lstatSync(join(scene.out, 'new/a/file')).isFile()).toBe(true)
  })
})

describe('what stands already', () => {
  const inPlace = (scene: ReturnType<typeof makeScene>): string => readFileSync(join(scene.out, 'a/file'), 'utf8')

  test('error: is refused and left, the rest goes on', async () => {
    const scene = makeScene()
    await scene.extract([{ path: 'a/file', data: 'old' }])
    const report = await scene.extract(TREE)
    expect(report.refused).toMatchObject([
      { path: 'a/file', code: 'storage', reason: 'something stands there already' },
    ])
    expect(report.entryCount).toBe(6)
    expect(inPlace(scene)).toBe('old')
    expect(readFileSync(join(scene.out, 'a/hard'), 'utf8')).toBe('one')
  })

  test('keep: is left and counted', async () => {
    const scene = makeScene()
    await scene.extract([{ path: 'a/file', data: 'old' }])
    const report = await scene.extract(TREE, { existing: 'keep' })
    expect(report).toMatchObject({ ok: true, keptCount: 1, entryCount: 6 })
    expect(inPlace(scene)).toBe('old')
    expect(readFileSync(join(scene.out, 'a/hard'), 'utf8')).toBe('one')
  })

  test('replace: goes, and what has it open keeps it', async () => {
    const scene = makeScene()
    await scene.extract([{ path: 'a/file', data: 'old' }])
    const held = openSync(join(scene.out, 'a/file'), 'r')
    expect((await scene.extract(TREE, { existing: 'replace' })).ok).toBe(true)
    expect([inPlace(scene), readFileSync(held, 'utf8')]).toEqual(['one', 'old'])
    closeSync(held)
    expect((await scene.extract(TREE, { existing: 'replace' })).ok).toBe(true)
    expect(scene.paths()).toHaveLength(9)
  })

  test('a folder that is not empty never goes', async () => {
    const scene = makeScene()
    await scene.extract([{ path: 'x/inner', data: 'mine' }])
    for (const type of ['file', 'link', 'fifo'] as const) {
      const report = await scene.extract([{ path: 'x', type, linkTarget: 'y' }], { existing: 'replace' })
      expect(report.refused).toMatchObject([{ path: 'x', reason: 'a folder that is not empty stands there already' }])
    }
    expect(readFileSync(join(scene.out, 'x/inner'), 'utf8')).toBe('mine')
  })

  test('a dry run judges and writes nothing', async () => {
    const scene = makeScene()
    symlinkSync('../outside', join(scene.out, 'stood'))
    writeFileSync(join(scene.out, 'file'), 'old')
    const before = scene.tree()
    const report = await scene.extract(
      [
        ...TREE,
        { path: '../x', data: 'x' },
        { path: 'stood/x', data: 'x' },
        { path: 'l', type: 'link', linkTarget: '..' },
        { path: 'l/x', data: 'x' },
        { path: 'file', data: 'x' },
        { path: 'corrupt', data: 'x', corrupt: true },
      ],
      { dryRun: true },
    )
    expect(report.refused.map(({ path }) => path)).toEqual(['../x', 'stood/x', 'l/x', 'file'])
    expect(report).toMatchObject({ ok: false, entryCount: 9, problems: [] })
    expect(scene.tree()).toEqual(before)
    await using archive = await openArchive(new MemorySource(hostileArchive(TREE)))
    expect(await extractTree(archive, join(scene.out, 'none'), { dryRun: true })).toMatchObject({ entryCount: 7 })
    expect(scene.tree()).toEqual(before)
  })
})

describe('how it ends', () => {
  test('an abort throws the reason, leaves nothing half done and no folder without its rights', async () => {
    const scene = makeScene()
    const controller = new AbortController()
    const reason = new Error('enough')
    const extraction = scene.extract(TREE, {
      batches: false,
      signal: controller.signal,
      onEntry: ({ path }) => path === 'a/file' && controller.abort(reason),
    })
    await expect(extraction).rejects.toBe(reason)
    expect(scene.paths()).toEqual(['a', 'a/file'])
    expect(scene.tree().get('a')?.mode).toBe(0o750)
  })

  test('an abort while the last entry is read is no problem of that entry', async () => {
    const controller = new AbortController()
    let asked = 0
    const filter = (): boolean => {
      asked += 1
      if (asked === 2) controller.abort(new Error('at the last'))
      return true
    }
    const extraction = makeScene().extract([{ path: 'a', data: 'x', corrupt: true }], {
      filter,
      signal: controller.signal,
    })
    await expect(extraction).rejects.toThrow('at the last')
  })

  test('data of another length than listed leaves nothing', async () => {
    const scene = makeScene()
    const lying = {
      digest: async () => undefined,
      formatVersion: 2 as const,
      bytes: async () => new Uint8Array(4),
      stream: () => new Blob([new Uint8Array(4)]).stream(),
    }
    const root = new RestoreRoot(scene.out)
    const folder = root.enter('', false)
    for (const sizeBytes of [3, 5, 2_000_000]) {
      const owner = { uid: 0, gid: 0, userName: '', groupName: '' }
      const record = {
        pathBytes: Buffer.from('f'),
        type: 'file',
        mode: 0,
        ...owner,
        sizeBytes,
        columns: new Map(),
      } as const
      const entry = new Entry(record, lying, { line: 0, checked: true })
      const clear = async (): Promise<void> => undefined
      const written = folder && restoreData({ folder, name: 'f', clear }, entry, undefined, () => undefined)
      await expect(written).rejects.toMatchObject({ code: 'integrity', expected: sizeBytes, actual: 4 })
    }
    root.close()
    expect(scene.paths()).toEqual([])
  })

  test('an abort before the start writes nothing', async () => {
    const scene = makeScene()
    const signal = AbortSignal.abort(new Error('never'))
    await expect(scene.extract(TREE, { signal })).rejects.toThrow('never')
    expect(scene.paths()).toEqual([])
  })

  test('a damaged listing fails before anything is written', async () => {
    const scene = makeScene()
    const entries: HostileEntry[] = [...TREE, { path: 'bad', type: 'char', columns: [], mode: -1 }]
    await expect(scene.extract(entries)).rejects.toMatchObject({ code: 'format' })
    expect(scene.paths()).toEqual([])
  })

  test('a mistake in a callback is not swallowed', async () => {
    const filter = (): boolean => {
      throw new TypeError('mine')
    }
    await expect(makeScene().extract(TREE, { filter })).rejects.toThrow('mine')
  })

  test('a target that is a file is an error of the store', async () => {
    const scene = makeScene()
    await using archive = await openArchive(new MemorySource(hostileArchive(TREE)))
    await expect(extractTree(archive, join(scene.outside, 'secret'))).rejects.toBeInstanceOf(StorageError)
  })

  test('options that make no sense are refused at once', async () => {
    await expect(makeScene().extract(TREE, { stripComponents: -1 })).rejects.toThrow(RangeError)
    // @ts-expect-error not a policy
    await expect(makeScene().extract(TREE, { existing: 'merge' })).rejects.toThrow(TypeError)
  })

  test('no descriptor stays open', async ({ skip }) => {
    needs(skip, process.platform === 'linux', 'open descriptors are listed in /proc')
    const scene = makeScene()
    const open = (): number => readdirSync('/proc/self/fd').length
    const deep = { path: `${'d/'.repeat(200)}file`, data: 'x' }
    const before = open()
    let most = 0
    await scene.extract([...TREE, deep, { path: 'bad', data: 'x', corrupt: true }, { path: 'd', type: 'link' }], {
      onEntry: () => {
        most = Math.max(most, open())
      },
    })
    expect(most - before).toBeLessThan(70)
    await expect(
      scene.extract([{ path: 'x' }], {
        onEntry: () => {
          throw new TypeError('mine')
        },
      }),
    ).rejects.toThrow('mine')
    expect(open()).toBe(before)
  })
})
