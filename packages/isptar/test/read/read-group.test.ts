/** Files that share a member (SPEC 1.1): read whole and in part, from wherever they lie, and refused where they are not right. */
import {
  type Archive,
  BlobSource,
  FormatError,
  IntegrityError,
  type IsptarError,
  MemorySource,
  openArchive,
  openSlices,
  SliceSource,
  UnsupportedError,
  withCounter,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { MAX_GROUP_BYTES } from '../../src/limits.ts'
import { expectBytes, sampleBytes } from '../gzip/samples.ts'
import type { SampleEntry } from '../write/build-archive.ts'
import { member } from './craft-archive.ts'
import { bytesOf, craftGroups, type GroupCraft } from './craft-groups.ts'
import { watchParts } from './craft-slices.ts'

/** Groups of some files each, folders and links among them, and a file too large for any. */
const TREE: readonly SampleEntry[] = [
  { path: 'd', type: 'directory' },
  { path: 'd/a', data: 'first of its group' },
  { path: 'd/b', data: sampleBytes(700) },
  { path: 'd/c', data: 'x'.repeat(1024) },
  { path: 'd/empty' },
  { path: 'd/large', data: sampleBytes(20_000) },
  { path: 'd/link', type: 'symlink', linkTarget: 'a' },
  { path: 'd/n', data: 'last' },
  { path: 'e', type: 'directory' },
  { path: 'hard', type: 'hardlink', linkTarget: 'd/b' },
]

const open = (bytes: Uint8Array): Promise<Archive> => openArchive(new MemorySource(bytes))
const files = TREE.filter(({ type = 'file' }) => type === 'file')
const GROUP = { groupBytes: 4096 }

async function expectTree(archive: Archive): Promise<void> {
  for (const entry of files) expectBytes(await archive.bytes(String(entry.path)), bytesOf(entry.data))
  expectBytes(await archive.bytes('hard'), sampleBytes(700))
}

describe('a file of a group', () => {
  it('is where the listing says: the raw deflate of the group, and its place in the plaintext', async () => {
    await using archive = await open(craftGroups(TREE, GROUP).bytes)
    const [a, b, large] = await Promise.all(['d/a', 'd/b', 'd/large'].map((path) => archive.get(path)))
    expect(a?.location).toEqual({ depth: 0, slice: 1, offset: 10, plainOffset: 1024 })
    expect(b?.location).toEqual({ depth: 0, slice: 1, offset: 10, plainOffset: 2048 })
    expect(a?.packedBytes).toBe(b?.packedBytes)
    expect(large?.location?.plainOffset).toBe(0)
  })

  it('is read out of memory, a blob and slices cut anywhere', async () => {
    const { bytes } = craftGroups(TREE, GROUP)
    await expectTree(await open(bytes))
    await expectTree(await openArchive(new BlobSource(new Blob([new Uint8Array(bytes)]))))
    for (let cut = 1; cut < 60; cut += 1) {
      const parts = [bytes.subarray(0, cut), bytes.subarray(cut)].map((part, i) => new MemorySource(part, `p${i + 1}`))
      await expectTree(await openArchive(new SliceSource(parts, 'p')))
    }
  })

  it('is read out of slices that were counted when it was written, wherever its deflate begins', async () => {
    for (let sliceBytes = 5; sliceBytes < 90; sliceBytes += 1) {
      const { bytes } = craftGroups(TREE, { ...GROUP, sliceBytes })
      const count = Math.ceil(bytes.length / sliceBytes)
      const parts = Array.from({ length: count }, (_, i) => bytes.subarray(i * sliceBytes, (i + 1) * sliceBytes))
      const sources = parts.map((part, i) => new MemorySource(part, `p${i + 1}`))
      await expectTree(await openArchive(new SliceSource(sources, 'p')))
      await expectTree(await open(bytes))
    }
  })

  it('is read out of slices of which only those are opened that hold its group', async () => {
    const { bytes, offsets } = craftGroups(TREE, { ...GROUP, sliceBytes: 1000 })
    const count = Math.ceil(bytes.length / 1000)
    const slices = Array.from({ length: count }, (_, i) => bytes.subarray(i * 1000, (i + 1) * 1000))
    const { parts, opened } = watchParts(slices)
    await using archive = await openArchive(openSlices(parts, { name: 'x' }), { tailBytes: 39 })
    expect(await archive.text('d/n')).toBe('last')
    const first = Math.floor((offsets.at(-1) ?? 0) / 1000) + 1
    expect([first > 10, Math.min(...opened) >= first]).toEqual([true, true])
    await expectTree(archive)
  })

  it('is given in part, streamed, and as text', async () => {
    await using archive = await open(craftGroups(TREE, GROUP).bytes)
    const data = sampleBytes(700)
    const ranges = [0, 1, 511, 513, 699, 700].flatMap((start) => [start, start + 1, 700].map((end) => [start, end]))
    for (const [start = 0, end = 0] of ranges.filter(([, end = 0]) => end <= 700)) {
      expectBytes(await archive.bytes('d/b', { start, end }), data.subarray(start, end))
      expectBytes(await new Response(archive.stream('d/b', { start, end })).bytes(), data.subarray(start, end))
    }
    expect(await archive.text('d/a')).toBe('first of its group')
    await expect(archive.bytes('d/b', { start: 0, end: 701 })).rejects.toThrow(RangeError)
  })

  it('belongs to whoever asked: changing it changes nothing else', async () => {
    await using archive = await open(craftGroups(TREE, GROUP).bytes)
    const given = await archive.bytes('d/b')
    given.fill(0)
    for await (const piece of archive.stream('d/b')) piece.fill(0)
    await expectTree(archive)
  })

  it('costs one read with all others of its group, in order or at a time', async () => {
    const { bytes } = craftGroups(TREE, GROUP)
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source, { tailBytes: 2000 })
    await archive.get('d/a')
    const before = source.requests
    for (const path of ['d/a', 'd/b', 'd/c']) await archive.bytes(path)
    await Promise.all(['d/a', 'd/b', 'd/c', 'd/b'].map((path) => archive.bytes(path)))
    expect(source.requests - before).toBe(1)
  })

  it('is not waited for in vain by one whose neighbour was given up', async () => {
    await using archive = await open(craftGroups(TREE, GROUP).bytes)
    const controller = new AbortController()
    const given = archive.bytes('d/a', { signal: controller.signal })
    const kept = archive.text('d/c')
    controller.abort(new Error('enough'))
    await expect(given).rejects.toThrow('enough')
    expect(await kept).toBe('x'.repeat(1024))
  })
})

