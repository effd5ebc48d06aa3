import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import {
  BaseMismatchError,
  CommandError,
  EntryNotFoundError,
  FormatError,
  IntegrityError,
  LimitError,
  StorageError,
  UnsafePathError,
  UnsupportedError,
} from 'isptar'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InterruptedError, OutputClosedError, OutputFailedError, UsageError } from '../src/command-io.ts'
import { EXIT_CODES, exitCodeOf } from '../src/exit-code.ts'
import { run } from '../src/run.ts'
import { fakeIo } from './fake-io.ts'
import { fixture } from './fixture.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('exitCodeOf', () => {
  test.each<[Error, number]>([
    [new UsageError('x'), 2],
    [new FormatError('x'), 3],
    [new IntegrityError('x'), 4],
    [new UnsupportedError('x'), 5],
    [new LimitError('x', { limit: 'x', max: 1, actual: 2 }), 6],
    [new UnsafePathError('x', 'y'), 7],
    [new EntryNotFoundError('x', 'y'), 8],
    [new BaseMismatchError('x'), 9],
    [new StorageError('x', { operation: 'read', location: 'x', kind: 'other' }), 10],
    [new CommandError('x', { command: 'y' }), 11],
    [new OutputFailedError('x'), 10],
    [new InterruptedError('SIGINT'), 130],
    [new InterruptedError('SIGTERM'), 143],
    [new InterruptedError('SIGHUP'), 129],
    [new OutputClosedError(), 141],
    [new TypeError('x'), 70],
    [Object.assign(new Error('x'), { code: 'ENOENT', syscall: 'open' }), 10],
    [Object.assign(new TypeError('x'), { code: 'ERR_INVALID_ARG_TYPE' }), 70],
  ])('%s', (error, code) => {
    expect(exitCodeOf(error)).toBe(code)
    const documented = EXIT_CODES.map(([listed]) => listed)
    expect([...documented, 129, 143]).toContain(code)
  })

  test('what is no error at all is an internal failure', () => {
    expect(exitCodeOf('thrown text')).toBe(70)
  })
})

describe('each kind of failure ends the command with its code and one line', () => {
  test.each<[string, number, () => string[]]>([
    ['no archive there', 10, () => ['list', join(folder, 'none.tgz')]],
    ['not an archive', 3, () => ['list', write('text.tgz', Buffer.alloc(5000, 'text'))]],
    ['an archive cut short', 3, () => ['list', write('cut.tgz', plain().subarray(0, -30))]],
    ['a damaged file', 4, () => ['cat', write('damaged.tgz', damaged()), 'data/big.log']],
    ['no such entry', 8, () => ['cat', fixture('plain/archive.tgz'), 'nothing']],
    ['data in a base that is not there', 9, () => ['cat', fixture('diff/d1.tgz'), unchangedPath()]],
    ['a missing slice', 10, () => ['list', sliced()]],
  ])('%s: %i', async (_name, code, argv) => {
    const io = fakeIo()
    expect(await run(argv(), io)).toBe(code)
    expect(io.stderr.text).toMatch(/^isptar: [^\n]+\n$/)
    expect(io.stderr.text).not.toContain(' at ')
  })

  test('verify names the damage and gives the code of the first problem', async () => {
    const io = fakeIo()
    expect(await run(['verify', write('damaged.tgz', damaged())], io)).toBe(4)
    expect(io.stdout.text).toBe('')
    expect(io.stderr.text).toContain('data/big.log')
    expect(io.stderr.text).toMatch(/damaged\.tgz: 1 problem found\n$/)
  })

  test('--verbose adds where it happened', async () => {
    const io = fakeIo()
    expect(await run(['--verbose', 'list', join(folder, 'none.tgz')], io)).toBe(10)
    expect(io.stderr.text).toMatch(/\n +at /)
  })
})

describe('whoever ends the command', () => {
  test('a reader that goes away is no failure worth a word', async () => {
    const io = fakeIo()
    io.stdout.failure = new OutputClosedError()
    expect(await run(['list', fixture('plain/archive.tgz')], io)).toBe(141)
    expect(io.stderr.text).toBe('')
  })

  test('an interrupt has its own code', async () => {
    const io = fakeIo()
    io.controller.abort(new InterruptedError('SIGINT'))
    expect(await run(['verify', fixture('plain/archive.tgz')], io)).toBe(130)
    expect(io.stderr.text).toBe('isptar: interrupted\n')
  })

  test('standard output that is full', async () => {
    const io = fakeIo()
    io.stdout.failure = new OutputFailedError('cannot write to standard output: ENOSPC')
    expect(await run(['list', fixture('plain/archive.tgz')], io)).toBe(10)
    expect(io.stderr.text).toBe('isptar: cannot write to standard output: ENOSPC\n')
  })
})

test('help that could not be written is no success', async () => {
  const io = fakeIo()
  io.stdout.failure = new OutputFailedError('cannot write to standard output: ENOSPC')
  expect(await run(['--help'], io)).toBe(10)
  expect(io.stderr.text).toBe('isptar: cannot write to standard output: ENOSPC\n')
  io.stdout.failure = new OutputClosedError()
  expect(await run(['--help'], io)).toBe(141)
})

test('errors of opening name the archive, and say what reads an ordinary tar.gz', async () => {
  const listed = async (path: string): Promise<string> => {
    const io = fakeIo()
    expect(await run(['list', path], io)).toBe(3)
    return io.stderr.text
  }
  const text = write('named.tgz', Buffer.alloc(5000, 'text'))
  expect(await listed(text)).toMatch(/^isptar: \S+named\.tgz: no trailer [^\n]+\n$/)
  expect(await listed(text)).not.toContain('gzip file')
  const ordinary = write('ordinary.tgz', gzipSync(Buffer.alloc(5000, 'text')))
  expect(await listed(ordinary)).toMatch(/^isptar: \S+ordinary\.tgz: no trailer [^\n]+`tar tzf`[^\n]+`isptar create`/)
})

test('a message cannot drive the terminal', async () => {
  const io = fakeIo({ tty: true, env: { NO_COLOR: '1' } })
  await run(['list', join(folder, '\u001b[2J\nx\u202e')], io)
  expect(io.stderr.text).toMatch(/^isptar: [^\n]+\n$/)
  expect(io.stderr.text).not.toMatch(/[\u001b\u202e]/)
})

test('errors are red on a terminal unless NO_COLOR is set', async () => {
  const colored = fakeIo({ tty: true })
  await run(['list', join(folder, 'none.tgz')], colored)
  expect(colored.stderr.text.startsWith('\u001b[31misptar:\u001b[39m ')).toBe(true)
})

function plain(): Buffer {
  return readFileSync(fixture('plain/archive.tgz'))
}

/** One bit wrong in the middle of the largest file. */
function damaged(): Buffer {
  const bytes = plain()
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 0x10
  return bytes
}

function write(name: string, bytes: Uint8Array): string {
  const path = join(folder, name)
  writeFileSync(path, bytes)
  return path
}

function unchangedPath(): string {
  const listing = readFileSync(fixture('diff/d1.listing.txt'), 'utf8')
  const line = listing.split('\n').find((text) => /\t1:\d+:\d+:\d+$/.test(text))
  return line?.split('\t')[0] ?? ''
}

function sliced(): string {
  write('s.tgz.part8', readFileSync(fixture('sliced/archive.tgz.part8')))
  return join(folder, 's.tgz')
}
