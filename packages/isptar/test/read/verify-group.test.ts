/** Verification of groups (SPEC 1.1): each is unfolded once, and its files are held to the listing and to their tar headers. */
import { type Archive, type Codec, MemorySource, openArchive } from 'isptar'
import { zlibCodec } from 'isptar/node'
import { describe, expect, it } from 'vitest'
import { sampleBytes } from '../gzip/samples.ts'
import type { SampleEntry } from '../write/build-archive.ts'
import { member } from './craft-archive.ts'
import { craftGroups, type GroupCraft } from './craft-groups.ts'

const TWIN = 'the same in both\n'.repeat(20)

/** Two groups around a file of its own, the first begun and ended by what has no data. */
const TREE: readonly SampleEntry[] = [
  { path: 'd', type: 'directory' },
  { path: 'd/a', data: TWIN },
  { path: 'd/b', data: sampleBytes(700) },
  { path: 'd/c', data: TWIN },
  { path: 'd/empty' },
  { path: 'd/large', data: sampleBytes(20_000) },
  { path: 'e', type: 'directory' },
  { path: 'e/f', data: sampleBytes(3000) },
  { path: 'e/g', data: 'last' },
  { path: 'link', type: 'symlink', linkTarget: 'e' },
]

const GROUP = { groupBytes: 8192 }
const craft = (more: GroupCraft = {}): Uint8Array => craftGroups(TREE, { ...GROUP, ...more }).bytes
const open = (bytes: Uint8Array, codec: Codec = zlibCodec): Promise<Archive> =>
  openArchive(new MemorySource(bytes), { codec })

/** Counts what is unfolded to more than a thousand bytes. */
class UnfoldCounter implements Codec {
  readonly name = 'counting'
  readonly deflateRaw: Codec['deflateRaw'] = zlibCodec.deflateRaw.bind(zlibCodec)
  readonly createInflater: Codec['createInflater'] = zlibCodec.createInflater.bind(zlibCodec)
  readonly crc32: Codec['crc32'] = zlibCodec.crc32.bind(zlibCodec)
  readonly lengths: number[] = []

  inflateRaw(packed: Uint8Array, maxBytes: number): ReturnType<Codec['inflateRaw']> {
    const inflated = zlibCodec.inflateRaw(packed, maxBytes)
    this.lengths.push(inflated.plain.length)
    return inflated
  }
}

describe('a sound archive', () => {
  it.each([0, 1, 1024, 4096, 8192, 65_536])('with groups of %i bytes is found sound', async (groupBytes) => {
    await using archive = await open(craft({ groupBytes }))
    const nothing = { problemCount: 0, problems: [], baseCount: 0, dirtyCount: 0, notices: [] }
    const dataBytes = 2 * TWIN.length + 700 + 20_000 + 3000 + 4
    expect(await archive.verify()).toEqual({ ok: true, entryCount: 10, dataBytes, ...nothing })
  })

  it('has each group unfolded once', async () => {
    const codec = new UnfoldCounter()
    await using archive = await open(craft(), codec)
    codec.lengths.length = 0
    expect(await archive.verify()).toMatchObject({ ok: true })
    const [first, second] = [512 + 3 * 512 + 2 * 512 + 1024 + 512, 512 + 512 + 3072 + 512 + 512 + 512]
    expect(codec.lengths.filter((length) => length === first)).toHaveLength(1)
    expect(codec.lengths.filter((length) => length === second)).toHaveLength(1)
  })
})

describe('damage', () => {
  it('of a group is told once of each of its files, of the folder whose header begins it, and of no other', async () => {
    const bytes = craft()
    bytes[400] = (bytes[400] ?? 0) ^ 1
    await using archive = await open(bytes)
    const { problems, entryCount, dataBytes } = await archive.verify()
    expect(problems.map(({ code, path }) => [code, path])).toEqual([
      ['integrity', 'd'],
      ['integrity', 'd/a'],
      ['integrity', 'd/b'],
      ['integrity', 'd/c'],
    ])
    expect([entryCount, dataBytes]).toEqual([10, 20_000 + 3000 + 4])
  })
})

describe('a listing that says something else than the tar', () => {
  const problemsOf = async (path: string, change: (line: string) => string): Promise<(string | undefined)[][]> => {
    const changed = (line: string, of: string): string => (of === path ? change(line) : line)
    await using archive = await open(craft({ change: changed }))
    const { problems } = await archive.verify()
    return problems.map((problem) => [problem.path, problem.message])
  }

  it('of the mode of a file', async () => {
    const problems = await problemsOf('d/b', (line) => line.replace('\t420\t', '\t511\t'))
    expect(problems).toEqual([['d/b', expect.stringMatching(/listing and tar disagree: mode is 511/)]])
  })

  it('of the place of a file whose twin lies there', async () => {
    const problems = await problemsOf('d/c', (line) => line.replace(/:10:\d+/, ':10:1024'))
    expect(problems).toEqual([
      ['d/c', expect.stringMatching(/follows its tar header at 3584 of the member at 0, the listing says 1024/)],
      ['d/empty', expect.stringMatching(/the tar header there is of "d\/b"/)],
    ])
  })

  it('of a folder in a group', async () => {
    const problems = await problemsOf('e', (line) => line.replace('\t493\t', '\t448\t'))
    expect(problems).toEqual([['e', expect.stringMatching(/mode is 448/)]])
  })

  it('of what is there at all', async () => {
    const problems = await problemsOf('d/b', () => '# no entry')
    expect(problems[0]).toEqual(['d/c', expect.stringMatching(/the tar header there is of "d\/b"/)])
  })
})

describe('a group that holds more than is listed', () => {
  it('is told of', async () => {
    const hidden = craftGroups([{ path: 'zz', data: 'hidden' }]).bytes
    const { plain } = zlibCodec.inflateRaw(hidden.subarray(10), 1 << 20)
    const pack = (own: Uint8Array): Uint8Array => member(Buffer.concat([own, plain]))
    await using archive = await open(craft({ pack }))
    const { ok, problems } = await archive.verify()
    expect(ok).toBe(false)
    expect(problems.at(-1)?.message).toMatch(/goes on with "zz", which is not in the listing/)
  })
})
