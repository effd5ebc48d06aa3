/** Differential archives on the command line: how they are made, and read with their bases. */
import { randomBytes } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { fakeIo } from './fake-io.ts'

const ORIGINAL = new URL('../../../fixtures/original/diff/', import.meta.url).pathname

let folder = ''

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
  mkdirSync(at('site'))
  writeFileSync(at('site/a'), 'of the full one\n')
  writeFileSync(at('site/b'), 'b'.repeat(100_000))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function at(path: string): string {
  return join(folder, path)
}

async function isptar(...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const io = fakeIo()
  const code = await run(argv, io)
  return { code, stdout: io.stdout.text, stderr: io.stderr.text }
}

/** Makes `full.tgz`, and `d1.tgz` with one file more. */
async function makeChain(...options: string[]): Promise<void> {
  expect((await isptar('create', '-C', folder, at('full.tgz'), 'site')).code).toBe(0)
  writeFileSync(at('site/c'), 'of d1\n')
  const made = await isptar('create', '-C', folder, at('d1.tgz'), 'site', '--base', at('full.tgz'), ...options)
  expect(made).toEqual({ code: 0, stdout: '', stderr: '' })
}

/** Puts the full archive where it is not looked for. */
function hideFull(): string {
  mkdirSync(at('elsewhere'))
  renameSync(at('full.tgz'), at('elsewhere/full.tgz'))
  return at('elsewhere/full.tgz')
}

describe('create --base', () => {
  test('stores what has changed, and says what has not', async () => {
    await makeChain()
    expect(statSync(at('d1.tgz')).size).toBeLessThan(2000)
    renameSync(at('site/b'), at('site/moved'))
    const made = await isptar('-v', 'create', '-C', folder, at('d2.tgz'), 'site', '--base', at('d1.tgz'))
    expect(made.code).toBe(0)
    expect(made.stderr).toMatch(
      /d2\.tgz: 4 entries, 1 new or changed \(0 bytes\), 2 unchanged, 1 moved \(97\.7 KiB in the base\), [\d.]+ \S+ written\n$/,
    )
    const full = await isptar('-v', 'create', '-C', folder, at('d3.tgz'), 'site', '--base', at('d2.tgz'), '--copy-data')
    expect(full.stderr).toMatch(
      /d3\.tgz: 4 entries, 97\.7 KiB packed into [\d.]+ \S+ \([\d.]+ %\), 4 unchanged \(97\.7 KiB\)\n$/,
    )
    const small = await isptar('-v', 'create', '-C', folder, at('small.tgz'), 'site/c')
    expect(small.stderr).toMatch(/small\.tgz: 1 entry, 6 bytes packed into \d+ bytes\n$/)
    const restored = await isptar('extract', at('d2.tgz'), '-C', at('out'))
    expect(restored).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(at('out/site/moved'), 'utf8')).toBe('b'.repeat(100_000))
  })

  test('takes further bases, nearest first, and refuses another order before it writes', async () => {
    await makeChain()
    const full = hideFull()
    const create = ['create', '-C', folder, at('d2.tgz'), 'site']
    const wrong = await isptar(...create, '--base', full, '--base', at('d1.tgz'))
    expect(wrong).toMatchObject({ code: 9, stderr: expect.stringContaining('is no differential archive') })
    expect(existsSync(at('d2.tgz'))).toBe(false)
    expect((await isptar(...create, '--base', at('d1.tgz'), '--base', full)).code).toBe(0)
  })

  test('copies data with --copy-data, so that the bases may go', async () => {
    await makeChain('--copy-data')
    rmSync(at('full.tgz'))
    expect(await isptar('verify', at('d1.tgz'))).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('all sound'),
    })
  })

  test('does not look for content with --no-moved, and does not trust times with --checksum', async () => {
    await makeChain()
    renameSync(at('site/b'), at('site/z'))
    const old = statSync(at('site/a'))
    writeFileSync(at('site/a'), 'OF THE FULL ONE\n')
    utimesSync(at('site/a'), old.atime, old.mtime)
    const options = ['--checksum', '--no-moved']
    await isptar('create', '-C', folder, at('d2.tgz'), 'site', '--base', at('d1.tgz'), ...options)
    expect((await isptar('cat', at('d2.tgz'), 'site/a')).stdout).toBe('OF THE FULL ONE\n')
    expect((await isptar('info', '--json', at('d2.tgz'))).stdout).toContain('"in_base":1,')
  })

  test('never replaces its own base', async () => {
    await makeChain()
    const before = readFileSync(at('full.tgz'))
    const options = ['--base', at('full.tgz'), '--force']
    const made = await isptar('create', '-C', folder, at('full.tgz'), 'site', ...options)
    expect(made).toMatchObject({ code: 9, stderr: expect.stringContaining('would be replaced, but it is a base') })
    expect(readFileSync(at('full.tgz'))).toEqual(before)
    expect((await isptar('create', '-C', folder, at('full.tgz'), 'site', ...options, '--copy-data')).code).toBe(0)
    expect((await isptar('verify', at('full.tgz'))).code).toBe(0)
  })

  test('never replaces slices of its base, though all be copied from them, nor by a catalogue', async () => {
    const create = (...options: string[]): ReturnType<typeof isptar> =>
      isptar('create', '-C', folder, at('site.tgz'), 'site', '--force', ...options)
    writeFileSync(at('site/random'), randomBytes(20_000))
    expect((await create('--slice', '4K')).code).toBe(0)
    for (const options of [[], ['--copy-data']])
      expect((await create('--slice', '4K', '--base', at('site.tgz'), ...options)).code).toBe(9)
    const other = ['create', '-C', folder, at('other.tgz'), 'site', '--base', at('site.tgz'), '--force']
    expect((await isptar(...other, '--save-listing', at('site.tgz.part1'))).code).toBe(9)
    expect(await isptar('verify', at('site.tgz'))).toMatchObject({ code: 0 })
  })

  test.each([
    [['--no-moved'], '--no-moved is of use only with --base'],
    [['--checksum'], '--checksum is of use only with --base'],
    [['--copy-data'], '--copy-data is of use only with --base'],
    [['--seek', '5000'], '--seek is 5000 bytes, expected 0 or a multiple of 512 from 4096 on'],
    [['--save-listing', ''], 'the file for the listing is the empty string'],
    [['--digest', 'md5'], 'Allowed choices are sha256, none'],
  ])('refuses %j', async (options, message) => {
    const made = await isptar('create', '-C', folder, at('x.tgz'), 'site', ...options)
    expect(made).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  })

  test.each(['x.tgz', 'site/../x.tgz', 'x.tgz.part2'])(
    'refuses a catalogue in %s, where the archive is',
    async (name) => {
      const made = await isptar('create', '-C', folder, at('x.tgz'), 'site', '--force', '--save-listing', at(name))
      expect(made).toMatchObject({
        code: 2,
        stderr: expect.stringContaining('--save-listing would replace the archive'),
      })
    },
  )
})

