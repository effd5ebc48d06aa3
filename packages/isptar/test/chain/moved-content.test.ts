/** Files found by what is in them. */
import { expect, type Mock, test, vi } from 'vitest'
import type { EntryLookup } from '../../src/chain/entry-lookup.ts'
import { ContentTable } from '../../src/chain/moved-content.ts'
import { Entry } from '../../src/read/entry.ts'
import type { ListingRecord } from '../../src/tail/listing-record.ts'

function digest(start: readonly number[], end = 0): Uint8Array {
  const bytes = new Uint8Array(32)
  bytes.set(start)
  bytes[31] = end
  return bytes
}

const CONTENTS: readonly (readonly [line: number, sizeBytes: number, digest: Uint8Array])[] = [
  [0, 10, digest([1, 2, 3, 4], 1)],
  [3, 10, digest([1, 2, 3, 4], 2)],
  [4, 2 ** 45, digest([255, 255, 255, 255])],
  [5, 10, digest([200, 0, 0, 0])],
  [9, 7, digest([0, 0, 0, 1])],
  [12, 10, digest([1, 2, 3, 4], 2)],
]

function makeTable(): { table: ContentTable; lookup: EntryLookup; atLine: Mock<(line: number) => Promise<Entry>> } {
  const table = new ContentTable()
  for (const each of CONTENTS) table.add(...each)
  table.finish()
  const atLine = vi.fn<(line: number) => Promise<Entry>>(async (line) => {
    const known = CONTENTS.find(([each]) => each === line)
    const reader = { formatVersion: 2 as const, digest: async () => undefined } as never
    return new Entry({} as ListingRecord, reader, { line, checked: true, digest: known?.[2] })
  })
  return { table, lookup: { atLine } as unknown as EntryLookup, atLine }
}

test('sizes are known at once', () => {
  const { table } = makeTable()
  expect([10, 7, 2 ** 45].every((size) => table.hasSize(size))).toBe(true)
  expect([0, 1, 8, 11, 2 ** 45 + 1, 2 ** 46].some((size) => table.hasSize(size))).toBe(false)
  const empty = new ContentTable()
  empty.finish()
  expect([0, 10].some((size) => empty.hasSize(size))).toBe(false)
})

test.each(CONTENTS)(
  'the content of line %i is found; of several that are equal the first',
  async (line, sizeBytes, sha256) => {
    const { table, lookup } = makeTable()
    const found = await table.find({ sizeBytes, digest: sha256 }, lookup, {})
    expect(found?.place.line).toBe(line === 12 ? 3 : line)
  },
)

test('what only begins like another, or is of another size, is not it', async () => {
  const { table, lookup, atLine } = makeTable()
  const find = (sizeBytes: number, sha256: Uint8Array): Promise<Entry | undefined> =>
    table.find({ sizeBytes, digest: sha256 }, lookup, {})
  expect(await find(10, digest([1, 2, 3, 4], 3))).toBeUndefined()
  expect(atLine.mock.calls).toEqual([[0], [3], [12]])
  expect(await find(7, digest([1, 2, 3, 4], 1))).toBeUndefined()
  expect(await find(10, digest([1, 2, 3, 5], 1))).toBeUndefined()
  expect(await find(11, digest([1, 2, 3, 4], 1))).toBeUndefined()
  expect(atLine).toHaveBeenCalledTimes(3)
})
