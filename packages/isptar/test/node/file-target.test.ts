import { execFileSync } from 'node:child_process'
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { FileTarget } from '../../src/node/file-target.ts'
import { failureOf } from '../source-suite.ts'
import { targetSuite } from '../target-suite.ts'

const DATA = new TextEncoder().encode('new')
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isptar-target-'))
  path = join(folder, 'a.tgz')
})
afterEach(async () => rm(folder, { recursive: true }))

targetSuite({
  name: 'FileTarget',
  make: () => new FileTarget(path, { overwrite: true }),
  stored: async () => ((await readdir(folder)).includes('a.tgz') ? new Uint8Array(await readFile(path)) : undefined),
  leftovers: async () => (await readdir(folder)).filter((name) => name !== 'a.tgz'),
})

describe('FileTarget', () => {
  it('writes beside the file under a hidden name until it is committed', async () => {
    const target = new FileTarget(path)
    expect(await readdir(folder)).toEqual([])
    await target.write(DATA)
    expect(await readdir(folder)).toEqual([expect.stringMatching(/^\.a\.tgz\.[0-9a-f]{12}\.tmp$/)])
    await target.abort()
  })

  it('overwrites only when it may, and says so at the first write', async () => {
    await writeFile(path, 'old')
    const refused = new FileTarget(path)
    expect(await failureOf(refused.write(DATA))).toMatchObject({ kind: 'exists', location: path })
    await refused.abort()
    expect(await readdir(folder)).toEqual(['a.tgz'])
    const allowed = new FileTarget(path, { overwrite: true })
    await allowed.write(DATA)
    expect(await readFile(path, 'utf8')).toBe('old')
    await allowed.commit()
    expect(await readFile(path, 'utf8')).toBe('new')
  })

  it('does not overwrite what came into being meanwhile', async () => {
    const target = new FileTarget(path)
    await target.write(DATA)
    await writeFile(path, 'theirs')
    expect(await failureOf(target.commit())).toMatchObject({ kind: 'exists' })
    await target.abort()
    expect(await readFile(path, 'utf8')).toBe('theirs')
    expect(await readdir(folder)).toEqual(['a.tgz'])
  })

  it('replaces what a link leads to, and the link stays', async () => {
    const elsewhere = join(folder, 'elsewhere')
    await mkdir(elsewhere)
    await writeFile(join(elsewhere, 'x.tgz'), 'old')
    await symlink('elsewhere/x.tgz', path)
    const target = new FileTarget(path, { overwrite: true })
    await target.write(DATA)
    expect(await readdir(elsewhere)).toEqual([expect.stringMatching(/^\.x\.tgz\..*\.tmp$/), 'x.tgz'])
    await target.commit()
    expect(await readlink(path)).toBe('elsewhere/x.tgz')
    expect(await readFile(join(elsewhere, 'x.tgz'), 'utf8')).toBe('new')
    expect(await readdir(elsewhere)).toEqual(['x.tgz'])
  })

  it('takes a dangling link for an existing file and leaves it: what it leads to may not be mounted', async () => {
    await symlink('elsewhere', path)
    for (const overwrite of [false, true]) {
      const target = new FileTarget(path, { overwrite })
      expect(await failureOf(target.write(DATA))).toMatchObject({ kind: 'exists', location: path })
      await target.abort()
    }
    expect(await readlink(path)).toBe('elsewhere')
    expect(await readdir(folder)).toEqual(['a.tgz'])
  })

  it('takes over mode and owner of what it replaces, and shows the draft to nobody else', async () => {
    await writeFile(path, 'old')
    await chmod(path, 0o640)
    const isRoot = process.geteuid?.() === 0
    if (isRoot) await chown(path, 1234, 5678)
    const before = await stat(path)
    const target = new FileTarget(path, { overwrite: true })
    await target.write(DATA)
    const draft = (await readdir(folder)).find((name) => name.endsWith('.tmp')) ?? ''
    expect((await stat(join(folder, draft))).mode & 0o777).toBe(0o600)
    await target.commit()
    const { mode, uid, gid, ino } = await stat(path)
    expect({ mode, uid, gid }).toEqual({ mode: before.mode, uid: before.uid, gid: before.gid })
    expect(ino).not.toBe(before.ino)
  })

  it('never replaces what is no regular file', async () => {
    await mkdir(join(folder, 'dir'))
    execFileSync('mkfifo', [join(folder, 'fifo')])
    await symlink('/dev/null', join(folder, 'null'))
    for (const name of ['dir', 'fifo', 'null']) {
      const target = new FileTarget(join(folder, name), { overwrite: true })
      expect(await failureOf(target.write(DATA))).toMatchObject({ kind: 'exists' })
      await target.abort()
    }
    expect((await readdir(folder)).toSorted()).toEqual(['dir', 'fifo', 'null'])
  })

  it('gives the mode that was asked for, less the umask', async () => {
    const modeOf = async (file: string): Promise<number> => (await stat(file)).mode
    for (const mode of [undefined, 0o600, 0o640]) {
      const target = new FileTarget(path, { overwrite: true, mode })
      await target.write(DATA)
      await target.commit()
      const plain = join(folder, `plain-${mode}`)
      await writeFile(plain, DATA, { mode: mode ?? 0o666 })
      expect(await modeOf(path)).toBe(await modeOf(plain))
    }
  })

  it('makes the data durable before it has its name, and the name after', async () => {
    await writeFile(path, 'old')
    const handle = await open(path)
    const prototype = Object.getPrototypeOf(handle) as FileHandle
    await handle.close()
    const steps: string[] = []
    const sync = prototype.sync
    const spy = vi.spyOn(prototype, 'sync').mockImplementation(async function (this: FileHandle) {
      const what = (await this.stat()).isDirectory() ? 'folder' : 'file'
      steps.push(`${what}, then there is ${await readFile(path, 'utf8')}`)
      return sync.call(this)
    })
    try {
      const target = new FileTarget(path, { overwrite: true })
      await target.write(DATA)
      await target.commit()
    } finally {
      spy.mockRestore()
    }
    expect(steps).toEqual(['file, then there is old', 'folder, then there is new'])
  })

  it('says that the folder is missing', async () => {
    const target = new FileTarget(join(folder, 'no', 'a.tgz'))
    expect(await failureOf(target.write(DATA))).toMatchObject({ kind: 'not-found', operation: 'write' })
    await target.abort()
  })

  it('says that the disk is full, and then takes nothing but an abort', async ({ skip }) => {
    const disk = join(folder, 'disk')
    await mkdir(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' })
    } catch {
      skip('mounting a small disk needs root')
    }
    try {
      const target = new FileTarget(join(disk, 'a.tgz'))
      expect(await failureOf(target.write(new Uint8Array(1_000_000)))).toMatchObject({ kind: 'full' })
      expect(await failureOf(target.commit())).toMatchObject({ kind: 'closed' })
      await target.abort()
      expect(await readdir(disk)).toEqual([])
    } finally {
      execFileSync('umount', [disk])
    }
  })

  it('takes names as long as names may be', async () => {
    const long = join(folder, `${'é'.repeat(125)}.tgz`)
    const target = new FileTarget(long)
    await target.write(DATA)
    await target.commit()
    expect(await readFile(long, 'utf8')).toBe('new')
  })

  it('leaves nothing when it is aborted in the middle of a write', async () => {
    const target = new FileTarget(path)
    const writing = failureOf(target.write(new Uint8Array(10_000_000)))
    await target.abort()
    await writing
    expect(await readdir(folder)).toEqual([])
  })

  it.each(['', 'folder/', '/'])('takes %j for misuse', (bad) => {
    expect(() => new FileTarget(bad)).toThrow(TypeError)
  })
})
