import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { loadPosix } from '../../src/node/posix.ts'
import { nodeFileSystem } from '../../src/node/tree-file-system.ts'
import { needs } from './needs.ts'
import { fileSystemWith, makeFolder, systemError, walk } from './walk-support.ts'

const isRoot = process.getuid?.() === 0

describe('what an entry says', () => {
  test('a file: size, mode, owner with names, time to the nanosecond', async () => {
    const cwd = makeFolder()
    writeFileSync(join(cwd, 'a'), 'hello')
    chmodSync(join(cwd, 'a'), 0o4751)
    ;(await loadPosix()).setModifiedTime(Buffer.from(join(cwd, 'a')), { seconds: -6, nanoseconds: 999_999_000 })
    const { entries } = await walk('a', { cwd })
    expect(entries).toMatchObject([
      { type: 'file', sizeBytes: 5, mode: 0o4751, mtime: { seconds: -6, nanoseconds: 999_999_000 } },
    ])
    const owner = execFileSync('stat', ['-c', '%U %G %u %g', join(cwd, 'a')], { encoding: 'utf8' })
      .trim()
      .split(' ')
    const [entry] = entries
    expect([entry?.userName, entry?.groupName, String(entry?.uid), String(entry?.gid)]).toEqual(owner)
  })

  test('an owner without a name', async ({ skip }) => {
    needs(skip, isRoot, 'only root gives files away')
    const cwd = makeFolder()
    writeFileSync(join(cwd, 'a'), '')
    chownSync(join(cwd, 'a'), 3_000_000_000, 54_321)
    const { entries } = await walk('a', { cwd })
    expect(entries).toMatchObject([{ uid: 3_000_000_000, gid: 54_321, userName: '', groupName: '' }])
  })

  test('links, FIFOs and sockets; links are not followed, not even as the root', async () => {
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'd'))
    writeFileSync(join(cwd, 'd/inside'), '')
    symlinkSync(Buffer.from([0x2e, 0x2f, 0xff]), join(cwd, 'dangling'))
    symlinkSync('d', join(cwd, 'link'))
    ;(await loadPosix()).makeFifo(Buffer.from(join(cwd, 'fifo')))
    const server = createServer().listen(join(cwd, 'sock'))
    onTestFinished(() => void server.close())
    await new Promise((resolve) => server.once('listening', resolve))

    const { entries, lines, notices, problems } = await walk('.', { cwd })
    expect(lines).toEqual(['d', 'd/inside', 'dangling -> ./\udcff', 'fifo', 'link -> d'])
    expect(entries.map((entry) => entry.type)).toEqual(['directory', 'file', 'symlink', 'fifo', 'symlink'])
    expect(notices).toEqual([expect.stringMatching(/sock.*socket/)])
    expect(problems).toEqual([])
    expect((await walk('link', { cwd })).lines).toEqual(['link -> d'])
  })

  test('devices, with the number of the device itself', async ({ skip }) => {
    needs(skip, isRoot, 'only root makes device nodes')
    const cwd = makeFolder()
    const posix = await loadPosix()
    posix.makeDevice(Buffer.from(join(cwd, 'b')), 'block', { major: 259, minor: 70_000 })
    posix.makeDevice(Buffer.from(join(cwd, 'c')), 'char', { major: 1, minor: 3 })
    const { entries } = await walk('.', { cwd })
    expect(entries).toMatchObject([
      { type: 'block', device: { major: 259, minor: 70_000 }, sizeBytes: 0 },
      { type: 'char', device: { major: 1, minor: 3 } },
    ])
  })

  test('extended attributes of files and folders', async ({ skip }) => {
    const posix = await loadPosix()
    needs(skip, posix.hasXattrs, posix.notice ?? '')
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'd'))
    writeFileSync(join(cwd, 'd/f'), '')
    try {
      posix.writeXattr(Buffer.from(join(cwd, 'd')), 'user.on-folder', Uint8Array.of(1))
    } catch {
      needs(skip, false, 'the temporary folder keeps no extended attributes')
    }
    posix.writeXattr(Buffer.from(join(cwd, 'd/f')), 'user.on-file', Uint8Array.of(0, 255))
    const { entries } = await walk('d', { cwd })
    expect(entries.map((entry) => entry.xattrs)).toEqual([
      new Map([['user.on-folder', Uint8Array.of(1)]]),
      new Map([['user.on-file', Uint8Array.of(0, 255)]]),
    ])
    const without = await walk('d', { cwd, xattrs: false })
    expect(without.entries.every((entry) => entry.xattrs === undefined)).toBe(true)
  })
})

