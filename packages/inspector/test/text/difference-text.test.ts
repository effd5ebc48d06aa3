/** Differences in words. */
import { expect, test } from 'vitest'
import type { ComparedSide, DifferenceRow } from '../../src/contract/compare-calls.ts'
import { differenceParts, reportJson, reportLine } from '../../src/text/difference-text.ts'

const SIDE: ComparedSide = {
  type: 'file',
  mode: 0o644,
  owner: '0:0',
  sizeBytes: 100_000,
  mtimeSeconds: 1_714_979_289,
  linkTarget: undefined,
}

function changed(
  changes: readonly string[],
  before: Partial<ComparedSide>,
  after: Partial<ComparedSide>,
): DifferenceRow {
  return { kind: 'changed', path: 'a', changes, before: { ...SIDE, ...before }, after: { ...SIDE, ...after } }
}

test('values are as exact as it takes to tell them apart', () => {
  expect(differenceParts(changed(['size'], {}, { sizeBytes: 200_000 }))).toEqual(['size 97.7 KiB → 195 KiB'])
  expect(differenceParts(changed(['size'], {}, { sizeBytes: 100_001 }))).toEqual(['size 100,000 B → 100,001 B'])
  expect(differenceParts(changed(['mtime'], {}, { mtimeSeconds: 1_714_979_290 })).join()).toMatch(/:09 → .*:10$/)
  // Nanoseconds are not told.
  expect(differenceParts(changed(['mtime'], {}, {}))).toEqual(['time'])
  expect(differenceParts(changed(['mode', 'content', 'xattrs'], {}, { mode: 0o4755 }))).toEqual([
    'mode 0644 → 4755',
    'content',
    'attributes',
  ])
  expect(differenceParts(changed(['type'], {}, { type: 'symlink' }))).toEqual(['type file → symlink'])
})

test('what is on one side only is told by what it is', () => {
  const link: ComparedSide = { ...SIDE, type: 'symlink', sizeBytes: 0, mtimeSeconds: undefined, linkTarget: 'to\u202e' }
  const row: DifferenceRow = { kind: 'removed', path: 'l', changes: [], before: link, after: undefined }
  expect(differenceParts(row)).toEqual(['symlink', 'to to\\u{202e}'])
})

test('no name breaks a line of a report', () => {
  const row: DifferenceRow = { ...changed(['content'], {}, {}), path: 'a\n+ forged\u2028\udcff' }
  expect(reportLine(row)).toBe('~ a\\n+ forged\\u{2028}\\xff (content)\n')
  const json = reportJson(row)
  expect(json.match(/\n/g)).toHaveLength(1)
  expect(JSON.parse(json)).toEqual(row)
})