test('--digest and --seek decide what is kept beside the data', async () => {
  const size = async (...options: string[]): Promise<number> => {
    expect((await isptar('create', '-C', folder, at('x.tgz'), 'site', '--force', ...options)).code).toBe(0)
    return statSync(at('x.tgz')).size
  }
  const usual = await size()
  expect(await size('--digest', 'none')).toBeLessThan(usual)
  expect(await size('--seek', '4K')).toBeGreaterThan(usual)
  expect(await size('--seek', '0')).toBe(usual)
})

describe('reading with --base', () => {
  test('is needed where the base is elsewhere', async () => {
    await makeChain()
    const full = hideFull()
    const missing = await isptar('extract', at('d1.tgz'), '-C', at('out'))
    expect(missing).toMatchObject({ code: 9, stderr: expect.stringContaining('"full.tgz" when it was made') })
    expect(existsSync(at('out'))).toBe(false)
    const alone = await isptar('verify', at('d1.tgz'))
    expect(alone).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('2 files not checked, with data in a base'),
      stderr: 'isptar: 2 files have their data in base 1 (full.tgz), which was not given\n',
    })
    expect(await isptar('verify', '--quick', at('d1.tgz'))).toMatchObject({ code: 0, stderr: '' })

    const base = ['--base', full]
    expect((await isptar('extract', at('d1.tgz'), '-C', at('out'), ...base)).code).toBe(0)
    expect(readFileSync(at('out/site/a'), 'utf8')).toBe('of the full one\n')
    expect(await isptar('cat', at('d1.tgz'), 'site/a', ...base)).toMatchObject({ code: 0, stdout: 'of the full one\n' })
    expect((await isptar('verify', at('d1.tgz'), ...base)).stdout).toContain('all sound')
  })

  test('completes what is given: further bases are found beside the archive', async () => {
    const create = (name: string, ...options: string[]): ReturnType<typeof isptar> =>
      isptar('create', '-C', folder, at(`${name}.tgz`), 'site', '--save-listing', at(`${name}.cat`), ...options)
    expect((await create('c0')).code).toBe(0)
    for (const n of [1, 2, 3, 4]) {
      writeFileSync(at(`site/of-c${n}`), `of c${n}\n`)
      expect((await create(`c${n}`, '--base', at(`c${n - 1}.cat`))).code).toBe(0)
    }
    const done = await isptar('extract', at('c4.tgz'), '-C', at('out'), '--base', at('c3.tgz'))
    expect(done).toEqual({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(at('out/site/a'), 'utf8')).toBe('of the full one\n')
    const wrong = await isptar('extract', at('c4.tgz'), '-C', at('other'), '--base', at('c2.tgz'))
    expect(wrong).toMatchObject({ code: 9, stderr: expect.stringContaining('is not base 1 of') })
  })

  test('refuses another archive, whatever the command', async () => {
    await makeChain()
    for (const command of [['verify'], ['verify', '--quick'], ['extract'], ['cat', 'site/a']]) {
      const [name = '', ...paths] = command
      const done = await isptar(name, at('d1.tgz'), ...paths, '--base', at('d1.tgz'))
      expect(done).toMatchObject({ code: 9, stderr: expect.stringContaining('is not base 1 of') })
    }
  })

  test('holds archives of the original against each other', async () => {
    const [full, d1, d2] = ['full.tgz', 'd1.tgz', 'd2.tgz'].map((name) => join(ORIGINAL, name)) as [
      string,
      string,
      string,
    ]
    const bases = (...names: string[]): string[] => names.flatMap((name) => ['--base', name])
    expect(await isptar('cat', d2, 'd/c', ...bases(d1, full))).toMatchObject({ code: 0 })
    expect(await isptar('cat', d2, 'd/c', ...bases(full, d1))).toMatchObject({ code: 9, stdout: '' })
    expect(await isptar('verify', d2, ...bases(d1, full))).toMatchObject({ code: 0 })
  })
})

