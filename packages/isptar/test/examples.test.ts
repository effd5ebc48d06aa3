/**
 * Runs every example that the documentation shows: the shell blocks of the README with the built command, the
 * TypeScript blocks of the READMEs and of the docstrings as modules. `backups.example` is served from memory: the archive
 * under every name, and the halves of it as `.part1` and `.part2`.
 */
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as isptar from 'isptar'
import * as node from 'isptar/node'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'

const ROOT = join(import.meta.dirname, '../../..')
const CLI = join(ROOT, 'packages/cli/dist/main.js')
/** Inside the package, so that its own name resolves. */
const MODULES = mkdtempSync(join(import.meta.dirname, '.examples-'))

interface Example {
  readonly where: string
  readonly code: string
}

function blocks(file: string, language: string): Example[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\`$`, 'gms'))].map((match, index) => ({
    where: `${file}, ${language} block ${index + 1}`,
    code: match[1] ?? '',
  }))
}

function docstringExamples(): Example[] {
  const folder = join(ROOT, 'packages/isptar/src')
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) =>
      [...readFileSync(join(folder, file), 'utf8').matchAll(/@example\n \* ```ts\n(.*?) \* ```/gs)].map((match) => ({
        where: `docstring in ${file}`,
        code: withImports((match[1] ?? '').replaceAll(/^ \* ?/gm, '')),
      })),
    )
}

/** A docstring shows no imports: they are those of the names it uses. */
function withImports(code: string): string {
  const used = (names: object): string =>
    Object.keys(names)
      .filter((name) => new RegExp(`\\b${name}\\b`).test(code))
      .join(', ')
  return `import { ${used(isptar)} } from 'isptar'\nimport { ${used(node)} } from 'isptar/node'\n${code}`
}

let remote: Uint8Array
let folder: string
const printed: unknown[][] = []

beforeAll(async () => {
  const source = makeSite(mkdtempSync(join(tmpdir(), 'isptar-example-')))
  const target = new isptar.MemoryTarget()
  await node.packTree('site', target, { cwd: source })
  remote = target.bytes()
  rmSync(source, { recursive: true })
})

beforeEach(async () => {
  folder = makeSite(mkdtempSync(join(tmpdir(), 'isptar-example-')))
  writeFileSync(join(folder, 'site.tgz'), remote)
  const before = process.cwd()
  process.chdir(folder)
  vi.stubGlobal('fetch', async (url: unknown, init?: RequestInit) =>
    answerRange(contentOf(String(url)), new Headers(init?.headers).get('range')),
  )
  vi.spyOn(console, 'log').mockImplementation((...values: unknown[]) => void printed.push(values))
  printed.length = 0
  return () => {
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
    process.chdir(before)
    rmSync(folder, { recursive: true })
  }
})

afterAll(() => rmSync(MODULES, { recursive: true }))

function makeSite(at: string): string {
  mkdirSync(join(at, 'site/etc'), { recursive: true })
  mkdirSync(join(at, 'site/var'), { recursive: true })
  writeFileSync(join(at, 'site/etc/motd'), 'hello\n')
  writeFileSync(join(at, 'site/var/log'), 'a line\n'.repeat(100))
  return at
}

function contentOf(url: string): Uint8Array {
  const [, slice] = /\.part([12])$/.exec(url) ?? []
  const half = Math.ceil(remote.length / 2)
  return slice === undefined ? remote : remote.subarray(...(slice === '1' ? [0, half] : [half]))
}

function answerRange(content: Uint8Array, range: string | null): Response {
  const length = { 'content-length': String(content.length), 'accept-ranges': 'bytes' }
  if (range === null) return new Response(new Uint8Array(content), { headers: { ...length, etag: '"1"' } })
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range ?? '') ?? []
  const start = first === '' ? Math.max(content.length - Number(last), 0) : Number(first)
  const end = first === '' ? content.length : Number(last) + 1
  const headers = { 'content-range': `bytes ${start}-${end - 1}/${content.length}`, etag: '"1"' }
  return new Response(new Uint8Array(content.subarray(start, end)), { status: 206, headers })
}

/** Examples are plain JavaScript too: what this Node cannot parse would not run when it is pasted. */
async function runModule({ code }: Example): Promise<void> {
  const file = join(MODULES, `example-${readdirSync(MODULES).length}.mjs`)
  writeFileSync(file, code)
  execFileSync(process.execPath, ['--check', file])
  await import(file)
}