type Kind = new (...args: never[]) => IsptarError

/** Opens the tree with the line of `d/b` changed. */
const withLine = (change: (line: string) => string, craft: GroupCraft = {}): Promise<Archive> =>
  open(craftGroups(TREE, { ...GROUP, ...craft, change: (line, path) => (path === 'd/b' ? change(line) : line) }).bytes)

const word = (text: string) => (line: string) => line.replace(/\t0:1:\d+:\d+/, `\t${text}`)
const column = (name: string, value: string) => (line: string) =>
  line.replace(new RegExp(`\t${name}=[^\t]*`), value === '' ? '' : `\t${name}=${value}`)

const REFUSED: [string, (line: string) => string, Kind, RegExp][] = [
  ['zpos of another file', word('0:1:10:1024'), IntegrityError, /the CRC-32 of its data in the group/],
  ['zpos inside a block', word('0:1:10:2049'), FormatError, /zpos is 2049/],
  ['zpos behind the group', word('0:1:10:16384'), IntegrityError, /group holds \d+ bytes, .* ends at 17408/],
  ['zpos beyond all groups', word(`0:1:10:${MAX_GROUP_BYTES}`), FormatError, /zpos is 4194304/],
  ['zpos of 2^53 - 1', word(`0:1:10:${2 ** 53 - 1}`), FormatError, /zpos is 9007199254740991/],
  ['an offset of its gzip header', word('0:1:0:2048'), FormatError, /leaves no room/],
  ['an offset inside its deflate', word('0:1:11:2048'), FormatError, /no group at 1/],
  ['an offset past the tail', word('0:1:100000:2048'), FormatError, /leaves no room/],
  ['a slice that is not there', word('0:2:10:2048'), FormatError, /slice 2/],
  ['a size of more blocks', (line) => line.replace('\t700\t', '\t1025\t'), IntegrityError, /the CRC-32 of its data/],
  ['a size of fewer blocks', (line) => line.replace('\t700\t', '\t512\t'), IntegrityError, /the CRC-32 of its data/],
  ['a size of 2^53 - 1', (line) => line.replace('\t700\t', `\t${2 ** 53 - 1}\t`), FormatError, /can hold/],
  ['csize too short', column('csize', '300'), IntegrityError, /by its trailer/],
  ['csize into the tail', column('csize', '100000'), FormatError, /csize is 100000/],
  ['csize of 19', column('csize', '19'), FormatError, /csize is 19/],
  ['no csize', column('csize', ''), UnsupportedError, /does not say how long/],
  ['no crc', column('crc', ''), FormatError, /has the column crc/],
  ['crc that is none', column('crc', '1234567'), FormatError, /crc is "1234567"/],
  ['another crc', column('crc', '00000000'), IntegrityError, /the listing says 00000000/],
  ['seek points', (line) => `${line}\tseek=4096:1,2`, FormatError, /no seek points/],
  ['CRC-32s of seek points', (line) => `${line}\tseekcrc=0123456789abcdef`, FormatError, /no seek points/],
]

