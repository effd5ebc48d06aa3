import { expect, it } from 'vitest'
import { encodeText } from '../../src/bytes/text.ts'
import type { ListingRecord } from '../../src/tail/listing-record.ts'
import { beginsLikePartMark, decodePartMark, encodeParts, hasParts, partMarkPath } from '../../src/tail/part-mark.ts'

function link(path: string, target: string, type: ListingRecord['type'] = 'symlink'): ListingRecord {
  const owner = { uid: 0, gid: 0, userName: '', groupName: '', mode: 0o600 }
  return {
    ...owner,
    pathBytes: encodeText(path),
    type,
    sizeBytes: 0,
    linkBytes: encodeText(target),
    columns: new Map(),
  }
}

it('a mark has the number of its part and its name', () => {
  expect(partMarkPath(12)).toBe('.partname.12')
  expect(decodePartMark(link('.partname.12', '.full'), 12)).toBe('full')
  expect(decodePartMark(link('.partname.1', '..'), 1)).toBe('.')
})

it.each([
  ['another number', link('.partname.2', '.x')],
  ['a padded number', link('.partname.01', '.x')],
  ['a name without its dot', link('.partname.1', 'x')],
  ['a hardlink', link('.partname.1', '.x', 'hardlink')],
  ['one in a folder', link('d/.partname.1', '.x')],
])('%s is none', (_, record) => {
  expect(decodePartMark(record, 1)).toBeUndefined()
})

it('is known by its first bytes', () => {
  expect(beginsLikePartMark(encodeText('.partname.1\t#0'))).toBe(true)
  expect(beginsLikePartMark(encodeText('.partname'))).toBe(false)
})

it('names that the original can read are listed, up to 1,024 bytes of them', () => {
  expect([...encodeParts(['full', 'd1'])]).toEqual([['parts', '.full .d1 ']])
  const long = 'x'.repeat(510)
  expect([...encodeParts([long, long])].map(([key, value]) => [key, value.length])).toEqual([['parts', 1024]])
  expect([...encodeParts([long, `${long}x`])]).toEqual([['parts_count', '2']])
})

it.each(['a b', 'a\tb', 'a\nb'])('%j cannot be listed', (name) => {
  expect([...encodeParts(['full', name])]).toEqual([['parts_count', '2']])
})

it('either key says that there are parts', () => {
  expect(
    [{ parts: '' }, { parts_count: '0' }, { format: '2' }].map((keys) => hasParts(new Map(Object.entries(keys)))),
  ).toEqual([true, true, false])
})
