import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { fakeIo } from './fake-io.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
  mkdirSync(at('site'))
  for (let k = 0; k < 5; k += 1)
    writeFileSync(at(`site/${k}`), createHash('sha512').update(`${k}`).digest('hex').repeat(50))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function at(path: string): string {
  return join(folder, path)
}

async function create(options: readonly string[]): Promise<{ code: number; stderr: string }> {
  const io = fakeIo()
  const code = await run(['create', '-C', folder, '-l', '0', at('a.tgz'), 'site', ...options], io)
  return { code, stderr: io.stderr.text }
}

/** Names of the archive's files. */
function archives(): string[] {
  return readdirSync(folder)
    .filter((name) => name.startsWith('a.tgz'))
    .sort()
}

/** Numbers the slices that the archive has when each is 10,000 bytes long. */
const FOUR = ['a.tgz.part1', 'a.tgz.part2', 'a.tgz.part3', 'a.tgz.part4']

describe('create --slice', () => {
  test('cuts the archive, which is read by its name', async () => {
    expect(await create(['--slice', '10000'])).toEqual({ code: 0, stderr: '' })
    expect(archives()).toEqual(FOUR)
    const io = fakeIo()
    expect(await run(['verify', at('a.tgz')], io)).toBe(0)
    expect(await run(['cat', at('a.tgz'), 'site/4'], io)).toBe(0)
    expect(io.stdout.text).toContain(readFileSync(at('site/4'), 'utf8'))
  })

  test('leaves an archive whole that is shorter', async () => {
    expect(await create(['--slice', '1M'])).toEqual({ code: 0, stderr: '' })
    expect(archives()).toEqual(['a.tgz'])
  })

  test('replaces slices, and one file by slices, only with --force', async () => {
    await create(['--slice', '5000'])
    expect(await create(['--slice', '10000'])).toMatchObject({
      code: 10,
      stderr: expect.stringContaining('it exists already'),
    })
    expect(await create(['--slice', '10000', '--force'])).toEqual({ code: 0, stderr: '' })
    expect(archives()).toEqual(FOUR)
    expect(await create(['--force'])).toMatchObject({ code: 2, stderr: expect.stringContaining('or use --slice') })
    expect(await create(['--slice', '1M', '--force'])).toEqual({ code: 0, stderr: '' })
    expect(archives()).toEqual(['a.tgz'])
    expect(await create(['--slice', '10000', '--force'])).toEqual({ code: 0, stderr: '' })
    expect(archives()).toEqual(FOUR)
  })

  test('runs a command on each slice, which may take it away', async () => {
    mkdirSync(at('away'))
    const script = at('take.sh')
    writeFileSync(
      script,
      `echo "$@" >> '${at('log')}'; mv "$1" '${at('away')}'; ls -A '${folder}' | grep part | wc -l >> '${at('log')}'\n`,
    )
    expect(await create(['--slice', '10000', '--on-slice', `sh '${script}' %f %n %e %p %b %c %s`])).toEqual({
      code: 0,
      stderr: '',
    })
    expect(archives()).toEqual([])
    const sha256 = (name: string): string =>
      createHash('sha256')
        .update(readFileSync(at(`away/${name}`)))
        .digest('hex')
    const told = FOUR.flatMap((name, k) => [
      [at(name), k + 1, k === 3 ? 1 : 0, folder, 'a.tgz', k + 1, sha256(name)].join(' '),
      '0',
    ])
    expect(readFileSync(at('log'), 'utf8').trimEnd().split('\n')).toEqual(told)
    expect(await run(['verify', at('away/a.tgz')], fakeIo())).toBe(0)
  })

  test('hands a shell the values', async () => {
    const command = `test %n = 1 && cp %f '${at('copy one')}' || true`
    expect(await create(['--slice', '10000', '--shell', '--on-slice', command])).toEqual({ code: 0, stderr: '' })
    expect(readFileSync(at('copy one'))).toEqual(readFileSync(at('a.tgz.part1')))
  })

  test('ends when the command fails, and says which slices are whole', async () => {
    const { code, stderr } = await create(['--slice', '10000', '--shell', '--on-slice', 'test %n != 2'])
    expect(code).toBe(11)
    expect(stderr).toContain('a.tgz.part2) was not handed over')
    expect(stderr).toContain('; slices 1 to 2 are whole')
    expect(archives()).toEqual([...FOUR.slice(0, 2), 'a.tgz.resume'])
  })

  test.each([
    [['--slice', '4095'], '--slice <size>'],
    [['--slice', '10x'], 'such as 700M'],
    [['--slice', '1M', '--on-slice', 'echo %q'], '--on-slice: "%q"'],
    [['--on-slice', 'echo'], '--on-slice is of use only with --slice'],
    [['--resume'], '--resume is of use only with --slice'],
    [['--no-resume'], '--no-resume is of use only with --slice'],
  ])('takes %j for a mistake', async (options, message) => {
    expect(await create(options)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
    expect(archives()).toEqual([])
  })

  test('does not cut what goes to standard output', async () => {
    const io = fakeIo()
    expect(await run(['create', '-C', folder, '-', 'site', '--slice', '1M'], io)).toBe(2)
    expect(io.stderr.text).toContain('slices are files')
    expect(existsSync(at('-'))).toBe(false)
  })
})

describe('create --no-resume', () => {
  /** Fails at the second slice, and leaves the names that were there at each. */
  const stop = (): string[] => [
    ...['--slice', '10000', '--shell', '--on-slice'],
    `ls -A '${folder}' >> '${at('seen')}'; test %n != 2`,
  ]

  test('keeps no journal, at no time, and nothing goes on', async () => {
    const { code, stderr } = await create([...stop(), '--no-resume'])
    expect(code).toBe(11)
    expect(stderr).not.toContain('--resume')
    expect(archives()).toEqual(FOUR.slice(0, 2))
    expect(readFileSync(at('seen'), 'utf8')).not.toContain('resume')
    expect(await create(['--slice', '10000', '--no-resume', '--force'])).toEqual({ code: 0, stderr: '' })
    expect(archives()).toEqual(FOUR)
    expect(await run(['verify', at('a.tgz')], fakeIo())).toBe(0)
  })

  test('takes no journal of an earlier run for its own: it is refused, or removed with --force', async () => {
    await create(stop())
    expect(readFileSync(at('seen'), 'utf8')).toContain('a.tgz.resume')
    expect(await create(['--slice', '10000', '--no-resume'])).toMatchObject({
      code: 10,
      stderr: expect.stringContaining('not finished'),
    })
    expect(archives()).toEqual([...FOUR.slice(0, 2), 'a.tgz.resume'])
    expect(await create([...stop(), '--no-resume', '--force'])).toMatchObject({ code: 11 })
    expect(archives()).toEqual(FOUR.slice(0, 2))
    expect(await create(['--slice', '10000', '--resume'])).toMatchObject({ code: 10 })
  })
})

describe('create --resume', () => {
  const stop = ['--slice', '10000', '--shell', '--on-slice', 'test %n != 2']
  const goOn = ['--slice', '10000', '--resume']

  test('goes on with what was not finished', async () => {
    expect((await create(stop)).stderr).toContain('a.tgz is not finished: the same command with --resume goes on')
    expect(archives()).toEqual([...FOUR.slice(0, 2), 'a.tgz.resume'])
    const first = readFileSync(at('a.tgz.part1'))
    expect(await create(['--slice', '10000'])).toMatchObject({
      code: 10,
      stderr: expect.stringContaining('resume that'),
    })
    expect(await create(goOn)).toEqual({ code: 0, stderr: '' })
    expect(archives()).toEqual(FOUR)
    expect(readFileSync(at('a.tgz.part1'))).toEqual(first)
    expect(await run(['verify', at('a.tgz')], fakeIo())).toBe(0)
  })

  test('begins anew with --force alone', async () => {
    await create(stop)
    expect(await create(['--slice', '10000', '--force'])).toEqual({ code: 0, stderr: '' })
    expect(archives()).toEqual(FOUR)
  })

  test('warns of slices for which there was no command to run', async () => {
    expect(await create(['--slice', '10000', '--before-path', 'site/4=false'])).toMatchObject({ code: 11 })
    const tell = ['--shell', '--on-slice', `echo %n >> '${at('log')}'`]
    const { code, stderr } = await create([...goOn, ...tell])
    expect(code).toBe(0)
    expect(stderr).toContain('an earlier run had nobody to tell of slice')
    expect(archives()).toEqual(FOUR)
    expect(readFileSync(at('log'), 'utf8')).not.toMatch(/^1$/m)
  })

  test('refuses to go on behind a slice that is damaged', async () => {
    await create(stop)
    const first = readFileSync(at('a.tgz.part1'))
    writeFileSync(at('a.tgz.part1'), first.subarray(1))
    expect(await create(goOn)).toMatchObject({ code: 4, stderr: expect.stringContaining('9999 bytes, not the 10000') })
    writeFileSync(at('a.tgz.part1'), first)
    expect(await create(goOn)).toEqual({ code: 0, stderr: '' })
  })

  test('refuses another command than the first', async () => {
    await create(stop)
    expect(await create([...goOn, '--exclude', '3'])).toMatchObject({
      code: 10,
      stderr: expect.stringContaining('another value of "exclude"'),
    })
    expect(archives()).toContain('a.tgz.resume')
  })

  test('makes a catalogue of an archive whose tail was written by the first run', async () => {
    const options = ['--save-listing', at('list.tgz'), '--slice', '10000']
    expect(await create([...options, '--shell', '--on-slice', 'test %n != 3'])).toMatchObject({ code: 11 })
    expect(await create([...options, '--resume'])).toEqual({ code: 0, stderr: '' })
    expect(archives()).toEqual(FOUR)
    expect(await run(['list', at('list.tgz')], fakeIo())).toBe(0)
  })
})
