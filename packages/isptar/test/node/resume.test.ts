import { createHash } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openArchive } from 'isptar'
import { FileTarget, openFile, packTree } from 'isptar/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { failureOf } from '../source-suite.ts'
import { noise, ResumeScene } from './resume-support.ts'

let scene: ResumeScene

beforeEach(() => {
  scene = new ResumeScene()
})
afterEach(() => scene.remove())

const at = (path: string): string => join(scene.tree, path)

const plant = (path: string, bytes: Uint8Array | string): void => scene.plant(path, bytes)
const plantTree = (bigBytes: number): void => scene.plantTree(bigBytes)

describe('packTree with resume', () => {
  it('goes on again and again', async () => {
    plantTree(150_000)
    await scene.pack(30_000)
    const whole = await scene.check()
    for (const name of scene.files()) rmSync(join(scene.folder, 'out', name))
    const stop = ({ isLast }: { isLast: boolean }): void => {
      if (!isLast) throw new Error('stop')
    }
    let runs = 1
    for (let done = false; !done; runs += 1) {
      let told = 0
      const failure = await failureOf(
        scene.pack(30_000, { resume: true, onSlice: (slice) => ((told += 1) === 1 ? undefined : stop(slice)) }),
      )
      if (failure) expect(failure).toMatchObject({ operation: 'hand over' })
      done = failure === undefined
    }
    expect(runs).toBeGreaterThan(5)
    expect(await scene.check()).toEqual(whole)
    expect(scene.differences()).toBe('')
  })

  it('tells of each slice at least once, also when it takes them away', async () => {
    plantTree(150_000)
    const away = join(scene.folder, 'away')
    mkdirSync(away)
    let stopAt = 3
    const onSlice = ({ name, slice }: { name: string; slice: number }): void => {
      if (slice === stopAt) throw new Error('the disk was pulled')
      renameSync(name, join(away, `a.tgz.part${slice}`))
    }
    expect(await failureOf(scene.pack(30_000, { onSlice }))).toMatchObject({
      message: expect.stringContaining('slices 1 to 3 are whole'),
    })
    stopAt = 0
    const { summary } = await scene.pack(30_000, { onSlice, resume: true })
    expect(scene.files()).toEqual([])
    for (let slice = 1; slice <= Math.ceil(summary.sizeBytes / 30_000); slice += 1)
      renameSync(join(away, `a.tgz.part${slice}`), `${scene.archive}.part${slice}`)
    expect(await scene.check()).toHaveLength(28)
    expect(scene.differences()).toBe('')
  })

  it('begins anew where there is nothing to go on with', async () => {
    plantTree(50_000)
    expect((await scene.pack(30_000, { resume: true })).ok).toBe(true)
    expect(scene.differences()).toBe('')
    expect(await failureOf(scene.pack(30_000, { resume: true }))).toMatchObject({ kind: 'exists' })
  })

  it('refuses another run than the first, and to begin beside what is not finished', async () => {
    plantTree(150_000)
    await stopAfter(2)
    for (const [options, sliceBytes, what] of [
      [{ roots: ['a', 'b'] }, 30_000, 'roots'],
      [{ exclude: ['d/'] }, 30_000, 'exclude'],
      [{ level: 1 }, 30_000, 'level'],
      [{}, 40_000, 'slice size'],
    ] as const) {
      const failure = await failureOf(scene.pack(sliceBytes, { ...options, resume: true }))
      expect(failure).toMatchObject({ kind: 'exists', message: expect.stringContaining(`another value of "${what}"`) })
    }
    expect(await failureOf(scene.pack(30_000))).toMatchObject({ location: `${scene.archive}.resume` })
    expect((await scene.pack(30_000, { resume: true })).ok).toBe(true)
    expect(scene.differences()).toBe('')
  })

  it('cannot go on with other targets', async () => {
    const { MemoryTarget } = await import('isptar')
    plant('x', 'x')
    expect(await failureOf(packTree(scene.tree, new MemoryTarget(), { resume: true }))).toBeInstanceOf(TypeError)
  })

  it('cannot go on where no journal is kept, and keeps none', async () => {
    plant('big', noise(60_000, 'big'))
    const seen: string[] = []
    const onSlice = (): void => void seen.push(...scene.files())
    expect(await failureOf(scene.pack(30_000, { resume: true, journal: false }))).toBeInstanceOf(TypeError)
    expect((await scene.pack(30_000, { journal: false, onSlice })).ok).toBe(true)
    expect(seen).toContain('a.tgz.part1')
    expect(seen).not.toContain('a.tgz.resume')
    expect(scene.differences()).toBe('')
  })

  /** Packs until some slices were told of, inside b/big or later. */
  async function stopAfter(slices: number, roots?: readonly string[]): Promise<void> {
    const failure = await failureOf(
      scene.pack(30_000, {
        ...(roots && { roots }),
        onSlice: ({ slice }) => {
          if (slice === slices) throw new Error('stop')
        },
      }),
    )
    expect(failure).toMatchObject({ operation: 'hand over' })
  }

  describe('what changed meanwhile', () => {
    /** The file of which a part is stored when slice 3 was finished. */
    const big = (entries: readonly string[]): string | undefined => entries.find((line) => line.startsWith('b/big '))

    beforeEach(async () => {
      plantTree(150_000)
      await stopAfter(3)
    })

    it('takes the rest of an unchanged file for what it is', async () => {
      await scene.pack(30_000, { resume: true })
      expect(big(await scene.check())).toBe(
        `b/big file 150000  ${createHash('sha256').update(noise(150_000, 'big')).digest('hex')}`,
      )
    })

    it('flags a file whose first part is another now', async () => {
      const bytes = noise(150_000, 'big')
      bytes[5] = (bytes[5] ?? 0) ^ 1
      plant('b/big', bytes)
      const { ok, problems } = await scene.pack(30_000, { resume: true })
      expect(ok).toBe(false)
      expect(problems).toMatchObject([{ kind: 'changed', path: at('b/big') }])
      expect(big(await scene.check())).toBe('b/big file 150000   dirty')
    })

    it.each([
      ['shorter', 100_000],
      ['much shorter', 10],
      ['empty', 0],
      ['longer', 200_000],
    ])('flags a file that is %s', async (_, length) => {
      plant('b/big', noise(length, 'big'))
      const { problems } = await scene.pack(30_000, { resume: true })
      expect(problems).toMatchObject([{ kind: 'changed' }])
      expect(big(await scene.check())).toMatch(/^b\/big file 150000 .* dirty$/)
    })

    it('flags a file that was touched', async () => {
      utimesSync(at('b/big'), 1_700_000_000, 1_700_000_000)
      expect(await scene.pack(30_000, { resume: true })).toMatchObject({ ok: false, problems: [{ kind: 'changed' }] })
      expect(big(await scene.check())).toMatch(/ dirty$/)
    })

    it('fills up a file that is gone', async () => {
      rmSync(at('b/big'))
      const { problems } = await scene.pack(30_000, { resume: true })
      expect(problems).toMatchObject([{ path: 'b/big', kind: 'vanished' }])
      expect(big(await scene.check())).toBe('b/big file 150000   dirty')
    })

    it('fills it up when all that would follow is gone as well', async () => {
      for (const path of ['b', 'd']) rmSync(at(path), { recursive: true })
      const { problems } = await scene.pack(30_000, { resume: true })
      expect(problems).toMatchObject([{ path: 'b/big', kind: 'vanished' }])
      expect((await scene.check()).at(-1)).toBe('b/big file 150000   dirty')
    })

    it('stores nothing below a file that is a folder now', async () => {
      rmSync(at('b/big'))
      mkdirSync(at('b/big'))
      plant('b/big/x', 'x')
      const { problems, notices } = await scene.pack(30_000, { resume: true })
      expect(problems).toMatchObject([{ path: 'b/big', kind: 'vanished' }])
      expect(notices).toEqual([expect.stringContaining('"b/big/x" was not there')])
      const lines = await scene.check()
      expect(lines.some((line) => line.startsWith('b/big/x'))).toBe(false)
      expect(big(lines)).toBe('b/big file 150000   dirty')
    })

    it('leaves what is new before the point, and says so; takes what is new behind it', async () => {
      plant('a/new', 'new')
      mkdirSync(at('a/more'))
      plant('d/new', 'new')
      const { ok, notices } = await scene.pack(30_000, { resume: true })
      expect(ok).toBe(true)
      expect(notices).toEqual([
        '2 paths were not there when the earlier run came by, the first is "a/more"; they are left for the next archive',
      ])
      const paths = (await scene.check()).map((line) => line.split(' ')[0])
      expect(paths).toContain('d/new')
      expect(paths).not.toContain('a/new')
    })

    it('makes no hardlinks to what is not in the archive, or is another file there', async () => {
      plant('a/new', 'new')
      linkSync(at('a/new'), at('d/new'))
      rmSync(at('a/5'))
      plant('a/5', 'another file')
      linkSync(at('a/5'), at('d/five'))
      linkSync(at('a/7'), at('d/seven'))
      await scene.pack(30_000, { resume: true })
      const lines = await scene.check()
      const type = (path: string): string | undefined =>
        lines.find((line) => line.startsWith(`${path} `))?.split(' ')[1]
      expect([type('d/new'), type('d/five'), type('d/seven'), type('b/c/again')]).toEqual([
        'file',
        'file',
        'hardlink',
        'hardlink',
      ])
    })

    it('keeps what is gone before the point', async () => {
      rmSync(at('a/2'))
      expect((await scene.pack(30_000, { resume: true })).ok).toBe(true)
      expect((await scene.check()).some((line) => line.startsWith('a/2 '))).toBe(true)
    })
  })

  it.each([1, 2, 3, 4, 5, 6])('goes on with roots in the order given, after slice %i', async (slice) => {
    plantTree(60_000)
    const roots = ['d', 'b', 'a/1', 'a']
    await scene.pack(30_000, { roots })
    const whole = await scene.check()
    for (const name of scene.files()) rmSync(join(scene.folder, 'out', name))
    const count = Math.min(slice, 5)
    await stopAfter(count, roots)
    expect((await scene.pack(30_000, { roots, resume: true })).ok).toBe(true)
    expect(await scene.check()).toEqual(whole)
  })

  it.each([false, true])(
    'goes on with a differential archive, whose base knows more than was stored: moved %o',
    async (moved) => {
      plantTree(150_000)
      const path = join(scene.folder, 'base.tgz')
      await packTree('.', new FileTarget(path), { cwd: scene.tree })
      plant('a/2', noise(90_000, 'changed'))
      plant('b/big', noise(150_000, 'another'))
      if (moved) renameSync(at('d/4'), at('b/moved'))
      const base = await openArchive(await openFile(path))
      try {
        await scene.pack(30_000, { base })
        const whole = await referencesOf()
        for (const name of scene.files()) rmSync(join(scene.folder, 'out', name))
        const stopped = scene.pack(30_000, {
          base,
          onSlice: ({ slice }) => {
            if (slice === 4) throw new Error('stop')
          },
        })
        expect(await failureOf(stopped)).toMatchObject({ operation: 'hand over' })
        expect(await failureOf(scene.pack(30_000, { resume: true }))).toMatchObject({ kind: 'exists' })
        const { reused, summary, ok } = await scene.pack(30_000, { base, resume: true })
        expect(ok).toBe(true)
        expect(reused).toMatchObject({ dataBytes: summary.referencedBytes, movedCount: moved ? 1 : 0 })
        expect(await referencesOf()).toEqual(whole)
      } finally {
        await base.close()
      }
    },
  )

  /** Paths and depths of the entries, all of which are found right. */
  async function referencesOf(): Promise<string[]> {
    const archive = await openArchive(await openFile(scene.archive), {
      bases: [await openArchive(await openFile(join(scene.folder, 'base.tgz')))],
    })
    try {
      expect((await archive.verify()).problems).toEqual([])
      const seen: string[] = []
      for await (const entry of archive.entries()) seen.push(`${entry.path} ${entry.record.location?.depth ?? ''}`)
      return seen
    } finally {
      await archive.close()
    }
  }

  it('remembers the problems of the first run', async () => {
    plantTree(150_000)
    symlinkSync('x', at('a/0a'))
    const vanishing = scene.pack(30_000, {
      roots: ['.', 'missing'],
      onSlice: ({ slice }) => {
        if (slice === 3) throw new Error('stop')
      },
    })
    expect(await failureOf(vanishing)).toBeDefined()
    const { problems, ok } = await scene.pack(30_000, { roots: ['.', 'missing'], resume: true })
    expect(ok).toBe(false)
    expect(problems).toHaveLength(1)
  })

  it('drops what a crash cut off in the journal', async () => {
    plantTree(150_000)
    await stopAfter(3)
    const journal = `${scene.archive}.resume`
    const bytes = readFileSync(journal)
    for (const tail of [Buffer.alloc(5000), bytes.subarray(0, 100), Buffer.from('{"kind":"lines","lengths":[99')]) {
      writeFileSync(journal, Buffer.concat([bytes, tail]))
      const failure = await failureOf(
        scene.pack(30_000, {
          resume: true,
          onSlice: () => {
            throw new Error('stop')
          },
        }),
      )
      expect(failure).toMatchObject({ operation: 'hand over' })
    }
    expect((await scene.pack(30_000, { resume: true })).ok).toBe(true)
    expect(scene.differences()).toBe('')
  })

  it('leaves no journal of an archive that fits in one slice, nor of one that came to nothing', async () => {
    plantTree(1000)
    await scene.pack(1_000_000)
    expect(scene.files()).toEqual(['a.tgz'])
    rmSync(scene.archive)
    const aborted = AbortSignal.abort(new Error('no'))
    expect(await failureOf(scene.pack(1_000_000, { signal: aborted }))).toBeDefined()
    expect(scene.files()).toEqual([])
  })
})