describe.each(REFUSED)('with %s', (_, change, kind, message) => {
  it('is refused, and its neighbours are read', async () => {
    await using archive = await withLine(change)
    const error: unknown = await archive.bytes('d/b').catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(kind)
    expect(error).toMatchObject({ message: expect.stringMatching(message) })
    expect(error).toMatchObject({ message: expect.stringMatching(/^"d\/b": /) })
    await expect(archive.bytes('d/b', { start: 5, end: 6 })).rejects.toThrow(kind)
    expect([await archive.text('d/a'), await archive.text('d/n')]).toEqual(['first of its group', 'last'])
  })
})

describe('csize', () => {
  it('too long, so that more than the group is read, is refused', async () => {
    await using archive = await withLine((line) => line.replace(/csize=(\d+)/, (_, n) => `csize=${Number(n) + 1}`))
    await expect(archive.bytes('d/b')).rejects.toThrow(IntegrityError)
  })

  it('of two groups, the second of which ends like the first, is refused', async () => {
    const twins = ['a', 'b'].map((path) => ({ path, data: 'x'.repeat(700) }))
    const { offsets } = craftGroups(twins, { groupBytes: 1024 })
    const end = (await open(craftGroups(twins, { groupBytes: 1024 }).bytes)).get('b')
    const both = (offsets[1] ?? 0) + ((await end).packedBytes ?? 0)
    const change = (line: string, path: string): string => (path === 'a' ? column('csize', `${both}`)(line) : line)
    await using archive = await open(craftGroups(twins, { groupBytes: 1024, change }).bytes)
    await expect(archive.bytes('a')).rejects.toThrow(
      `the group at 0 is ${offsets[1]} bytes long, the listing says ${both}`,
    )
  })

  it('longer than any group is refused before it is read', async () => {
    const large = { path: 'z', data: sampleBytes(5 << 20) }
    const change = (line: string, path: string): string => (path === 'd/b' ? column('csize', '4500000')(line) : line)
    await using archive = await open(craftGroups([...TREE, large], { ...GROUP, change }).bytes)
    await expect(archive.bytes('d/b')).rejects.toThrow(/csize is 4500000, a group has 4259840 at most/)
  })
})

