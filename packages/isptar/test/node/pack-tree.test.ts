import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { MemorySource } from '../../src/io/memory-source.ts'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import type { Target } from '../../src/io/target.ts'
import { FileTarget } from '../../src/node/file-target.ts'
import { measureTree } from '../../src/node/measure-tree.ts'
import { packTree, packWith, sourceDateEpoch } from '../../src/node/pack-tree.ts'
import type { PackOptions, PackProgress, PackReport } from '../../src/node/pack-tree.ts'
import { loadPosix } from '../../src/node/posix.ts'
import { nodeFileSystem } from '../../src/node/tree-file-system.ts'
import type { TreeFileSystem } from '../../src/node/tree-file-system.ts'
import type { TreeRoots, WalkInternals } from '../../src/node/walk-tree.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { needs } from './needs.ts'
import { fileSystemWith, makeFolder, systemError } from './walk-support.ts'

const MiB = 1024 * 1024

/** What became of one entry. */
interface Stored {
  type: string
  text: string | undefined
  dirty: boolean
}

/** Packs into memory and reads everything back. */
async function pack(
  roots: TreeRoots,
  options: PackOptions & WalkInternals,
): Promise<{ report: PackReport; stored: Map<string, Stored>; bytes: Uint8Array }> {
  const target = new MemoryTarget()
  const report = await packWith(roots, target, options)
  await using archive = await openArchive(new MemorySource(target.bytes()))
  expect(await archive.verify()).toMatchObject({ ok: true, problems: [] })
  const stored = new Map<string, Stored>()
  for await (const { path, type, dirty } of archive.entries())
    stored.set(path, { type, dirty, text: type === 'file' ? await archive.text(path) : undefined })
  return { report, stored, bytes: target.bytes() }
}

/**
 * A file system in which something happens just before it opens, and just after it reads, a path that ends so: once, or at
 * each of those calls from the nth on.
 */
function meanwhile(
  call: 'open' | 'read',
  suffix: string,
  happen: (path: string) => void,
  { from = 1, times = 1 } = {},
): TreeFileSystem {
  const paths = new Map<number, string>()
  let calls = 0
  const tick = (at: string, path: string): void => {
    if (at !== call || !path.endsWith(suffix)) return
    calls += 1
    if (calls >= from && calls < from + times) happen(path)
  }
  return fileSystemWith({
    open(path) {
      tick('open', path.toString())
      const fd = nodeFileSystem.open(path)
      paths.set(fd, path.toString())
      return fd
    },
    read(fd, into, offset) {
      const count = nodeFileSystem.read(fd, into, offset)
      tick('read', paths.get(fd) ?? '')
      return count
    },
  })
}

/** A target whose nth write or commit fails. */
function failingAt(nth: number, target: Target): Target {
  let calls = 0
  const count = (): void => {
    calls += 1
    if (calls === nth) throw systemError('ENOSPC')
  }
  return {
    name: target.name,
    async write(bytes) {
      count()
      await target.write(bytes)
    },
    async commit() {
      count()
      await target.commit()
    },
    abort: () => target.abort(),
  }
}

function fail(code: string): never {
  throw systemError(code)
}

/** Long texts that differ take minutes to be shown. */
function expectText(actual: string | undefined, expected: string): void {
  expect(actual?.length).toBe(expected.length)
  expect(actual === expected).toBe(true)
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length
}