describe('roots', () => {
  function makeTree(): string {
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'a/b'), { recursive: true })
    writeFileSync(join(cwd, 'a/b/c'), '')
    return cwd
  }

  test.each([
    ['.', ['a', 'a/b', 'a/b/c']],
    ['./', ['a', 'a/b', 'a/b/c']],
    ['a', ['a', 'a/b', 'a/b/c']],
    ['./a//b/', ['a/b', 'a/b/c']],
    ['a/./b/c', ['a/b/c']],
  ])('%j is stored as %j, with nothing to say', async (root, lines) => {
    const walked = await walk(root, { cwd: makeTree() })
    expect(walked.lines).toEqual(lines)
    expect(walked.notices).toEqual([])
  })

  test.each([
    ['a/../a/b', ['a/b', 'a/b/c']],
    ['a/b/..', ['b', 'b/c']],
  ])('%j loses what stands before the last ".."', async (root, lines) => {
    const { lines: found, notices } = await walk(root, { cwd: makeTree() })
    expect(found).toEqual(lines)
    expect(notices).toEqual([expect.stringContaining('".."')])
  })

  test('an absolute root loses its leading slash only', async () => {
    const cwd = makeTree()
    const { lines, notices } = await walk(join(cwd, 'a/b'), { cwd: '/nowhere' })
    expect(lines).toEqual([`${cwd.slice(1)}/a/b`, `${cwd.slice(1)}/a/b/c`])
    expect(notices).toEqual([expect.stringContaining('"/"')])
  })

  test('several come in the order given; one that is missing is a problem', async () => {
    const cwd = makeTree()
    writeFileSync(join(cwd, 'z'), '')
    const { lines, problems } = await walk(['z', 'missing', Buffer.from('a/b')], { cwd })
    expect(lines).toEqual(['z', 'a/b', 'a/b/c'])
    expect(problems).toEqual([{ path: join(cwd, 'missing'), kind: 'vanished', message: 'no such file or folder' }])
  })

  test('an empty root or one with a NUL is a mistake', async () => {
    await expect(walk('')).rejects.toThrow(TypeError)
    await expect(walk('a\0b')).rejects.toThrow(TypeError)
  })
})

describe('hardlinks', () => {
  test('the first path has the data, later ones name it', async () => {
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'b'))
    writeFileSync(join(cwd, 'b/1'), 'data')
    linkSync(join(cwd, 'b/1'), join(cwd, 'b/2'))
    linkSync(join(cwd, 'b/1'), join(cwd, 'a'))
    const { entries, lines } = await walk('.', { cwd })
    expect(lines).toEqual(['a', 'b', 'b/1 -> a', 'b/2 -> a'])
    expect(entries.map((entry) => [entry.type, entry.sizeBytes])).toEqual([
      ['file', 4],
      ['directory', 0],
      ['hardlink', 0],
      ['hardlink', 0],
    ])
  })

  test('no entry is a link to itself where roots overlap', async () => {
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'd'))
    writeFileSync(join(cwd, 'd/x'), '')
    linkSync(join(cwd, 'd/x'), join(cwd, 'd/y'))
    linkSync(join(cwd, 'd/x'), join(cwd, 'elsewhere'))
    expect((await walk(['d', 'd/x', 'd/y', 'd'], { cwd })).lines).not.toContain('d/x -> d/x')
  })
})

