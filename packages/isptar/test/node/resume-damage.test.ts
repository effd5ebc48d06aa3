/** What lies where a journal is kept, journals that are damaged, and runs that began elsewhere. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { type FinishedSlice, openArchive } from 'isptar'
import { openFile, packTree, SlicedFileTarget } from 'isptar/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { draftPrefix } from '../../src/node/file-target.ts'
import { noise, ResumeScene } from './resume-support.ts'

let scene: ResumeScene
let journal = ''

beforeEach(() => {
  scene = new ResumeScene()
  journal = `${scene.archive}.resume`
})
afterEach(() => scene.remove())

/** Fails at a slice, which is then whole but not handed over. */
const stopAt =
  (last: number) =>
  ({ slice }: FinishedSlice): void => {
    if (slice === last) throw new Error('stop')
  }

describe('a journal that is none', () => {
  it.each([{ resume: true }, { resume: false }])('is not replaced, %o', async ({ resume }) => {
    scene.plantTree(50_000)
    writeFileSync(journal, 'the course of my life\n')
    for (const overwrite of [false, true]) {
      const target = new SlicedFileTarget(scene.archive, { sliceBytes: 30_000, overwrite })
      await expect(packTree(scene.tree, target, { resume })).rejects.toMatchObject({
        kind: 'exists',
        location: journal,
      })
    }
    expect(readFileSync(journal, 'utf8')).toBe('the course of my life\n')
    expect(scene.files()).toEqual(['a.tgz.resume'])
  })

  it('is not written through when it is a link', async () => {
    scene.plantTree(50_000)
    const victim = join(scene.folder, 'victim')
    for (const text of ['precious', '']) {
      writeFileSync(victim, text)
      symlinkSync(victim, journal)
      await expect(scene.pack(30_000, { resume: true })).rejects.toMatchObject({ kind: 'exists' })
      expect(readFileSync(victim, 'utf8')).toBe(text)
      rmSync(journal)
    }
  })
})

it('no bit of a journal can change what comes out', async () => {
  scene.plantTree(100_000)
  const options = { digest: 'none' } as const
  await expect(scene.pack(30_000, { ...options, onSlice: stopAt(3) })).rejects.toThrow('stop')
  const saved = join(scene.folder, 'saved')
  renameSync(join(scene.folder, 'out'), saved)
  mkdirSync(join(scene.folder, 'out'))
  const bytes = readFileSync(join(saved, basename(journal)))
  const first = bytes.indexOf('{"kind":"save"')
  const line = bytes.indexOf('\n', first)
  // Numbers of the line, a name of the listing, and held bytes.
  const places = [bytes.indexOf('"offset', first) + 11, bytes.indexOf('dataBytes', first) + 13, line + 3, line + 2000]
  for (const place of places) {
    scene.restore(saved)
    const bad = Buffer.from(bytes)
    bad[place] = (bad[place] ?? 0) ^ 1
    writeFileSync(journal, bad)
    // The damaged record is the first: all begins anew, over slices that were whole.
    await expect(scene.pack(30_000, { ...options, resume: true })).resolves.toMatchObject({ ok: true })
    await scene.check()
    expect(scene.differences()).toBe('')
  }
})

it('a journal does not grow with the archive, and goes on after it shrank', async () => {
  scene.plantTree(3_000_000)
  const away = join(scene.folder, 'away')
  mkdirSync(away)
  let longest = 0
  const onSlice = ({ name, slice, isLast }: FinishedSlice): void => {
    if (existsSync(journal)) longest = Math.max(longest, statSync(journal).size)
    renameSync(name, join(away, basename(name)))
    if (slice % 40 === 0 && !isLast) throw new Error('stop')
  }
  for (let runs = 0; runs < 2; runs += 1)
    await expect(scene.pack(20_000, { onSlice, resume: true })).rejects.toThrow('stop')
  const { problems } = await scene.pack(20_000, {
    onSlice: ({ name }) => renameSync(name, join(away, basename(name))),
    resume: true,
  })
  expect(problems).toEqual([])
  expect(longest).toBeLessThan(800_000)
  expect(scene.files()).toEqual([])
  rmSync(join(scene.folder, 'out'), { recursive: true })
  renameSync(away, join(scene.folder, 'out'))
  await scene.check()
  expect(scene.differences()).toBe('')
})

