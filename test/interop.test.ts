/**
 * Archives that this library writes, read whole by stock tools: GNU tar, bsdtar, Python's tarfile, tar-stream, gzip. No
 * tool may warn, and all must see the same entries, with the same data.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  rmSync,
  type Stats,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { gunzipSync } from 'node:zlib'
import fc from 'fast-check'
import { extract as extractStream } from 'tar-stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { needs } from '../packages/isptar/test/node/needs.ts'
import { STOCK_READERS, type StockEntry } from '../packages/isptar/test/tar/stock-readers.ts'
import { arbitraryTree } from '../packages/isptar/test/write/arbitrary-entries.ts'
import { buildArchive, SAMPLE_TIME, type SampleEntry } from '../packages/isptar/test/write/build-archive.ts'

const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'))
const noise = (length: number): Uint8Array => Uint8Array.from({ length }, (_, i) => (i * i * 31 + (i >> 3)) & 255)
const folders = (count: number): string => 'deep-folder/'.repeat(count)

/** Every type, and names, sizes and numbers that make headers differ. */
const TREE: readonly SampleEntry[] = [
  ...[0, 1, 511, 512, 513, 1023, 1024, 1025, 100_000].map((size) => ({ path: `size-${size}`, data: noise(size) })),
  { path: 'big', data: noise(3_000_000) },
  { path: 'stored.jpg', data: noise(70_000) },
  { path: 'd', type: 'directory', mode: 0o2775, mtime: new Date(1_000_000_000_000) },
  { path: 'd/file', data: 'in a folder', mode: 0o4755, userName: 'ann', groupName: 'staff', uid: 1000, gid: 50 },
  { path: 'd/symlink', type: 'symlink', linkTarget: '../size-1' },
  { path: 'd/dangling', type: 'symlink', linkTarget: latin1('/no/such\xff/place') },
  { path: 'd/hard', type: 'hardlink', linkTarget: 'd/file' },
  { path: 'd/fifo', type: 'fifo', mode: 0o600 },
  { path: 'char', type: 'char', device: { major: 1, minor: 3 } },
  { path: 'block', type: 'block', device: { major: 259, minor: 70_000 } },
  ...[99, 100, 101, 155, 156, 255].map((length) => ({ path: 'n'.repeat(length), data: `${length}` })),
  ...[99, 100, 101].map((length) => ({
    path: `link-${length}`,
    type: 'symlink' as const,
    linkTarget: 't'.repeat(length),
  })),
  { path: `${folders(12)}${'p'.repeat(100)}`, data: 'prefix' },
  { path: `${folders(330)}end`, data: 'a path of 4,000 bytes' },
  { path: `${folders(330)}folder`, type: 'directory' },
  { path: latin1('not utf-8 \xff\xe9'), data: 'raw' },
  { path: latin1(`${folders(20)}\xff long`), data: 'raw and long' },
  { path: 'größe 漢字 🎈', data: 'utf-8' },
  { path: 'tab\tand\nnewline\\', data: 'odd' },
  { path: 'in it and trailing ', data: 'blanks' },
  { path: 'big uid', data: 'x', uid: 3_000_000, gid: 4_000_000_000 },
  { path: 'before 1970', data: 'x', mtime: { seconds: -631_152_000, nanoseconds: 0 } },
  { path: 'after 2242', data: 'x', mtime: { seconds: 10_413_792_000, nanoseconds: 0 } },
  { path: 'fraction', data: 'x', mtime: { seconds: 1_600_000_000, nanoseconds: 123_456_789 } },
  { path: 'tagged', data: 'x', xattrs: new Map([['user.note', Uint8Array.of(0, 0x3d, 0x0a, 0xff)]]) },
]

/** The tail, which every tar shows as a file. */
const TAIL = '.backup.info'
const TAIL_HEX = Buffer.from(TAIL).toString('hex')

let folder = ''
let archive = ''
let plain = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-interop-'))
  archive = join(folder, 'archive.tgz')
  plain = join(folder, 'archive.tar')
  const bytes = await buildArchive(TREE)
  writeFileSync(archive, bytes)
  writeFileSync(plain, gunzipSync(bytes))
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const pathOf = (entry: SampleEntry): Buffer => Buffer.from(entry.path)
const hexPathOf = (entry: SampleEntry): string => pathOf(entry).toString('hex')
const linkOf = (entry: SampleEntry): Buffer => Buffer.from(entry.linkTarget ?? '')
const dataOf = (entry: SampleEntry): Buffer => Buffer.from((entry.data as string | Uint8Array | undefined) ?? '')

