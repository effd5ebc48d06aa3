import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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

  it('takes a dangling link for an existing file, and replaces the link when it may', async () => {
    await symlink('elsewhere', path)
    expect(await failureOf(new FileTarget(path).write(DATA))).toMatchObject({ kind: 'exists' })
    const target = new FileTarget(path, { overwrite: true })
    await target.write(DATA)
    await target.commit()
    expect(await readdir(folder)).toEqual(['a.tgz'])
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
