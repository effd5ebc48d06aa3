import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createArchive, mergeArchives, MemoryTarget, MemorySource, openArchive } from 'isptar'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { needs } from '../../isptar/test/node/needs.ts'
import { run } from '../src/run.ts'
import { type FakeIo, fakeIo } from './fake-io.ts'
import { fixture } from './fixture.ts'

let folder = ''
let seconds = 1_600_000_000

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
})

afterEach(() => rmSync(folder, { recursive: true, force: true }))

function at(...names: readonly string[]): string {
  return join(folder, ...names)
}

/** Every file is a second newer than the one before. */
function put(path: string, text: string): void {
  mkdirSync(join(at(path), '..'), { recursive: true })
  writeFileSync(at(path), text)
  seconds += 1
  utimesSync(at(path), seconds, seconds)
}

async function command(argv: readonly string[], exitCode = 0): Promise<FakeIo> {
  const io = fakeIo()
  const code = await run(argv, io)
  expect({ code, stderr: io.stderr.text }).toEqual({ code: exitCode, stderr: exitCode === 0 ? '' : expect.any(String) })
  return io
}

async function listed(...args: readonly string[]): Promise<string[]> {
  const io = await command(['list', ...args])
  return io.stdout.text.split('\n').filter((line) => line !== '')
}

/** sunday.tgz, and monday.tgz and tuesday.tgz that are differentials of it. */
async function makeWeek(): Promise<void> {
  put('site/same', 'the same on every day '.repeat(100))
  put('site/day', 'sunday')
  await command(['create', '-C', folder, at('sunday.tgz'), 'site'])
  put('site/day', 'monday')
  put('site/new', 'since monday')
  await command(['create', '-C', folder, at('monday.tgz'), 'site', '--base', at('sunday.tgz')])
  put('site/day', 'tuesday ')
  await command(['create', '-C', folder, at('tuesday.tgz'), 'site', '--base', at('monday.tgz')])
}

const DAYS = ['sunday', 'monday', 'tuesday']

async function mergeWeek(...options: readonly string[]): Promise<void> {
  await command(['merge', ...options, at('week.tgz'), ...DAYS.map((day) => at(`${day}.tgz`))])
}

describe('flatten', () => {
  test('makes a full archive with the bases that lie beside it', async () => {
    await makeWeek()
    await command(['flatten', at('tuesday.tgz'), at('full.tgz')])
    for (const day of DAYS) rmSync(at(`${day}.tgz`))
    await command(['verify', at('full.tgz')])
    expect((await command(['cat', at('full.tgz'), 'site/new'])).stdout.text).toBe('since monday')
    expect((await command(['cat', at('full.tgz'), 'site/same'])).stdout.text).toContain('the same')
  })

  test('takes bases that are named, as those of archives of the original are', async () => {
    const [d2, d1, full] = ['d2', 'd1', 'full'].map((name) => fixture(`diff/${name}.tgz`))
    if (d2 === undefined || d1 === undefined || full === undefined) throw new Error('no fixtures')
    const io = await command(['flatten', d2, at('flat.tgz')], 9)
    expect(io.stderr.text).toContain('base')
    expect(existsSync(at('flat.tgz'))).toBe(false)
    await command(['flatten', d2, at('flat.tgz'), '--base', d1, '--base', full])
    expect(await listed(at('flat.tgz'))).toEqual(await listed(d2))
    await command(['verify', at('flat.tgz')])
  })

  test('writes slices, and standard output', async () => {
    await makeWeek()
    put('site/noise', randomBytes(20_000).toString('base64'))
    await command(['create', '-C', folder, at('noisy.tgz'), 'site', '--base', at('tuesday.tgz')])
    await command(['flatten', at('noisy.tgz'), at('cut.tgz'), '--slice', '4096'])
    expect(existsSync(at('cut.tgz.part2'))).toBe(true)
    await command(['verify', at('cut.tgz')])
    const io = await command(['flatten', at('tuesday.tgz'), '-'])
    await using archive = await openArchive(new MemorySource(io.stdout.bytes))
    expect(await archive.text('site/day')).toBe('tuesday ')
  })

  test('never writes over what it reads, nor over another archive unless told to', async () => {
    await makeWeek()
    for (const day of ['tuesday', 'sunday']) {
      const before = readFileSync(at(`${day}.tgz`))
      const io = await command(['flatten', at('tuesday.tgz'), at('.', `${day}.tgz`), '--force'], 2)
      expect(io.stderr.text).toContain('is read and cannot be written as well')
      expect(readFileSync(at(`${day}.tgz`)).equals(before)).toBe(true)
    }
    put('site/noise', randomBytes(20_000).toString('base64'))
    await command(['create', '-C', folder, at('cut.tgz'), 'site', '--slice', '4096'])
    symlinkSync(folder, at('link'))
    const sliced = await command(['flatten', at('cut.tgz'), at('link', 'cut.tgz'), '--slice', '5000', '--force'], 2)
    expect(sliced.stderr.text).toContain('is read and cannot be written as well')
    rmSync(at('link'))
    put('full.tgz', 'something')
    await command(['flatten', at('tuesday.tgz'), at('full.tgz')], 10)
    expect(readFileSync(at('full.tgz'), 'utf8')).toBe('something')
    await command(['flatten', at('tuesday.tgz'), at('full.tgz'), '--force'])
    await command(['verify', at('full.tgz')])
  })

  test('takes a part of a merged archive', async () => {
    await makeWeek()
    await mergeWeek()
    await command(['flatten', at('week.tgz'), at('day.tgz'), '--part', 'monday'])
    expect((await command(['cat', at('day.tgz'), 'site/day'])).stdout.text).toBe('monday')
  })
})

