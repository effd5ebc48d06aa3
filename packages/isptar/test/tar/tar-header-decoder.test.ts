import { describe, expect, test } from 'vitest'
import { FormatError, LimitError } from '../../src/errors.ts'
import { TarHeaderDecoder } from '../../src/tar/tar-header-decoder.ts'
import type { EntryRecord, TarRecord } from '../../src/tar/tar-record.ts'
import { bytes, rawBlock, rawMeta, rawPax } from './samples.ts'
import { walkTar } from './walk-tar.ts'

function walk(...blocks: readonly Uint8Array[]): TarRecord[] {
  return walkTar(Buffer.concat(blocks))
}

function entry(...blocks: readonly Uint8Array[]): EntryRecord {
  const [record, ...rest] = walk(...blocks)
  expect(rest).toEqual([])
  if (record?.kind !== 'entry') throw new Error(`no entry but ${record?.kind}`)
  return record
}

function path(record: EntryRecord): string {
  return Buffer.from(record.header.pathBytes).toString('latin1')
}

describe('TarHeaderDecoder', () => {
  test('gives an entry whose bytes are its own', () => {
    const decoder = new TarHeaderDecoder()
    const block = rawBlock({ name: 'a', prefix: 'p', typeFlag: '2', link: 't' })
    const record = decoder.push(block)
    block.fill(0xff)
    expect(record).toMatchObject({ kind: 'entry', header: { pathBytes: bytes('p/a'), linkBytes: bytes('t') } })
  })

  test('gives the end at a block of zeros', () => {
    expect(new TarHeaderDecoder().push(new Uint8Array(512))).toEqual({ kind: 'end' })
  })

  test('takes blocks only', () => {
    expect(() => new TarHeaderDecoder().push(new Uint8Array(511))).toThrow(RangeError)
  })

  test('accepts a checksum over signed bytes, and no wrong one', () => {
    const block = rawBlock({ name: 'caf\xe9\xff' })
    const unsigned = Number.parseInt(Buffer.from(block.subarray(148, 154)).toString(), 8)
    const write = (sum: number): void => block.set(bytes(`${sum.toString(8).padStart(6, '0')}\0 `), 148)
    write(unsigned - 512)
    expect(path(entry(block))).toBe('caf\xe9\xff')
    for (const wrong of [unsigned - 256, unsigned + 1, unsigned - 513]) {
      write(wrong)
      expect(() => entry(block)).toThrow(/no tar header.*checksum/)
    }
  })

  test('reads a prefix from POSIX ustar only', () => {
    const fields = { name: 'n', prefix: 'p' }
    expect(path(entry(rawBlock(fields)))).toBe('p/n')
    expect(path(entry(rawBlock({ ...fields, magic: 'ustar  \0' })))).toBe('n')
    expect(path(entry(rawBlock({ ...fields, magic: '\0' })))).toBe('n')
  })

  test('gives no user names and devices of tars before ustar', () => {
    const more = [
      [265, 'ada'],
      [329, '0000010\0'],
    ] as const
    expect(entry(rawBlock({ magic: '\0', typeFlag: '3', more })).header).toMatchObject({
      userName: '',
      device: { major: 0, minor: 0 },
    })
    expect(entry(rawBlock({ typeFlag: '3', more })).header).toMatchObject({ userName: 'ada', device: { major: 8 } })
  })

  test('takes an old file named as a directory for one, unless it has data', () => {
    expect(entry(rawBlock({ name: 'd/', typeFlag: '\0', magic: '\0' })).header.type).toBe('directory')
    expect(() => entry(rawBlock({ name: 'd/', size: '00000000001\0' }))).toThrow(FormatError)
  })

  test('strips trailing slashes but keeps what makes a path unsafe', () => {
    expect(path(entry(rawBlock({ name: 'd//', typeFlag: '5' })))).toBe('d')
    expect(path(entry(rawBlock({ name: '/', typeFlag: '5' })))).toBe('/')
    expect(path(entry(rawBlock({ name: './../x' })))).toBe('./../x')
  })

  test('expects no data after links, directories and devices, whatever their size field says', () => {
    for (const typeFlag of ['1', '2', '3', '4', '5', '6']) {
      const record = entry(rawBlock({ typeFlag, size: '00000000777\0' }))
      expect([record.dataBytes, record.header.sizeBytes]).toEqual([0, 0])
    }
  })

  test('expects data after the directory lists of GNU incremental archives', () => {
    const record = entry(rawBlock({ name: 'd/', typeFlag: 'D', size: '00000000003\0' }), new Uint8Array(512))
    expect(record).toMatchObject({ header: { type: 'directory', sizeBytes: 0 }, dataBytes: 3 })
  })
})