function secondsOf({ mtime = SAMPLE_TIME }: SampleEntry): number {
  return mtime instanceof Date ? mtime.getTime() / 1000 : mtime.seconds
}

/** Has GNU tar, bsdtar and others say nothing on their error output. */
function run(command: string, args: readonly string[], input?: Uint8Array): Buffer {
  const env = { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' }
  const result = spawnSync(command, args, { env, input, maxBuffer: 1 << 26 })
  expect([result.status, result.stderr.toString('latin1')], `${command} ${args.join(' ')}`).toEqual([0, ''])
  return result.stdout
}

function present(command: string): boolean {
  return spawnSync(command, ['--version']).status === 0
}

const PYTHON = process.env['ISPTAR_PYTHON'] ?? 'python3'

/**
 * What a program shows of an entry. mtree, which bsdtar writes, knows no hardlinks; tar-stream takes negative numbers for
 * ones' complement; GNU tar shows modes as letters.
 */
function shown(entry: SampleEntry, program: string): StockEntry {
  const { type = 'file', mode, uid = 0, gid = 0, device } = entry
  const all: StockEntry = {
    path: pathOf(entry).toString('hex'),
    type: program === 'bsdtar' && type === 'hardlink' ? 'file' : type,
    uid,
    gid,
    seconds: secondsOf(entry) + (program === 'tar-stream' && secondsOf(entry) < 0 ? 1 : 0),
    ...(mode === undefined ? {} : { mode }),
    ...(type === 'file' ? { sizeBytes: dataOf(entry).length } : {}),
    ...(device === undefined ? {} : { device: `${device.major},${device.minor}` }),
    ...(entry.linkTarget === undefined ? {} : { link: linkOf(entry).toString('hex') }),
  }
  if (program === 'GNU tar') delete all.mode
  if (program === 'bsdtar' && type === 'hardlink') delete all.link
  return all
}

describe.each(STOCK_READERS)('$name', (reader) => {
  it('lists every entry as it was written', async ({ skip }) => {
    needs(skip, reader.present(), `${reader.name} is not installed`)
    const compressed = reader.name === 'GNU tar' || reader.name === 'bsdtar'
    const entries = await reader.read(compressed ? archive : plain)
    expect(entries.map(({ path }) => path).sort()).toEqual([...TREE.map(hexPathOf), TAIL_HEX].sort())
    // All but mtree keep the order, so that links come behind what they name.
    if (reader.name !== 'bsdtar') expect(entries.map(({ path }) => path)).toEqual([...TREE.map(hexPathOf), TAIL_HEX])
    for (const entry of TREE) {
      const found = entries.find(({ path }) => path === hexPathOf(entry))
      const seconds = Math.floor(found?.seconds ?? Number.NaN)
      expect({ ...found, seconds }, String(entry.path)).toMatchObject(shown(entry, reader.name))
    }
  })
})

describe('data', () => {
  it('gzip finds every member sound', ({ skip }) => {
    needs(skip, present('gzip'), 'gzip is not installed')
    run('gzip', ['-t', archive])
    expect(Buffer.compare(run('gzip', ['-dc', archive]), readFileSync(plain))).toBe(0)
  })

  it('Python reads every file', ({ skip }) => {
    needs(skip, present(PYTHON), `${PYTHON} is not installed`)
    const script = [
      'import sys, tarfile, hashlib, warnings',
      'warnings.simplefilter("error")',
      'tar = tarfile.open(sys.argv[1], "r:gz", encoding="utf-8", errors="surrogateescape")',
      'for m in tar:',
      '  if m.isreg(): print(hashlib.sha256(tar.extractfile(m).read()).hexdigest())',
    ].join('\n')
    const digests = run(PYTHON, ['-c', script, archive]).toString().trim().split('\n')
    expect(digests.slice(0, -1)).toEqual(files().map((entry) => sha256(dataOf(entry))))
  })

  it('tar-stream reads every file', async () => {
    const digests: string[] = []
    const parser = extractStream()
    Readable.from([readFileSync(plain)]).pipe(parser)
    for await (const entry of parser) {
      const chunks: Buffer[] = []
      for await (const chunk of entry) chunks.push(chunk as Buffer)
      if (entry.header.type === 'file') digests.push(sha256(Buffer.concat(chunks)))
    }
    expect(digests.slice(0, -1)).toEqual(files().map((entry) => sha256(dataOf(entry))))
  })
})

/** Paths of 4,000 bytes are for listing: below the target folder no system could open them. */
const LONGEST_BYTES = 2000

describe.each([
  // It has a word to say to any time before 1970 or after today, rightly restored.
  { command: 'tar', args: ['--warning=no-timestamp', '--xattrs', '-xpzf'] },
  { command: 'bsdtar', args: ['-xpf'] },
])('$command', ({ command, args }) => {
  it('restores the tree', ({ skip }) => {
    needs(skip, present(command), `${command} is not installed`)
    const target = join(folder, command)
    mkdirSync(target)
    const excluded = ['char', 'block', 'deep-folder/*/end', 'deep-folder/*/folder']
    run(command, [...excluded.flatMap((pattern) => ['--exclude', pattern]), ...args, archive, '-C', target])
    const tree = TREE.filter((entry) => pathOf(entry).length < LONGEST_BYTES && entry.device === undefined)
    for (const entry of tree) expectRestored(target, entry)
  })
})

function files(): readonly SampleEntry[] {
  return TREE.filter(({ type = 'file' }) => type === 'file')
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

function expectRestored(target: string, entry: SampleEntry): void {
  const path = Buffer.concat([Buffer.from(`${target}/`), pathOf(entry)])
  const stats = lstatSync(path)
  const { type = 'file', mode, uid = 0 } = entry
  expect(typeOf(stats), String(entry.path)).toBe(type === 'hardlink' ? 'file' : type)
  if (type === 'hardlink') expect(stats.ino).toBe(lstatSync(`${target}/${String(entry.linkTarget)}`).ino)
  else expect(Math.floor(stats.mtimeMs / 1000), String(entry.path)).toBe(secondsOf(entry))
  if (type === 'symlink') expect(readlinkSync(path, 'buffer').equals(linkOf(entry))).toBe(true)
  if (type === 'file') expect(readFileSync(path).equals(dataOf(entry))).toBe(true)
  if (mode !== undefined && process.getuid?.() === 0) expect([stats.mode & 0o7777, stats.uid]).toEqual([mode, uid])
}

function typeOf(stats: Stats): string {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'directory'
  if (stats.isSymbolicLink()) return 'symlink'
  return stats.isFIFO() ? 'fifo' : 'other'
}

describe('extended attributes', () => {
  it('GNU tar shows them', ({ skip }) => {
    needs(skip, present('tar'), 'tar is not installed')
    const listed = run('tar', ['--xattrs', '-tvvf', archive]).toString('latin1')
    expect(listed).toMatch(/x: +4 user\.note/)
  })

  it('bsdtar passes them on', async ({ skip }) => {
    needs(skip, present('bsdtar'), 'bsdtar is not installed')
    const tagged = await buildArchive(TREE.filter(({ xattrs }) => xattrs !== undefined))
    const copy = run('bsdtar', ['--format=pax', '-cf', '-', '@-'], tagged)
    expect(copy.toString('latin1')).toContain('SCHILY.xattr.user.note=\0=\n\xff\n')
  })
})

it('random trees are listed by GNU tar as they were written', async ({ skip }) => {
  needs(skip, present('tar'), 'tar is not installed')
  const random = join(folder, 'random.tgz')
  await fc.assert(
    fc.asyncProperty(arbitraryTree, async (tree) => {
      writeFileSync(random, await buildArchive(tree))
      const out = execFileSync('tar', ['--null', '--quoting-style=literal', '--show-transformed-names', '-tf', random])
      const wanted = tree.map(
        (entry) => `${pathOf(entry).toString('latin1')}${entry.type === 'directory' ? '/' : ''}\n`,
      )
      expect(out.toString('latin1')).toBe(`${wanted.join('')}${TAIL}\n`)
    }),
    { numRuns: 40 },
  )
})