describe('what is left out', () => {
  test('patterns, read as if they lay where the paths of the archive begin', async () => {
    const cwd = makeFolder()
    for (const folder of ['cache', 'src/cache', 'src/Cache']) {
      mkdirSync(join(cwd, folder), { recursive: true })
      writeFileSync(join(cwd, folder, 'x.log'), '')
      writeFileSync(join(cwd, folder, 'keep.log'), '')
    }
    writeFileSync(join(cwd, 'src/a.log'), '')
    writeFileSync(join(cwd, 'patterns'), '\ufeff# a comment\r\n*.log\r\n')
    expect((await walk('src', { cwd, exclude: ['cache/'] })).lines).toEqual([
      ...['src', 'src/Cache', 'src/Cache/keep.log', 'src/Cache/x.log', 'src/a.log'],
    ])
    expect((await walk('.', { cwd, exclude: ['/cache', 'src/*', '!src/a.log'] })).lines).toEqual([
      ...['patterns', 'src', 'src/a.log'],
    ])
    const options = { cwd, excludeFrom: [join(cwd, 'patterns')], exclude: ['!keep.log'] }
    expect((await walk(['src/cache', 'src/a.log'], options)).lines).toEqual(['src/cache', 'src/cache/keep.log'])
  })

  test('a folder left out is never entered', async () => {
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'skip/deep'), { recursive: true })
    const listed: string[] = []
    const fileSystem = fileSystemWith({
      readdir(path) {
        listed.push(path.toString())
        return nodeFileSystem.readdir(path)
      },
    })
    await walk('.', { cwd, exclude: ['skip'], fileSystem })
    expect(listed).toEqual([cwd])
  })

  test('the content of tagged caches, but not their tag, and only with the true signature', async () => {
    const cwd = makeFolder()
    const tags = { true: 'Signature: 8a477f597d28d172789f06886806bc55\n# mine', false: 'Signature: 8a47', empty: '' }
    for (const [name, tag] of Object.entries(tags)) {
      mkdirSync(join(cwd, name, 'sub'), { recursive: true })
      writeFileSync(join(cwd, name, 'CACHEDIR.TAG'), tag)
    }
    mkdirSync(join(cwd, 'link'))
    symlinkSync('../true/CACHEDIR.TAG', join(cwd, 'link/CACHEDIR.TAG'))
    mkdirSync(join(cwd, 'pipe'))
    ;(await loadPosix()).makeFifo(Buffer.from(join(cwd, 'pipe/CACHEDIR.TAG')))
    expect((await walk('.', { cwd, excludeCaches: true })).lines).toEqual([
      ...['empty', 'empty/CACHEDIR.TAG', 'empty/sub', 'false', 'false/CACHEDIR.TAG', 'false/sub'],
      ...[
        'link',
        'link/CACHEDIR.TAG -> ../true/CACHEDIR.TAG',
        'pipe',
        'pipe/CACHEDIR.TAG',
        'true',
        'true/CACHEDIR.TAG',
      ],
    ])
    expect((await walk('true', { cwd })).lines).toContain('true/sub')
  })

  test('other file systems, but not the folder they are mounted on', async () => {
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'here/mounted'), { recursive: true })
    writeFileSync(join(cwd, 'here/mounted/far'), '')
    writeFileSync(join(cwd, 'here/other-file'), '')
    writeFileSync(join(cwd, 'here/z'), '')
    const fileSystem = fileSystemWith({
      lstat(path) {
        const stat = nodeFileSystem.lstat(path)
        return stat && /mounted|other/.test(path.toString()) ? Object.assign(stat, { dev: stat.dev + 1n }) : stat
      },
    })
    const { lines } = await walk('here', { cwd, fileSystem, oneFileSystem: true })
    expect(lines).toEqual(['here', 'here/mounted', 'here/z'])
    expect((await walk('here', { cwd, fileSystem })).lines).toContain('here/mounted/far')
  })

  test('a file system that is really mounted', async ({ skip }) => {
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'mounted'))
    try {
      execFileSync('mount', ['-t', 'tmpfs', 'none', join(cwd, 'mounted')], { stdio: 'ignore' })
    } catch {
      needs(skip, false, 'nothing can be mounted')
    }
    onTestFinished(() => void execFileSync('umount', [join(cwd, 'mounted')]))
    writeFileSync(join(cwd, 'mounted/far'), '')
    expect((await walk('.', { cwd, oneFileSystem: true })).lines).toEqual(['mounted'])
    expect((await walk('.', { cwd })).lines).toEqual(['mounted', 'mounted/far'])
    expect((await walk('mounted', { cwd, oneFileSystem: true })).lines).toEqual(['mounted', 'mounted/far'])
  })

  test('files that are the archive itself', async () => {
    const cwd = makeFolder()
    writeFileSync(join(cwd, 'a'), '')
    writeFileSync(join(cwd, 'b'), '')
    const { ino } = lstatSync(join(cwd, 'a'), { bigint: true })
    const { lines, notices } = await walk('.', { cwd, isOwnFile: (file) => file.ino === ino })
    expect(lines).toEqual(['b'])
    expect(notices).toEqual([expect.stringContaining('the archive itself')])
  })
})