describe('merge and --part', () => {
  test('the parts are the archives, with what they had in bases', async () => {
    await makeWeek()
    await mergeWeek()
    for (const day of DAYS) {
      const part = ['--part', day]
      expect(await listed(at('week.tgz'), ...part)).toEqual(await listed(at(`${day}.tgz`)))
      expect((await command(['cat', at('week.tgz'), 'site/day', ...part])).stdout.text.trim()).toBe(day)
      const verified = await command(['verify', at('week.tgz'), ...part])
      expect(verified.stdout.text).toContain('all sound')
      await command(['extract', at('week.tgz'), '-C', at(day), ...part])
      expect(readFileSync(at(day, 'site/day'), 'utf8').trim()).toBe(day)
      expect(existsSync(at(day, 'site/new'))).toBe(day !== 'sunday')
    }
    expect((await command(['verify', at('week.tgz')])).stdout.text).toContain('all sound')
    const io = await command(['list', at('week.tgz'), '--part', 'friday'], 8)
    expect(io.stderr.text).toContain('no part "friday"')
    await command(['list', at('sunday.tgz'), '--part', 'sunday'], 8)
  })

  test('archives of the original find their bases among those before them', async () => {
    const inputs = ['full', 'd1', 'd2'].map((name) => fixture(`diff/${name}.tgz`))
    await command(['merge', at('merged.tgz'), ...inputs])
    for (const [part, name] of [
      ['full', 'diff/full.tgz'],
      ['d1', 'diff/d1.tgz'],
      ['d2', 'diff/d2.tgz'],
    ] as const)
      expect(await listed(at('merged.tgz'), '--part', part)).toEqual(await listed(fixture(name)))
    await command(['verify', at('merged.tgz')])
    const io = await command(['merge', at('other.tgz'), ...inputs.toReversed()], 9)
    expect(io.stderr.text).toContain(' base 1')
    expect(existsSync(at('other.tgz'))).toBe(false)
  })

  test('bases that lie elsewhere are found among the inputs, in any order', async () => {
    await makeWeek()
    mkdirSync(at('else'))
    cpSync(at('tuesday.tgz'), at('else', 'tuesday.tgz'))
    for (const day of ['monday', 'sunday']) cpSync(at(`${day}.tgz`), at(`renamed-${day}.tgz`))
    for (const day of DAYS) rmSync(at(`${day}.tgz`))
    const inputs = [at('else', 'tuesday.tgz'), at('renamed-monday.tgz'), at('renamed-sunday.tgz')]
    await command(['merge', at('week.tgz'), ...inputs])
    expect((await command(['cat', at('week.tgz'), 'site/same', '--part', 'tuesday'])).stdout.text).toContain('the same')
    const io = await command(['merge', at('no.tgz'), at('else', 'tuesday.tgz')], 9)
    expect(io.stderr.text).toContain('base')
    expect(readdirSync(folder).filter((name) => name.includes('no.tgz'))).toEqual([])
  })

  test('parts are renamed, picked, and merged again', async () => {
    await makeWeek()
    await mergeWeek()
    await command(['merge', at('some.tgz'), `last one=${at('week.tgz')}:tuesday`, at('sunday.tgz')])
    expect((await command(['cat', at('some.tgz'), 'site/day', '--part', 'last one'])).stdout.text).toBe('tuesday ')
    await command(['merge', at('all.tgz'), at('week.tgz'), `again=${at('sunday.tgz')}`])
    expect((await command(['cat', at('all.tgz'), 'site/day', '--part', 'monday'])).stdout.text).toBe('monday')
    expect((await command(['cat', at('all.tgz'), 'site/day', '--part', 'again'])).stdout.text).toBe('sunday')
  })

  test('--single-part has the last entry of each path count', async () => {
    await makeWeek()
    await mergeWeek('--single-part')
    expect((await listed(at('week.tgz'))).some((name) => name.startsWith('.partname'))).toBe(false)
    expect((await command(['cat', at('week.tgz'), 'site/day'])).stdout.text).toBe('tuesday ')
  })

  test('a plain tar unpacks all, the last of each path staying', async ({ skip }) => {
    await makeWeek()
    await mergeWeek()
    needs(skip, spawnSync('tar', ['--version']).status === 0, 'there is no tar')
    mkdirSync(at('out'))
    const { status, stderr } = spawnSync('tar', ['-xzf', at('week.tgz'), '-C', at('out')], { encoding: 'utf8' })
    expect([status, stderr]).toEqual([0, ''])
    expect(readFileSync(at('out/site/day'), 'utf8')).toBe('tuesday ')
    expect(readFileSync(at('out/site/same'), 'utf8')).toContain('the same')
  })

  test('names that cannot stand beside each other are refused before anything is written', async () => {
    await makeWeek()
    await mergeWeek()
    const wrong = [
      [at('sunday.tgz'), at('sunday.tgz')],
      [at('week.tgz'), at('monday.tgz')],
      [`x=${at('week.tgz')}`],
      [`x=${at('sunday.tgz')}`, `x=${at('monday.tgz')}`],
    ]
    for (const inputs of wrong) {
      const io = await command(['merge', at('new.tgz'), ...inputs], 2)
      expect(io.stderr.text).toMatch(/^isptar: [^\n]+\n$/)
      expect(existsSync(at('new.tgz'))).toBe(false)
    }
    await command(['merge', at('sunday.tgz'), at('sunday.tgz'), at('monday.tgz'), '--force'], 2)
  })
})