describe('a group', () => {
  const packed = (pack: (plain: Uint8Array) => Uint8Array): Promise<Archive> =>
    open(craftGroups(TREE, { ...GROUP, pack }).bytes)

  it('that unfolds to more than any may is refused before it is unfolded', async () => {
    const bomb = member(new Uint8Array(MAX_GROUP_BYTES + 512))
    await using archive = await packed(() => bomb)
    await expect(archive.bytes('d/b')).rejects.toThrow(/has 4194816 bytes by its trailer, expected 4194304 at most/)
  })

  it('that unfolds to more than its trailer says is refused', async () => {
    await using archive = await packed((plain) => {
      const bytes = member(plain)
      new DataView(bytes.buffer, bytes.byteOffset).setUint32(bytes.length - 4, plain.length - 512, true)
      return bytes
    })
    await expect(archive.bytes('d/b')).rejects.toThrow(IntegrityError)
  })

  it('with a name in its gzip header is refused, since its deflate begins elsewhere', async () => {
    const named = (bytes: Uint8Array): Uint8Array => {
      const header = Uint8Array.of(...bytes.subarray(0, 3), 8, ...bytes.subarray(4, 10), 0x78, 0)
      return Uint8Array.of(...header, ...bytes.subarray(10))
    }
    await using archive = await packed((plain) => named(member(plain)))
    await expect(archive.bytes('d/b')).rejects.toThrow(/no group at 0/)
    expect(await archive.verify()).toMatchObject({ ok: false })
  })

  it('that is damaged is read once for all of its files, and each is refused by name', async () => {
    const { bytes } = craftGroups(TREE, GROUP)
    bytes[300] = (bytes[300] ?? 0) ^ 1
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source, { tailBytes: 2000 })
    await archive.get('d/a')
    const before = source.requests
    for (const path of ['d/a', 'd/b', 'd/c']) {
      const error: unknown = await archive.bytes(path).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'integrity', entry: path })
    }
    expect(source.requests - before).toBe(1)
    expect(await archive.text('d/n')).toBe('last')
  })
})

describe('ignoring checksums', () => {
  it('gives what stands before the damage', async () => {
    const noise = sampleBytes(40_000)
    const dataAt = (i: number): Uint8Array => noise.subarray(2000 * i, 2000 * i + 2000)
    const tree = Array.from({ length: 20 }, (_, i) => ({ path: `f${10 + i}`, data: dataAt(i) }))
    const { bytes, offsets } = craftGroups(tree, { groupBytes: 65_536 })
    expect(offsets).toEqual([0])
    await using sound = await open(bytes.slice())
    const { packedBytes = 0 } = await sound.get('f10')
    bytes[packedBytes >> 1] = (bytes[packedBytes >> 1] ?? 0) ^ 4
    await using archive = await open(bytes)
    await expect(archive.bytes('f10')).rejects.toThrow(IntegrityError)
    expectBytes(await archive.bytes('f10', { ignoreChecksum: true }), dataAt(0))
    expectBytes(await archive.bytes('f11', { ignoreChecksum: true, start: 3, end: 9 }), dataAt(1).subarray(3, 9))
  })

  it('gives a file whose column is wrong', async () => {
    await using archive = await withLine(column('crc', '00000000'))
    expectBytes(await archive.bytes('d/b', { ignoreChecksum: true }), sampleBytes(700))
  })

  it('costs one read of a group that is right in itself', async () => {
    const source = withCounter(new MemorySource(craftGroups(TREE, GROUP).bytes))
    await using archive = await openArchive(source, { tailBytes: 2000 })
    await archive.get('d/a')
    const before = source.requests
    for (const path of ['d/a', 'd/b', 'd/c']) {
      const given = await archive.bytes(path, { ignoreChecksum: true })
      expectBytes(given, bytesOf(TREE.find((entry) => entry.path === path)?.data))
      given.fill(0)
    }
    expect(source.requests - before).toBe(1)
  })

  it('does not give less than the size', async () => {
    await using archive = await withLine(word('0:1:10:16384'))
    await expect(archive.bytes('d/b', { ignoreChecksum: true })).rejects.toThrow(IntegrityError)
  })
})

describe('in an archive of version 1', () => {
  it('zpos is read over where a gzip header stands at the offset', async () => {
    const change = (line: string): string => line.replace(/(\t0:1:\d+):\d+/, '$1:512')
    const { bytes } = craftGroups([{ path: 'f', data: sampleBytes(700) }], { groupBytes: 0, versioned: false, change })
    await using archive = await open(bytes)
    expectBytes(await archive.bytes('f'), sampleBytes(700))
  })

  it('a file of a group is refused: such an archive does not say how long that is', async () => {
    await using archive = await open(craftGroups(TREE, { ...GROUP, versioned: false }).bytes)
    await expect(archive.bytes('d/b')).rejects.toThrow(UnsupportedError)
    await expect(archive.bytes('d/b')).rejects.toThrow(/shares its member at \d+ with other files/)
  })
})
