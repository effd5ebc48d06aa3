/** Paths in blocks: the same as of entries, whatever the listing and the damage; and what listing and extracting cost. */
import {
  type Archive,
  createArchive,
  MemorySource,
  MemoryTarget,
  openArchive,
  type OpenOptions,
  withCounter,
} from 'isptar'
import { beforeAll, describe, expect, it } from 'vitest'
import { buildArchive, SAMPLE_TIME, SMALL_TREE } from '../write/build-archive.ts'
import { collect } from './collect.ts'
import { craftArchive, craftIndexed, fileLine, member } from './craft-archive.ts'

interface Outcome {
  readonly paths: readonly string[]
  readonly error: string | undefined
}

async function outcomeOf(
  bytes: Uint8Array,
  options: OpenOptions,
  read: (archive: Archive, paths: string[]) => Promise<void>,
): Promise<Outcome> {
  const paths: string[] = []
  try {
    await using archive = await openArchive(new MemorySource(bytes), options)
    await read(archive, paths)
    return { paths, error: undefined }
  } catch (error) {
    return { paths, error: String(error) }
  }
}

const byEntries = async (archive: Archive, paths: string[], under?: string): Promise<void> => {
  for await (const { pathBytes } of archive.entries({ under })) paths.push(Buffer.from(pathBytes).toString('latin1'))
}

const byBlocks = async (archive: Archive, paths: string[], under?: string): Promise<void> => {
  for await (const { bytes, ends } of archive.paths({ under, terminator: 0 })) {
    let from = 0
    for (const end of ends) {
      paths.push(Buffer.from(bytes.subarray(from, end)).toString('latin1'))
      from = end + 1
    }
  }
}

/** Kept and streamed, from the first read and from one of its own. */
const WAYS: readonly OpenOptions[] = [{}, { tailBytes: 39 }, { residentListingBytes: 0 }]

async function expectSame(bytes: Uint8Array, under?: string): Promise<Outcome> {
  let outcome: Outcome = { paths: [], error: undefined }
  for (const way of WAYS) {
    outcome = await outcomeOf(bytes, way, (archive, paths) => byEntries(archive, paths, under))
    expect(await outcomeOf(bytes, way, (archive, paths) => byBlocks(archive, paths, under))).toEqual(outcome)
  }
  return outcome
}

