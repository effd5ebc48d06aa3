import { describe, expect, test } from 'vitest'
import { LimitError } from '../../src/errors.ts'
import { MAX_META_BYTES } from '../../src/limits.ts'
import { encodeTarHeader } from '../../src/tar/encode-tar-header.ts'
import type { TarHeader } from '../../src/tar/tar-header.ts'
import { bytes, header, padded } from './samples.ts'

function field(block: Uint8Array, offset: number, length: number): string {
  return Buffer.from(block.subarray(offset, offset + length)).toString('latin1')
}

/** Type letters of the blocks that are headers. */
function flags(tar: Uint8Array): string {
  let letters = ''
  for (let i = 0; i < tar.length; i += 512) if (field(tar, i + 257, 5) === 'ustar') letters += field(tar, i + 156, 1)
  return letters
}

describe('encodeTarHeader', () => {
  test('writes one exact block for a plain file', () => {
    const expected = new Uint8Array(512)
    const put = (offset: number, text: string): void => expected.set(bytes(text), offset)
    put(0, 'etc/motd')
    put(100, '0000644\0')
    put(108, '0001750\0')
    put(116, '0000144\0')
    put(124, '00000000006\0')
    put(136, '07346545000\0')
    put(156, '0')
    put(257, 'ustar\x0000')
    put(265, 'ada')
    put(297, 'users')
    put(329, '0000000\x000000000\0')
    const block = encodeTarHeader(header({ uid: 1000, gid: 100, sizeBytes: 6, userName: 'ada', groupName: 'users' }))
    const sum = expected.reduce((total, byte) => total + byte, 8 * 0x20)
    put(148, `${sum.toString(8).padStart(6, '0')}\0 `)
    expect(block).toEqual(expected)
  })

  test('ends the name of a directory in a slash, also where it then needs a prefix or an L record', () => {
    const directory = (length: number): Uint8Array =>
      encodeTarHeader(header({ type: 'directory', pathBytes: bytes(`a/${'d'.repeat(length - 2)}`) }))
    expect(field(directory(99), 0, 101)).toBe(`a/${'d'.repeat(97)}/0`)
    expect(field(directory(100), 0, 100)).toBe(`${'d'.repeat(98)}/\0`)
    expect(field(directory(100), 345, 2)).toBe('a\0')
    expect(flags(directory(102))).toBe('L5')
  })

  test.each([
    [100, '0', 100, 0],
    [101, 'L0', 100, 0],
  ])('keeps a name of %d bytes without a slash in %s', (length, letters, nameBytes, prefixBytes) => {
    const tar = encodeTarHeader(header({ pathBytes: bytes('n'.repeat(length)) }))
    expect(flags(tar)).toBe(letters)
    const block = tar.subarray(-512)
    expect(field(block, 0, 100).replace(/\0+$/, '').length).toBe(nameBytes)
    expect(field(block, 345, 155).replace(/\0+$/, '').length).toBe(prefixBytes)
  })

  test.each([
    [155, 100, '0'],
    [156, 100, 'L0'],
    [155, 101, 'L0'],
    [1, 100, '0'],
  ])('splits %d bytes / %d bytes: %s', (prefixBytes, nameBytes, letters) => {
    const tar = encodeTarHeader(header({ pathBytes: bytes(`${'p'.repeat(prefixBytes)}/${'n'.repeat(nameBytes)}`) }))
    expect(flags(tar)).toBe(letters)
    if (letters === '0')
      expect([field(tar, 345, 155), field(tar, 0, 100)]).toEqual([
        'p'.repeat(prefixBytes).padEnd(155, '\0'),
        'n'.repeat(nameBytes),
      ])
  })

  test('writes K, L, pax and the block in this order', () => {
    const tar = encodeTarHeader(
      header({
        type: 'symlink',
        pathBytes: bytes('n'.repeat(300)),
        linkBytes: bytes('\xffk'.repeat(60)),
        mtime: { seconds: -2, nanoseconds: 500_000_000 },
        xattrs: new Map([['user.note', bytes('\0\xff\n=')]]),
      }),
    )
    expect(flags(tar)).toBe('KLx2')
    expect(tar.subarray(512, 1024)).toEqual(padded(bytes(`${'\xffk'.repeat(60)}\0`)))
    expect(field(tar, 1024, 13)).toBe('././@LongLink')
    expect(field(tar, 1024 + 124, 12)).toBe('00000000455\0')
    const pax = '14 mtime=-1.5\n31 SCHILY.xattr.user.note=\0\xff\n=\n'
    expect(tar.subarray(-1024, -512)).toEqual(padded(bytes(pax)))
    expect(field(tar.subarray(-512), 136, 12)).toBe(`${'\xff'.repeat(11)}\xfe`)
  })

  test('never cuts a user name, and says when a long one is not UTF-8', () => {
    const fits = encodeTarHeader(header({ userName: 'u'.repeat(32), groupName: '\udcff' }))
    expect([flags(fits), field(fits, 265, 34)]).toEqual(['0', `${'u'.repeat(32)}\xff\0`])
    const long = encodeTarHeader(header({ userName: 'u'.repeat(33), groupName: 'g' }))
    expect([flags(long), field(long.subarray(-512), 265, 33)]).toEqual(['x0', `${'\0'.repeat(32)}g`])
    expect(field(long, 512, 43)).toBe(`43 uname=${'u'.repeat(33)}\n`)
    const raw = encodeTarHeader(header({ groupName: '\udcff'.repeat(33) }))
    expect(field(raw, 512, 22)).toBe('21 hdrcharset=BINARY\n4')
  })

  test('names devices, in base-256 where octal ends', () => {
    const block = encodeTarHeader(header({ type: 'char', device: { major: 8, minor: 2_097_152 } }))
    expect(field(block, 329, 16)).toBe('0000010\0\x80\0\0\0\0\x20\0\0')
  })

  test.each<[string, Partial<TarHeader>]>([
    ['an empty path', { pathBytes: bytes('') }],
    ['a NUL in the path', { pathBytes: bytes('a\0b') }],
    ['a trailing slash', { pathBytes: bytes('a/') }],
    ['a NUL in the target', { type: 'symlink', linkBytes: bytes('a\0b') }],
    ['a link without target', { type: 'hardlink' }],
    ['a file with a target', { linkBytes: bytes('x') }],
    ['a device without number', { type: 'block' }],
    ['a file with a device number', { device: { major: 1, minor: 1 } }],
    ['a directory with data', { type: 'directory', sizeBytes: 1 }],
    ['a negative size', { sizeBytes: -1 }],
    ['a size beyond 2^53', { sizeBytes: 2 ** 53 }],
    ['a fraction', { uid: 0.5 }],
    ['NaN', { gid: Number.NaN }],
    ['a mode with type bits', { mode: 0o100644 }],
    ['too many nanoseconds', { mtime: { seconds: 0, nanoseconds: 1_000_000_000 } }],
    ['a NUL in a user name', { userName: 'a\0b' }],
    ['a user name no bytes stand for', { userName: '\ud800' }],
    ['an attribute without name', { xattrs: new Map([['', bytes('x')]]) }],
    ['a NUL in an attribute name', { xattrs: new Map([['a\0', bytes('x')]]) }],
  ])('refuses %s', (_, fields) => {
    expect(() => encodeTarHeader(header(fields))).toThrow(RangeError)
  })

  test('writes no more names and attributes than are read', () => {
    const xattrs = new Map([['user.big', new Uint8Array(MAX_META_BYTES)]])
    expect(() => encodeTarHeader(header({ xattrs }))).toThrow(LimitError)
  })
})
