import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InterruptedError } from '../src/command-io.ts'
import { run } from '../src/run.ts'
import { type FakeIo, fakeIo } from './fake-io.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
  mkdirSync(at('site/db'), { recursive: true })
  for (const name of ['site/a', 'site/db/-x; touch ran', 'site/db/y']) writeFileSync(at(name), `live ${name}`)
  // Logs its arguments; the last one is what it exits with when it is a number.
  writeFileSync(
    at('log.sh'),
    `echo "$@" >> '${at('log')}'\nfor last; do :; done\nexit "$last" 2> /dev/null || exit 0\n`,
  )
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function at(path: string): string {
  return join(folder, path)
}

/** The command line of something that logs. */
function log(text: string): string {
  return `sh '${at('log.sh')}' ${text} 0`
}

function failing(text: string): string {
  return `sh '${at('log.sh')}' ${text} 9`
}

function logged(): string[] {
  return existsSync(at('log')) ? readFileSync(at('log'), 'utf8').trimEnd().split('\n') : []
}

async function create(options: readonly string[], exitCode = 0, io: FakeIo = fakeIo()): Promise<string> {
  const code = await run(['create', '-C', folder, at('site.tgz'), 'site', ...options], io)
  expect({ code, stderr: io.stderr.text }).toEqual({ code: exitCode, stderr: exitCode === 0 ? '' : expect.any(String) })
  return io.stderr.text
}

async function textOf(path: string): Promise<string> {
  const io = fakeIo()
  expect(await run(['cat', at('site.tgz'), path], io)).toBe(0)
  return io.stdout.text
}

