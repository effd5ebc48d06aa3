/// <reference types="vite/client" />
/** What is shown of long work whose words come late. */
import { expect, test, vi } from 'vitest'
import type { CheckCalls, CheckProgress, CheckReport } from '../../src/contract/check-calls.ts'
import type { EngineCalls } from '../../src/contract/engine-calls.ts'
import type { TakeCalls, TakeProgress } from '../../src/contract/take-calls.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { checkerOf } from '../../src/session/checker.ts'
import type { SaveTarget } from '../../src/session/save-target.ts'
import { saverOf } from '../../src/session/saver.ts'
import { Session } from '../../src/session/session.ts'

const mocked = vi.hoisted((): { calls: unknown; target: unknown } => ({ calls: undefined, target: undefined }))

vi.mock('../../src/session/start-engine.ts', () => ({
  startEngine: (): unknown => ({ calls: mocked.calls, end: () => undefined }),
}))

vi.mock('../../src/session/save-target.ts', () => ({
  chooseTarget: async (): Promise<unknown> => mocked.target,
}))

function sessionWith(calls: Partial<EngineCalls>): Session {
  mocked.calls = { ...createEngine(), ...calls }
  return new Session()
}

/** A promise, and what settles it. */
function later<T>(): { readonly promise: Promise<T>; readonly resolve: (value: T) => void } {
  let settle: ((value: T) => void) | undefined
  const promise = new Promise<T>((resolve) => {
    settle = resolve
  })
  return { promise, resolve: (value) => settle?.(value) }
}

const report: CheckReport = {
  isOk: true,
  isComplete: true,
  uncheckedFiles: 0,
  scope: 'archive',
  entryCount: 1,
  dataBytes: 1,
  basis: [],
  problems: [],
  moreProblems: 0,
  notices: [],
}

test('what a check says once it is over, or was stopped, is not shown as that of the next one', async () => {
  const tellers: ((progress: CheckProgress) => void)[] = []
  const answers = [later<CheckReport>(), later<CheckReport>()]
  const check: CheckCalls = {
    verify: (_, onProgress) => {
      tellers.push(onProgress)
      return answers[tellers.length - 1]?.promise ?? Promise.reject(new Error('no answer'))
    },
  }
  const checker = checkerOf(sessionWith({ check }))
  const progress = { entryCount: 1, totalEntries: 2, dataBytes: 1, totalBytes: 2, path: 'a' }
  const scope = { type: 'archive' as const }
  const first = checker.check({ scope, label: 'first' })
  tellers[0]?.(progress)
  expect(checker.state).toMatchObject({ phase: 'checking', progress })
  checker.stop()
  tellers[0]?.({ ...progress, entryCount: 2 })
  await first
  expect(checker.state).toMatchObject({ phase: 'stopped', subject: { label: 'first' } })
  const second = checker.check({ scope, label: 'second' })
  tellers[0]?.(progress)
  expect(checker.state).toMatchObject({ phase: 'checking', subject: { label: 'second' }, progress: undefined })
  answers[1]?.resolve(report)
  await second
  tellers[1]?.(progress)
  expect(checker.state).toMatchObject({ phase: 'done', subject: { label: 'second' } })
})

test('what is written is not said to be so again once it is read back', async () => {
  let tell: (progress: TakeProgress) => void = () => undefined
  const written = later<Blob>()
  const kept = vi.fn<() => void>()
  const target: SaveTarget = {
    name: 'a.txt',
    isDownload: false,
    stream: new WritableStream<Uint8Array>(),
    failure: undefined,
    written: () => written.promise,
    keep: kept,
    discard: async () => false,
  }
  mocked.target = target
  for (const name of ['addEventListener', 'removeEventListener']) vi.stubGlobal(name, () => undefined)
  const take: TakeCalls = {
    measure: async () => undefined,
    file: async (_path, _line, _out, onProgress) => {
      tell = onProgress
      return { sizeBytes: 3, digest: '00', checkedBy: 'crc32', isDirty: false }
    },
    archive: () => Promise.reject(new Error('not asked for')),
    checkWrittenFile: async () => undefined,
    checkWritten: async () => undefined,
  }
  const saver = saverOf(sessionWith({ take }))
  const saving = saver.saveFile({ path: 'x/a.txt', line: 0 })
  await vi.waitUntil(() => saver.state.phase === 'saving' && saver.state.isReadBack)
  tell({ entryCount: 0, dataBytes: 3, totalBytes: 3 })
  expect(saver.state).toMatchObject({ phase: 'saving', isReadBack: true, progress: undefined })
  written.resolve(new Blob(['abc']))
  await saving
  expect(saver.state).toMatchObject({ phase: 'saved', warning: '' })
  expect(kept).toHaveBeenCalledTimes(1)
  vi.unstubAllGlobals()
})
