/** Slices of an earlier run that are not what they were, or away, and runs of which one tells nobody of slices. */
import { appendFileSync, mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { FinishedSlice } from 'isptar'
import { packTree, SlicedFileTarget } from 'isptar/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ResumeScene } from './resume-support.ts'

let scene: ResumeScene

beforeEach(() => {
  scene = new ResumeScene()
  scene.plantTree(150_000)
})
afterEach(() => scene.remove())

const SLICE = 30_000
const part = (slice: number): string => `${scene.archive}.part${slice}`

/** Stops a run when slice 3 is stored; it tells somebody, or only seems to. */
async function stop(handsOver: boolean, resume = false, last = 3): Promise<void> {
  const onSlice = ({ slice }: FinishedSlice): void => {
    if (slice === last) throw new Error('stop')
  }
  const target = new SlicedFileTarget(scene.archive, { sliceBytes: SLICE, onSlice, handsOver })
  await expect(packTree(['.'], target, { ...SAME, cwd: scene.tree, resume })).rejects.toThrow('stop')
}

const SAME = { createdAt: new Date(0), seekBytes: 65_536 }

describe('a slice that is beside the archive', () => {
  it.each([
    [1, SLICE - 1],
    [2, 0],
    [2, SLICE + 1],
  ])('must have its length: slice %i has %i bytes', async (slice, length) => {
    await stop(true)
    const whole = readFileSync(part(slice))
    if (length < SLICE) truncateSync(part(slice), length)
    else appendFileSync(part(slice), 'x')
    const files = scene.files()
    const failure = {
      code: 'integrity',
      expected: SLICE,
      actual: length,
      message: expect.stringContaining(`a.tgz.part${slice}: it has ${length} bytes, not the ${SLICE}`),
    }
    await expect(scene.pack(SLICE, { resume: true })).rejects.toMatchObject(failure)
    expect(scene.files()).toEqual(files)
    rmSync(part(slice))
    writeFileSync(part(slice), whole)
    expect(await scene.pack(SLICE, { resume: true })).toMatchObject({ ok: true, notices: [] })
    expect(scene.differences()).toBe('')
  })

  it('may be shorter than others at the end', async () => {
    // The last slice but one may end early, and the run stop before its last.
    await scene.pack(SLICE)
    const count = scene.files().length
    for (const name of scene.files()) rmSync(join(scene.folder, 'out', name))
    for (const last of [count - 1, count - 2]) {
      await stop(true, false, last)
      expect(await scene.pack(SLICE, { resume: true })).toMatchObject({ ok: true })
      expect(scene.differences()).toBe('')
      for (const name of scene.files()) rmSync(join(scene.folder, 'out', name))
    }
  })
})

describe('a slice that is away', () => {
  it('was moved by who was told of it', async () => {
    await stop(true)
    const away = join(scene.folder, 'away')
    mkdirSync(away)
    for (const slice of [1, 3]) renameSync(part(slice), join(away, basename(part(slice))))
    expect(await scene.pack(SLICE, { resume: true })).toMatchObject({ ok: true, notices: [] })
    for (const slice of [1, 3]) renameSync(join(away, basename(part(slice))), part(slice))
    await scene.check()
    expect(scene.differences()).toBe('')
  })

  it('is missing when nobody can have been told', async () => {
    await stop(false, false, 2)
    const bytes = join(scene.folder, 'kept')
    renameSync(part(2), bytes)
    await expect(scene.pack(SLICE, { resume: true })).rejects.toMatchObject({
      kind: 'not-found',
      location: part(2),
      message: expect.stringContaining('handed over to nobody'),
    })
    renameSync(bytes, part(2))
    expect(await scene.pack(SLICE, { resume: true })).toMatchObject({ ok: true })
    expect(scene.differences()).toBe('')
  })

  it('is told of when it was done with, and may have been moved by hand', async () => {
    await stop(false)
    const bytes = join(scene.folder, 'kept')
    renameSync(part(2), bytes)
    const { notices } = await scene.pack(SLICE, { resume: true })
    expect(notices).toEqual([expect.stringMatching(/a\.tgz\.part2 is not beside the archive/)])
    renameSync(bytes, part(2))
    await scene.check()
  })
})

describe('who is told only after a resume', () => {
  it('learns what it was not told of', async () => {
    await stop(false)
    const told: number[] = []
    const { notices } = await scene.pack(SLICE, { resume: true, onSlice: ({ slice }) => void told.push(slice) })
    expect(notices).toEqual(['an earlier run had nobody to tell of slices up to 2, which are not told of now'])
    expect(told.slice(0, 2)).toEqual([3, 4])
  })

  it('learns it also after a run that told, and one more', async () => {
    await stop(false)
    await stop(true, true, 4)
    const { notices } = await scene.pack(SLICE, { resume: true, onSlice: () => undefined })
    expect(notices).toEqual([expect.stringContaining('slices up to 2,')])
  })

  it.each([true, false])('learns nothing where there is nothing to learn: %o', async (handsOver) => {
    await stop(handsOver)
    const onSlice = { onSlice: (): void => undefined }
    expect(await scene.pack(SLICE, { resume: true, ...(handsOver && onSlice) })).toMatchObject({
      ok: true,
      notices: [],
    })
  })
})
