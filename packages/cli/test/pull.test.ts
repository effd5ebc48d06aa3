/** `pull` with real processes: a script stands for ssh and does what sshd would, which is to let a shell read the line. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const BIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const LIBRARY = fileURLToPath(new URL('../../isptar/dist/node/index.js', import.meta.url))
const built = existsSync(BIN) && existsSync(LIBRARY)
if (!built) console.log('the command is not built: pull is not tried out; run the build first')

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
  mkdirSync(join(folder, 'far/site'), { recursive: true })
  mkdirSync(join(folder, 'here'))
  writeFileSync(join(folder, 'far/site/index.html'), '<h1>hello</h1>\n')
  writeFileSync(join(folder, 'far/site/big'), Buffer.alloc(3_000_000, 'some data '))
})

const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(args: readonly string[]): ChildProcess {
  const env = { ...process.env, SOURCE_DATE_EPOCH: '1700000000' }
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env })
  children.push(child)
  return child
}

async function outcome(child: ChildProcess): Promise<Outcome> {
  const said = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk: Buffer) => (said.stdout += chunk.toString('utf8')))
  child.stderr?.on('data', (chunk: Buffer) => (said.stderr += chunk.toString('utf8')))
  const [code] = (await once(child, 'close')) as [number | null]
  return { code, ...said }
}

const isptar = (...args: string[]): Promise<Outcome> => outcome(start(args))

/** A stand-in for ssh: `$1` is the host, `$2` the command line. */
function sshScript(body: string): string {
  const path = join(folder, 'ssh.sh')
  writeFileSync(path, `${body}\n`)
  return `sh ${path}`
}

/** A filter that lets so many bytes through at once, and then ends. */
function passing(bytes: number): string {
  const script = `let left = ${bytes}; process.stdin.on('data', (chunk) => {
    process.stdout.write(chunk.subarray(0, left)); left -= chunk.length; if (left <= 0) process.stdin.destroy() })`
  const path = join(folder, 'passing.cjs')
  writeFileSync(path, script)
  return `${process.execPath} ${path}`
}

const LIKE_SSHD = 'exec sh -c "$2"'
const at = (name: string): string => join(folder, 'here', name)

function pulling(ssh: string, ...rest: string[]): string[] {
  return ['pull', '--ssh', ssh, '--remote-isptar', `${process.execPath} ${BIN}`, '-C', join(folder, 'far'), ...rest]
}

const pull = (ssh: string, ...rest: string[]): Promise<Outcome> => isptar(...pulling(ssh, ...rest))

