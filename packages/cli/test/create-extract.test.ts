import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { InterruptedError } from '../src/command-io.ts'
import { run } from '../src/run.ts'
import { type FakeIo, fakeIo } from './fake-io.ts'

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
  put('site/index.html', '<h1>hello</h1>\n')
  put('site/conf/a.conf', 'a=1\n')
  put('site/conf/b.conf', 'b=2\n')
  put('site/img/logo.jpg', 'not really a picture '.repeat(100))
  put('site/cache/CACHEDIR.TAG', 'Signature: 8a477f597d28d172789f06886806bc55\n')
  put('site/cache/big', 'x'.repeat(10_000))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function at(path: string): string {
  return join(folder, path)
}

function put(path: string, text: string): void {
  mkdirSync(join(at(path), '..'), { recursive: true })
  writeFileSync(at(path), text)
}

function textOf(path: string): string {
  return readFileSync(at(path), 'utf8')
}

async function command(argv: readonly string[], exitCode = 0): Promise<FakeIo> {
  const io = fakeIo()
  const code = await run(argv, io)
  expect({ code, stderr: io.stderr.text }).toEqual({ code: exitCode, stderr: exitCode === 0 ? '' : expect.any(String) })
  return io
}

async function listed(...args: string[]): Promise<string[]> {
  const io = await command(['list', ...args])
  return io.stdout.text.split('\n').filter((line) => line !== '')
}

async function createSite(): Promise<string> {
  await command(['create', '-C', folder, at('site.tgz'), 'site'])
  return at('site.tgz')
}

