import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { createArchive, MemorySource, MemoryTarget, openArchive } from 'isptar'
import { FileTarget } from 'isptar/node'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { run } from '../src/run.ts'
import { fakeIo } from './fake-io.ts'
import { fixture } from './fixture.ts'

const PLAIN = fixture('plain/archive.tgz')
const DIFFERENTIAL = fixture('diff/d1.tgz')

interface ExpectedEntry {
  path: string
  type: string
  size: number
  sha256?: string
}

function expectedFiles(): ExpectedEntry[] {
  const entries = JSON.parse(readFileSync(fixture('plain/expected.json'), 'utf8')) as ExpectedEntry[]
  return entries.filter(({ type }) => type === 'file')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

describe('cat', () => {
  test('writes each file as it went in', async () => {
    for (const { path, sha256: wanted } of expectedFiles()) {
      const io = fakeIo()
      expect(await run(['cat', PLAIN, path], io)).toBe(0)
      expect(sha256(io.stdout.bytes)).toBe(wanted)
      expect(io.stderr.text).toBe('')
    }
  })

  test('several follow each other in the order asked for', async () => {
    const io = fakeIo()
    expect(await run(['cat', PLAIN, 'data/b512', './data/b511'], io)).toBe(0)
    expect(io.stdout.bytes.length).toBe(512 + 511)
  })

  test('writes nothing when one of them is not there', async () => {
    const io = fakeIo()
    expect(await run(['cat', PLAIN, 'data/b512', 'data/none'], io)).toBe(8)
    expect(io.stdout.bytes.length).toBe(0)
    expect(io.stderr.text).toMatch(/^isptar: no entry "data\/none" in \S+\n$/)
  })

  test('a folder has no data', async () => {
    const io = fakeIo()
    expect(await run(['cat', PLAIN, 'data/docs'], io)).toBe(5)
    expect(io.stderr.text).toBe('isptar: "data/docs" is a directory: it has no data to write\n')
  })

  test('a hardlink gives the data of what it names', async () => {
    const io = fakeIo()
    expect(await run(['cat', fixture('types/archive.tgz'), 'd/hard'], io)).toBe(0)
    expect(io.stdout.bytes.length).toBe(894)
  })
})

describe('what changed while it was packed', () => {
  let folder = ''
  let archive = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
    archive = join(folder, 'dirty.tgz')
    const writer = createArchive(new FileTarget(archive))
    const changed = { chunks: Readable.from([Buffer.from('abc')]), changed: () => true }
    await writer.add({ path: 'clean', mtime: { seconds: 0, nanoseconds: 0 } }, 'xyz')
    await writer.add({ path: 'log', sizeBytes: 3, mtime: { seconds: 0, nanoseconds: 0 } }, changed)
    await writer.add({ path: 'same', type: 'hardlink', linkTarget: 'log' })
    await writer.close()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test.each([
    [['cat', 'log'], 'abc', ['log']],
    [['cat', 'same', 'clean'], 'abcxyz', ['same']],
    [['extract', '-O'], 'xyzabcabc', ['log', 'same']],
  ])('%j warns and ends with 1', async ([command = '', ...args], data, doubtful) => {
    const io = fakeIo()
    expect(await run([command, archive, ...args], io)).toBe(1)
    expect(io.stdout.text).toBe(data)
    const lines = doubtful.map(
      (path) => `isptar: ${path}: it changed while it was packed; parts of it may not fit together\n`,
    )
    expect(io.stderr.text).toBe(lines.join(''))
  })

  test('verify names it and finds the archive sound; extract says that it is doubtful', async () => {
    const io = fakeIo()
    expect(await run(['verify', archive], io)).toBe(0)
    expect(io.stderr.text).toMatch(/^isptar: "log" changed [^\n]+\n$/)
    const restored = fakeIo()
    expect(await run(['extract', archive, '-C', join(folder, 'out'), 'log'], restored)).toBe(1)
    expect(restored.stderr.text).toMatch(/^isptar: [^\n]*log[^\n]*\n$/)
    expect(readFileSync(join(folder, 'out/log'), 'utf8')).toBe('abc')
  })

  test('list -l marks it', async () => {
    const io = fakeIo()
    expect(await run(['list', '-l', archive], io)).toBe(0)
    const marked = io.stdout.text.split('\n').filter((line) => line.endsWith(' [changed while packed]'))
    expect(marked).toEqual([expect.stringContaining(' log ')])
  })
})

describe('JSON of names that are not UTF-8', () => {
  test('has no lone surrogates, and the bytes beside', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'isptar-test-'))
    try {
      const target = new MemoryTarget()
      const writer = createArchive(target)
      await writer.add({ path: 'a\udcff' }, Buffer.from('data that will be damaged'))
      await writer.close()
      const archive = await openArchive(new MemorySource(target.bytes()))
      const { location } = await archive.get('a\udcff')
      const damaged = Buffer.from(target.bytes())
      const at = (location?.offset ?? 0) + 12
      damaged[at] = (damaged[at] ?? 0) ^ 0xff
      writeFileSync(join(folder, 'x.tgz'), damaged)
      const io = fakeIo()
      expect(await run(['verify', '--json', join(folder, 'x.tgz')], io)).toBe(4)
      expect(io.stdout.text).not.toMatch(/(?<!\\)\\ud[c-f]/)
      const { problems } = JSON.parse(io.stdout.text) as { problems: Record<string, string>[] }
      expect(problems[0]).toMatchObject({ path: 'a\ufffd', path_b64: Buffer.from([0x61, 0xff]).toString('base64') })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('info', () => {
  test('describes an archive of the original', async () => {
    const io = fakeIo()
    expect(await run(['info', '--json', PLAIN], io)).toBe(0)
    const { name, read, size, ...described } = JSON.parse(io.stdout.text) as Record<string, unknown>
    const files = expectedFiles()
    const dataSize = files.reduce((sum, file) => sum + file.size, 0)
    expect(described).toEqual({
      format: 1,
      entries: 13,
      types: { file: files.length, directory: 13 - files.length },
      data_size: dataSize,
      ratio: Number((readFileSync(PLAIN).length / dataSize).toFixed(4)),
      slices: 1,
      listing_size: expect.any(Number),
      in_base: 0,
      dirty: 0,
    })
    expect(size).toBe(readFileSync(PLAIN).length)
    expect(name).toBe(PLAIN)
    expect(read).toEqual({ bytes: size, requests: 1 })
  })

  test('and for people', async () => {
    const io = fakeIo()
    expect(await run(['info', fixture('diff-sliced/base.tgz')], io)).toBe(0)
    expect(io.stdout.text).toMatch(/^Slices {5}8: \S+base\.tgz\.part1 … \S+base\.tgz\.part8$/m)
    expect(io.stdout.text).toMatch(/^Read {7}.+ in [\d,]+ requests? to know this$/m)
  })

  test('says how much lies in a base', async () => {
    const io = fakeIo()
    expect(await run(['info', fixture('diff/nochange.tgz')], io)).toBe(0)
    expect(io.stdout.text).toMatch(/^In a base {2}data of \d+ entr(y|ies)$/m)
  })
})

describe('verify', () => {
  test('a sound archive', async () => {
    const io = fakeIo()
    expect(await run(['verify', PLAIN], io)).toBe(0)
    expect(io.stdout.text).toBe(`${PLAIN}: 13 entries, 241.4 KiB of data: all sound\n`)
    expect(io.stderr.text).toBe('')
  })

  test('--quiet leaves the exit code to speak', async () => {
    const io = fakeIo()
    expect(await run(['verify', '-q', PLAIN], io)).toBe(0)
    expect(io.stdout.text + io.stderr.text).toBe('')
  })

  test('--json of what cannot be opened is JSON too, and the exit code tells the kind', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'isptar-verify-')), 'cut.tgz')
    writeFileSync(file, readFileSync(PLAIN).subarray(0, -5))
    const io = fakeIo()
    expect(await run(['verify', '--json', file], io)).toBe(3)
    expect(JSON.parse(io.stdout.text)).toMatchObject({ ok: false, problem_count: 1, problems: [{ code: 'format' }] })
    rmSync(dirname(file), { recursive: true })
  })

  test('a differential is sound as far as it goes', async () => {
    const io = fakeIo()
    expect(await run(['verify', DIFFERENTIAL], io)).toBe(1)
    expect(io.stdout.text).toMatch(/what is here is sound; 3 files not checked, with data in a base/)
  })

  test('--json and --quick', async () => {
    const io = fakeIo()
    expect(await run(['verify', '--json', '--quick', PLAIN], io)).toBe(0)
    expect(JSON.parse(io.stdout.text)).toEqual({
      name: PLAIN,
      ok: true,
      quick: true,
      entries: 13,
      data_size: 0,
      problem_count: 0,
      problems: [],
      dirty: 0,
      in_bases: 0,
      notices: [],
    })
  })
})
