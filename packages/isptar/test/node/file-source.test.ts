import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FileSource } from '../../src/node/file-source.ts'
import { failureOf, failuresOf, sourceSuite } from '../source-suite.ts'

let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isptar-source-'))
  path = join(folder, 'a.tgz')
})
afterEach(async () => rm(folder, { recursive: true }))

sourceSuite({
  name: 'FileSource',
  open: async (bytes) => {
    await writeFile(path, bytes)
    return new FileSource(path)
  },
  change: async (bytes) => writeFile(path, bytes),
})

describe('FileSource', () => {
  it('notices a change that keeps the size', async () => {
    await writeFile(path, 'abc')
    const source = new FileSource(path)
    await source.readTail(1)
    await writeFile(path, 'abd')
    await utimes(path, 1, 1)
    expect(await failureOf(source.read(0, 3))).toMatchObject({ kind: 'changed', location: path })
    await source.close()
  })

  it('reads on in the file that it opened when another takes its name', async () => {
    await writeFile(path, 'old')
    await writeFile(join(folder, 'b'), 'new')
    const source = new FileSource(path)
    await source.readTail(0)
    await rename(join(folder, 'b'), path)
    expect(Buffer.from(await source.read(0, 3)).toString()).toBe('old')
    await source.close()
  })

  it('says what is missing, and reads it once it is there', async () => {
    const source = new FileSource(path)
    const error = await failureOf(source.readTail(1))
    expect(error).toMatchObject({ kind: 'not-found', operation: 'open', location: path })
    expect(String(error)).toContain(`cannot open ${path}: no such file or folder (ENOENT)`)
    await writeFile(path, 'abc')
    expect((await source.readTail(1)).sizeBytes).toBe(3)
    await source.close()
  })

  it('refuses what is no regular file, without waiting for a writer of a FIFO', async () => {
    await mkdir(join(folder, 'dir'))
    execFileSync('mkfifo', [join(folder, 'fifo')])
    await symlink('fifo', join(folder, 'link'))
    for (const name of ['dir', 'fifo', 'link']) {
      expect(await failureOf(new FileSource(join(folder, name)).readTail(1))).toMatchObject({ kind: 'other' })
    }
  })

  it('gives nothing after it was closed', async () => {
    await writeFile(path, 'abc')
    const source = new FileSource(path)
    await source.readTail(1)
    await source.close()
    for (const error of await failuresOf(source.readTail(1), source.read(0, 1))) {
      expect(error).toMatchObject({ kind: 'closed' })
    }
  })
})
