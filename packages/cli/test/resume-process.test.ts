/** The built command, killed at any moment, and what it makes of that when it is started again. */
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const BIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const LIBRARY = fileURLToPath(new URL('../../isptar/dist/node/index.js', import.meta.url))
const built = existsSync(BIN) && existsSync(LIBRARY)
if (!built) console.log('the command is not built: its process is not tried out; run the build first')

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
  mkdirSync(at('tree/sub'), { recursive: true })
  mkdirSync(at('out'))
  for (let k = 0; k < 30; k += 1) writeFileSync(at(`tree/${k}`), noise(k * 1000, k))
  writeFileSync(at('tree/sub/big'), noise(1_500_000, 99))
  linkSync(at('tree/7'), at('tree/sub/seven'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function at(path: string): string {
  return join(folder, path)
}

function noise(length: number, seed: number): Buffer {
  const count = Math.ceil(length / 64)
  return Buffer.concat(
    Array.from({ length: count }, (_, k) => createHash('sha512').update(`${seed}.${k}`).digest()),
  ).subarray(0, length)
}

/** Starts the command, and kills it after a while where one is given. */
async function create(more: readonly string[], killAfterMs?: number): Promise<string | number | null> {
  const args = ['create', '-l', '1', '-C', folder, at('out/a.tgz'), 'tree', '--resume', ...more]
  const child = spawn(process.execPath, [BIN, ...args], { stdio: 'ignore' })
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs)
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null]
  clearTimeout(timer)
  return signal ?? code
}

/** Compares what GNU tar makes of the archive with the tree. */
function check(): void {
  expect(spawnSync(process.execPath, [BIN, 'verify', at('out/a.tgz')]).status).toBe(0)
  const names = readdirSync(at('out'))
  expect(names.filter((name) => !/^a\.tgz\.part\d+$/.test(name))).toEqual([])
  names.sort((a, b) => Number(/\d+$/.exec(a)) - Number(/\d+$/.exec(b)))
  mkdirSync(at('unpacked'))
  const input = Buffer.concat(names.map((name) => readFileSync(at(`out/${name}`))))
  expect(spawnSync('tar', ['-xzf', '-', '-C', at('unpacked')], { input }).status).toBe(0)
  expect(spawnSync('diff', ['-r', at('tree'), at('unpacked/tree')]).stdout.toString()).toBe('')
}

describe.runIf(built)('create --resume after kill -9', () => {
  test('goes on after each slice at which it was killed', async () => {
    const kill = `test $((ISPTAR_NUMBER %% 4)) != 0 || test -e '${at('')}'%n || { touch '${at('')}'%n; kill -9 $PPID; }`
    const outcomes: (string | number | null)[] = []
    while (outcomes.at(-1) !== 0 && outcomes.length < 30)
      outcomes.push(await create(['--slice', '100000', '--shell', '--on-slice', kill]))
    // The last time at the last slice, when the archive was whole but for the end of that command.
    expect(outcomes).toEqual([...Array.from({ length: 5 }, () => 'SIGKILL'), 0])
    check()
  }, 30_000)

  test('is refused while the first run is at work', async () => {
    const wait = `test -e '${at('go')}' || { touch '${at('waits')}'; while ! test -e '${at('go')}'; do sleep 0.05; done; }`
    const slices = ['--slice', '100000']
    const first = create([...slices, '--shell', '--on-slice', wait])
    while (!existsSync(at('waits'))) await sleep(20)
    const before = readdirSync(at('out'))
    const codes: (string | number | null)[] = []
    for (const more of [[], ['--force']])
      codes.push(await create([...slices, ...more, '--before-run', `touch ${at('ran')}`]))
    expect(codes).toEqual([10, 10])
    expect([readdirSync(at('out')), existsSync(at('ran'))]).toEqual([before, false])
    writeFileSync(at('go'), '')
    expect(await first).toBe(0)
    check()
  }, 30_000)

  test('goes on wherever it was killed', async () => {
    // The moments are not the same from run to run; that all ends well is.
    const slices = ['--slice', '20000']
    for (let ms = 150; ms < 330; ms += 23)
      if ((await create(slices, ms)) === 0) for (const name of readdirSync(at('out'))) rmSync(at(`out/${name}`))
    expect(await create(slices)).toBe(0)
    check()
  }, 30_000)
})
