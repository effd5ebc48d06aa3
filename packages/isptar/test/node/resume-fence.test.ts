/** A second run of an archive while the first is at work, and first runs that only seem to be. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, renameSync, rmSync, statSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { packTree, SlicedFileTarget } from 'isptar/node'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { JournalFile, readJournal } from '../../src/node/journal-file.ts'
import { findProcess } from '../../src/node/journal-writer.ts'
import { ResumeScene } from './resume-support.ts'

let scene: ResumeScene
let journal = ''

beforeEach(() => {
  scene = new ResumeScene()
  journal = `${scene.archive}.resume`
  scene.plantTree(150_000)
})
afterEach(() => scene.remove())

/** All that lies in the archive's folder. */
function state(): string[] {
  return scene.files().map((name) => {
    const path = join(scene.folder, 'out', name)
    return `${name} ${statSync(path).ino} ${readFileSync(path).toString('latin1')}`
  })
}

const SECOND_RUNS = [
  { resume: true },
  { resume: false },
  { overwrite: true },
  { resume: true, overwrite: true },
  { overwrite: true, copyData: true },
]

/** Starts a second run in each way there is. */
async function refuseAll(message: string): Promise<void> {
  const before = state()
  for (const { overwrite, ...options } of SECOND_RUNS) {
    const target = new SlicedFileTarget(scene.archive, { sliceBytes: 30_000, overwrite })
    const hooks = { beforeRun: () => Promise.reject(new Error('a hook ran')) }
    await expect(packTree(['.'], target, { cwd: scene.tree, ...options, hooks })).rejects.toMatchObject({
      kind: 'exists',
      message: expect.stringContaining(message),
    })
    // Writing without packing is refused as well.
    const other = new SlicedFileTarget(scene.archive, { sliceBytes: 30_000, overwrite: true })
    await expect(other.write(new Uint8Array(9))).rejects.toMatchObject({ kind: 'exists' })
    await other.abort()
  }
  expect(state()).toEqual(before)
}

/** Stops a run after slice 2. */
async function stop(): Promise<void> {
  const onSlice = ({ slice }: { slice: number }): void => {
    if (slice === 2) throw new Error('stop')
  }
  await expect(scene.pack(30_000, { onSlice })).rejects.toThrow('stop')
}

/** Makes the journal say that another wrote it, who did not come to an end. */
async function pretend(writer: object): Promise<void> {
  const copy = await JournalFile.create(`${journal}.copy`)
  for await (const record of readJournal(journal)) {
    if (record.kind === 'writer') await copy.append({ ...record, value: { ...(record.value as object), ...writer } })
    else if (record.kind !== 'released') await copy.append(record)
  }
  await copy.close()
  renameSync(`${journal}.copy`, journal)
}

/** Resumes, and tells in what the archive differs from the tree. */
async function goOn(): Promise<string> {
  await scene.pack(30_000, { resume: true })
  await scene.check()
  return scene.differences()
}

describe('a run of an archive that another run is writing', () => {
  it('is refused in the same process, until the first has failed', async () => {
    let tried = false
    const onSlice = async ({ slice }: { slice: number }): Promise<void> => {
      if (slice === 1) await refuseAll(`this process (${process.pid}) is still writing`)
      tried = true
      if (slice === 2) throw new Error('stop')
    }
    await expect(scene.pack(30_000, { onSlice })).rejects.toThrow('stop')
    expect(tried).toBe(true)
    expect(await goOn()).toBe('')
  })

  it('is refused while another process writes it, and goes on when that was killed', async () => {
    await stop()
    const child: ChildProcess = spawn(process.execPath, ['-e', 'process.stdin.resume()'], { stdio: 'pipe' })
    try {
      const { pid = 0 } = child
      await pretend({ pid, started: findProcess(pid)?.started })
      await refuseAll(`process ${pid} is still writing that archive`)
    } finally {
      child.kill('SIGKILL')
      await once(child, 'close')
    }
    expect(await goOn()).toBe('')
  })

  it('is refused where the first itself was resumed', async () => {
    await stop()
    const onSlice = async ({ slice }: { slice: number }): Promise<void> => {
      if (slice === 3) await refuseAll('is still writing')
    }
    expect(await scene.pack(30_000, { resume: true, onSlice })).toMatchObject({ ok: true })
    expect(scene.differences()).toBe('')
  })
})

describe('a first run that is not at work', () => {
  it.each([
    ['was of another host', { host: `not-${hostname()}` }],
    ['has a number that another process got', { started: 'another time' }],
    ['was a process of the same number as this', {}],
    ['said nothing of itself', { host: undefined, pid: undefined, started: undefined, run: undefined }],
  ])('when it %s', async (_, writer) => {
    await stop()
    // The parent is alive.
    const { started } = findProcess(process.ppid) ?? {}
    await pretend(Object.keys(writer).length === 0 ? {} : { pid: process.ppid, started, ...writer })
    expect(await goOn()).toBe('')
  })

  it('when its journal has nothing of a writer', async () => {
    await stop()
    const copy = await JournalFile.create(`${journal}.copy`)
    for await (const record of readJournal(journal))
      if (record.kind !== 'writer' && record.kind !== 'released') await copy.append(record)
    await copy.close()
    rmSync(journal)
    renameSync(`${journal}.copy`, journal)
    expect(await goOn()).toBe('')
  })
})

describe('findProcess', () => {
  it('finds those that run, by a start that stays the same', () => {
    expect(findProcess(process.pid)).toEqual(findProcess(process.pid))
    expect(findProcess(process.pid)).not.toBeUndefined()
    expect(findProcess(2 ** 30)).toBeUndefined()
  })
})
