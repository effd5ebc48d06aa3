/** The guide `isptar help backup`: every command in it, run by a shell in the order in which they stand there. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseCommand } from 'isptar/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { BACKUP_GUIDE } from '../src/topics/backup.ts'
import { fakeIo } from './fake-io.ts'

const BIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))
const LIBRARY = fileURLToPath(new URL('../../isptar/dist/node/index.js', import.meta.url))
const built = existsSync(BIN) && existsSync(LIBRARY)
if (!built) console.log('the command is not built: half of the guide is not tried out; run the build first')

/** What stands for programs that are not here; each gets its arguments as the real one would. */
const PROGRAMS = {
  isptar: `exec '${process.execPath}' '${BIN}' "$@"`,
  date: 'echo "$TODAY"',
  ssh: 'test "$1" = root@web && exec sh -c "$2"',
  rclone: `case $1 in
    moveto) mv "$2" "$STORE/\${3#store:}" ;;
    copyto) cp "$STORE/\${2#store:}" "$3" ;;
    *) exit 9 ;;
  esac`,
}

let folder = ''
const isRoot = process.getuid?.() === 0
/** Others than root cannot restore owners, nor setuid bits without them. */
const TOOL_MODE = isRoot ? 0o6755 : 0o755
/** Whether there is a device node to be packed, which takes root. */
let hasDevice = false
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-guide-'))
  for (const name of ['bin', 'store', 'backup', 'restore', 'root/srv/site']) mkdirSync(at(name), { recursive: true })
  for (const [name, text] of Object.entries(PROGRAMS)) {
    writeFileSync(at(`bin/${name}`), `#!/bin/sh\n${text}\n`)
    chmodSync(at(`bin/${name}`), 0o755)
  }
  writeFileSync(at('root/srv/site/logo.jpg'), Buffer.alloc(30_000, 'no picture, but stored as one'))
  writeFileSync(at('root/srv/site/tool'), 'a program of its owner')
  chmodSync(at('root/srv/site/tool'), TOOL_MODE)
  hasDevice = isRoot && spawnSync('mknod', [at('root/srv/site/null'), 'c', '1', '3']).status === 0
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function at(name: string): string {
  return join(folder, name)
}

/** Puts the page of a day in place. */
function publish(page: string): void {
  writeFileSync(at('root/srv/site/index.html'), page)
  writeFileSync(at(`root/srv/site/${page}`), page)
}

/** Moves the guide's places into the folder of the test, and makes its slices small, which are then of another number. */
function adapt(command: string): string {
  return command
    .replace('far.tgz.part7', () => `far.tgz.part${readdirSync(at('store')).length}`)
    .replaceAll(/(?<=^|[ :])\/(backup|restore)\b/g, `${folder}/$1`)
    .replaceAll(/-C \/ /g, `-C ${folder}/root `)
    .replaceAll('--slice 1G', '--slice 8K')
}