describe('a tree of every kind', () => {
  async function makeTree(): Promise<string> {
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'site/empty'), { recursive: true })
    writeFileSync(join(cwd, 'site/index.html'), 'hello\n')
    writeFileSync(join(cwd, 'site/nothing'), '')
    writeFileSync(join(cwd, 'site/big'), Buffer.alloc(3 * MiB + 7, 'isptar '))
    writeFileSync(Buffer.concat([Buffer.from(`${cwd}/site/`), Buffer.from([0xff, 0x0a, 0x09])]), 'odd')
    linkSync(join(cwd, 'site/index.html'), join(cwd, 'site/same.html'))
    symlinkSync('index.html', join(cwd, 'site/link'))
    chmodSync(join(cwd, 'site/index.html'), 0o640)
    const posix = await loadPosix()
    posix.makeFifo(Buffer.from(join(cwd, 'site/fifo')))
    posix.setModifiedTime(Buffer.from(join(cwd, 'site/index.html')), {
      seconds: 1_600_000_000,
      nanoseconds: 123_456_000,
    })
    return cwd
  }

  test('is read back as it was', async () => {
    const cwd = await makeTree()
    const { report, stored } = await pack('site', { cwd })
    expect(report).toMatchObject({ ok: true, problems: [], notices: [], entryCount: 9 })
    expect(report.summary.entryCount).toBe(9)
    expect([...stored].map(([path, { type }]) => [path, type])).toEqual([
      ['site', 'directory'],
      ['site/\udcff\n\t', 'file'],
      ['site/big', 'file'],
      ['site/empty', 'directory'],
      ['site/fifo', 'fifo'],
      ['site/index.html', 'file'],
      ['site/link', 'symlink'],
      ['site/nothing', 'file'],
      ['site/same.html', 'hardlink'],
    ])
    expect(stored.get('site/big')?.text).toBe(readFileSync(join(cwd, 'site/big'), 'utf8'))
    expect(stored.get('site/\udcff\n\t')?.text).toBe('odd')
  })

  test('is restored by tar as it was', async () => {
    const cwd = await makeTree()
    await packTree('site', new FileTarget(join(cwd, 'site.tgz')), { cwd })
    mkdirSync(join(cwd, 'out'))
    execFileSync('tar', ['-xzpf', join(cwd, 'site.tgz'), '-C', join(cwd, 'out'), 'site'])
    const describeTree = (folder: string): string =>
      execFileSync('find', ['site', '-printf', '%p %y %m %U %G %s %T@ %l %n\n'], { cwd: folder, encoding: 'latin1' })
        // Times in plain tar headers are whole seconds.
        .replace(/(?<= [0-9]+)\.[0-9]+(?= )/g, '')
    const lines = (text: string): string[] =>
      text
        .split('\n')
        .filter((line) => !/ d /.test(line))
        .toSorted()
    expect(lines(describeTree(join(cwd, 'out')))).toEqual(lines(describeTree(cwd)))
    expect(
      execFileSync('diff', ['-r', '--no-dereference', '--exclude=fifo', 'site', 'out/site'], { cwd }),
    ).toHaveLength(0)
  })

  test('gives the same bytes twice with SOURCE_DATE_EPOCH', async () => {
    const cwd = await makeTree()
    vi.stubEnv('SOURCE_DATE_EPOCH', '1234567890')
    onTestFinished(() => void vi.unstubAllEnvs())
    const first = await pack('site', { cwd })
    expect(Buffer.compare((await pack('site', { cwd })).bytes, first.bytes)).toBe(0)
    const other = await pack('site', { cwd, createdAt: new Date(0) })
    expect(Buffer.compare(other.bytes, first.bytes)).not.toBe(0)
  })

  test('tells how far it is', async () => {
    const cwd = await makeTree()
    const told: PackProgress[] = []
    const { report } = await pack('site', { cwd, onProgress: (progress) => void told.push(progress) })
    expect(told.at(-1)).toEqual({ entryCount: 9, dataBytes: report.summary.dataBytes, path: 'site/same.html' })
    // Its four parts, and it.
    expect(told.filter(({ path }) => path === 'site/big')).toHaveLength(5)
    expect(await measureTree('site', { cwd })).toEqual({ entryCount: 9, dataBytes: report.summary.dataBytes })
    for (const [k, { dataBytes, entryCount }] of told.entries()) {
      expect(dataBytes).toBeGreaterThanOrEqual(told[k - 1]?.dataBytes ?? 0)
      expect(entryCount).toBeGreaterThanOrEqual(told[k - 1]?.entryCount ?? 0)
    }
  })

  test('has nothing opened that has no data', async () => {
    const cwd = await makeTree()
    const opened: string[] = []
    const fileSystem = fileSystemWith({
      open(path) {
        opened.push(path.toString('latin1').slice(cwd.length))
        return nodeFileSystem.open(path)
      },
    })
    await pack('site', { cwd, fileSystem })
    expect(opened.toSorted()).toEqual(['/site/big', '/site/index.html', '/site/\xff\n\t'])
  })
})

