import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { MemorySource } from '../../src/io/memory-source.ts'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import { FileTarget } from '../../src/node/file-target.ts'
import type { PackHooks, PathHook } from '../../src/node/pack-hooks.ts'
import { packTree } from '../../src/node/pack-tree.ts'
import type { PackOptions, PackReport } from '../../src/node/pack-tree.ts'
import { parseCommand } from '../../src/node/parse-command.ts'
import { runCommand } from '../../src/node/run-command.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { makeFolder } from './walk-support.ts'

let folder = ''

beforeEach(() => {
  folder = makeFolder()
  mkdirSync(at('db/inner'), { recursive: true })
  for (const name of ['a', 'db/inner/x', 'db/y', 'db.sql', 'z']) writeFileSync(at(name), `old ${name}`)
})

function at(name: string): string {
  return join(folder, name)
}

/** A command that writes a line to the log. */
async function log(line: string): Promise<void> {
  await runCommand(parseCommand('echo "$ISPTAR_LINE" >> log', { shell: true }), { line }, { cwd: folder, shell: true })
}

async function fail(line: string): Promise<void> {
  await log(`${line} fails`)
  await runCommand(['sh', '-c', 'exit 7'], {})
}

function logged(): string[] {
  return existsSync(at('log')) ? readFileSync(at('log'), 'utf8').trimEnd().split('\n') : []
}

/** Hooks of a run that log. */
function runHooks(paths: readonly PathHook[] = []): PackHooks {
  return { beforeRun: () => log('before run'), afterRun: ({ state }) => log(`after run: ${state}`), paths }
}

/** A hook at what matches that logs. */
function watch(pattern: string, name = pattern): PathHook {
  return {
    pattern,
    before: ({ path }) => log(`before ${name}: ${path}`),
    after: ({ path }) => log(`after ${name}: ${path}`),
  }
}

/** Packs the folder; the log tells of the entries too. */
async function pack(
  options: PackOptions,
  roots: readonly string[] = ['a', 'db', 'db.sql', 'z'],
): Promise<{ report: PackReport; notices: string[]; texts: Map<string, string> }> {
  const target = new MemoryTarget()
  const notices: string[] = []
  let last = ''
  const told: PackOptions = {
    cwd: folder,
    onNotice: (message) => void notices.push(message),
    onProgress: ({ path }) => {
      if (path !== last) writeFileSync(at('log'), `${path}\n`, { flag: 'a' })
      last = path
    },
  }
  try {
    const report = await packTree(roots, target, { ...told, ...options })
    await using archive = await openArchive(new MemorySource(target.bytes()))
    const texts = new Map<string, string>()
    for await (const { path, type } of archive.entries()) if (type === 'file') texts.set(path, await archive.text(path))
    return { report, notices, texts }
  } catch (error) {
    throw Object.assign(error instanceof Error ? error : new Error(String(error)), { notices })
  }
}