it('tells of a slice by the path of this run', async () => {
  scene.plantTree(150_000)
  const before = process.cwd()
  const out = join(scene.folder, 'out')
  const told: string[] = []
  const tell = (last: number) => (slice: FinishedSlice) => {
    stopAt(last)(slice)
    told.push(slice.name)
  }
  const pack = (path: string, last: number): Promise<unknown> =>
    packTree('.', new SlicedFileTarget(path, { sliceBytes: 30_000, onSlice: tell(last) }), {
      cwd: scene.tree,
      resume: true,
    })
  try {
    process.chdir(scene.folder)
    await expect(pack(join('out', 'a.tgz'), 3)).rejects.toThrow('stop')
    process.chdir(out)
    await pack('a.tgz', 0)
  } finally {
    process.chdir(before)
  }
  expect(told.slice(0, 4)).toEqual(['out/a.tgz.part1', 'out/a.tgz.part2', 'a.tgz.part3', 'a.tgz.part4'])
  expect(scene.differences()).toBe('')
})

it('is of another folder when a relative one leads elsewhere', async () => {
  const before = process.cwd()
  const pack = (onSlice?: (slice: FinishedSlice) => void): Promise<unknown> =>
    packTree('.', new SlicedFileTarget(scene.archive, { sliceBytes: 30_000, onSlice }), { cwd: 'site', resume: true })
  try {
    for (const folder of ['one', 'two']) {
      mkdirSync(join(scene.folder, folder, 'site'), { recursive: true })
      writeFileSync(join(scene.folder, folder, 'site', 'x'), noise(200_000, folder))
      process.chdir(join(scene.folder, folder))
      if (folder === 'one') await expect(pack(stopAt(2))).rejects.toThrow('stop')
      else await expect(pack()).rejects.toMatchObject({ kind: 'exists', message: expect.stringContaining('folder') })
    }
  } finally {
    process.chdir(before)
  }
})

it('leaves nothing out when the open file was the last of its root, is gone, and the next run stops too', async () => {
  mkdirSync(scene.at('z'))
  mkdirSync(scene.at('a'))
  scene.plant('z/big', noise(200_000, 'big'))
  for (let k = 10; k < 30; k += 1) scene.plant(`a/${k}`, noise(12_000, `a${k}`))
  const roots = ['z', 'a']
  await expect(scene.pack(30_000, { roots, onSlice: stopAt(3) })).rejects.toThrow('stop')
  rmSync(scene.at('z/big'))
  await expect(scene.pack(30_000, { roots, resume: true, onSlice: stopAt(9) })).rejects.toThrow('stop')
  const { notices } = await scene.pack(30_000, { roots, resume: true })
  expect(notices).toEqual([])
  expect((await scene.check()).filter((line) => line.startsWith('a/'))).toHaveLength(20)
})

it('removes no draft that another archive of a long name may be writing', async () => {
  // Not so long that the third slice is kept whole when the run stops.
  scene.plantTree(10_000)
  const long = join(scene.folder, 'out', 'n'.repeat(150))
  const draft = (path: string): string => join(scene.folder, 'out', `${draftPrefix(path)}0123456789ab.tmp`)
  const pack = (path: string, resume: boolean, last: number): Promise<unknown> => {
    const target = new SlicedFileTarget(path, { sliceBytes: 30_000, onSlice: stopAt(last) })
    return packTree(scene.tree, target, { resume })
  }
  for (const [path, goes] of [
    [`${long}a`, false],
    [join(scene.folder, 'out', 'n'.repeat(60)), true],
  ] as const) {
    await expect(pack(path, false, 2)).rejects.toThrow('stop')
    writeFileSync(draft(`${path}.part3`), '')
    await pack(path, true, 0)
    expect(existsSync(draft(`${path}.part3`))).toBe(!goes)
    const archive = await openArchive(await openFile(path))
    expect((await archive.verify()).problems).toEqual([])
    await archive.close()
  }
  expect(draftPrefix(`${'n'.repeat(60)}a.part1`)).not.toBe(draftPrefix(`${'n'.repeat(60)}b.part1`))
})
