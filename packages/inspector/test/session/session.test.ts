/// <reference types="vite/client" />
/** What a session makes of answers that come late, or never. */
import { expect, test, vi } from 'vitest'
import type { ArchiveSummary, FoundPath, Meter, OpenRequest } from '../../src/contract/archive-calls.ts'
import type { EngineCalls } from '../../src/contract/engine-calls.ts'
import { TroubleError } from '../../src/contract/trouble.ts'
import { createEngine } from '../../src/engine/engine.ts'
import { recentAddresses } from '../../src/session/recent-addresses.ts'
import { Session } from '../../src/session/session.ts'
import type { StartedEngine } from '../../src/session/start-engine.ts'

const engines = vi.hoisted((): { start: (onLost: (trouble: unknown) => void) => unknown } => ({
  start: () => undefined,
}))

vi.mock('../../src/session/start-engine.ts', () => ({
  startEngine: (onLost: (trouble: unknown) => void): unknown => engines.start(onLost),
}))

const lost = new TroubleError({ kind: 'worker', title: 'lost', detail: '', advice: '' })
const refused = new TroubleError({ kind: 'not-archive', title: 'refused', detail: '', advice: '' })

/** A call that is answered when the test says so. */
interface Asked<T> {
  readonly what: string
  readonly signal: AbortSignal
  readonly onMeter: (meter: Meter) => void
  answer(value: T): void
  fail(error: unknown): void
}

interface Engine {
  readonly session: Session
  readonly opened: Asked<ArchiveSummary>[]
  readonly found: Asked<FoundPath | undefined>[]
  /** What was asked for, in order. */
  readonly log: string[]
  lose(): void
}

function startedSession(): Engine {
  const opened: Asked<ArchiveSummary>[] = []
  const found: Asked<FoundPath | undefined>[] = []
  const log: string[] = []
  let onLost: (trouble: unknown) => void = () => undefined
  const archive: EngineCalls['archive'] = {
    open: (request, onMeter, signal) =>
      new Promise((answer, fail) => {
        log.push(`open ${nameOf(request)}`)
        opened.push({ what: nameOf(request), signal, onMeter, answer, fail })
      }),
    close: async () => {
      log.push('close')
    },
    find: (path, signal) =>
      new Promise((answer, fail) => {
        found.push({ what: path, signal, onMeter: () => undefined, answer, fail })
      }),
  }
  engines.start = (listener): StartedEngine => {
    onLost = listener
    return { calls: { ...createEngine(), archive }, end: () => undefined }
  }
  return { session: new Session(), opened, found, log, lose: () => onLost(lost) }
}

function requestOf(name: string): OpenRequest {
  return { places: [{ type: 'url', url: `https://h/${name}` }] }
}

function nameOf({ places, bases = [] }: OpenRequest): string {
  const [place] = places
  return `${place?.type === 'url' ? place.url.slice(10) : ''}${bases.length > 0 ? ' with a base' : ''}`
}

function meterOf(bytes: number): Meter {
  return { requests: 1, bytes, sizeBytes: 100, isReplaced: false }
}

function summaryOf(name: string): ArchiveSummary {
  return {
    name,
    sizeBytes: 1,
    formatVersion: 2,
    writer: undefined,
    createdAt: undefined,
    entryCount: 0,
    dataBytes: 0,
    identity: undefined,
    sliceNames: undefined,
    bases: [],
    partNames: [],
    partName: undefined,
    isCatalogue: false,
    hasDigests: false,
    hasIndex: false,
    notices: [],
    sections: [],
    tail: { offset: 0, endOffset: 1 },
  }
}

/** Opens one, and answers. */
async function open({ session, opened }: Engine, name: string): Promise<void> {
  const opening = session.open(requestOf(name))
  opened.at(-1)?.answer(summaryOf(name))
  await opening
}

test('of two openings the later one counts, and the earlier one settles at once', async () => {
  const engine = startedSession()
  const { session, opened } = engine
  const first = session.open(requestOf('a'))
  const second = session.open(requestOf('b'))
  await first
  expect(opened[0]?.signal.aborted).toBe(true)
  opened[1]?.answer(summaryOf('b'))
  await second
  opened[0]?.answer(summaryOf('a'))
  await Promise.resolve()
  expect(session.state).toMatchObject({ phase: 'open', archive: { name: 'b' } })
})