describe('TypeScript', () => {
  const examples = [...blocks('README.md', 'ts'), ...blocks('packages/isptar/README.md', 'ts'), ...docstringExamples()]

  test('there are some of each kind', () => {
    const kinds = examples.map(({ where }) => where.replace(/[ ,].*/, ''))
    expect(new Set(kinds)).toEqual(new Set(['README.md', 'packages/isptar/README.md', 'docstring']))
    expect(examples.length).toBeGreaterThan(8)
  })

  test.each(examples)('$where', async (example) => {
    await runModule(example)
    for (const values of printed) expect(values.every((value) => value !== undefined && value !== false)).toBe(true)
  })

  test('the examples print what they say', async () => {
    const [write, pack, http] = blocks('README.md', 'ts')
    if (!write || !pack || !http) throw new Error('an example of the README is gone')
    await runModule(write)
    expect(printed).toEqual([[2, expect.stringMatching(/^[0-9a-f]{64}$/)], ['hello\n']])
    printed.length = 0
    await runModule(pack)
    expect(printed).toEqual([[[]], [[]]])
    expect(readFileSync('restored/site/etc/motd', 'utf8')).toBe('hello\n')
    expect(existsSync('restored/site/var')).toBe(false)
    printed.length = 0
    await runModule(http)
    expect(printed).toEqual([
      ['site/etc', 0],
      ['site/etc/motd', 6],
      [6, 'a line\n'.repeat(100).slice(100, 200)],
    ])
  })
})

describe('shell', () => {
  test('the first commands of the README are scripts of the workspace', () => {
    const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>
    }
    const [first] = blocks('README.md', 'sh')
    expect(first?.code.match(/^npm \w+/gm)).toEqual(['npm start', 'npm test'])
    expect(scripts).toMatchObject({ start: expect.any(String), test: expect.any(String) })
  })

  test('the minute of the command', ({ skip }) => {
    needBuild(skip)
    rmSync('site.tgz')
    const [, minute] = blocks('README.md', 'sh')
    const output = runShell(minute?.code ?? '')
    expect(readFileSync('restore/site/etc/motd', 'utf8')).toBe('hello\n')
    expect(output).toMatch(/^site\nsite\/etc\nsite\/etc\/motd\nsite\/var\nsite\/var\/log\n/)
    expect(output).toContain('\nhello\n')
    expect(output).toMatch(/site\/\nsite\/etc\/\nsite\/etc\/motd\nsite\/var\/\nsite\/var\/log\n\.backup\.info\n$/)
  })

  test('the other commands of the README', ({ skip }) => {
    needBuild(skip)
    rmSync('site.tgz')
    mkdirSync('store')
    mkdirSync('photos/2019', { recursive: true })
    writeFileSync('photos/2019/a.jpg', randomBytes(20_000))
    const [, , ...others] = blocks('README.md', 'sh').filter(({ code }) => !code.startsWith('isptar serve'))
    expect(others).toHaveLength(3)
    const code = others.map((other) => other.code).join('')
    runShell(code.replaceAll('--slice 1G', '--slice 8K').replaceAll('-C /srv ', `-C ${folder} `))
    expect(readFileSync('monday/site/etc/motd', 'utf8')).toBe('hello\n')
    expect(readdirSync('store').length).toBeGreaterThan(2)
    expect(readFileSync('restored/photos/2019/a.jpg')).toEqual(readFileSync('photos/2019/a.jpg'))
    expect(
      readdirSync('.')
        .filter((name) => name.endsWith('.tgz'))
        .toSorted(),
    ).toEqual([...['full.tgz', 'mon.tgz', 'site.tgz', 'sun.tgz']])
  })

  test('the page of the README', async ({ skip }) => {
    needBuild(skip)
    vi.unstubAllGlobals()
    const serving = blocks('README.md', 'sh').filter(({ code }) => code.startsWith('isptar serve'))
    const [, line = ''] = /^isptar (.*?) *#/.exec(serving[0]?.code ?? '') ?? []
    const child = spawn(process.execPath, [CLI, ...line.split(' ')], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const ended = once(child, 'exit')
    try {
      const [address] = await once(child.stdout.setEncoding('utf8'), 'data')
      const page = String(address).trim()
      expect(await (await fetch(page)).text()).toContain('site.tgz')
      expect(await (await fetch(`${page}files/0/site/etc/motd`)).text()).toBe('hello\n')
      child.kill('SIGINT')
      expect(await ended).toEqual([0, null])
    } finally {
      child.kill('SIGKILL')
    }
  })
})

/** Skips a test of the built command where there is none. */
function needBuild(skip: (note: string) => void): void {
  if (existsSync(CLI)) return
  if (process.env['ISPTAR_REQUIRE_ALL'] !== undefined) throw new Error('the command is not built')
  console.warn('skipped: the command is not built')
  skip('the command is not built')
}

/** Stand-ins for other programs: a store that is a folder, a host that is this one. */
const STAND_INS: Readonly<Record<string, string>> = {
  isptar: `exec "${process.execPath}" "${CLI}" "$@"`,
  aws: 'from=$(echo "$3" | sed s,^s3://backup,store,); to=$(echo "$4" | sed s,^s3://backup,store,); "$2" "$from" "$to"',
  ssh: 'shift; exec sh -c "$*"',
}

function runShell(code: string): string {
  const bin = join(folder, 'bin')
  mkdirSync(bin)
  for (const [name, line] of Object.entries(STAND_INS))
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 })
  // Nothing but the system's own tools besides: a real store must not be reached by an example.
  const env = { ...process.env, PATH: `${bin}:/usr/local/bin:/usr/bin:/bin` }
  return execFileSync('bash', ['-c', `set -e\n${code}`], { encoding: 'utf8', cwd: folder, env })
}