describe('numbers in headers', () => {
  test('may be negative in times only', () => {
    expect(entry(rawBlock({ mtime: `${'\xff'.repeat(11)}\xfb` })).header.mtime).toEqual({ seconds: -5, nanoseconds: 0 })
    expect(() => entry(rawBlock({ size: '\xff'.repeat(12) }))).toThrow(/the size .* negative/)
    expect(() => entry(rawBlock({ uid: '\xff'.repeat(8) }))).toThrow(/the uid .* negative/)
  })

  test('are never rounded', () => {
    expect(() => entry(rawBlock({ size: `\x80${'\xff'.repeat(11)}` }))).toThrow(FormatError)
    expect(() => entry(rawBlock({ size: '\x80\0\0\0\0\x20\0\0\0\0\0\0' }))).toThrow(FormatError)
  })
})

describe('records before an entry', () => {
  test('give long names and link targets, cut at a NUL', () => {
    const record = entry(
      ...rawMeta('K', `${'k'.repeat(700)}\0`),
      ...rawMeta('L', `${'n\xff'.repeat(300)}\0hidden`),
      rawBlock({ typeFlag: '2', link: 'short' }),
    )
    expect(path(record)).toBe('n\xff'.repeat(300))
    expect(record.header.linkBytes).toEqual(bytes('k'.repeat(700)))
  })

  test('count pax before GNU before the block, in either order', () => {
    const pax = rawMeta('x', '12 path=pax\n')
    const long = rawMeta('L', 'gnu\0')
    expect(path(entry(...long, rawBlock({})))).toBe('gnu')
    expect(path(entry(...pax, ...long, rawBlock({})))).toBe('pax')
    expect(path(entry(...long, ...pax, rawBlock({})))).toBe('pax')
  })

  test('of one kind count the last', () => {
    expect(path(entry(...rawMeta('L', 'one\0'), ...rawMeta('L', 'two\0'), rawBlock({})))).toBe('two')
    const pax = [...rawMeta('x', '8 uid=5\n'), ...rawMeta('x', '8 gid=6\n')]
    expect(entry(...pax, rawBlock({})).header).toMatchObject({ uid: 0, gid: 6 })
  })

  test('hold for one entry only', () => {
    const records = walk(...rawMeta('x', '8 uid=5\n'), rawBlock({}), rawBlock({}))
    expect(records).toMatchObject([{ header: { uid: 5 } }, { header: { uid: 0 } }])
  })

  test('count as absent when empty', () => {
    expect(path(entry(...rawMeta('x', '8 path=\n7 uid=\n'), rawBlock({ name: 'n' })))).toBe('n')
  })

  test('say the size of the data where the block says another, and never that of a record', () => {
    const size = rawMeta('x', '10 size=3\n')
    const record = entry(...size, rawBlock({ size: '00000001000\0' }), new Uint8Array(512))
    expect([record.dataBytes, record.header.sizeBytes]).toEqual([3, 3])
    const after = entry(...size, ...rawMeta('L', `${'n'.repeat(600)}\0`), rawBlock({}), new Uint8Array(512))
    expect([path(after).length, after.dataBytes]).toEqual([600, 3])
  })

  test('give attributes, times and names', () => {
    const pax = rawPax('mtime', '-1.5') + rawPax('uname', 'ada') + rawPax('SCHILY.xattr.user.a', '\0')
    expect(entry(...rawMeta('x', pax), rawBlock({})).header).toMatchObject({
      mtime: { seconds: -2, nanoseconds: 500_000_000 },
      userName: 'ada',
      xattrs: new Map([['user.a', bytes('\0')]]),
    })
  })

  test.each(['path', 'linkpath', 'uname', 'gname'])('are refused with a NUL in %s', (key) => {
    const block = rawBlock({ typeFlag: '2', link: 'l' })
    expect(() => entry(...rawMeta('x', rawPax(key, 'x\0')), block)).toThrow(/NUL/)
  })

  test.each(['-1', '+1', '1e9', '0x10', ' 1', '9007199254740993'])('are refused with a size of %j', (size) => {
    expect(() => entry(...rawMeta('x', rawPax('size', size)), rawBlock({}))).toThrow(/"size" holds no number/)
  })

  test('must be followed by their entry', () => {
    for (const meta of [rawMeta('L', 'n\0'), rawMeta('K', 'n\0'), rawMeta('x', '8 uid=5\n'), rawMeta('x', '')]) {
      expect(() => walk(...meta)).toThrow(/end inside one/)
      expect(() => walk(...meta, new Uint8Array(512))).toThrow(/end inside one/)
    }
    expect(() => walk(rawBlock({ typeFlag: 'L', size: '00000000010\0' }))).toThrow(/end inside one/)
    expect(walk(...rawMeta('g', '8 uid=5\n'), new Uint8Array(512))).toEqual([])
  })

  test('are bounded before memory is taken', () => {
    const decoder = new TarHeaderDecoder()
    const huge = rawBlock({ typeFlag: 'L', size: '00144000000\0' })
    expect(() => decoder.push(huge)).toThrow(LimitError)
    const half = 'n'.repeat(600_000)
    expect(() => walk(...rawMeta('L', half), ...rawMeta('K', half), rawBlock({}))).toThrow(LimitError)
    expect(() => walk(...rawMeta('L', half), ...rawMeta('L', half), rawBlock({}))).toThrow(LimitError)
  })
})

