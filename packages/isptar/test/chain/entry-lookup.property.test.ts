/** Lookups give what a search through all entries gives, whatever the order of the listing and of the questions. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { comparePaths, decodeText } from '../../src/bytes/text.ts'
import { type EntryLookup, openEntryLookup } from '../../src/chain/entry-lookup.ts'
import { isBelow } from '../../src/chain/path-key.ts'
import { MemorySource } from '../../src/io/memory-source.ts'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import type { Archive } from '../../src/read/archive.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { createArchive } from '../../src/write/archive-writer.ts'
import { type HostileEntry, hostileArchive } from '../hostile-archive.ts'
import { arbitraryPath } from '../write/arbitrary-entries.ts'

const paths = fc.uniqueArray(arbitraryPath, { maxLength: 12, selector: (path) => Buffer.from(path).toString('latin1') })

async function write(inOrder: readonly Uint8Array[]): Promise<Archive> {
  const target = new MemoryTarget()
  const writer = createArchive(target)
  for (const path of inOrder) await writer.add({ path }, path)
  await writer.close()
  return openArchive(new MemorySource(target.bytes()))
}

/** Holds answers to those of a search; `known` are the paths in stored order. */
async function checkAnswers(
  lookup: EntryLookup,
  known: readonly Uint8Array[],
  asked: readonly Uint8Array[],
): Promise<void> {
  for (const path of asked) {
    const line = known.findLastIndex((each) => comparePaths(each, path) === 0)
    const found = await lookup.find(path)
    expect(found?.place.line ?? -1).toBe(line)
    expect(await lookup.reaches(path)).toBe(known.some((each) => isBelow(each, path)))
  }
  for (const line of known.keys()) expect((await lookup.atLine(line))?.place.line).toBe(line)
  expect(await lookup.atLine(known.length)).toBeUndefined()
  await lookup.close()
}

test('in order and out of it', async () => {
  await fc.assert(
    fc.asyncProperty(paths, paths, fc.boolean(), async (stored, others, shuffled) => {
      const ordered = stored.toSorted(comparePaths)
      const asked = [...stored, ...others, ...stored.flatMap(parentsOf)]
      for (const known of [stored, ordered]) {
        const lookup = await openEntryLookup(await write(known))
        await checkAnswers(lookup, known, shuffled ? asked : asked.toSorted(comparePaths))
      }
    }),
    { numRuns: 80 },
  )
})

function parentsOf(path: Uint8Array): Uint8Array[] {
  const text = Buffer.from(path).toString('latin1').split('/')
  return text.slice(1).map((_, index) => Buffer.from(text.slice(0, index + 1).join('/'), 'latin1'))
}

test('a listing of several blocks is gone through once, and backwards by its index', async () => {
  const known = Array.from({ length: 3000 }, (_, k) =>
    Buffer.from(`folder/${String(k).padStart(5, '0')}-${'x'.repeat(40)}`),
  )
  const archive = await write(known)
  expect(archive.tail.sections.map(({ name }) => name)).toContain('index')
  const lookup = await openEntryLookup(archive)
  const asked = [...known.filter((_, k) => k % 7 === 0), ...known.filter((_, k) => k % 500 === 3).toReversed()]
  for (const path of asked) expect((await lookup.find(path))?.path).toBe(decodeText(path))
  await lookup.close()
})

test('of a path that comes twice the last counts, and "./x" is x', async () => {
  const entries: HostileEntry[] = [
    { path: './x', data: '1' },
    { path: 'y', data: '2' },
    { path: 'x', data: '3' },
  ]
  const archive = await openArchive(new MemorySource(hostileArchive(entries)))
  const lookup = await openEntryLookup(archive)
  expect((await lookup.find(Buffer.from('x')))?.place.line).toBe(2)
  expect(await (await lookup.find(Buffer.from('x')))?.text()).toBe('3')
  expect(await lookup.reaches(Buffer.from('.'))).toBe(false)
})

test('every entry is shown once, and comes with its digest where that is asked for', async () => {
  const known = ['a', 'b', 'c'].map((path) => Buffer.from(path))
  const seen: (string | undefined)[] = []
  const lookup = await openEntryLookup(await write(known), {
    digests: true,
    visit: ({ path, place }) => void seen.push(path, place.digest?.length.toString()),
  })
  expect(seen).toEqual(['a', '32', 'b', '32', 'c', '32'])
  expect((await lookup.find(Buffer.from('b')))?.place.digest).toHaveLength(32)
})