describe('paths', () => {
  it('are those of the entries', async () => {
    const tree = [...SMALL_TREE, { path: 'tab\there' }, { path: 'x\\y\nz' }]
    const { paths, error } = await expectSame(await buildArchive(tree))
    expect(error).toBeUndefined()
    expect(paths).toEqual(tree.map(({ path }) => path))
  })

  it('of a folder, through an index and without one', async () => {
    const blocks = [['a', 'b', 'b/c'], ['b/d', 'b/e/f', 'bc'], ['c']]
    const lines = blocks.flat().map((path) => `${path}\t#0\t#0\t420\tfifo\n`)
    for (const archive of [await craftIndexed(blocks), craftArchive({ listing: `${lines.join('')}\n` })]) {
      expect((await expectSame(archive, 'b')).paths).toEqual(['b', 'b/c', 'b/d', 'b/e/f'])
      expect((await expectSame(archive, 'b/e')).paths).toEqual(['b/e/f'])
      expect((await expectSame(archive)).paths).toEqual(blocks.flat())
    }
  })

  it('of a part are those of the part', async () => {
    const mark = (n: number, name: string): string => `.partname.${n}\troot#0\troot#0\t511\tlink\t.${name}\n`
    const line = (path: string): string => `${path}\t#0\t#0\t420\tfifo\n`
    const listing = `${line('a')}${line('b')}${mark(1, 'one')}${line('c')}${mark(2, 'two')}\n`
    await using archive = await openArchive(new MemorySource(craftArchive({ listing, info: { parts: '.one .two ' } })))
    const paths: string[] = []
    await byBlocks(await archive.part('two'), paths)
    expect(paths).toEqual(['c'])
  })

  it.each([
    ['a size that is no number', fileLine('b', 'x', '0:1:0:0')],
    ['an offset word that is none', fileLine('b', 5, '0:1')],
    ['an escape that does not exist', 'b\\x\t#0\t#0\t420\tfifo'],
  ])('%s is an error after the paths before it', async (_, line) => {
    const { paths, error } = await expectSame(
      craftArchive({ listing: `a\t#0\t#0\t420\tfifo\n${line}\nc\t#0\t#0\t420\tfifo\n\n` }),
    )
    expect(paths).toEqual(['a'])
    expect(error).toMatch(/^FormatError/)
  })

  it('lines that are no entries are passed over', async () => {
    const listing = 'a\t#0\t#0\t420\tfifo\nno entry\nb\t#0\t#0\t420\tsocket\nc\t#0\t#0\t420\tfifo\n\nafter the end\n'
    expect((await expectSame(craftArchive({ listing }))).paths).toEqual(['a', 'c'])
  })

  it('end like entries where the listing is damaged anywhere', async () => {
    const lines = Array.from({ length: 40 }, (_, i) => fileLine(`folder/${i}`, i, `0:1:${i}:0`))
    const listingMember = member(`${lines.join('\n')}\n\n`)
    let failed = 0
    for (let at = 0; at < listingMember.length; at += 1) {
      const damaged = listingMember.slice()
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8))
      const { error } = await expectSame(craftArchive({ listingMember: damaged }))
      if (error !== undefined) failed += 1
    }
    // What remains is the member's time, its system and how hard it was compressed.
    expect(failed).toBeGreaterThan(listingMember.length - 10)
  })

  it('end like entries where the listing is not as long as it is said to be', async () => {
    const listing = 'a\t#0\t#0\t420\tfifo\n\n'
    for (const size of ['0', '1', '1000', '999999999999999', 'x'])
      expect(await expectSame(craftArchive({ listing, info: { listing_real_size: size } }))).toEqual({
        paths: ['a'],
        error: undefined,
      })
  })

  it('an aborted signal ends them with its reason', async () => {
    await using archive = await openArchive(new MemorySource(await buildArchive(SMALL_TREE)))
    await expect(collect(archive.paths({ signal: AbortSignal.abort(new Error('enough')) }))).rejects.toThrow('enough')
  })
})

describe('80,000 entries', () => {
  const pathOf = (n: number): string =>
    `srv/site-${String(Math.floor(n / 100)).padStart(3, '0')}/page-${String(n % 100).padStart(2, '0')}.html`
  const content = 'some content\n'.repeat(20)
  const middle = pathOf(40_321)
  let bytes: Uint8Array

  beforeAll(async () => {
    const target = new MemoryTarget()
    const writer = createArchive(target, { createdAt: SAMPLE_TIME })
    for (let n = 0; n < 80_000; n += 1)
      await writer.add({ path: pathOf(n), mtime: SAMPLE_TIME }, pathOf(n) === middle ? content : undefined)
    await writer.close()
    bytes = target.bytes()
  })

  it('are listed by two reads: the tail and the listing', async () => {
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source)
    let count = 0
    let first: string | undefined
    for await (const block of archive.paths()) {
      first ??= Buffer.from(block.bytes.subarray(0, block.ends[0])).toString()
      count += block.ends.length
    }
    expect([count, first]).toEqual([80_000, pathOf(0)])
    expect(source.requests).toBe(2)
    expect(source.bytes).toBeLessThanOrEqual(65_536 + archive.tail.listingPackedBytes)
  })

  it('one of them costs at most 256 KiB beside its member', async () => {
    const source = withCounter(new MemorySource(bytes))
    await using archive = await openArchive(source)
    expect(await archive.text(middle)).toBe(content)
    expect(source.requests).toBeLessThanOrEqual(3)
    expect(source.bytes).toBeLessThanOrEqual(256 * 1024)
  })
})
