/** Odd headers, written by this library and read by GNU tar, bsdtar, Python's tarfile and npm tar-stream. */
import { closeSync, ftruncateSync, lstatSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { encodeTarHeader } from '../../src/tar/encode-tar-header.ts'
import type { TarHeader } from '../../src/tar/tar-header.ts'
import { needs } from '../node/needs.ts'
import { bytes, header, padded } from './samples.ts'
import { STOCK_READERS, type StockEntry, type StockReader } from './stock-readers.ts'

const deep = 'deep/'.repeat(60)
const note = new Map([['user.note', bytes('\0\xff\n7 x=1 ')]])

const ODD: readonly TarHeader[] = [
  header({ pathBytes: bytes('plain'), sizeBytes: 3, userName: 'ada', groupName: 'users', mode: 0o4755 }),
  header({ pathBytes: bytes('d'), type: 'directory', mode: 0o2775 }),
  header({ pathBytes: bytes('fifo'), type: 'fifo' }),
  header({ pathBytes: bytes('char'), type: 'char', device: { major: 8, minor: 2_097_153 } }),
  header({ pathBytes: bytes('block'), type: 'block', device: { major: 259, minor: 7 } }),
  header({ pathBytes: bytes('symlink'), type: 'symlink', linkBytes: bytes('../\xff target') }),
  header({ pathBytes: bytes('hardlink'), type: 'hardlink', linkBytes: bytes('plain') }),
  header({ pathBytes: bytes('big ids'), uid: 2_097_152, gid: 4_294_967_294 }),
  header({ pathBytes: bytes('n'.repeat(100)), sizeBytes: 3 }),
  header({ pathBytes: bytes('o'.repeat(101)), sizeBytes: 3 }),
  header({ pathBytes: bytes(`${'p'.repeat(155)}/${'q'.repeat(100)}`), sizeBytes: 3 }),
  header({ pathBytes: bytes(`${'p'.repeat(156)}/${'q'.repeat(100)}`), sizeBytes: 3 }),
  header({ pathBytes: bytes(`${deep}\xff\xe9\t\n\\x`), sizeBytes: 3 }),
  header({ pathBytes: bytes(`${deep}dir`), type: 'directory' }),
  header({ pathBytes: bytes(`${deep}link`), type: 'symlink', linkBytes: bytes(`${deep}\xfe`), xattrs: note }),
  header({
    pathBytes: bytes(`${deep}noted`),
    sizeBytes: 3,
    xattrs: note,
    mtime: { seconds: 5, nanoseconds: 250_000_000 },
  }),
  header({ pathBytes: bytes('utf8 caf\xc3\xa9'), sizeBytes: 3 }),
  header({ pathBytes: bytes('raw \xff'), sizeBytes: 3 }),
  header({ pathBytes: bytes('before 1970'), mtime: { seconds: -5, nanoseconds: 0 } }),
  header({ pathBytes: bytes('before 1970, and a half'), mtime: { seconds: -2, nanoseconds: 500_000_000 } }),
  header({ pathBytes: bytes('after 2242'), mtime: { seconds: 8 ** 11 + 5, nanoseconds: 0 } }),
  header({ pathBytes: bytes('fraction'), mtime: { seconds: 5, nanoseconds: 123_456_789 } }),
  header({ pathBytes: bytes('user of 32'), userName: 'u'.repeat(32), groupName: 'g'.repeat(32) }),
  header({ pathBytes: bytes('user of 40'), userName: 'u'.repeat(40), groupName: '\u00e9'.repeat(20) }),
  header({ pathBytes: bytes('last'), sizeBytes: 3 }),
]

let folder = ''
let odd = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-tar-'))
  odd = join(folder, 'odd.tar')
  const data = (entry: TarHeader): Uint8Array => padded(bytes('abc').subarray(0, entry.sizeBytes))
  writeFileSync(
    odd,
    Buffer.concat([...ODD.flatMap((entry) => [encodeTarHeader(entry), data(entry)]), new Uint8Array(1024)]),
  )
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** What a header looks like in a program that shows all of it. */
function shown(entry: TarHeader): Required<StockEntry> {
  return {
    path: Buffer.from(entry.pathBytes).toString('hex'),
    type: entry.type,
    mode: entry.mode,
    uid: entry.uid,
    gid: entry.gid,
    userName: Buffer.from(entry.userName).toString('hex'),
    seconds: entry.mtime.seconds + entry.mtime.nanoseconds / 1e9,
    sizeBytes: entry.sizeBytes,
    link: Buffer.from(entry.linkBytes).toString('hex'),
    device: `${entry.device?.major ?? 0},${entry.device?.minor ?? 0}`,
  }
}

/**
 * What is known of each program: tar-stream reads owner names and times from the header block only, and takes base-256
 * for ones' complement; GNU tar lists, and bsdtar 3.6 reads, −1.5 as −0.5; mtree shows a hardlink as a file.
 */
function known(reader: StockReader, entry: TarHeader): StockEntry {
  const all = shown(entry)
  const half = entry.mtime.seconds < 0 && entry.mtime.nanoseconds > 0
  if (reader.name === 'tar-stream') {
    const { seconds } = entry.mtime
    return {
      ...all,
      seconds: seconds < 0 ? seconds + 1 : seconds,
      userName: all.userName.length > 64 ? '' : all.userName,
    }
  }
  if (reader.name === 'bsdtar' && entry.type === 'hardlink') return { ...all, type: 'file', link: '' }
  if (half && reader.name !== 'Python tarfile') return { ...all, seconds: expect.any(Number) as number }
  return all
}

describe.each(STOCK_READERS)('$name', (reader) => {
  test('reads every odd entry as it was meant, without a complaint', async ({ skip }) => {
    needs(skip, reader.present(), `${reader.name} is not installed`)
    const byPath = new Map((await reader.read(odd)).map((entry) => [entry.path, entry]))
    expect(byPath.size).toBe(ODD.length)
    for (const entry of ODD) {
      const expected = known(reader, entry)
      const actual = byPath.get(expected.path)
      expect(actual, Buffer.from(entry.pathBytes).toString('latin1')).toBeDefined()
      expect({ ...expected, ...actual }).toEqual(expected)
    }
  })
})

describe('a size of 8 GiB', () => {
  const entry = header({ pathBytes: bytes('large'), sizeBytes: 8 * 1024 ** 3 })
  let file = ''
  beforeAll(() => {
    file = join(folder, 'large.tar')
    const fd = openSync(file, 'w')
    writeSync(fd, encodeTarHeader(entry))
    ftruncateSync(fd, 512 + entry.sizeBytes + 1024)
    closeSync(fd)
  })

  test.for(STOCK_READERS.filter((reader) => reader.name !== 'bsdtar'))('is read by $name', async (reader, { skip }) => {
    needs(skip, reader.present(), `${reader.name} is not installed`)
    const entries = await reader.read(file)
    expect(entries.map(({ sizeBytes }) => sizeBytes)).toEqual([entry.sizeBytes])
  })

  test('is read by bsdtar, listing only: its mtree would read all data', ({ skip }) => {
    needs(
      skip,
      STOCK_READERS.some((reader) => reader.name === 'bsdtar' && reader.present()),
      'bsdtar is not installed',
    )
    expect(execFileSync('bsdtar', ['-tvf', file], { encoding: 'utf8' })).toMatch(/ 8589934592 .* large\n$/)
  })
})

describe('GNU tar', () => {
  test('sees extended attributes, also beside long names', ({ skip }) => {
    needs(skip, STOCK_READERS[0]?.present() === true, 'GNU tar is not installed')
    const listing = execFileSync('tar', ['--xattrs', '--xattrs-include=*', '-tvvf', odd], { encoding: 'latin1' })
    expect(listing.match(/^ +x: 9 user\.note$/gm)).toHaveLength(2)
  })

  test('restores a negative fraction of a second', ({ skip }) => {
    needs(skip, STOCK_READERS[0]?.present() === true, 'GNU tar is not installed')
    const half = header({ pathBytes: bytes('half'), mtime: { seconds: -2, nanoseconds: 500_000_000 } })
    execFileSync('tar', ['-xf', '-', '-C', folder], {
      input: Buffer.concat([encodeTarHeader(half), new Uint8Array(1024)]),
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    expect(lstatSync(join(folder, 'half'), { bigint: true }).mtimeNs).toBe(-1_500_000_000n)
  })
})