describe('create with commands', () => {
  test('runs them in order, around the run and what matches', async () => {
    const options = [
      ...['--before-run', log('freeze'), '--before-run', log('again')],
      ...['--after-run', log('thaw %e'), '--after-run', log('notify %e')],
      ...['--before-path', `db/=${log('lock %p %s')}`, '--after-path', `db/=${log('unlock %p')}`],
      ...['--before-path', `y=${log('file %p=%%')}`],
    ]
    await create(options)
    expect(logged()).toEqual([
      'freeze 0',
      'again 0',
      `lock site/db ${at('site/db')} 0`,
      'file site/db/y=% 0',
      'unlock site/db 0',
      'thaw ok 0',
      'notify ok 0',
    ])
  })

  test.each([[[]], [['--shell']]])('never runs a name: %j', async (shell) => {
    const options = ['--before-path', `site/db/*=${log('"%p"')}`, '--after-path', `site/db/*=${log(`%s 'and %p'`)}`]
    await create([...options, ...shell])
    expect(logged()).toEqual([
      'site/db/-x; touch ran 0',
      `${at('site/db/-x; touch ran')} and site/db/-x; touch ran 0`,
      'site/db/y 0',
      `${at('site/db/y')} and site/db/y 0`,
    ])
    expect(readdirSync(folder).sort()).toEqual(['log', 'log.sh', 'site', 'site.tgz'])
  })

  test('reads a snapshot that they make and drop', async () => {
    const options = [
      ...['--before-run', `cp -a '${at('site/db')}' '${at('snap')}' && echo changed > '${at('site/db/y')}'`],
      ...['--read-from', `site/db=${at('snap')}`, '--after-run', `rm -r '${at('snap')}'`, '--shell'],
    ]
    await create(options)
    expect(await textOf('site/db/y')).toBe('live site/db/y')
    expect(readFileSync(at('site/db/y'), 'utf8')).toBe('changed\n')
    expect(existsSync(at('snap'))).toBe(false)
  })

  test('knows the whole before it shows how far it is', async () => {
    const io = fakeIo({ tty: true, columns: 80 })
    await run(
      [
        ...['create', '-C', folder, at('site.tgz'), 'site', '--before-run', `mkdir '${at('snap')}'`],
        ...['--read-from', `site=${at('snap')}`, '--after-path', `site=${log('read')}`],
      ],
      io,
    )
    expect(io.stderr.text).toContain('1 entry')
    expect(logged()).toEqual(['read 0'])
  })

  test('fails when one before fails, leaves no archive, and runs those at the end', async () => {
    const options = ['--before-run', failing('freeze'), '--before-run', log('never'), '--after-run', log('thaw %e')]
    expect(await create(options, 11)).toMatch(/^isptar: the command failed with exit code 9: sh \S+log\.sh freeze 9; /)
    expect(logged()).toEqual(['freeze 9', 'thaw failed 0'])
    expect(existsSync(at('site.tgz'))).toBe(false)
  })

  test('fails when one of a path fails; all that are to end things run', async () => {
    const options = [
      ...['--before-path', `db=${failing('lock')}`, '--after-path', `db=${failing('unlock')}`],
      ...['--after-path', `db=${failing('unlock more')}`, '--after-run', log('thaw %e')],
    ]
    const stderr = await create(options, 11)
    expect(
      stderr.split('\n').map((line) => /(?:as well|isptar): the command failed.*log\.sh (.*);/.exec(line)?.[1]),
    ).toEqual(['unlock more 9', 'unlock 9', 'lock 9', undefined])
    expect(logged()).toEqual(['lock 9', 'unlock 9', 'unlock more 9', 'thaw failed 0'])
    expect(existsSync(at('site.tgz'))).toBe(false)
  })

  test('keeps the archive when one at the end fails, and says so', async () => {
    const options = ['--after-run', failing('thaw %e'), '--after-run', log('notify %e')]
    expect(await create(options, 1)).toMatch(/^isptar: the archive is whole, but the command failed with exit code 9: /)
    expect(logged()).toEqual(['thaw ok 9', 'notify ok 0'])
    expect(await textOf('site/a')).toBe('live site/a')
  })

  test('tells them of problems', async () => {
    const options = ['none', '--after-run', log('thaw %e')]
    await create(options, 1)
    expect(logged()).toEqual(['thaw partial 0'])
  })

  test('ends one when it is interrupted, and then thaws', async () => {
    const io = fakeIo()
    const waiting = `echo > '${at('started')}'; exec sleep 20`
    const options = ['--before-run', waiting, '--after-run', log('thaw %e'), '--shell']
    const running = create(options, 130, io)
    while (!existsSync(at('started'))) await new Promise(setImmediate)
    io.controller.abort(new InterruptedError('SIGINT'))
    expect(await running).toBe('isptar: interrupted\n')
    expect(logged()).toEqual(['thaw failed 0'])
  })
})

test.each<[string[], RegExp]>([
  [['--before-run', ''], /--before-run: the command "" names no program/],
  [['--before-run', 'a %e'], /--before-run: "%e" in the command "%e" is not one of %% \(a percent sign\)/],
  [['--after-run', 'a "b'], /--after-run: a " is not closed/],
  [['--after-run', 'a %p'], /--after-run: "%p" in the command "%p" is not one of %e \(exit\), /],
  [['--after-path', 'x=a %x'], /--after-path: .* is not one of %p \(path\), %s \(source\), /],
  [['--before-path', 'a b'], /--before-path: expected PATTERN=COMMAND, got "a b"/],
  [['--before-path', '=b'], /expected PATTERN=COMMAND/],
  [['--before-path', 'a\\=b'], /expected PATTERN=COMMAND/],
  [['--before-path', 'a='], /expected PATTERN=COMMAND/],
  [['--before-path', '!a=b'], /begins with !/],
  [['--read-from', 'a'], /--read-from: expected PATH=DIR, got "a"/],
])('%j is a mistake that shows before anything runs', async (options, message) => {
  const stderr = await create(['--before-run', log('freeze'), ...options], 2)
  expect(stderr).toMatch(message)
  expect(logged()).toEqual([])
  expect(existsSync(at('site.tgz'))).toBe(false)
})

test('--read-from must be for something that is packed', async () => {
  expect(await create(['--read-from', `sites=${folder}`], 10)).toMatch(
    /"sites" is to be read from .* but nothing there/,
  )
})