describe('create', () => {
  test('packs a folder, in the order of the format', async () => {
    expect(await listed(await createSite())).toEqual([
      'site',
      'site/cache',
      'site/cache/CACHEDIR.TAG',
      'site/cache/big',
      'site/conf',
      'site/conf/a.conf',
      'site/conf/b.conf',
      'site/img',
      'site/img/logo.jpg',
      'site/index.html',
    ])
  })

  test('leaves out what is excluded', async () => {
    put('patterns', '# comment\n*.html\n')
    const options = ['--exclude', '*.jpg', '--exclude', 'b.conf', '--exclude-from', at('patterns'), '--exclude-caches']
    await command(['create', '-C', folder, at('site.tgz'), 'site', ...options])
    const paths = await listed(at('site.tgz'))
    expect(paths).toContain('site/conf/a.conf')
    for (const path of ['site/img/logo.jpg', 'site/conf/b.conf', 'site/index.html', 'site/cache/big'])
      expect(paths).not.toContain(path)
  })

  test('warns of patterns that leave nothing out, and keeps the old archive when they leave nothing', async () => {
    const io = fakeIo()
    const options = ['--exclude', './site/img', '--exclude', '*.jgp', '--exclude', 'cache/']
    expect(await run(['create', '-C', folder, at('site.tgz'), 'site', ...options], io)).toBe(0)
    expect(io.stderr.text).toBe('isptar: the pattern "*.jgp" left nothing out\n')
    expect(await listed(at('site.tgz'), 'site/conf')).toHaveLength(3)
    const before = readFileSync(at('site.tgz'))
    await command(['create', '--force', '-C', folder, at('site.tgz'), 'site', '--exclude', '*'], 10)
    expect(readFileSync(at('site.tgz')).equals(before)).toBe(true)
  })

  test('puts small files in groups where that is asked for, whatever the number of threads', async () => {
    for (let k = 0; k < 60; k += 1) put(`site/many/${k}`, `file ${k} `.repeat(20))
    vi.stubEnv('SOURCE_DATE_EPOCH', '0')
    onTestFinished(() => void vi.unstubAllEnvs())
    const made = async (...options: string[]): Promise<{ lines: string[]; sizeBytes: number }> => {
      await command(['create', '--force', '-C', folder, at('x.tgz'), 'site', ...options])
      await command(['verify', at('x.tgz')])
      await command(['extract', at('x.tgz'), '-C', at(`out${options.length}`)])
      return { lines: await listed('-l', at('x.tgz')), sizeBytes: statSync(at('x.tgz')).size }
    }
    const alone = await made()
    const grouped = await made('--group', '64K')
    expect(grouped.sizeBytes).toBeLessThan(alone.sizeBytes * 0.6)
    expect(await made('--group', '64K', '--threads', '1')).toEqual(grouped)
    expect(readFileSync(at('out2/site/many/59'), 'utf8')).toBe('file 59 '.repeat(20))
    for (const [option, value] of [
      ['--group', '2M'],
      ['--group', '0'],
      ['--threads', '0'],
      ['--threads', 'all'],
    ] as const) {
      const io = await command(['create', at('y.tgz'), at('site'), option, value], 2)
      expect(io.stderr.text).toMatch(/It must be a (?:size such as 64K, of 4096 to 1048576 bytes|whole number)/)
    }
  })

  test('stores suffixes and levels as asked for', async () => {
    put('site/data.raw', 'y'.repeat(10_000))
    const packed = async (...options: string[]): Promise<Map<string, number>> => {
      await command(['create', '--force', '-C', folder, at('x.tgz'), 'site', ...options])
      const lines = await listed('--json', at('x.tgz'))
      const objects = lines.map((line) => JSON.parse(line) as { path: string; packed?: number })
      return new Map(objects.map(({ path, packed: bytes = 0 }) => [path, bytes]))
    }
    const usual = await packed()
    expect(usual.get('site/img/logo.jpg')).toBeGreaterThan(2100)
    expect(usual.get('site/data.raw')).toBeLessThan(200)
    expect((await packed('--store-suffix', 'RAW')).get('site/data.raw')).toBeGreaterThan(10_000)
    expect((await packed('-l', '0')).get('site/cache/big')).toBeGreaterThan(10_000)
  })

  test('never replaces an archive unless told to', async () => {
    const archive = await createSite()
    const before = readFileSync(archive)
    const io = await command(['create', '-C', folder, archive, 'site/conf'], 10)
    expect(io.stderr.text).toMatch(/^isptar: cannot write \S+site\.tgz: it exists already[^\n]*\n$/)
    expect(readFileSync(archive).equals(before)).toBe(true)
    await command(['create', '--force', '-C', folder, archive, 'site/conf'])
    expect(await listed(archive)).toEqual(['site/conf', 'site/conf/a.conf', 'site/conf/b.conf'])
  })

  test('reports what cannot be read, and packs the rest', async () => {
    const io = await command(['create', '-C', folder, at('x.tgz'), 'site/conf', 'missing'], 1)
    expect(io.stderr.text).toMatch(/^isptar: \S*missing: [^\n]+\n$/)
    expect(await listed(at('x.tgz'), 'site/conf/a.conf')).toEqual(['site/conf/a.conf'])
  })

  test('makes no archive of nothing', async () => {
    await command(['create', at('x.tgz'), at('missing')], 10)
    expect(readdirSync(folder)).toEqual(['site'])
  })

  test('does not pack itself, neither the old nor the new one', async () => {
    put('site/site.tgz', 'old')
    const io = fakeIo()
    expect(await run(['create', '--force', '-C', folder, at('site/site.tgz'), 'site'], io)).toBe(0)
    expect(io.stderr.text).toMatch(/^isptar: left out \S+site\.tgz": it is the archive itself\n/)
    expect(await listed(at('site/site.tgz'))).not.toContain('site/site.tgz')
    expect(await listed('--json', at('site/site.tgz'), 'site/index.html')).toHaveLength(1)
    await command(['verify', '-q', at('site/site.tgz')])
  })

  test('writes to standard output what it writes to a file', async () => {
    process.env['SOURCE_DATE_EPOCH'] = '1700000000'
    try {
      const archive = await createSite()
      const io = await command(['create', '-C', folder, '-', 'site'])
      expect(Buffer.from(io.stdout.bytes).equals(readFileSync(archive))).toBe(true)
    } finally {
      delete process.env['SOURCE_DATE_EPOCH']
    }
  })

  test('to standard output that is a file in the tree leaves that file out', async () => {
    put('site/self.tgz', '')
    const io = fakeIo()
    io.stdout.file = statSync(at('site/self.tgz'), { bigint: true })
    expect(await run(['create', '-C', folder, '-', 'site'], io)).toBe(0)
    expect(io.stderr.text).toMatch(/^isptar: left out \S+self\.tgz": it is the archive itself\n$/)
  })

  test('makes no archive beside slices of its name, --force or not', async () => {
    put('x.tgz.part1', 'slice')
    const io = await command(['create', '--force', '-C', folder, at('x.tgz'), 'site'], 2)
    expect(io.stderr.text).toMatch(/^isptar: \S+x\.tgz\.part1 is a slice of an archive of that name/)
    expect(readdirSync(folder).toSorted()).toEqual(['site', 'x.tgz.part1'])
  })

  test('leaves nothing behind when it is interrupted', async () => {
    const io = fakeIo()
    const write = io.stderr.write.bind(io.stderr)
    io.stderr.write = (data) => {
      if (io.stderr.writes.length === 3) io.controller.abort(new InterruptedError('SIGINT'))
      return write(data)
    }
    expect(await run(['create', '-v', '-C', folder, at('x.tgz'), 'site'], io)).toBe(130)
    expect(readdirSync(folder)).toEqual(['site'])
    expect(io.stderr.text).toContain('isptar: interrupted\n')
  })
})

describe('extract', () => {
  test('restores everything', async () => {
    const archive = await createSite()
    chmodSync(at('site/conf/a.conf'), 0o600)
    await command(['extract', archive, '-C', at('out')])
    expect(textOf('out/site/index.html')).toBe(textOf('site/index.html'))
    expect(textOf('out/site/cache/big')).toBe(textOf('site/cache/big'))
    expect(statSync(at('out/site/index.html')).mtimeMs).toBeCloseTo(statSync(at('site/index.html')).mtimeMs, 0)
  })

  test('restores what is asked for, without leading folders', async () => {
    const archive = await createSite()
    await command(['extract', archive, '-C', at('out'), '--strip-components', '1', '*.conf', './site/img/'])
    expect(readdirSync(at('out')).toSorted()).toEqual(['conf', 'img'])
    expect(readdirSync(at('out/conf')).toSorted()).toEqual(['a.conf', 'b.conf'])
  })

  test('a path that is not there is an error, and the rest is restored', async () => {
    const archive = await createSite()
    const io = await command(['extract', archive, '-C', at('out'), 'site/none', 'site/conf'], 8)
    expect(io.stderr.text).toMatch(/^isptar: no entry "site\/none" in \S+site\.tgz\n$/)
    expect(existsSync(at('out/site/conf/a.conf'))).toBe(true)
  })

  test('refuses, keeps or replaces what exists', async () => {
    const archive = await createSite()
    put('out/site/conf/a.conf', 'mine')
    const io = await command(['extract', archive, '-C', at('out')], 1)
    expect(io.stderr.text).toMatch(/^isptar: refused site\/conf\/a\.conf: [^\n]+\n$/)
    expect(textOf('out/site/conf/a.conf')).toBe('mine')
    expect(textOf('out/site/conf/b.conf')).toBe('b=2\n')
    await command(['extract', archive, '-C', at('out'), '--keep'])
    expect(textOf('out/site/conf/a.conf')).toBe('mine')
    await command(['extract', archive, '-C', at('out'), '--overwrite'])
    expect(textOf('out/site/conf/a.conf')).toBe('a=1\n')
  })

  test.runIf(process.geteuid?.() === 0)('says when setuid bits are not restored', async () => {
    chmodSync(at('site/index.html'), 0o4755)
    const archive = await createSite()
    const io = fakeIo()
    expect(await run(['extract', archive, '-C', at('out'), 'site/index.html'], io)).toBe(0)
    expect(io.stderr.text).toMatch(/^isptar: 1 entry restored without setuid, [^\n]+\n$/)
    await command(['extract', archive, '-C', at('out2'), '--same-permissions', 'site/index.html'])
    expect(statSync(at('out2/site/index.html')).mode & 0o7777).toBe(0o4755)
  })

  test('--dry-run names what it would restore and touches nothing', async () => {
    const archive = await createSite()
    const io = await command(['extract', archive, '-C', at('out'), '-n', '*.conf'])
    expect(io.stdout.text).toBe('site/conf/a.conf\nsite/conf/b.conf\n')
    const stripped = await command(['extract', archive, '-C', at('out'), '-n', '--strip-components', '1', 'site/conf'])
    expect(stripped.stdout.text).toBe('conf\nconf/a.conf\nconf/b.conf\n')
    expect(existsSync(at('out'))).toBe(false)
  })

  test('--to-stdout joins the files in stored order', async () => {
    const archive = await createSite()
    const io = await command(['extract', archive, '-O', 'site/conf', 'site/index.html'])
    expect(io.stdout.text).toBe('a=1\nb=2\n<h1>hello</h1>\n')
    expect(readdirSync(folder).toSorted()).toEqual(['site', 'site.tgz'])
  })

  test('--to-stdout goes on after a damaged file', async () => {
    const archive = await createSite()
    const lines = await listed('--json', archive, 'site/conf/a.conf')
    const { location } = JSON.parse(lines[0] ?? '') as { location: { offset: number } }
    const bytes = readFileSync(archive)
    bytes[location.offset + 11] = (bytes[location.offset + 11] ?? 0) ^ 0xff
    writeFileSync(archive, bytes)
    const io = await command(['extract', archive, '-O', '*.conf'], 1)
    expect(io.stdout.text.endsWith('b=2\n')).toBe(true)
    expect(io.stderr.text).toMatch(/^isptar: [^\n]+\n$/)
  })

  test('--verbose names each entry on standard error, and a summary', async () => {
    const archive = await createSite()
    const io = fakeIo()
    expect(await run(['-v', 'extract', archive, '-C', at('out'), 'site/conf'], io)).toBe(0)
    expect(io.stderr.text).toContain('site/conf/a.conf\n')
    expect(io.stderr.text).toMatch(/restored \d entries, 8 bytes\n$/)
    expect(io.stdout.text).toBe('')
  })

  test('nothing half-written stays when it is interrupted', async () => {
    const archive = await createSite()
    const io = fakeIo()
    const write = io.stderr.write.bind(io.stderr)
    io.stderr.write = (data) => {
      io.controller.abort(new InterruptedError('SIGINT'))
      return write(data)
    }
    expect(await run(['-v', 'extract', archive, '-C', at('out')], io)).toBe(130)
    const left = readdirSync(at('out'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    for (const entry of left) {
      const path = join(entry.parentPath, entry.name)
      expect(readFileSync(path, 'utf8')).toBe(textOf(path.slice(at('out/').length)))
    }
  })
})