test('extended attributes come back', async ({ skip }) => {
  const posix = await loadPosix()
  needs(skip, posix.hasXattrs, posix.notice ?? '')
  const cwd = makeFolder()
  writeFileSync(join(cwd, 'a'), 'x')
  try {
    posix.writeXattr(Buffer.from(join(cwd, 'a')), 'user.note', Buffer.from('\0é'))
  } catch {
    needs(skip, false, 'the temporary folder keeps no extended attributes')
  }
  const target = new MemoryTarget()
  await packTree('a', target, { cwd })
  await using archive = await openArchive(new MemorySource(target.bytes()))
  expect([...(await archive.get('a')).xattrs].map(([name, value]) => [name, Buffer.from(value).toString()])).toEqual([
    ['user.note', '\0é'],
  ])
})

describe('files that do not keep still', () => {
  function makeFiles(size: number): string {
    const cwd = makeFolder()
    writeFileSync(join(cwd, 'a'), Buffer.alloc(size, 'a'))
    writeFileSync(join(cwd, 'b'), 'after')
    return cwd
  }

  test.each([10, MiB - 1, 3 * MiB + 5])(
    'one of %i bytes grows before it is read: it is stored as it is',
    async (size) => {
      const cwd = makeFiles(size)
      const fileSystem = meanwhile('open', 'a', (path) => appendFileSync(path, 'more'))
      const { report, stored } = await pack('.', { cwd, fileSystem })
      expect(report).toMatchObject({ ok: true, problems: [] })
      expectText(stored.get('a')?.text, `${'a'.repeat(size)}more`)
    },
  )

  test.each([10, MiB - 1, 3 * MiB + 5])(
    'one of %i bytes grows whenever it is read: it is cut and flagged',
    async (size) => {
      const cwd = makeFiles(size)
      const fileSystem = meanwhile('read', 'a', (path) => appendFileSync(path, 'more'), { times: 100 })
      const { report, stored } = await pack('.', { cwd, fileSystem })
      // The first reading made it longer, and was one for nothing.
      expectText(stored.get('a')?.text, `${'a'.repeat(size)}${'more'.repeat(size > MiB ? 4 : 1)}`)
      expect(stored.get('a')?.dirty).toBe(true)
      expect(stored.get('b')).toEqual({ type: 'file', dirty: false, text: 'after' })
      expect(report).toMatchObject({ ok: false, problems: [{ path: `${cwd}/a`, kind: 'changed' }] })
      expect(report.summary.dirtyCount).toBe(1)
    },
  )

  test.each([2, 3, 4])('a large one grows as part %i is read: it is cut where it ended before', async (from) => {
    const cwd = makeFiles(3 * MiB + 5)
    const fileSystem = meanwhile('read', 'a', (path) => appendFileSync(path, 'more'), { from })
    const { report, stored } = await pack('.', { cwd, fileSystem })
    expectText(stored.get('a')?.text, 'a'.repeat(3 * MiB + 5))
    expect(stored.get('a')?.dirty).toBe(true)
    expect(report.problems).toMatchObject([{ path: `${cwd}/a`, kind: 'changed' }])
  })

  test('a large one shrinks: zeros stand for what is gone', async () => {
    const cwd = makeFiles(3 * MiB)
    const fileSystem = meanwhile('read', 'a', (path) => truncateSync(path, MiB + 3), { from: 2 })
    const { report, stored } = await pack('.', { cwd, fileSystem })
    expectText(stored.get('a')?.text, 'a'.repeat(2 * MiB) + '\0'.repeat(MiB))
    expect(stored.get('a')?.dirty).toBe(true)
    expect(report).toMatchObject({ ok: false, problems: [{ path: `${cwd}/a`, kind: 'changed' }] })
  })

  test('a large one is written to in place, its size the same', async () => {
    const cwd = makeFiles(2 * MiB)
    const fileSystem = meanwhile('read', 'a', (path) => writeFileSync(path, Buffer.alloc(2 * MiB, 'z')), { from: 2 })
    const { report, stored } = await pack('.', { cwd, fileSystem })
    expect(stored.get('a')?.dirty).toBe(true)
    expect(report.problems).toMatchObject([{ path: `${cwd}/a`, kind: 'changed' }])
  })

  test.each([
    ['goes away', (path: string) => unlinkSync(path)],
    ['gives its name to another', (path: string) => renameSync(join(path, '../b'), path)],
  ])('a large one %s while it is read: the rest is still its own, and it is flagged', async (_what, happen) => {
    const cwd = makeFiles(3 * MiB)
    const fileSystem = meanwhile('read', 'a', happen, { from: 2 })
    const { report, stored } = await pack('a', { cwd, fileSystem })
    expectText(stored.get('a')?.text, 'a'.repeat(3 * MiB))
    expect(stored.get('a')?.dirty).toBe(true)
    expect(report.problems).toMatchObject([{ path: `${cwd}/a`, kind: 'changed' }])
  })

  test('an empty one grows after the walk came by: it is stored as it was', async () => {
    const cwd = makeFiles(0)
    const fileSystem = meanwhile('open', 'b', () => appendFileSync(join(cwd, 'a'), 'x'))
    const { report, stored } = await pack('.', { cwd, fileSystem })
    expect(stored.get('a')).toEqual({ type: 'file', dirty: false, text: '' })
    expect(report.ok).toBe(true)
  })

  test('one goes away before it is opened: it is not stored', async () => {
    const cwd = makeFiles(10)
    const fileSystem = meanwhile('open', 'a', (path) => unlinkSync(path))
    const { report, stored } = await pack('.', { cwd, fileSystem })
    expect([...stored.keys()]).toEqual(['b'])
    expect(report).toMatchObject({ ok: false, entryCount: 1, problems: [{ path: `${cwd}/a`, kind: 'vanished' }] })
  })

  test.each([10, 3 * MiB])('one of %i bytes and three names goes away: the next name has the data', async (size) => {
    const cwd = makeFiles(size)
    for (const name of ['c', 'd']) linkSync(join(cwd, 'a'), join(cwd, name))
    const fileSystem = meanwhile('open', 'a', (path) => unlinkSync(path))
    const { stored } = await pack('.', { cwd, fileSystem })
    expect([...stored.keys()]).toEqual(['b', 'c', 'd'])
    expect(stored.get('c')).toMatchObject({ type: 'file', dirty: false })
    expectText(stored.get('c')?.text, 'a'.repeat(size))
    expect(stored.get('d')).toMatchObject({ type: 'hardlink' })
  })

  test('another file takes its name: the other is stored as it is', async () => {
    const cwd = makeFiles(10)
    // Two names stay, so that only having forgotten the first keeps them from being links to it.
    for (const name of ['c', 'd']) linkSync(join(cwd, 'a'), join(cwd, name))
    writeFileSync(join(cwd, 'z'), 'a longer one that takes its place')
    const fileSystem = meanwhile('open', 'a', (path) => renameSync(join(cwd, 'z'), path))
    const { stored } = await pack(['a', 'c', 'd'], { cwd, fileSystem })
    expect(stored.get('a')).toEqual({ type: 'file', dirty: false, text: 'a longer one that takes its place' })
    expect(stored.get('c')).toMatchObject({ type: 'file', text: 'a'.repeat(10) })
    expect(stored.get('d')).toMatchObject({ type: 'hardlink' })
  })

  test.each([
    ['a symlink', (path: string) => symlinkSync('/etc/passwd', path)],
    ['a folder', (path: string) => mkdirSync(path)],
    ['a FIFO', (path: string) => void execFileSync('mkfifo', [path])],
  ])('%s takes its name: nothing is stored, nothing waits', async (_what, make) => {
    const cwd = makeFiles(10)
    const fileSystem = meanwhile('open', 'a', (path) => {
      unlinkSync(path)
      make(path)
    })
    const { report, stored } = await pack('.', { cwd, fileSystem })
    expect([...stored.keys()]).toEqual(['b'])
    expect(report.problems).toHaveLength(1)
  })
})

