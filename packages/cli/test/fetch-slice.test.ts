/** Archives of which slices are missing, and commands that bring them. */
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { InterruptedError } from '../src/command-io.ts'
import { run } from '../src/run.ts'
import { type FakeIo, fakeIo } from './fake-io.ts'
import { fixture } from './fixture.ts'

let folder = ''
let archive = ''
let script = ''
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'isptar-fetch-')))
  archive = join(folder, "it's an archive.tgz")
  script = join(folder, 'fetch.sh')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** Puts some slices of the eight where they belong. */
function place(...slices: readonly number[]): void {
  for (const slice of slices) cpSync(fixture(`sliced/archive.tgz.part${slice}`), `${archive}.part${slice}`)
}

/** Writes a program that notes its arguments and copies a slice; gives the command that runs it. */
function program(last = `cp '${fixture('sliced')}'/archive.tgz.part"$2" "$1"`): string {
  const note = `printf '%s|' "$@" >> '${join(folder, 'log')}'; echo >> '${join(folder, 'log')}'`
  writeFileSync(script, `#!/bin/sh\n${note}\n${last}\n`)
  chmodSync(script, 0o755)
  return `"${script}" %f %n '%p' "%b" 100%%`
}

function log(): string[] {
  const path = join(folder, 'log')
  return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
}

async function isptar(...argv: readonly string[]): Promise<{ io: FakeIo; code: number }> {
  const io = fakeIo({ env: { PATH: process.env['PATH'] ?? '' } })
  return { io, code: await run(argv, io) }
}

describe('--fetch-slice', () => {
  test('does not run while what is needed is at hand', async () => {
    place(1, 8)
    const { io, code } = await isptar('list', archive, '--fetch-slice', program())
    expect([code, io.stderr.text]).toEqual([0, ''])
    expect(io.stdout.text).toBe((await isptar('list', fixture('sliced/archive.tgz'))).io.stdout.text)
    expect(log()).toEqual([])
  })

  test.each([
    ['list', []],
    ['info', ['--json']],
    ['verify', []],
    ['extract', ['-O']],
    ['cat', ['PATH']],
  ])('%s gets the last slice when that is named, and all it reads', async (command, more) => {
    const whole = fixture('sliced/archive.tgz')
    const [path = ''] = (await isptar('list', '--json', whole)).io.stdout.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { path: string; type: string })
      .flatMap((entry) => (entry.type === 'file' ? [entry.path] : []))
    const args = more.map((arg) => (arg === 'PATH' ? path : arg))
    const { io, code } = await isptar(command, `${archive}.part8`, ...args, '--fetch-slice', program())
    expect([code, io.stderr.text]).toEqual([0, ''])
    const expected = (await isptar(command, whole, ...args)).io.stdout.text
    const shown = io.stdout.text.replaceAll(archive, whole)
    const withoutCosts = (text: string): string => text.replace(/"read":\{[^}]*\}/, '')
    expect(withoutCosts(shown)).toBe(withoutCosts(expected))
    const [first, second] = log()
    expect(first).toBe(`${archive}.part8|8|${folder}|it's an archive.tgz|100%|`)
    expect(second).toBe(`${archive}.part1|1|${folder}|it's an archive.tgz|100%|`)
    expect(new Set(log()).size).toBe(log().length)
    if (command === 'verify') expect(log().length).toBe(8)
  })

  test('that fails names the slice and ends as other commands that fail', async () => {
    place(8)
    const { io, code } = await isptar('list', archive, '--fetch-slice', program('exit 3'))
    expect(code).toBe(11)
    expect(io.stderr.text).toMatch(
      /^isptar: cannot fetch \S+ \S+ archive\.tgz\.part1 \(slice 1\): the command failed with exit code 3: [^\n]+\n$/,
    )
    expect(log().length).toBe(1)
  })

  test('that fails during an extraction is run once a slice; what is at hand is restored', async () => {
    place(1, 3, 4, 5, 6, 7, 8)
    const out = join(folder, 'out')
    const { io, code } = await isptar('extract', archive, '-C', out, '--fetch-slice', program('exit 1'))
    expect(code).toBe(1)
    expect(io.stderr.text).toMatch(/cannot fetch [^\n]+part2 \(slice 2\)/)
    expect(existsSync(out)).toBe(true)
    expect(log().length).toBe(1)
  })

  test('ends with the command when the user ends that', async () => {
    place(8)
    const io = fakeIo({ env: { PATH: process.env['PATH'] ?? '' } })
    const done = run(['list', archive, '--fetch-slice', program('exec sleep 60')], io)
    while (log().length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    io.controller.abort(new InterruptedError('SIGINT'))
    expect(await done).toBe(130)
    expect(io.stderr.text).toBe('isptar: interrupted\n')
  })

  test.each([
    ['an open quote', '"cp %f', /^isptar: --fetch-slice: /],
    ['nothing', '', /^isptar: --fetch-slice: .*names no program/],
    ['an unknown letter', 'cp %x %f', /^isptar: --fetch-slice: "%x" .*%f .*%n .*%p .*%b /],
  ])('refuses %s before anything runs', async (_, text, message) => {
    place(8)
    const { io, code } = await isptar('list', archive, '--fetch-slice', text)
    expect(code).toBe(2)
    expect(io.stderr.text).toMatch(message)
  })

  test('is refused for a URL', async () => {
    const { io, code } = await isptar('list', 'http://127.0.0.1:1/x.tgz', '--fetch-slice', 'true')
    expect(code).toBe(2)
    expect(io.stderr.text).toMatch(/^isptar: --fetch-slice is for files: [^\n]+\n$/)
  })
})

