import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { FinishedSlice } from 'isptar'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ResumeScene } from './resume-support.ts'

let scene: ResumeScene

beforeEach(() => {
  scene = new ResumeScene()
})
afterEach(() => scene.remove())

describe('packTree with resume after a crash', () => {
  it.each([
    [30_000, 150_000, false],
    [30_000, 150_000, true],
    [8000, 30_000, false],
    [300_000, 1_300_000, false],
  ])(
    'goes on from whatever a crash leaves, slices of %i bytes, file of %i, slices moved away: %o',
    async (sliceBytes, bigBytes, moves) => {
      const out = join(scene.folder, 'out')
      const away = (name = ''): string => join(out, 'away', name)
      const onSlice = ({ name, slice }: FinishedSlice): void => {
        if (!moves) return
        mkdirSync(away(), { recursive: true })
        renameSync(name, away(`a.tgz.part${slice}`))
      }
      const bringBack = (): void => {
        if (!existsSync(away())) return
        for (const name of readdirSync(away())) renameSync(away(name), join(out, name))
        rmSync(away(), { recursive: true })
      }
      scene.plantTree(bigBytes)
      await scene.packAndCopy(sliceBytes, { onSlice })
      bringBack()
      const whole = await scene.check()
      expect(scene.differences()).toBe('')
      // All of them where there is time: ISPTAR_ALL_STEPS=1.
      const step = process.env['ISPTAR_ALL_STEPS'] === '1' ? 1 : Math.ceil(scene.copies.length / 8)
      const few = scene.copies.filter((_, k) => k % step === 0)
      expect(few.length).toBeGreaterThan(4)
      for (const copy of few) {
        scene.restore(copy)
        // The very last copies are of an archive that is whole already.
        const isWhole = !scene.files().includes('a.tgz.resume') && scene.files().length > 0
        if (!isWhole)
          expect(await scene.pack(sliceBytes, { resume: true, onSlice })).toMatchObject({ ok: true, notices: [] })
        bringBack()
        expect(await scene.check()).toEqual(whole)
      }
      expect(scene.differences()).toBe('')
    },
    120_000,
  )
})