describe('split', () => {
  test('gives the archives back', async () => {
    await makeWeek()
    await mergeWeek()
    await command(['split', at('week.tgz'), '-C', at('out', 'new')])
    expect(readdirSync(at('out', 'new')).length).toBe(3)
    rmSync(at('out', 'new'), { recursive: true })
    await command(['split', at('week.tgz'), '-C', at('out')])
    expect(readdirSync(at('out')).sort()).toEqual(['split_monday.tgz', 'split_sunday.tgz', 'split_tuesday.tgz'])
    // A full archive becomes itself again.
    expect(readFileSync(at('out/split_sunday.tgz')).equals(readFileSync(at('sunday.tgz')))).toBe(true)
    for (const day of DAYS) {
      expect(await listed(at('out', `split_${day}.tgz`))).toEqual(await listed(at(`${day}.tgz`)))
      await command(['verify', at('out', `split_${day}.tgz`)])
    }
    await command(['split', at('week.tgz'), '-C', at('out'), '--prefix', '', '--suffix', '.new'])
    expect(readdirSync(at('out')).length).toBe(6)
  })

  test('writes nothing when one of the names is taken, unless told to', async () => {
    await makeWeek()
    await mergeWeek()
    mkdirSync(at('out'))
    put('out/split_tuesday.tgz', 'something')
    const io = await command(['split', at('week.tgz'), '-C', at('out')], 10)
    expect(io.stderr.text).toContain('exists already')
    expect(readdirSync(at('out'))).toEqual(['split_tuesday.tgz'])
    await command(['split', at('week.tgz'), '-C', at('out'), '--force'])
    expect(readdirSync(at('out')).length).toBe(3)
  })

  test('never writes over the merged archive', async () => {
    await makeWeek()
    await command(['merge', at('week.tgz'), `week=${at('sunday.tgz')}`])
    const io = await command(['split', at('week.tgz'), '-C', folder, '--prefix', '', '--force'], 2)
    expect(io.stderr.text).toContain('is read and cannot be written as well')
  })

  test.each(['../escaped', 'a/b', '..'])('a part that calls itself %j leads nowhere', async (name) => {
    writeFileSync(at('hostile.tgz'), await withPart(name))
    mkdirSync(at('out'))
    await command(['split', at('hostile.tgz'), '-C', at('out'), '--prefix', '', '--suffix', ''], 7)
    expect(readdirSync(at('out'))).toEqual([])
    expect(existsSync(at('escaped'))).toBe(false)
  })

  test('an archive that was not merged has nothing to split', async () => {
    await makeWeek()
    const io = await command(['split', at('sunday.tgz'), '-C', at('out')], 5)
    expect(existsSync(at('out'))).toBe(false)
    expect(io.stderr.text).toContain('was not merged of parts')
    await command(['split', at('sunday.tgz'), '-C', ''], 2)
    await command(['split', at('sunday.tgz'), '--prefix', 'a/b'], 2)
  })
})

