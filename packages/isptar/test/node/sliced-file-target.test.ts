import { chmod, link, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createArchive, type FinishedSlice, openArchive } from 'isptar'
import { openFile, packTree, SlicedFileTarget, type SlicedFileTargetOptions } from 'isptar/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sampleBytes } from '../gzip/samples.ts'
import { failureOf } from '../source-suite.ts'
import { targetSuite } from '../target-suite.ts'

const MIN = 4096
let folder: string
let path: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isptar-slices-'))
  path = join(folder, 'a.tgz')
})
afterEach(async () => rm(folder, { recursive: true }))

const files = async (): Promise<string[]> => (await readdir(folder)).sort()
const numbered = (count: number): string[] => Array.from({ length: count }, (_, k) => `a.tgz.part${k + 1}`)

async function write(sizeBytes: number, options: Partial<SlicedFileTargetOptions> = {}): Promise<SlicedFileTarget> {
  const target = new SlicedFileTarget(path, { sliceBytes: MIN, ...options })
  await target.write(sampleBytes(sizeBytes))
  await target.commit()
  return target
}

async function stored(): Promise<Uint8Array | undefined> {
  const names = await files()
  if (names.includes('a.tgz')) return new Uint8Array(await readFile(path))
  const count = names.filter((name) => /\.part\d+$/.test(name)).length
  if (count === 0) return undefined
  return new Uint8Array(Buffer.concat(await Promise.all(numbered(count).map((name) => readFile(join(folder, name))))))
}

targetSuite({
  name: 'SlicedFileTarget with room for all',
  make: () => new SlicedFileTarget(path, { sliceBytes: 1 << 21, overwrite: true }),
  stored,
  leftovers: async () => (await files()).filter((name) => name !== 'a.tgz'),
  cleanUp: async () => {
    for (const name of await files()) await rm(join(folder, name))
  },
})