describe('with --listing', () => {
  const tree = (): string => join(folder, 'tree')

  /** Packs a tree, hands every slice over to a store, and keeps the catalogue. */
  async function upload(slice: string): Promise<void> {
    mkdirSync(join(folder, 'store'))
    mkdirSync(tree())
    for (const name of ['a', 'b', 'c']) writeFileSync(join(tree(), name), randomBytes(9000))
    const move = `mv %f '${join(folder, 'store')}'/part%n`
    const { io, code } = await isptar(
      ...['create', archive, '.', '-C', tree(), '--slice', slice, '--on-slice', move],
      ...['--save-listing', join(folder, 'far.cat')],
    )
    expect([code, io.stderr.text]).toEqual([0, expect.not.stringContaining('isptar:')])
    expect(readdirSync(folder).toSorted()).toEqual(['far.cat', 'store', 'tree'])
  }

  test.each(['8K', '1M'])('an archive of which nothing is at hand is restored (slices of %s)', async (slice) => {
    await upload(slice)
    const out = join(folder, 'out')
    const far = ['--listing', join(folder, 'far.cat'), '--fetch-slice', `cp '${join(folder, 'store')}'/part%n %f`]
    const { io, code } = await isptar('extract', archive, '-C', out, ...far)
    expect([code, io.stderr.text]).toEqual([0, ''])
    expect((await isptar('verify', archive, ...far)).io.stdout.text).toContain('all sound')
    expect((await isptar('flatten', archive, join(folder, 'full.tgz'), ...far)).code).toBe(0)
    expect((await isptar('verify', join(folder, 'full.tgz'))).io.stdout.text).toContain('all sound')
    for (const name of ['a', 'b', 'c']) expect(readFileSync(join(out, name))).toEqual(readFileSync(join(tree(), name)))
  })

  test('slices of a base that is named are fetched, too', async () => {
    await upload('8K')
    const day = join(folder, 'day.tgz')
    const base = ['--base', join(folder, 'far.cat')]
    expect((await isptar('create', day, '.', '-C', tree(), ...base)).code).toBe(0)
    const fetch = ['--fetch-slice', `cp '${join(folder, 'store')}'/part%n %f`]
    const last = readdirSync(join(folder, 'store')).length
    const { io, code } = await isptar('cat', day, 'a', '--base', `${archive}.part${last}`, ...fetch)
    expect([code, io.stderr.text]).toEqual([0, ''])
    expect(io.stdout.bytes).toEqual(readFileSync(join(tree(), 'a')))
  })

  test('without it, what to name is said', async () => {
    for (const command of ['list', 'verify', 'extract']) {
      const { io, code } = await isptar(command, archive, '--fetch-slice', program())
      expect(code).toBe(10)
      expect(io.stderr.text).toMatch(
        / no such file, nor [^\n]+ name the last one, [^\n]+\.tgz\.partN, or [^\n]+ \(--listing\)\n$/,
      )
    }
    expect((await isptar('list', archive)).io.stderr.text).toMatch(/nor slices of it\n$/)
    expect(log()).toEqual([])
  })

  test('that of another archive is refused', async () => {
    mkdirSync(tree())
    for (const name of ['a', 'b']) {
      writeFileSync(join(tree(), name), name)
      expect((await isptar('create', join(folder, `${name}.tgz`), '.', '-C', tree())).code).toBe(0)
    }
    expect((await isptar('isolate', join(folder, 'a.tgz'), join(folder, 'a.cat'))).code).toBe(0)
    const { io, code } = await isptar('list', join(folder, 'b.tgz'), '--listing', join(folder, 'a.cat'))
    expect([code, io.stdout.text]).toEqual([3, ''])
    expect(io.stderr.text).toMatch(
      /a\.cat is the catalogue of another archive than \S+b\.tgz,[^\n]+ of this archive\n$/,
    )
  })

  test('a catalogue that is none is named', async () => {
    writeFileSync(join(folder, 'far.cat'), 'no catalogue')
    const { io, code } = await isptar('list', archive, '--listing', join(folder, 'far.cat'), '--fetch-slice', 'true')
    expect(code).not.toBe(0)
    expect(io.stderr.text).toMatch(/^isptar: \S+far\.cat: no trailer in the last 39 bytes/)
  })
})

describe('without it', () => {
  test('what lies in other slices is read; a missing slice is named', async () => {
    place(1, 2, 4, 5, 6, 7, 8)
    expect((await isptar('list', archive)).code).toBe(0)
    const { io, code } = await isptar('verify', archive)
    expect(code).toBe(10)
    expect(io.stderr.text).toMatch(/archive\.tgz\.part3: slice 3 is missing/)
  })

  test('a last slice that is not there is named', async () => {
    place(1)
    const { io, code } = await isptar('list', `${archive}.part8`)
    expect(code).toBe(10)
    expect(io.stderr.text).toMatch(/archive\.tgz\.part8: slice 8 is missing/)
  })
})