test('info names the bases', async () => {
  await makeChain()
  const { identity } = JSON.parse((await isptar('info', '--json', at('full.tgz'))).stdout) as { identity: string }
  const described = JSON.parse((await isptar('info', '--json', at('d1.tgz'))).stdout) as object
  expect(described).toMatchObject({ bases: [{ identity, name: 'full.tgz' }], in_base: 2 })
  expect((await isptar('info', at('d1.tgz'))).stdout).toMatch(/^Bases {6}full\.tgz$/m)
  expect((await isptar('info', at('full.tgz'))).stdout).not.toContain('Bases')
})

describe('--listing', () => {
  test('reads an archive by the catalogue that was saved', async () => {
    const made = await isptar('create', '-C', folder, at('full.tgz'), 'site', '--save-listing', at('full.cat'))
    expect(made).toEqual({ code: 0, stdout: '', stderr: '' })
    // The end is lost.
    const bytes = readFileSync(at('full.tgz'))
    writeFileSync(at('cut.tgz'), bytes.subarray(0, bytes.length - 300))
    expect((await isptar('list', at('cut.tgz'))).code).toBe(3)
    const listing = ['--listing', at('full.cat')]
    expect((await isptar('list', at('cut.tgz'), ...listing)).stdout).toBe('site\nsite/a\nsite/b\n')
    expect((await isptar('cat', at('cut.tgz'), 'site/a', ...listing)).stdout).toBe('of the full one\n')
    expect((await isptar('extract', at('cut.tgz'), '-C', at('out'), ...listing)).code).toBe(0)
    expect(readFileSync(at('out/site/b'), 'utf8')).toBe('b'.repeat(100_000))
  })

  test('that was saved is a base, too', async () => {
    await isptar('create', '-C', folder, at('full.tgz'), 'site', '--save-listing', at('full.cat'))
    const base = ['--base', at('full.cat')]
    expect((await isptar('create', '-C', folder, at('d1.tgz'), 'site', ...base)).code).toBe(0)
    const done = await isptar('extract', at('d1.tgz'), '-C', at('out'), '--base', at('full.tgz'))
    expect(done).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('replaces a file only with --force', async () => {
    writeFileSync(at('full.cat'), 'precious')
    const create = ['create', '-C', folder, at('full.tgz'), 'site', '--save-listing', at('full.cat')]
    expect((await isptar(...create)).code).toBe(10)
    expect(readFileSync(at('full.cat'), 'utf8')).toBe('precious')
    expect((await isptar(...create, '--force')).code).toBe(0)
  })
})

describe('extract --delete', () => {
  async function restored(): Promise<string> {
    await isptar('create', '-C', at('site'), at('a.tgz'), '.')
    await isptar('extract', at('a.tgz'), '-C', at('out'))
    writeFileSync(at('out/extra'), 'x')
    return at('out/extra')
  }

  test('makes a folder what it was', async () => {
    const extra = await restored()
    const args = ['extract', at('a.tgz'), '-C', at('out'), '--overwrite', '--delete']
    expect(await isptar(...args, '--dry-run')).toMatchObject({ code: 0, stdout: 'a\nb\ndelete extra\n' })
    expect(existsSync(extra)).toBe(true)
    expect(await isptar('-v', ...args)).toMatchObject({ code: 0, stderr: expect.stringContaining('delete extra\n') })
    expect(existsSync(extra)).toBe(false)
  })

  test('leaves all else alone when only a part is restored', async () => {
    const extra = await restored()
    await isptar('extract', at('a.tgz'), 'a', '-C', at('out'), '--overwrite', '--delete')
    expect(existsSync(extra)).toBe(true)
  })

  test.each([
    [['--strip-components', '1'], '--delete and --strip-components cannot be combined'],
    [['-O'], '--to-stdout and --delete cannot be combined'],
  ])('is refused with %j', async (options, message) => {
    await restored()
    const done = await isptar('extract', at('a.tgz'), '--delete', ...options)
    expect(done).toMatchObject({ code: 2, stderr: expect.stringContaining(message) })
  })
})