describe('files that cannot be read', () => {
  test.each([1, 3 * MiB])('one of %i bytes that cannot be opened is reported and left out', async (size) => {
    const cwd = makeFolder()
    for (const name of ['a', 'b']) writeFileSync(join(cwd, name), Buffer.alloc(size, name))
    const fileSystem = meanwhile('open', 'a', () => fail('EACCES'), { times: 2 })
    const { report, stored } = await pack('.', { cwd, fileSystem })
    expect([...stored.keys()]).toEqual(['b'])
    expect(report.problems).toEqual([{ path: `${cwd}/a`, kind: 'unreadable', message: 'EACCES: made up' }])
  })

  test.each(['open', 'read'] as const)('one of which one %s fails is stored whole', async (call) => {
    for (const size of [10, 3 * MiB]) {
      const cwd = makeFolder()
      writeFileSync(join(cwd, 'a'), Buffer.alloc(size, 'a'))
      const { report, stored } = await pack('.', { cwd, fileSystem: meanwhile(call, 'a', () => fail('EIO')) })
      expect(report).toMatchObject({ ok: true, problems: [] })
      expectText(stored.get('a')?.text, 'a'.repeat(size))
    }
  })

  test.each([0, 1, 2])('mebibyte %i cannot be read: zeros stand for it', async (nth) => {
    const cwd = makeFolder()
    writeFileSync(join(cwd, 'a'), Buffer.alloc(3 * MiB, 'a'))
    writeFileSync(join(cwd, 'b'), 'after')
    const fileSystem = fileSystemWith({
      read(fd, into, offset) {
        if (Math.floor(offset / MiB) === nth && into.length > 5) fail('EIO')
        return nodeFileSystem.read(fd, into, offset)
      },
    })
    const before = openFiles()
    const { report, stored } = await pack('.', { cwd, fileSystem })
    const mebibytes = [0, 1, 2].map((k) => (k === nth ? '\0' : 'a').repeat(MiB))
    expectText(stored.get('a')?.text, mebibytes.join(''))
    expect(stored.get('a')?.dirty).toBe(true)
    expect(stored.get('b')).toEqual({ type: 'file', dirty: false, text: 'after' })
    expect(report.problems).toEqual([
      {
        path: `${cwd}/a`,
        kind: 'unreadable',
        message: 'EIO: made up; zeros stand for what could not be read, the entry is flagged dirty',
      },
    ])
    expect(openFiles()).toBe(before)
  })

  test('small ones: zeros stand for each', async () => {
    const cwd = makeFolder()
    for (const name of ['a', 'b', 'c']) writeFileSync(join(cwd, name), name.repeat(600))
    const { report, stored } = await pack('.', {
      cwd,
      fileSystem: meanwhile('read', '', () => fail('EIO'), { times: 99 }),
    })
    expect([...stored.values()]).toEqual(Array(3).fill({ type: 'file', dirty: true, text: '\0'.repeat(600) }))
    expect(report.problems.map(({ path }) => path)).toEqual(['a', 'b', 'c'].map((name) => join(cwd, name)))
  })
})

