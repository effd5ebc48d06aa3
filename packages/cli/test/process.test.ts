/** The built command as a real process: what only a process has. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixture } from './fixture.ts'

const BIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const LIBRARY = fileURLToPath(new URL('../../isptar/dist/node/index.js', import.meta.url))
const built = existsSync(BIN) && existsSync(LIBRARY)
if (!built) console.log('the command is not built: its process is not tried out; run the build first')

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function start(...args: string[]): ChildProcess {
  return spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
}

async function outcome(child: ChildProcess): Promise<{ code: number | null; signal: string | null; stderr: string }> {
  let stderr = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8')
  })
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  return { code, signal, stderr }
}

/** Enough that a command is at work for a while: slow to deflate, many entries. */
function fillFolder(): string {
  const path = join(folder, 'tree')
  mkdirSync(path, { recursive: true })
  let seed = 1
  for (let file = 0; file < 40; file += 1) {
    const bytes = Buffer.alloc(1024 * 1024)
    for (let i = 0; i < bytes.length; i += 1) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
      bytes[i] = 32 + ((seed >>> 16) % 24)
    }
    writeFileSync(join(path, `file${file}`), bytes)
  }
  return path
}

/** Prints at the end how many threads said that they had loaded their script. */
const COUNT_THREADS = `
  const threads = require('node:worker_threads')
  let loaded = 0
  threads.Worker = class extends threads.Worker {
    constructor(...args) {
      super(...args)
      this.once('message', () => { loaded += 1 })
    }
  }
  require('node:module').syncBuiltinESMExports()
  process.on('exit', () => console.log(loaded + ' threads loaded'))`

/** An archive whose names are more than any pipe takes. */
function longListing(): string {
  const tree = join(folder, 'names')
  mkdirSync(tree)
  for (let file = 0; file < 5000; file += 1) writeFileSync(join(tree, `${file}-${'n'.repeat(200)}`), '')
  const archive = join(folder, 'names.tgz')
  expect(spawnSync(process.execPath, [BIN, 'create', archive, tree]).status).toBe(0)
  return archive
}

describe.runIf(built)('the process', () => {
  test('lists an archive and ends with 0', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, 'list', fixture('plain/archive.tgz')])
    expect(stderr.toString()).toBe('')
    expect(status).toBe(0)
    expect(stdout.toString().split('\n')).toHaveLength(14)
  })

  test.runIf(process.platform === 'linux')('takes arguments of any bytes', () => {
    const script = `
      mkdir "$2"; name=$(printf '\\377'); printf data > "$2/$name"; printf other > "$2/other"
      "$0" "$1" create -C "$2" "$2/x.tgz" "$name" other && "$0" "$1" cat "$2/x.tgz" "$name"`
    const { status, stdout, stderr } = spawnSync('sh', ['-c', script, process.execPath, BIN, join(folder, 'bytes')])
    expect(stderr.toString()).toBe('')
    expect(stdout.toString()).toBe('data')
    expect(status).toBe(0)
  })

  test('reads and compresses in as many threads as it is told to, and makes the same of it', () => {
    const preload = join(folder, 'threads.cjs')
    writeFileSync(preload, COUNT_THREADS)
    const tree = fillFolder()
    const archives = [1, 2, 3].map((threads) => {
      const archive = join(folder, `threads${threads}.tgz`)
      const argv = ['-r', preload, BIN, 'create', '-q', '-l1', '--threads', String(threads), archive, tree]
      const env = { ...process.env, SOURCE_DATE_EPOCH: '0' }
      const { status, stdout, stderr } = spawnSync(process.execPath, argv, { env, encoding: 'utf8' })
      expect([status, stderr, stdout]).toEqual([0, '', `${threads > 1 ? threads : 0} threads loaded\n`])
      return readFileSync(archive)
    })
    for (const archive of archives) expect(Buffer.compare(archive, archives[0] ?? Buffer.alloc(0))).toBe(0)
  })

  test('ends with the code of the failure', () => {
    const { status, stderr } = spawnSync(process.execPath, [BIN, 'cat', fixture('plain/archive.tgz'), 'none'])
    expect(stderr.toString()).toMatch(/^isptar: no entry "none" in [^\n]+\n$/)
    expect(status).toBe(8)
  })

  test('is silent when its reader goes away', async () => {
    const child = start('cat', fixture('plain/archive.tgz'), ...Array<string>(60).fill('data/big.log'))
    child.stdout?.once('data', () => child.stdout?.destroy())
    expect(await outcome(child)).toEqual({ code: 141, signal: null, stderr: '' })
  })

  test.runIf(existsSync('/dev/full'))('says when standard output is full', () => {
    const full = openSync('/dev/full', 'w')
    try {
      const options = { stdio: ['ignore', full, 'pipe'] as ['ignore', number, 'pipe'] }
      const { status, stderr } = spawnSync(process.execPath, [BIN, 'list', fixture('plain/archive.tgz')], options)
      expect(stderr?.toString()).toMatch(/^isptar: cannot write to standard output: [^\n]*ENOSPC[^\n]*\n$/)
      expect(status).toBe(10)
    } finally {
      closeSync(full)
    }
  })

  test.each(['list', 'create'] as const)('SIGTERM ends a %s whose reader takes nothing', async (command) => {
    const args = command === 'list' ? [longListing()] : ['-', fillFolder()]
    const child = start(command, ...args)
    const ended = outcome(child)
    // Nobody reads: the pipe fills up, and the command waits.
    await once(child.stdout ?? child, 'readable')
    child.kill('SIGTERM')
    const [code] = (await once(child, 'exit')) as [number | null]
    expect(code).toBe(143)
    child.stdout?.destroy()
    expect((await ended).stderr).toMatch(/isptar: interrupted\n$/)
  })

  test.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s ends a packing with %i and leaves nothing', async (signal, code) => {
    const tree = fillFolder()
    const target = mkdtempSync(join(folder, 'target-'))
    const child = start('create', '-l', '9', '-v', join(target, 'x.tgz'), tree)
    const ended = outcome(child)
    child.stderr?.once('data', () => child.kill(signal))
    const { code: exitCode, stderr } = await ended
    expect(stderr).toMatch(/isptar: interrupted\n$/)
    expect(exitCode).toBe(code)
    expect(readdirSync(target)).toEqual([])
  })
})
