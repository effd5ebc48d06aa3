import { mkdtemp, readdir, readlink, rename, rm, unlink, utimes, writeFile } from 'node:fs/promises'
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ByteSource } from '../../src/io/byte-source.ts'
import { FilePool } from '../../src/node/file-pool.ts'
import { collect, failureOf, sourceSuite } from '../source-suite.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isptar-pool-'))
})
afterEach(async () => rm(folder, { recursive: true }))

async function openIn(pool: FilePool, path: string): Promise<ByteSource> {
  const { size, mtimeNs } = await stat(path, { bigint: true })
  return pool.open(path, { sizeBytes: Number(size), mtimeNs })
}

/** Makes files of three bytes, each its number. */
async function makeFiles(pool: FilePool, count: number): Promise<readonly ByteSource[]> {
  const paths = Array.from({ length: count }, (_, index) => join(folder, `${index}`))
  await Promise.all(paths.map(async (path, index) => writeFile(path, new Uint8Array(3).fill(index))))
  return Promise.all(paths.map(async (path) => openIn(pool, path)))
}

/** Files of the folder that this process holds open; where the system tells. */
async function openFiles(): Promise<readonly string[]> {
  const descriptors = await readdir('/proc/self/fd')
  const targets = await Promise.all(descriptors.map(async (fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
  return targets.filter((target) => target.startsWith(`${folder}/`)).map((target) => target.slice(folder.length + 1))
}

let rival: ByteSource | undefined
sourceSuite({
  name: 'FilePool of one file at once',
  open: async (bytes) => {
    const pool = new FilePool(1)
    await writeFile(join(folder, 'a'), bytes)
    await writeFile(join(folder, 'rival'), 'x')
    rival = await openIn(pool, join(folder, 'rival'))
    return openIn(pool, join(folder, 'a'))
  },
  change: async (bytes) => {
    // The file is closed for the other and opened anew: the change must show all the same.
    await rival?.read(0, 1)
    await writeFile(join(folder, 'a'), bytes)
  },
  cleanUp: async () => rival?.close(),
})

describe.runIf(process.platform === 'linux')('descriptors', () => {
  it('are as many as the pool allows; the file whose last use is longest ago is closed first', async () => {
    const files = await makeFiles(new FilePool(2), 4)
    for (const index of [0, 1, 0, 2]) await files[index]?.read(0, 1)
    expect((await openFiles()).toSorted()).toEqual(['0', '2'])
    for (const [index, file] of files.entries()) expect(await file.read(1, 1)).toEqual(Uint8Array.of(index))
    expect((await openFiles()).toSorted()).toEqual(['2', '3'])
    await Promise.all(files.map(async (file) => file.close()))
    expect(await openFiles()).toEqual([])
  })

  it('are sixteen unless said otherwise', async () => {
    const files = await makeFiles(new FilePool(), 20)
    for (const file of files) await file.readTail(1)
    expect((await openFiles()).length).toBe(16)
    await Promise.all(files.map(async (file) => file.close()))
  })

  it('are more while more files are read, and fewer again afterwards', async () => {
    const files = await makeFiles(new FilePool(2), 5)
    const streams = files.slice(0, 4).map((file) => file.stream(0, 3)[Symbol.asyncIterator]())
    for (const [index, stream] of streams.entries())
      expect(await stream.next()).toEqual({ done: false, value: new Uint8Array(3).fill(index) })
    expect((await openFiles()).length).toBe(4)
    for (const stream of streams) await stream.return?.()
    await files[4]?.read(0, 1)
    expect((await openFiles()).length).toBe(2)
    await Promise.all(files.map(async (file) => file.close()))
  })

  it('stay two when many read at random', async () => {
    const files = await makeFiles(new FilePool(2), 6)
    const reads = Array.from({ length: 60 }, async (_, turn) => {
      const index = (turn * 7) % files.length
      const file = files[index]
      const bytes = turn % 2 === 0 ? await file?.read(0, 3) : file && (await collect(file.stream(0, 3)))
      expect(bytes).toEqual(new Uint8Array(3).fill(index))
    })
    await Promise.all(reads)
    await files[0]?.read(0, 1)
    expect((await openFiles()).length).toBeLessThanOrEqual(2)
    await Promise.all(files.map(async (file) => file.close()))
    expect(await openFiles()).toEqual([])
  })
})

describe('a file that was closed for others', () => {
  it('must be the same when it is opened again', async () => {
    const [first, second] = await makeFiles(new FilePool(1), 2)
    await first?.read(0, 1)
    await second?.read(0, 1)
    await writeFile(join(folder, 'new'), new Uint8Array(3))
    await utimes(join(folder, 'new'), 1, 1)
    await rename(join(folder, 'new'), join(folder, '0'))
    const error = await failureOf(first?.read(0, 1) ?? Promise.resolve())
    expect(error).toMatchObject({ kind: 'changed', operation: 'open', location: join(folder, '0') })
  })

  it('must still be there', async () => {
    const [first] = await makeFiles(new FilePool(1), 1)
    await unlink(join(folder, '0'))
    expect(await failureOf(first?.read(0, 1) ?? Promise.resolve())).toMatchObject({ kind: 'not-found' })
  })

  it('is not opened again once it was closed for good', async () => {
    const [first, second] = await makeFiles(new FilePool(1), 2)
    await first?.close()
    expect(await failureOf(first?.read(0, 1) ?? Promise.resolve())).toMatchObject({ kind: 'closed' })
    expect(await second?.read(0, 1)).toEqual(Uint8Array.of(1))
    expect(await failureOf(first?.read(0, 1) ?? Promise.resolve())).toMatchObject({ kind: 'closed' })
    await second?.close()
  })
})
