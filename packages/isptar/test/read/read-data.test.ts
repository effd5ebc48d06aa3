/** The listing against the data: places that cannot be, sizes that are not so. Each is an error that names the entry. */
import {
  type Archive,
  BaseMismatchError,
  FormatError,
  IntegrityError,
  type IsptarError,
  MemorySource,
  openArchive,
  SliceSource,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { MiB } from '../../src/limits.ts'
import { expectBytes, sampleBytes } from '../gzip/samples.ts'
import { buildArchive } from '../write/build-archive.ts'
import { craftArchive, craftFiles, fileLine, member } from './craft-archive.ts'

const FILES = { a: 'first', b: 'x'.repeat(700), c: 'last' }

/** Opens three files of which the line of `b` was changed. */
const withLine = (change: (line: string) => string): Promise<Archive> =>
  openArchive(
    new MemorySource(
      craftFiles(FILES, (line, path) => (path === 'b' ? change(line) : line), { info: { format: '2' } }),
    ),
  )

const word = (text: string) => (line: string) => line.replace(/\t0:1:\d+:0/, text === '' ? '' : `\t${text}`)

type Kind = new (...args: never[]) => IsptarError

const REFUSED: [string, (line: string) => string, Kind, RegExp][] = [
  ['an offset past the tail', word('0:1:100000:0'), FormatError, /leaves no room/],
  ['an offset in the tail', (line) => word(`0:1:${tailOf(FILES)}:0`)(line), FormatError, /leaves no room/],
  ['an offset of 2^53 - 1', word('0:1:9007199254740991:0'), FormatError, /leaves no room/],
  ['an offset at no member', word('0:1:3:0'), FormatError, /no gzip member at offset 3/],
  ['an offset at another member', word('0:1:0:0'), IntegrityError, /its member/],
  ['slice 0', word('0:0:0:0'), FormatError, /slice 0/],
  ['slice 2', word('0:2:0:0'), FormatError, /slice 2/],
  ['slice 10^9', word('0:1000000000:0:0'), FormatError, /slice 1000000000/],
  ['depth 1', word('1:1:0:0'), BaseMismatchError, /base 1/],
  ['depth 99', word('99:1:0:0'), BaseMismatchError, /base 99/],
  ['a size larger than the data', (line) => line.replace('\t700\t', '\t1025\t'), IntegrityError, /holds 1024 bytes/],
  ['a size that needs fewer blocks', (line) => line.replace('\t700\t', '\t512\t'), IntegrityError, /more than 512/],
  ['a size of 2^53 - 1', (line) => line.replace('\t700\t', `\t${2 ** 53 - 1}\t`), FormatError, /can hold/],
  ['csize too short', (line) => line.replace(/csize=\d+/, 'csize=21'), IntegrityError, /cut|damaged|ends/],
  [
    'csize too long',
    (line) => line.replace(/csize=(\d+)/, (_, n) => `csize=${Number(n) + 1}`),
    IntegrityError,
    /its member/,
  ],
  ['csize of 19', (line) => line.replace(/csize=\d+/, 'csize=19'), FormatError, /csize is 19/],
  ['csize into the tail', (line) => line.replace(/csize=\d+/, 'csize=100000'), FormatError, /csize is 100000/],
  ['csize in octal', (line) => line.replace(/csize=/, 'csize=0'), FormatError, /expected a decimal number/],
]

function tailOf(files: Readonly<Record<string, string>>): number {
  return craftFiles(files).length - craftArchive({ listing: '\n' }).length
}

describe.each(REFUSED)('%s', (_, change, kind, message) => {
  it('is refused for that entry, and the others are read', async () => {
    await using archive = await withLine(change)
    const error: unknown = await archive.bytes('b').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(kind)
    expect(error).toMatchObject({ message: expect.stringMatching(message) })
    expect(error).toMatchObject({ message: expect.stringMatching(/^"b": /) })
    expect([await archive.text('a'), await archive.text('c')]).toEqual(['first', 'last'])
  })
})

describe('malformed', () => {
  it.each([
    ['no offset word', word('')],
    ['an empty depth', word(':1:0:0')],
    ['a negative offset', word('0:1:-1:0')],
    ['a negative slice', word('0:-1:0:0')],
    ['a fraction', word('0:1:1.5:0')],
    ['two parts', word('0:1')],
    ['a size with a sign', (line: string) => line.replace('\t700\t', '\t+700\t')],
    ['a size in octal', (line: string) => line.replace('\t700\t', '\t0700\t')],
    ['a size of 2^53', (line: string) => line.replace('\t700\t', '\t9007199254740992\t')],
    ['a size in hexadecimal', (line: string) => line.replace('\t700\t', '\t0x2bc\t')],
  ])('%s is refused when the line is read', async (_, change) => {
    await using archive = await withLine(change)
    await expect(archive.bytes('b')).rejects.toThrow(FormatError)
    await expect(archive.bytes('b')).rejects.toThrow(/^listing line of "b": /)
    expect(await archive.text('a')).toBe('first')
  })
})

describe('without csize', () => {
  const stripped = (files: Readonly<Record<string, string>>): Uint8Array =>
    craftFiles(files, (line) => line.replace(/\tcsize=\d+/, ''))

  it('small, large, stored and last members are read', async () => {
    const files = { a: 'a'.repeat(3000), big: 'noise '.repeat(400_000), c: 'c' }
    await using archive = await openArchive(new MemorySource(stripped(files)), { tailBytes: 39 })
    for (const [path, content] of Object.entries(files)) expect(await archive.text(path)).toBe(content)
  })

  it('what follows the data in its member is left out, however much', async () => {
    for (const following of [0, 512, 100_000, 3 * MiB]) {
      const data = sampleBytes(5000)
      const plain = new Uint8Array(5000 + following)
      plain.set(data)
      plain.set(sampleBytes(following), 5000)
      const before = member(plain)
      const listing = `${fileLine('f', 5000, '0:1:0:0')}\n\n`
      await using archive = await openArchive(new MemorySource(craftArchive({ before, listing })))
      expectBytes(await archive.bytes('f'), data)
    }
  })

  it('a member that ends early is refused', async () => {
    const listing = `${fileLine('f', 5000, '0:1:0:0')}\n\n`
    await using archive = await openArchive(new MemorySource(craftArchive({ before: member('short'), listing })))
    await expect(archive.bytes('f')).rejects.toMatchObject({ code: 'integrity', expected: 5000, actual: 5, entry: 'f' })
  })

  it('an offset in hexadecimal is read, as the original does', async () => {
    const listing = `${fileLine('f', 5, '0:1:0x0:0')}\n\n`
    await using archive = await openArchive(new MemorySource(craftArchive({ before: member('short'), listing })))
    expect(await archive.text('f')).toBe('short')
  })
})

describe('damage', () => {
  const damaged = async (size: number): Promise<{ bytes: Uint8Array; data: Uint8Array }> => {
    const data = sampleBytes(size)
    const bytes = (await buildArchive([{ path: 'f', data }], { level: 0 })).slice()
    const at = bytes.length >> 1
    bytes[at] = (bytes[at] ?? 0) ^ 1
    return { bytes, data }
  }

  it.each([10_000, 3 * MiB])('of a file of %i bytes is an error that says what was expected', async (size) => {
    const { bytes } = await damaged(size)
    await using archive = await openArchive(new MemorySource(bytes))
    const error: unknown = await archive.bytes('f').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(IntegrityError)
    expect(error).toMatchObject({ entry: 'f', message: expect.stringMatching(/^"f": CRC-32/) })
  })

  it.each([10_000, 3 * MiB])('of a file of %i bytes never ends a stream as if it were whole', async (size) => {
    const { bytes } = await damaged(size)
    await using archive = await openArchive(new MemorySource(bytes))
    for (const part of [{}, { start: (size >> 1) - 5, end: size >> 1 }]) {
      const reader = archive.stream('f', part).getReader()
      const drain = async (): Promise<void> => {
        while (!(await reader.read()).done);
      }
      await expect(drain()).rejects.toThrow(IntegrityError)
    }
  })

  it.each([10_000, 3 * MiB])('of a file of %i bytes is given when the checksum is ignored', async (size) => {
    const { bytes, data } = await damaged(size)
    await using archive = await openArchive(new MemorySource(bytes))
    const found = await archive.bytes('f', { ignoreChecksum: true })
    expect(found.length).toBe(size)
    expect(found.filter((byte, i) => byte !== data[i]).length).toBe(1)
  })

  it('of the listing keeps data from being read on its word, also of entries given before it was found', async () => {
    const more = Array.from({ length: 50_000 }, (_, i) => fileLine(`e${i * i}`, 0, '')).join('\n')
    const bytes = craftFiles({ a: 'one' }, (line) => `${line}\n${more}`)
    const { tail } = await openArchive(new MemorySource(bytes))
    const crcAt = tail.serviceInfoOffset - 8
    bytes[crcAt] = (bytes[crcAt] ?? 0) ^ 1
    await using archive = await openArchive(new MemorySource(bytes))
    const { value: entry } = await archive.entries().next()
    expect(entry?.path).toBe('a')
    await expect(entry?.bytes()).rejects.toThrow(IntegrityError)
    await expect(archive.bytes('a')).rejects.toThrow(IntegrityError)
  })
})

describe('in slices', () => {
  const parts = (bytes: Uint8Array, at: number): MemorySource[] => [
    new MemorySource(bytes.subarray(0, at), 's.part1'),
    new MemorySource(bytes.subarray(at), 's.part2'),
  ]

  it('cut anywhere, the archive is the same', async () => {
    const bytes = craftFiles(FILES)
    for (let at = 0; at <= bytes.length; at += 1) {
      // Offsets in the listing count from the first slice, which holds all data only when it is cut behind it.
      await using archive = await openArchive(new SliceSource(parts(bytes, at), 's'))
      for (const [path, content] of Object.entries(FILES)) expect(await archive.text(path)).toBe(content)
      expect(archive.sliceNames).toEqual(['s.part1', 's.part2'])
    }
  })

  it('places in later slices count from their beginning', async () => {
    const [first, second] = [member('one'), member('two')]
    const listing = `${fileLine('a', 3, '0:1:0:0')}\n${fileLine('b', 3, '0:2:0:0')}\n${fileLine('c', 3, '0:3:0:0')}\n\n`
    const rest = craftArchive({ before: second, listing })
    const whole = new SliceSource([new MemorySource(first, 'p1'), new MemorySource(rest, 'p2')], 'p')
    await using archive = await openArchive(whole)
    expect([await archive.text('a'), await archive.text('b')]).toEqual(['one', 'two'])
    await expect(archive.bytes('c')).rejects.toThrow(/^"c": .*no slice 3/)
  })
})

it('an entry of a path with control characters is named in one line', async () => {
  const before = member('short')
  const listing = `${fileLine('a\\n\\t\u001b[31m', 5000, '0:1:0:0')}\n\n`
  await using archive = await openArchive(new MemorySource(craftArchive({ before, listing })))
  const error: unknown = await archive.bytes('a\n\t\u001b[31m').catch((reason: unknown) => reason)
  expect(error).toMatchObject({
    entry: 'a\n\t\u001b[31m',
    message: expect.stringMatching(/^"a\\n\\t\\u001b\[31m": [^\n]*$/),
  })
})

describe('columns in an archive without format', () => {
  it('say nothing: the original copies them from its base, where members are others', async () => {
    const stale = (line: string): string => line.replace(/csize=\d+/, 'csize=21')
    const bytes = craftFiles(FILES, stale)
    await using archive = await openArchive(new MemorySource(bytes))
    for (const [path, content] of Object.entries(FILES)) {
      expect(await archive.text(path)).toBe(content)
      expect((await archive.get(path)).packedBytes).toBeUndefined()
    }
  })
})