interface Outcome {
  readonly command: string
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function environment(today: string): Record<string, string | undefined> {
  return { ...process.env, PATH: `${at('bin')}:/usr/local/bin:/usr/bin:/bin`, STORE: at('store'), TODAY: today }
}

/** Has a shell run a command line. */
function sh(command: string, today = ''): Outcome {
  const { status, stdout, stderr } = spawnSync('sh', ['-c', adapt(command)], {
    encoding: 'utf8',
    env: environment(today),
  })
  return { command, code: status, stdout, stderr }
}

/** Runs a command line that needs no shell, and no process of its own. */
async function here(command: string): Promise<Outcome> {
  const [, ...argv] = parseCommand(adapt(command))
  const io = { ...fakeIo(), env: environment('') }
  return { command, code: await run(argv, io), stdout: io.stdout.text, stderr: io.stderr.text }
}

/** Whether a command takes a shell, or, as `pull` does, runs the built one. */
function needsBuild(command: string): boolean {
  return /[*$&|]|^isptar pull/.test(command)
}

/** The commands of the guide, those that go on in the next line put together. */
const COMMANDS = [...BACKUP_GUIDE.replaceAll(/ \\\n +/g, ' ').matchAll(/^ {2}\$ (.*)$/gm)].map(
  ([, command = '']) => command,
)
/** Schedule and command of each line of the cron table; cron takes `\%` for `%`. */
const CRON = [...BACKUP_GUIDE.matchAll(/^ {2}((?:[\d*-]+ +){5})root {2}(.*)$/gm)].map(([, , command = '']) =>
  command.replaceAll('\\%', '%'),
)

test('isptar help backup prints it, and so does --help; it is no command', async () => {
  for (const argv of [
    ['help', 'backup'],
    ['backup', '--help'],
  ]) {
    const io = fakeIo()
    expect(await run(argv, io)).toBe(0)
    expect(io.stdout.text).toBe(BACKUP_GUIDE)
  }
  const io = fakeIo()
  expect(await run(['backup', '/srv'], io)).toBe(2)
  expect(io.stderr.text).toBe('isptar: backup is a guide, not a command: isptar help backup\n')
  for (const line of BACKUP_GUIDE.split('\n')) if (!line.includes(' root ')) expect(line.length).toBeLessThanOrEqual(80)
})

test('nothing in it that looks like a command is left out here', () => {
  expect(COMMANDS.length + CRON.length).toBe(BACKUP_GUIDE.match(/^ {2}\S.*isptar .*$/gm)?.length)
  expect(COMMANDS.length).toBeGreaterThan(15)
  expect(CRON).toHaveLength(4)
})

describe('the commands', () => {
  const restored = (): string => readFileSync(at('restore/srv/site/index.html'), 'utf8')

  /** Files of every kind, with their rights. */
  const expectAll = (place: string): void => {
    expect(statSync(at(`${place}/tool`)).mode & 0o7777).toBe(TOOL_MODE)
    if (hasDevice) expect(statSync(at(`${place}/null`)).isCharacterDevice()).toBe(true)
  }

  /** What must be so after a command, by how it begins. */
  const AFTER: Readonly<Record<string, (outcome: Outcome) => void>> = {
    'isptar versions': ({ stdout }) => {
      expect(stdout.match(/\w+\.tgz +(new|same|changed)/g)).toHaveLength(4)
    },
    'isptar diff /backup/sun.tgz': ({ stdout }) => {
      expect(stdout).toContain('+ srv/site/wed\n')
      expect(stdout).toContain('M srv/site/index.html (')
    },
    'isptar extract /backup/tue.tgz': () => expect(restored()).toBe('tue'),
    'isptar extract /backup/wed.tgz': () => {
      expect(restored()).toBe('wed')
      expectAll('restore/srv/site')
    },
    'isptar prune': ({ stdout }) => {
      expect(stdout.match(/^keep /gm)).toHaveLength(4)
    },
    'isptar create -C / /backup/far.tgz': () => {
      expect(readdirSync(at('store')).length).toBeGreaterThan(3)
      expect(readdirSync(at('backup')).filter((name) => name.startsWith('far'))).toEqual(['far.cat'])
    },
    'isptar extract /backup/far.tgz': () => {
      expect(readFileSync(at('restore/far/srv/site/index.html'), 'utf8')).toBe('far')
      const fetched = readdirSync(at('backup')).filter((name) => name.startsWith('far.tgz'))
      expect(fetched.length).toBeLessThan(readdirSync(at('store')).length)
    },
    'isptar extract /backup/near.tgz': () => {
      expect(readFileSync(at('restore/near/srv/site/index.html'), 'utf8')).toBe('near')
      expect(readFileSync(at('restore/near/srv/site/logo.jpg'))).toEqual(readFileSync(at('root/srv/site/logo.jpg')))
      expectAll('restore/near/srv/site')
    },
    'isptar pull': () => expect(existsSync(at('backup/web.tgz'))).toBe(true),
  }

  test.for(COMMANDS)('%s', async (command, { skip }) => {
    if (!built && needsBuild(command)) skip('the command is not built')
    const page = /^isptar create -C \/ \/backup\/(\w+)/.exec(command)?.[1]
    if (page !== undefined) publish(page)
    const outcome = needsBuild(command) ? sh(command) : await here(command)
    // `diff` says by its code that something differs.
    const code = command.startsWith('isptar diff /backup/sun.tgz') ? 1 : 0
    expect(outcome).toMatchObject({ code, stderr: '' })
    for (const [start, check] of Object.entries(AFTER)) if (command.startsWith(start)) check(outcome)
  })

  test.runIf(built)('the cron table, through eight days', () => {
    const [full = '', day = '', verify = '', prune = ''] = CRON
    for (const [command, date] of [
      [full, '2026-11-15'],
      [day, '2026-11-16'],
      [verify, '2026-11-16'],
      [full, '2026-11-22'],
      // A differential by hand, on the day of a full one.
      [day, '2026-11-22'],
      [verify, '2026-11-22'],
    ])
      expect(sh(command ?? '', date)).toMatchObject({ code: 0, stdout: '', stderr: '' })
    const info = sh('isptar info --json /backup/day-2026-11-16.tgz')
    expect(JSON.parse(info.stdout)).toMatchObject({ in_base: expect.any(Number) })
    expect(sh(prune)).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(existsSync(at('backup/full-2026-11-22.tgz'))).toBe(true)
    // Each archive of a day is looked at, not the first alone.
    for (const name of ['day', 'full']) {
      truncateSync(at(`backup/${name}-2026-11-22.tgz`), 100)
      expect(sh(verify, '2026-11-22').stderr).toContain(`backup/${name}-2026-11-22.tgz: `)
    }
  })
})