test('what was open is closed before anybody who is told of a failure opens another', async () => {
  const { session, opened, log } = startedSession()
  let again: Promise<void> | undefined
  session.subscribe(() => {
    if (session.state.phase === 'failed') again ??= session.open(requestOf('b'))
  })
  const first = session.open(requestOf('a'))
  opened[0]?.fail(refused)
  await first
  opened[1]?.answer(summaryOf('b'))
  await again
  expect(log).toEqual(['open a', 'close', 'open b'])
  expect(session.state).toMatchObject({ phase: 'open', archive: { name: 'b' } })
})

test('an engine that dies while it opens is told, and so is one that dies later', async () => {
  const engine = startedSession()
  const { session, lose } = engine
  const opening = session.open(requestOf('a'))
  lose()
  await opening
  expect(session.state).toMatchObject({ phase: 'failed', trouble: { kind: 'worker' } })
  await open(engine, 'a')
  expect(session.state.phase).toBe('open')
  lose()
  expect(session.state).toMatchObject({ phase: 'failed', archive: undefined })
})

test('a base is not added to what was opened meanwhile', async () => {
  const engine = startedSession()
  const { session, opened } = engine
  await open(engine, 'a')
  const adding = session.addBase(0, requestOf('base'), new AbortController().signal)
  expect(opened[1]).toMatchObject({ what: 'a with a base' })
  const { signal } = opened[1] ?? {}
  await open(engine, 'b')
  expect(signal?.aborted).toBe(true)
  expect(await adding).toMatchObject({ kind: 'aborted' })
  opened[1]?.answer(summaryOf('a'))
  await Promise.resolve()
  expect(session.state).toMatchObject({ archive: { name: 'b' }, request: requestOf('b') })
})

test('what was fetched for a base is shown once the base is there, and not where it is none', async () => {
  const engine = startedSession()
  const { session, opened } = engine
  await open(engine, 'a')
  opened[0]?.onMeter(meterOf(10))
  const never = new AbortController().signal
  const failing = session.addBase(0, requestOf('base'), never)
  opened[1]?.onMeter(meterOf(20))
  opened[1]?.fail(refused)
  expect(await failing).toEqual(refused.trouble)
  expect(session.state.meter?.bytes).toBe(10)
  const adding = session.addBase(0, requestOf('base'), never)
  opened[2]?.onMeter(meterOf(30))
  expect(session.state.meter?.bytes).toBe(10)
  opened[2]?.answer(summaryOf('a'))
  expect(await adding).toBeUndefined()
  expect(session.state.meter?.bytes).toBe(30)
  opened[2]?.onMeter(meterOf(40))
  expect(session.state.meter?.bytes).toBe(40)
})

test('a path that was looked up for long leads nowhere once the user is elsewhere', async () => {
  const engine = startedSession()
  const { session, found } = engine
  await open(engine, 'a')
  const going = session.goTo('deep/folder')
  await open(engine, 'b')
  found[0]?.answer({ path: 'deep/folder', line: 0, isFolder: true })
  await going
  expect(session.state).toMatchObject({ archive: { name: 'b' }, folder: '' })
  const late = session.goTo('x/y')
  session.reveal('p/q', 3)
  found[1]?.answer({ path: 'x/y', line: 0, isFolder: true })
  await late
  expect(session.state).toMatchObject({ folder: 'p', current: { path: 'p/q', line: 3 } })
  const shown = session.revealPath('m/n')
  found[2]?.answer({ path: 'm/n', line: 7, isFolder: true })
  await shown
  expect(session.state).toMatchObject({ folder: 'm', current: { path: 'm/n', line: 7 } })
})

test('what is ended or closed settles what was under way', async () => {
  for (const leave of ['end', 'close', 'refuse'] as const) {
    const { session } = startedSession()
    const opening = session.open(requestOf('a'))
    if (leave === 'refuse') session.refuse(refused.trouble)
    else await session[leave]()
    await opening
    expect(session.state.phase).toBe(leave === 'refuse' ? 'failed' : 'empty')
  }
})

test('addresses that were opened are remembered without their secrets, those of the page’s server not at all', async () => {
  const kept = new Map<string, string>()
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, text: string) => void kept.set(key, text),
  })
  const engine = startedSession()
  const { session, opened } = engine
  session.remembers = true
  const request = requestOf('secret-of-this-run/a.tgz')
  session.offer([{ name: 'a.tgz', request }])
  const opening = session.open(request)
  opened[0]?.answer(summaryOf('a.tgz'))
  await opening
  expect(recentAddresses()).toEqual([])
  await open(engine, 'b.tgz?key=secret')
  expect(recentAddresses()).toMatchObject([{ url: 'https://h/b.tgz' }])
  vi.unstubAllGlobals()
})