describe('the archive', () => {
  test('does not hold itself, nor an older one of its name', async () => {
    const cwd = makeFolder()
    // More than is under way before the first write, so that the temporary file is there while the walk goes on.
    for (let n = 0; n < 20; n += 1) writeFileSync(join(cwd, `-${n}`), Buffer.alloc(400_000, n))
    mkdirSync(join(cwd, 'out'))
    writeFileSync(join(cwd, 'out/x.tgz'), 'an older one')
    writeFileSync(join(cwd, 'z'), '')
    const target = new FileTarget(join(cwd, 'out/x.tgz'), { overwrite: true })
    const report = await packTree('.', target, { cwd, level: 0, threads: 1 })
    expect(report.notices).toEqual([
      expect.stringMatching(/\.x\.tgz\..*the archive itself/),
      expect.stringMatching(/\/x\.tgz".*the archive itself/),
    ])
    expect(report).toMatchObject({ ok: true, entryCount: 22 })
    const listed = execFileSync('tar', ['-tzf', join(cwd, 'out/x.tgz')], { encoding: 'utf8' })
    expect(listed).not.toContain('x.tgz')
    expect(listed).toContain('z\n')
  })

  test('is not made when nothing could be read: an older one stays', async () => {
    const cwd = makeFolder()
    writeFileSync(join(cwd, 'x.tgz'), 'an older one')
    const target = new FileTarget(join(cwd, 'x.tgz'), { overwrite: true })
    await expect(packTree(['missing', 'misspelt'], target, { cwd })).rejects.toMatchObject({
      code: 'storage',
      kind: 'not-found',
      message: expect.stringContaining(join(cwd, 'missing')),
    })
    expect(readFileSync(join(cwd, 'x.tgz'), 'utf8')).toBe('an older one')
    expect(readdirSync(cwd)).toEqual(['x.tgz'])
  })

  test('is not made when patterns leave everything out', async () => {
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'a'))
    writeFileSync(join(cwd, 'x.tgz'), 'an older one')
    for (const roots of ['.', 'a']) {
      const target = new FileTarget(join(cwd, 'x.tgz'), { overwrite: true })
      await expect(packTree(roots, target, { cwd, exclude: ['*'] })).rejects.toMatchObject({
        code: 'storage',
        message: expect.stringContaining('the patterns leave everything out'),
      })
    }
    expect(readFileSync(join(cwd, 'x.tgz'), 'utf8')).toBe('an older one')
    expect(readdirSync(cwd).toSorted()).toEqual(['a', 'x.tgz'])
  })

  test('does not hold what writing and extracting left behind, and says so', async () => {
    const cwd = makeFolder()
    const left = ['.x.tgz.0123456789ab.tmp', '.isptar-0123456789abcdef', '.isptar-0123456789abcdef-\u00e9']
    const kept = ['.x.0123456789a.tmp', 'x.0123456789ab.tmp', '.isptar-cache', '.isptar-0123456789abcdef-keep']
    for (const name of [...left, ...kept]) writeFileSync(join(cwd, name), '')
    mkdirSync(join(cwd, '.d.0123456789ab.tmp'))
    const { report, stored } = await pack('.', { cwd })
    expect([...stored.keys()].toSorted()).toEqual([...kept, '.d.0123456789ab.tmp'].toSorted())
    expect(report.ok).toBe(true)
    expect(report.notices.filter((text) => text.endsWith('isptar did not finish it'))).toHaveLength(3)
  })

  test('is made of an empty folder', async () => {
    const { report } = await pack('.', { cwd: makeFolder() })
    expect(report).toMatchObject({ ok: true, entryCount: 0 })
  })

  test('leaves nothing behind when its target fails, whichever call it is', async () => {
    const cwd = makeFolder()
    writeFileSync(join(cwd, 'a'), Buffer.alloc(4 * MiB, 'a'))
    writeFileSync(join(cwd, 'b'), Buffer.alloc(400_000, 'b'))
    const out = makeFolder()
    const before = openFiles()
    let failed = 0
    for (let nth = 1; ; nth += 1) {
      const target = failingAt(nth, new FileTarget(join(out, 'x.tgz')))
      const error = await packTree('.', target, { cwd, level: 0 }).then(
        () => undefined,
        (reason: unknown) => reason,
      )
      expect(openFiles()).toBe(before)
      if (error === undefined) break
      failed += 1
      expect(error).toMatchObject({ code: 'ENOSPC' })
      expect(readdirSync(out)).toEqual([])
    }
    expect(failed).toBeGreaterThan(5)
    expect(readdirSync(out)).toEqual(['x.tgz'])
  })

  test('leaves nothing behind when the packing is aborted', async () => {
    const cwd = makeFolder()
    writeFileSync(join(cwd, 'a'), Buffer.alloc(4 * MiB, 'a'))
    const out = makeFolder()
    const controller = new AbortController()
    const reason = new Error('enough')
    const fileSystem = meanwhile('read', 'a', () => controller.abort(reason))
    const before = openFiles()
    const packing = packWith('.', new FileTarget(join(out, 'x.tgz')), { cwd, fileSystem, signal: controller.signal })
    await expect(packing).rejects.toBe(reason)
    expect(readdirSync(out)).toEqual([])
    expect(openFiles()).toBe(before)
  })

  test('leaves nothing behind when an option is wrong', async () => {
    const cwd = makeFolder()
    const target = new FileTarget(join(cwd, 'x.tgz'))
    await expect(packTree('.', target, { cwd, excludeFrom: [join(cwd, 'no')] })).rejects.toThrow(/no such file/)
    expect(readdirSync(cwd)).toEqual([])
  })
})

test('problems are told as they come', async () => {
  const cwd = makeFolder()
  for (const name of ['a', 'b']) writeFileSync(join(cwd, name), name)
  const told: string[] = []
  const fileSystem = meanwhile('open', 'a', (path) => rmSync(path))
  await pack('.', { cwd, fileSystem, onProblem: ({ kind }) => void told.push(kind) })
  expect(told).toEqual(['vanished'])
})

test('SOURCE_DATE_EPOCH is whole seconds, or a mistake', () => {
  expect(sourceDateEpoch(undefined)).toBeUndefined()
  expect(sourceDateEpoch('')).toBeUndefined()
  expect(sourceDateEpoch('0')).toEqual({ seconds: 0, nanoseconds: 0 })
  for (const text of ['-1', '1.5', 'now', '1e9', ' 1', '9'.repeat(16)])
    expect(() => sourceDateEpoch(text)).toThrow(RangeError)
})
