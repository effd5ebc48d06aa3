/** Crashes while a journal is written anew without what is of no use any more, and what they leave. */
import { existsSync, readFileSync, statSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { SlicedFileTarget, packTree } from 'isptar/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ResumeScene } from './resume-support.ts'

let scene: ResumeScene
let journal = ''
let rewrite = ''

beforeEach(() => {
  scene = new ResumeScene()
  journal = `${scene.archive}.resume`
  rewrite = `${journal}.new`
})
afterEach(() => scene.remove())

const SLICE = 20_000

/** Packs until the journal was written anew once, and copies every step of that. Slices that are of no interest stay. */
async function crashInRewrite(): Promise<void> {
  let before = 0
  let isOver = false
  const isOfUse = (): boolean => {
    const length = existsSync(journal) ? statSync(journal).size : 0
    // It becomes shorter once, by the renaming.
    const isReplaced = length < before
    isOver ||= isReplaced
    before = length
    return existsSync(rewrite) || isReplaced
  }
  const onSlice = (): void => {
    if (isOver) throw new Error('stop')
  }
  await expect(scene.packAndCopy(SLICE, { isOfUse, onSlice })).rejects.toThrow('stop')
}

/** Goes on, and says what is wrong with the outcome. */
async function goOn(): Promise<string> {
  const known = readFileSync(`${scene.archive}.part1`)
  const { ok, notices } = await scene.pack(SLICE, { resume: true })
  expect([ok, notices, readFileSync(`${scene.archive}.part1`).equals(known)]).toEqual([true, [], true])
  await scene.check()
  return scene.differences()
}

describe('a crash while the journal is written anew', () => {
  beforeEach(async () => {
    scene.plantTree(800_000)
    await crashInRewrite()
  })

  it('costs nothing, wherever it falls', async () => {
    // Around each record, and around the renaming.
    expect(scene.copies.length).toBeGreaterThan(6)
    const rewrites = new Set<number>()
    // All of them where there is time: ISPTAR_ALL_STEPS=1. The file is made at the first, the renaming is at the end.
    const isAll = process.env['ISPTAR_ALL_STEPS'] === '1'
    const few = isAll ? scene.copies : [...scene.copies.slice(0, 2), ...scene.copies.slice(-4)]
    for (const copy of few) {
      scene.restore(copy)
      rewrites.add(existsSync(rewrite) ? statSync(rewrite).size : -1)
      expect(await goOn()).toBe('')
    }
    expect(rewrites).toContain(0)
    expect(rewrites).toContain(-1)
  })

  it('may cut the new one anywhere, or leave zeros of it', async () => {
    const [, copy = ''] = scene.copies
    for (const length of [7, 40, 'zeros'] as const) {
      scene.restore(copy)
      if (length === 'zeros') writeFileSync(rewrite, Buffer.alloc(5000))
      else truncateSync(rewrite, length)
      expect(await goOn()).toBe('')
    }
  })

  it('leaves nothing to the next run, be that one resumed or begun anew, and fail itself', async () => {
    for (const resume of [true, false]) {
      scene.restore(scene.copies[0] ?? '')
      expect(scene.files()).toContain('a.tgz.resume.new')
      const onSlice = (): void => {
        expect(scene.files()).not.toContain('a.tgz.resume.new')
        throw new Error('stop')
      }
      const target = new SlicedFileTarget(scene.archive, { sliceBytes: SLICE, overwrite: true, onSlice })
      const options = { cwd: scene.tree, createdAt: new Date(0), seekBytes: 65_536, resume }
      await expect(packTree(['.'], target, options)).rejects.toThrow('stop')
      expect(scene.files()).toContain('a.tgz.resume')
      expect(scene.files()).not.toContain('a.tgz.resume.new')
    }
  })

  it('is no reason to remove what somebody else put there', async () => {
    scene.restore(scene.copies[0] ?? '')
    writeFileSync(rewrite, 'a letter')
    const refused = { kind: 'exists', location: rewrite }
    await expect(scene.pack(SLICE, { resume: true })).rejects.toMatchObject(refused)
    expect(readFileSync(rewrite, 'utf8')).toBe('a letter')
  })
})

it('a link at that place is not followed', async () => {
  scene.plantTree(50_000)
  const victim = `${scene.folder}/victim`
  writeFileSync(victim, '')
  symlinkSync(victim, rewrite)
  await expect(scene.pack(SLICE)).rejects.toMatchObject({ kind: 'exists', location: rewrite })
  expect(existsSync(victim)).toBe(true)
})