describe.runIf(built)('pull', () => {
  test('makes the archive that create would make over there', async () => {
    const ssh = sshScript(`echo "$1" > ${join(folder, 'host')}; ${LIKE_SSHD}`)
    expect(await pull(ssh, 'me@[fe80::1]:site', at('x.tgz'))).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(join(folder, 'host'), 'utf8')).toBe('me@fe80::1\n')
    expect((await isptar('create', '-C', join(folder, 'far'), at('y.tgz'), 'site')).code).toBe(0)
    expect(readFileSync(at('x.tgz')).equals(readFileSync(at('y.tgz')))).toBe(true)
  })

  test('paths of any bytes and patterns of any characters', async () => {
    const names = ["it's $HOME", 'a "b" `c` \\', '-dash', 'new\nline\n']
    for (const name of names) writeFileSync(join(folder, 'far', name), name)
    writeFileSync(Buffer.concat([Buffer.from(join(folder, 'far/')), Buffer.from([0xff, 0x27, 0x0a])]), 'bytes')
    const args = ["--exclude='*.no thing'", ...names.map((name) => `host:${name}`)]
    const all = pulling(sshScript(LIKE_SSHD), ...args)
    // A process of ours cannot be given bytes that are not UTF-8 but by a shell.
    const script = 'name=$(printf "\\377\'\\nx"); exec "$@" "host:${name%x}" "$0"'
    const child = spawn('sh', ['-c', script, at('x.tgz'), process.execPath, BIN, ...all], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const { code, stderr } = await outcome(child)
    expect(stderr).toBe('isptar: the pattern "\'*.no thing\'" left nothing out\n')
    expect(code).toBe(0)
    const list = await isptar('list', '--json', at('x.tgz'))
    const paths = list.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { path: string })
    expect(paths.slice(0, 4).map(({ path }) => path)).toEqual(names)
    expect(paths[4]).toMatchObject({ path_b64: Buffer.from([0xff, 0x27, 0x0a]).toString('base64') })
  })

  test('what is missing over there is named here, and ends with 1', async () => {
    const { code, stderr } = await pull(sshScript(LIKE_SSHD), 'h:site', 'h:missing', at('x.tgz'))
    expect(stderr).toMatch(/^isptar: \S+missing: no such file or folder\n$/)
    expect(code).toBe(1)
    expect(readdirSync(join(folder, 'here'))).toEqual(['x.tgz'])
  })

  test('only what changed since a base is sent', async () => {
    const sent = join(folder, 'sent')
    const ssh = sshScript(`sh -c "$2" | tee ${sent}`)
    expect((await pull(ssh, 'h:site', at('full.tgz'))).code).toBe(0)
    expect(readFileSync(sent).length).toBeGreaterThan(3_000_000)
    writeFileSync(join(folder, 'far/site/index.html'), 'changed')
    const { code, stderr } = await pull(ssh, '-v', 'h:site', at('next.tgz'), '--base', at('full.tgz'))
    expect(code).toBe(0)
    expect(stderr).toMatch(/next\.tgz: 3 entries, 7 bytes received, \S+ \S+ written, 2 unchanged \(2\.9 MiB\)\n$/)
    expect(readFileSync(sent).length).toBeLessThan(2000)
    expect((await isptar('cat', at('next.tgz'), 'site/index.html')).stdout).toBe('changed')
    expect((await isptar('verify', '-q', at('next.tgz'))).code).toBe(0)
  })

  test('the archive goes to standard output with -', async () => {
    const child = start(pulling(sshScript(LIKE_SSHD), 'h:site', '-'))
    const parts: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => parts.push(chunk))
    await once(child, 'close')
    writeFileSync(at('x.tgz'), Buffer.concat(parts))
    expect((await isptar('verify', '-q', at('x.tgz'))).code).toBe(0)
  })

  test.each<[string, string, RegExp]>([
    [
      'no connection',
      'echo "ssh: connect to host h port 22: Connection refused" >&2; exit 255',
      /exit code 255: there is no connection/,
    ],
    ['no program over there', 'exec sh -c "no-such-program-here $2"', /exit code 127: the host has no such program/],
  ])('%s: one line says why, nothing is left', async (_name, body, message) => {
    const { code, stderr } = await pull(sshScript(body), 'h:site', at('x.tgz'))
    expect(code).toBe(11)
    expect(stderr).toMatch(message)
    expect(stderr).toMatch(/^isptar: remote: [^\n]+\nisptar: the command failed: [^\n]+\n$/)
    expect(readdirSync(join(folder, 'here'))).toEqual([])
  })

  test('no ssh here', async () => {
    const { code, stderr } = await pull('no-such-ssh-here', 'h:site', at('x.tgz'))
    expect(code).toBe(11)
    expect(stderr).toMatch(/^isptar: the command failed: no-such-ssh-here [^\n]*ENOENT\n$/)
  })

  test('a login script that prints', async () => {
    const { code, stderr } = await pull(sshScript(`echo "Welcome to h"; ${LIKE_SSHD}`), 'h:site', at('x.tgz'))
    expect(code).toBe(10)
    expect(stderr).toContain('it began with "We" instead of a hello; if a login script on its machine prints something')
    expect(readdirSync(join(folder, 'here'))).toEqual([])
  })

  test('a connection that breaks in the middle', async () => {
    const { code, stderr } = await pull(sshScript(`sh -c "$2" | ${passing(100_000)}`), 'h:site', at('x.tgz'))
    expect(code).toBe(10)
    expect(stderr).toContain('isptar: the client went away: its stream ended after 100000 bytes, which is too early\n')
    expect(readdirSync(join(folder, 'here'))).toEqual([])
  })

  test('the client over there hears that the archive cannot be written', async () => {
    writeFileSync(at('x.tgz'), 'old')
    const { code, stderr } = await pull(sshScript(LIKE_SSHD), 'h:site', at('x.tgz'))
    expect(code).toBe(10)
    expect(stderr).toMatch(/isptar: cannot write \S+x\.tgz: it exists already/)
    expect(readFileSync(at('x.tgz'), 'utf8')).toBe('old')
  })

  test('an interruption ends the other side too, and nothing is left', { timeout: 15_000 }, async () => {
    const pidFile = join(folder, 'pid')
    const body = `echo $$ > ${pidFile}; sh -c "$2" | (${passing(700_000)}; sleep 5)`
    const child = start(pulling(sshScript(body), '-v', 'h:site', at('x.tgz')))
    const ended = outcome(child)
    let wasKilled = false
    child.stderr?.on('data', (chunk: Buffer) => {
      if (wasKilled || !chunk.toString('utf8').includes('site/big\n')) return
      wasKilled = child.kill('SIGINT')
    })
    const { code, stderr } = await ended
    expect(stderr).toMatch(/isptar: interrupted\n$/)
    expect(code).toBe(130)
    expect(readdirSync(join(folder, 'here'))).toEqual([])
    expect(existsSync(`/proc/${readFileSync(pidFile, 'utf8').trim()}`)).toBe(false)
  })
})