describe('hooks of a run', () => {
  test('run before anything is read and after the archive is whole', async () => {
    const name = at('packed.tgz')
    const states: boolean[] = []
    const hooks: PackHooks = {
      beforeRun: async () => {
        states.push(existsSync(name))
        await log('before run')
        writeFileSync(at('a'), 'new')
      },
      afterRun: async ({ state }) => {
        states.push(existsSync(name))
        await log(`after run: ${state}`)
      },
    }
    const report = await packTree('a', new FileTarget(name), { cwd: folder, hooks })
    expect(report).toMatchObject({ ok: true, entryCount: 1, summary: { dataBytes: 3 } })
    expect(states).toEqual([false, true])
    expect(logged()).toEqual(['before run', 'after run: ok'])
  })

  test('a failing first hook ends the run, and the last one runs', async () => {
    const hooks = { ...runHooks(), beforeRun: () => fail('before run') }
    await expect(pack({ hooks })).rejects.toMatchObject({ code: 'command', exitCode: 7, notices: [] })
    expect(logged()).toEqual(['before run fails', 'after run: failed'])
  })

  test('the last hook hears of problems', async () => {
    const { report } = await pack({ hooks: runHooks() }, ['a', 'none'])
    expect(report).toMatchObject({ ok: false, problems: [{ kind: 'vanished' }] })
    expect(report.afterRunError).toBeUndefined()
    expect(logged()).toEqual(['before run', 'a', 'after run: partial'])
  })

  test('the last hook hears why a run failed', async () => {
    let heard: unknown
    const hooks: PackHooks = {
      afterRun: async ({ error }) => {
        heard = error
      },
    }
    const error: unknown = await pack({ hooks }, ['none']).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'storage', kind: 'not-found' })
    expect(heard).toBe(error)
  })

  test('when the last hook fails the archive stays, and the report says so', async () => {
    const name = at('packed.tgz')
    const hooks = { ...runHooks(), afterRun: () => fail('after run') }
    const report = await packTree('a', new FileTarget(name), { cwd: folder, hooks })
    expect(report).toMatchObject({ ok: false, problems: [], afterRunError: { code: 'command', exitCode: 7 } })
    expect(existsSync(name)).toBe(true)
  })

  test('the first failure is thrown, the one of the last hook told', async () => {
    const hooks = { beforeRun: () => fail('before run'), afterRun: () => fail('after run') }
    await expect(pack({ hooks })).rejects.toMatchObject({
      code: 'command',
      notices: [expect.stringMatching(/^a hook failed as well: the command failed with exit code 7/)],
    })
    expect(logged()).toEqual(['before run fails', 'after run fails'])
  })

  test('none runs when the run is aborted already; the last one does when it is later', async () => {
    const reason = new Error('enough')
    await expect(pack({ hooks: runHooks(), signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(logged()).toEqual([])
    const controller = new AbortController()
    const hooks = { ...runHooks(), beforeRun: async () => controller.abort(reason) }
    await expect(pack({ hooks, signal: controller.signal })).rejects.toBe(reason)
    expect(logged()).toEqual(['after run: failed'])
  })
})

describe('hooks of paths', () => {
  test('run around all that is below', async () => {
    await pack({ hooks: runHooks([watch('db')]) })
    expect(logged()).toEqual([
      'before run',
      'a',
      'before db: db',
      'db',
      'db/inner',
      'db/inner/x',
      'db/y',
      'after db: db',
      'db.sql',
      'z',
      'after run: ok',
    ])
  })

  test('run around a file, in the order given and back', async () => {
    const { notices } = await pack({ hooks: { paths: [watch('*.sql', 'first'), watch('/db.*', 'second')] } })
    expect(notices).toEqual([])
    const from = logged().indexOf('before first: db.sql')
    expect(logged().slice(from, from + 5)).toEqual([
      'before first: db.sql',
      'before second: db.sql',
      'db.sql',
      'after second: db.sql',
      'after first: db.sql',
    ])
  })

  test('are nested, and none runs again below its own match', async () => {
    await pack({ hooks: { paths: [watch('db/**', 'deep'), watch('db', 'top'), watch('y')] } }, ['db'])
    expect(logged()).toEqual([
      'before top: db',
      'db',
      'before deep: db/inner',
      'db/inner',
      'db/inner/x',
      'after deep: db/inner',
      'before deep: db/y',
      'before y: db/y',
      'db/y',
      'after y: db/y',
      'after deep: db/y',
      'after top: db',
    ])
  })

  test('run at a root that lies below a match', async () => {
    await pack({ hooks: { paths: [watch('db/')] } }, ['db/inner', 'z'])
    expect(logged()).toEqual(['before db/: db/inner', 'db/inner', 'db/inner/x', 'after db/: db/inner', 'z'])
  })

  test('come before the walk looks: what a hook makes is what is stored', async () => {
    const paths: PathHook[] = [
      { pattern: 'made', before: async () => writeFileSync(at('made'), 'made') },
      { pattern: 'db/', before: async () => writeFileSync(at('db/new'), 'new') },
      { pattern: 'db/y', before: async () => writeFileSync(at('db/y'), 'longer than before') },
    ]
    const { report, texts } = await pack({ hooks: { paths } }, ['made', 'db'])
    expect(report.ok).toBe(true)
    expect([...texts]).toEqual([
      ['made', 'made'],
      ['db/inner/x', 'old db/inner/x'],
      ['db/new', 'new'],
      ['db/y', 'longer than before'],
    ])
  })

  test('come after all was read: what a hook removes is stored', async () => {
    const after = async (): Promise<void> => runCommand(['rm', '-r', at('db')], {})
    const { report, texts } = await pack({ hooks: { paths: [{ pattern: 'db/', after }] } }, ['db', 'z'])
    expect(report.ok).toBe(true)
    expect([...texts.keys()]).toEqual(['db/inner/x', 'db/y', 'z'])
    expect(existsSync(at('db'))).toBe(false)
  })

  test('know the place, and what no UTF-8 says', async () => {
    const name = Buffer.from([...Buffer.from(at('db/')), 0xe9])
    writeFileSync(name, '')
    const places: unknown[] = []
    const before = async (place: unknown): Promise<void> => void places.push(place)
    await pack({ hooks: { paths: [{ pattern: 'db/?', before }] } }, ['db'])
    expect(places).toEqual([
      { path: 'db/\udce9', sourcePath: `${folder}/db/\udce9` },
      { path: 'db/y', sourcePath: join(folder, 'db/y') },
    ])
  })

  test('do not run for what is left out, and the useless pattern is named', async () => {
    const { notices } = await pack({ exclude: ['db/'], hooks: { paths: [watch('db'), watch('*.sql')] } })
    expect(logged()).toEqual(['a', 'before *.sql: db.sql', 'db.sql', 'after *.sql: db.sql', 'z'])
    expect(notices).toEqual(['no hook ran for the pattern "db": nothing matched it'])
  })

  test('a failing one before ends the run; those that were begun are ended', async () => {
    const name = at('packed.tgz')
    const failing = { ...watch('inner'), before: () => fail('before inner') }
    const options = { cwd: folder, hooks: runHooks([watch('db'), failing, watch('y')]) }
    await expect(packTree('db', new FileTarget(name), options)).rejects.toMatchObject({ code: 'command', exitCode: 7 })
    expect(logged()).toEqual([
      'before run',
      'before db: db',
      'before inner fails',
      'after inner: db/inner',
      'after db: db',
      'after run: failed',
    ])
    expect(readdirSync(folder).sort()).toEqual(['a', 'db', 'db.sql', 'log', 'z'])
  })

  test('a failing one after ends the run too', async () => {
    const name = at('packed.tgz')
    const failing = { ...watch('inner'), after: () => fail('after inner') }
    const options = { cwd: folder, hooks: runHooks([watch('db'), failing]) }
    await expect(packTree('db', new FileTarget(name), options)).rejects.toMatchObject({ code: 'command', exitCode: 7 })
    expect(logged().slice(-3)).toEqual(['after inner fails', 'after db: db', 'after run: failed'])
    expect(readdirSync(folder).sort()).toEqual(['a', 'db', 'db.sql', 'log', 'z'])
  })

  test('those at work are ended when the target fails or the run is aborted', async () => {
    const full = new Error('full')
    const target = new MemoryTarget()
    const writes = target.write.bind(target)
    let isFull = false
    target.write = async (...args) => {
      if (isFull) throw full
      return writes(...args)
    }
    const fills = { pattern: 'y', before: async (): Promise<void> => void (isFull = true) }
    writeFileSync(at('db/y'), Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => (i * i * 7919) >> 5)))
    const options = { cwd: folder, hooks: runHooks([watch('db'), fills]) }
    await expect(packTree('db', target, options)).rejects.toThrow('full')
    expect(logged().slice(-2)).toEqual(['after db: db', 'after run: failed'])

    const controller = new AbortController()
    const ends = { pattern: 'y', before: async () => controller.abort(full) }
    const hooks = runHooks([watch('db', 'again'), ends])
    await expect(packTree('db', new MemoryTarget(), { ...options, hooks, signal: controller.signal })).rejects.toBe(
      full,
    )
    expect(logged().slice(-2)).toEqual(['after again: db', 'after run: failed'])
  })

  test('failures of those that are ended are told, and the rest is ended', async () => {
    const failing = { ...watch('inner'), after: () => fail('after inner') }
    const first = { ...watch('x'), before: () => fail('before x') }
    await expect(pack({ hooks: runHooks([watch('db'), failing, first]) })).rejects.toMatchObject({
      notices: [expect.stringMatching(/^a hook failed as well: the command failed/)],
    })
    expect(logged().slice(-5)).toEqual([
      'before x fails',
      'after x: db/inner/x',
      'after inner fails',
      'after db: db',
      'after run: failed',
    ])
  })

  test.each([[''], ['!db']])('%j is no pattern for one', async (pattern) => {
    await expect(pack({ hooks: { paths: [{ pattern }] } })).rejects.toThrow(RangeError)
  })
})