describe('what cannot be looked at is reported, and the walk goes on', () => {
  test('folders and files of others', async ({ skip }) => {
    needs(skip, isRoot, 'only root can become someone else')
    const cwd = makeFolder()
    chmodSync(cwd, 0o755)
    mkdirSync(join(cwd, 'a-closed'))
    mkdirSync(join(cwd, 'b-names-only/x'), { recursive: true })
    writeFileSync(join(cwd, 'c'), '')
    chmodSync(join(cwd, 'a-closed'), 0o700)
    chmodSync(join(cwd, 'b-names-only'), 0o744)
    await loadPosix()
    process.seteuid?.(65_534)
    try {
      const { lines, problems } = await walk('.', { cwd })
      expect(lines).toEqual(['a-closed', 'b-names-only', 'c'])
      expect(problems).toEqual([
        { path: `${cwd}/a-closed`, kind: 'unreadable', message: expect.stringContaining('EACCES') },
        { path: `${cwd}/b-names-only/x`, kind: 'unreadable', message: expect.stringContaining('EACCES') },
      ])
    } finally {
      process.seteuid?.(0)
    }
  })

  test('what goes away between listing and looking', async () => {
    const cwd = makeFolder()
    for (const name of ['a', 'b', 'c']) mkdirSync(join(cwd, name))
    const fileSystem = fileSystemWith({
      lstat(path) {
        if (path.toString().endsWith('/b')) rmSync(path.toString(), { recursive: true })
        return nodeFileSystem.lstat(path)
      },
      readdir(path) {
        if (path.toString().endsWith('/c')) rmSync(path.toString(), { recursive: true })
        return nodeFileSystem.readdir(path)
      },
    })
    const { lines, problems } = await walk('.', { cwd, fileSystem })
    expect(lines).toEqual(['a', 'c'])
    expect(problems).toMatchObject([
      { path: `${cwd}/b`, kind: 'vanished' },
      { path: `${cwd}/c`, kind: 'vanished' },
    ])
  })

  test.each(['lstat', 'readdir', 'readlink'] as const)('a failing %s', async (call) => {
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'a'))
    symlinkSync('x', join(cwd, 'b'))
    writeFileSync(join(cwd, 'c'), '')
    let calls = 0
    const fileSystem = fileSystemWith({
      [call](path: Buffer) {
        calls += 1
        if (calls === 2 || call === 'readlink') throw systemError('EIO')
        return nodeFileSystem[call](path)
      },
    })
    const { lines, problems } = await walk('.', { cwd, fileSystem })
    expect(lines).toEqual({ lstat: ['b -> x', 'c'], readdir: ['a', 'b -> x', 'c'], readlink: ['a', 'c'] }[call])
    expect(problems).toEqual([expect.objectContaining({ kind: 'unreadable', message: 'EIO: made up' })])
  })

  test('a path that no archive may hold', async () => {
    const cwd = makeFolder()
    mkdirSync(join(cwd, 'C:\\x'))
    writeFileSync(join(cwd, 'C:\\x/below'), '')
    mkdirSync(join(cwd, 'd'))
    const { lines, problems } = await walk('.', { cwd })
    expect(lines).toEqual(['d'])
    expect(problems).toMatchObject([{ path: `${cwd}/C:\\x`, kind: 'unstorable' }])
  })

  test('a tree deeper than paths can be long', async () => {
    const start = process.cwd()
    const cwd = mkdtempSync(join(tmpdir(), 'isptar-deep-'))
    try {
      process.chdir(cwd)
      for (let depth = 0; depth < 10_000; depth += 1) {
        mkdirSync('d')
        process.chdir('d')
      }
      process.chdir(cwd)
      writeFileSync('e', '')
      const { lines, problems } = await walk('.')
      expect(lines.length).toBeGreaterThan(2000)
      expect(lines.at(-1)).toBe('e')
      expect(problems).toMatchObject([{ kind: 'unreadable', message: expect.stringContaining('ENAMETOOLONG') }])
    } finally {
      process.chdir(start)
      execFileSync('rm', ['-rf', cwd])
    }
  })
})

test('a walk ends when it is aborted', async () => {
  const cwd = makeFolder()
  for (const name of ['a', 'b', 'c']) writeFileSync(join(cwd, name), '')
  utimesSync(join(cwd, 'a'), 1, 1)
  const controller = new AbortController()
  const reason = new Error('enough')
  const fileSystem = fileSystemWith({
    lstat(path) {
      if (path.toString().endsWith('/b')) controller.abort(reason)
      return nodeFileSystem.lstat(path)
    },
  })
  await expect(walk('.', { cwd, fileSystem, signal: controller.signal })).rejects.toBe(reason)
})