describe('SlicedFileTarget', () => {
  it('calls what fits in one slice by the name alone, else numbers the slices', async () => {
    await write(MIN)
    expect(await files()).toEqual(['a.tgz'])
    await rm(path)
    await write(MIN + 1)
    expect(await files()).toEqual(numbered(2))
    expect(await stored()).toEqual(new Uint8Array(sampleBytes(MIN + 1)))
  })

  it('shows a slice only when it is whole', async () => {
    const target = new SlicedFileTarget(path, { sliceBytes: MIN })
    await target.write(new Uint8Array(MIN))
    expect(await files()).toEqual([expect.stringMatching(/^\.a\.tgz\.part1\.[0-9a-f]{12}\.tmp$/)])
    await target.write(new Uint8Array(1))
    expect(await files()).toEqual([expect.stringMatching(/^\.a\.tgz\.part2\./), 'a.tgz.part1'])
    await target.abort()
    expect(await files()).toEqual(['a.tgz.part1'])
  })

  it('needs room for two slices at a time when they are moved away', async () => {
    const elsewhere: Uint8Array[] = []
    const most: number[] = []
    const onSlice = async ({ name, isLast }: FinishedSlice): Promise<void> => {
      most.push((await files()).length)
      elsewhere.push(await readFile(name))
      await rm(name)
      if (isLast) expect(await files()).toEqual([])
    }
    await write(10 * MIN + 5, { onSlice })
    expect(Math.max(...most)).toBe(1)
    expect(Buffer.concat(elsewhere).equals(sampleBytes(10 * MIN + 5))).toBe(true)
  })

  it('tells the paths, and the plain one of a single slice', async () => {
    const told: FinishedSlice[] = []
    await write(MIN + 1, { onSlice: (slice) => void told.push(slice) })
    expect(told.map(({ name, isLast }) => [name, isLast])).toEqual([
      [`${path}.part1`, false],
      [`${path}.part2`, true],
    ])
    for (const name of await files()) await rm(join(folder, name))
    await write(1, { onSlice: (slice) => void told.push(slice) })
    expect(told.at(-1)).toMatchObject({ name: path, slice: 1, isLast: true, sizeBytes: 1 })
  })

  it.each(['a.tgz', 'a.tgz.part1', 'a.tgz.part7'])('refuses to touch %s unless it may', async (name) => {
    await writeFile(join(folder, name), 'old')
    const target = new SlicedFileTarget(path, { sliceBytes: MIN })
    expect(await failureOf(target.write(new Uint8Array(1)))).toMatchObject({
      kind: 'exists',
      location: join(folder, name),
    })
    await target.abort()
    expect(await files()).toEqual([name])
  })

  it('keeps an older archive of one file until the last slice is there', async () => {
    await writeFile(path, 'old')
    const seen: boolean[] = []
    await write(3 * MIN, { overwrite: true, onSlice: async () => void seen.push((await files()).includes('a.tgz')) })
    expect(seen).toEqual([true, true, false])
    expect(await files()).toEqual(numbered(3))
  })

  it('never has old and new slices side by side', async () => {
    for (const name of numbered(5)) await writeFile(join(folder, name), 'old')
    const target = new SlicedFileTarget(path, { sliceBytes: MIN, overwrite: true })
    await target.write(new Uint8Array(MIN))
    expect(await files()).toEqual([expect.stringMatching(/^\.a/), ...numbered(5)])
    await target.write(new Uint8Array(1))
    expect(await files()).toEqual([expect.stringMatching(/^\.a/), 'a.tgz.part1'])
    expect((await stat(`${path}.part1`)).size).toBe(MIN)
    await target.commit()
    expect(await files()).toEqual(numbered(2))
  })

  it('replaces slices by one file when all fits', async () => {
    for (const name of numbered(3)) await writeFile(join(folder, name), 'old')
    await write(5, { overwrite: true })
    expect(await files()).toEqual(['a.tgz'])
  })

  it('leaves other names alone', async () => {
    const others = ['a.tgz.part', 'a.tgz.part01', 'a.tgz.parts', 'b.tgz.part1']
    for (const name of others) await writeFile(join(folder, name), 'other')
    await write(MIN + 1, { overwrite: true })
    expect(await files()).toEqual([...others, ...numbered(2)].sort())
  })

  it.each(['a.tgz', 'a.tgz.part2'])('replaces no link at %s', async (name) => {
    await writeFile(join(folder, 'x'), 'theirs')
    await symlink('x', join(folder, name))
    const target = new SlicedFileTarget(path, { sliceBytes: MIN, overwrite: true })
    expect(await failureOf(target.write(new Uint8Array(1)))).toMatchObject({ kind: 'exists' })
    expect(await readFile(join(folder, 'x'), 'utf8')).toBe('theirs')
  })

  it('does not leave an archive beside its slices when one came into being meanwhile', async () => {
    const target = new SlicedFileTarget(path, { sliceBytes: MIN })
    await target.write(new Uint8Array(2 * MIN))
    await writeFile(path, 'theirs')
    expect(await failureOf(target.commit())).toMatchObject({
      kind: 'exists',
      message: expect.stringContaining('; slice 1 is whole'),
    })
    await target.abort()
    expect(await files()).toEqual(['a.tgz', 'a.tgz.part1'])
    expect(await readFile(path, 'utf8')).toBe('theirs')
  })

  it('gives all slices the rights of what they replace', async () => {
    await writeFile(path, 'old')
    await chmod(path, 0o640)
    await write(3 * MIN, { overwrite: true, onSlice: async ({ slice, name }) => (slice === 1 ? rm(name) : undefined) })
    for (const name of await files()) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o640)
  })

  it.each(['', 'dir/'])('takes the path %j for misuse', (wrong) => {
    expect(() => new SlicedFileTarget(wrong, { sliceBytes: MIN })).toThrow(TypeError)
  })

  it('knows its own files, and not those that get their numbers later', async () => {
    await writeFile(`${path}.part9`, 'old')
    const target = new SlicedFileTarget(path, { sliceBytes: MIN, overwrite: true })
    await target.write(new Uint8Array(MIN + 1))
    const identity = async (name: string) => stat(join(folder, name), { bigint: true })
    for (const name of await files()) expect(target.isOwnFile(await identity(name))).toBe(true)
    const slice = await identity('a.tgz.part1')
    await link(`${path}.part1`, join(folder, 'kept'))
    expect(target.isOwnFile(slice)).toBe(true)
    await rm(`${path}.part1`)
    await rename(join(folder, 'kept'), join(folder, 'other'))
    expect(target.isOwnFile(slice)).toBe(false)
    await target.abort()
  })

  it('packs a folder into slices in that very folder, and leaves those out', async () => {
    for (let k = 0; k < 20; k += 1) await writeFile(join(folder, `f${k}`), sampleBytes(3000 + k))
    await writeFile(`${path}.part30`, 'of an older archive')
    const target = new SlicedFileTarget(path, { sliceBytes: MIN, overwrite: true })
    const { ok } = await packTree('.', target, { cwd: folder, level: 0 })
    expect(ok).toBe(true)
    const archive = await openArchive(await openFile(path))
    const names: string[] = []
    for await (const entry of archive.entries()) names.push(entry.path)
    expect(names.sort()).toEqual(Array.from({ length: 20 }, (_, k) => `f${k}`).sort())
    expect((await archive.verify()).ok).toBe(true)
    await archive.close()
    expect((await files()).length).toBe(20 + target.finishedSlices)
  })

  it('is aborted by the writer with its slices kept', async () => {
    const writer = createArchive(new SlicedFileTarget(path, { sliceBytes: MIN }), { level: 0 })
    await writer.add({ path: 'x', mtime: new Date(0) }, sampleBytes(600_000))
    await writer.abort()
    expect((await files()).every((name) => /^a\.tgz\.part\d+$/.test(name))).toBe(true)
  })
})