test('info says what an archive was merged of', async () => {
  await makeWeek()
  await mergeWeek()
  expect((await command(['info', at('week.tgz')])).stdout.text).toMatch(/^Parts {6}3$/m)
  const io = await command(['info', '-v', at('week.tgz')])
  expect(io.stdout.text).toMatch(/^Parts {6}3: sunday, monday, tuesday$/m)
  const { parts } = JSON.parse((await command(['info', '--json', at('week.tgz')])).stdout.text) as { parts: unknown }
  expect(parts).toEqual(['sunday', 'monday', 'tuesday'])
})

describe('isolate', () => {
  test('info and verify say that a catalogue has no data', async () => {
    await makeWeek()
    const name = at('sunday.cat')
    await command(['isolate', at('sunday.tgz'), name])
    const info = await command(['info', name])
    expect(info.stdout.text).toMatch(
      /^Catalogue [^\n]+ bytes, without the data, which is in the archive that it is of$/m,
    )
    expect(JSON.parse((await command(['info', '--json', name])).stdout.text)).toMatchObject({ catalogue: true })
    const io = await command(['verify', name], 1)
    expect(io.stdout.text).toBe(
      `${name}: the listing is sound, 3 entries; this is a catalogue: it has no data that could be checked\n`,
    )
    const { stdout } = await command(['verify', '--json', name], 1)
    expect(JSON.parse(stdout.text)).toMatchObject({ ok: true, catalogue: true, entries: 3, data_size: 0 })
    await command(['verify', '--quick', name])
    await command(['verify', at('sunday.tgz'), '--listing', name])
  })

  test('the catalogue lists the archive and is a base for the next', async () => {
    await makeWeek()
    await command(['isolate', at('tuesday.tgz'), at('tuesday.cat')])
    expect(await listed(at('tuesday.cat'))).toEqual(await listed(at('tuesday.tgz')))
    put('site/day', 'wednesday')
    await command(['create', '-C', folder, at('wednesday.tgz'), 'site', '--base', at('tuesday.cat')])
    const bases = ['tuesday', 'monday', 'sunday'].flatMap((day) => ['--base', at(`${day}.tgz`)])
    const io = await command(['cat', at('wednesday.tgz'), 'site/same', 'site/day', ...bases])
    expect(io.stdout.text).toMatch(/the same on every day wednesday$/)
  })

  test("the original's own catalogue comes out", async () => {
    await command(['isolate', fixture('diff/full.tgz'), at('full.cat')])
    expect(readFileSync(at('full.cat')).equals(readFileSync(fixture('diff/full.cat')))).toBe(true)
    const io = await command(['isolate', fixture('sliced/archive.tgz'), '-'])
    await using catalogue = await openArchive(new MemorySource(io.stdout.bytes))
    expect(catalogue.isCatalogue).toBe(true)
  })

  test('never replaces the archive by its catalogue', async () => {
    await makeWeek()
    const before = readFileSync(at('sunday.tgz'))
    await command(['isolate', at('sunday.tgz'), at('sunday.tgz'), '--force'], 2)
    expect(readFileSync(at('sunday.tgz')).equals(before)).toBe(true)
  })
})

/** A merged archive whose only part has a name that this library would not write. */
async function withPart(name: string): Promise<Uint8Array> {
  const target = new MemoryTarget()
  const writer = createArchive(target, { serviceInfo: new Map([['parts_count', '1']]) })
  await writer.add({ path: 'file' }, 'data')
  await writer.add({ path: '.partname.1', type: 'symlink', linkTarget: `.${name}` })
  await writer.close()
  await using archive = await openArchive(new MemorySource(target.bytes()))
  if (name.includes('/'))
    await expect(mergeArchives([{ name, archive }], new MemoryTarget())).rejects.toThrow(RangeError)
  return target.bytes()
}