describe('pax global headers', () => {
  test('hold for all entries after them, below their own records', () => {
    const records = walk(
      ...rawMeta('g', '8 uid=5\n8 gid=6\n' + rawPax('comment', 'of a commit')),
      rawBlock({}),
      ...rawMeta('x', '8 uid=7\n'),
      rawBlock({}),
      ...rawMeta('g', '7 uid=\n'),
      rawBlock({}),
    )
    expect(records).toMatchObject([
      { header: { uid: 5, gid: 6 } },
      { header: { uid: 7, gid: 6 } },
      { header: { uid: 0, gid: 6 } },
    ])
  })

  test.each(['path', 'linkpath', 'size', 'SCHILY.xattr.user.a', 'GNU.sparse.name'])('are refused with %s', (key) => {
    expect(() => walk(...rawMeta('g', rawPax(key, '1')))).toThrow(/every entry/)
  })

  test('are bounded', () => {
    const value = 'u'.repeat(2000)
    expect(() => walk(...rawMeta('g', rawPax('uname', value)))).toThrow(LimitError)
  })
})

describe('what describes no entry', () => {
  test.each(['V', 'M', 'N', 'A', 'z', '\xff'])('is given as it is: type %j', (typeFlag) => {
    const record = { kind: 'other', typeFlag, pathBytes: bytes('name'), dataBytes: 5 }
    const tar = [rawBlock({ name: 'name', typeFlag, size: '00000000005\0' }), new Uint8Array(512), rawBlock({})]
    expect(walk(...tar)).toMatchObject([record, { kind: 'entry' }])
  })

  test('is a sparse file of the old kind, with the blocks of its map', () => {
    const size = '00000000005\0'
    const more = (flag: string): Uint8Array => {
      const block = new Uint8Array(512).fill(0x37)
      block.set(bytes(flag), 504)
      return block
    }
    const plain = rawBlock({ typeFlag: 'S', size, magic: 'ustar  \0' })
    const long = rawBlock({ typeFlag: 'S', size, magic: 'ustar  \0', more: [[482, '\x01']] })
    const data = new Uint8Array(512)
    const expected = [{ kind: 'other', typeFlag: 'S', dataBytes: 5 }, { kind: 'entry' }]
    expect(walk(plain, data, rawBlock({}))).toMatchObject(expected)
    expect(walk(long, more('\x01'), more('\0'), data, rawBlock({}))).toMatchObject(expected)
    expect(() => walk(long, more('\x01'))).toThrow(/end inside one/)
  })

  test('is a sparse file of the pax kind, under its own name', () => {
    const pax = rawPax('GNU.sparse.major', '1') + rawPax('GNU.sparse.name', 'a/sparse')
    expect(walk(...rawMeta('x', pax), rawBlock({ name: 'GNUSparseFile.1/sparse' }))).toMatchObject([
      { kind: 'other', typeFlag: 'S', pathBytes: bytes('a/sparse') },
    ])
  })
})
