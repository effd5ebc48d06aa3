/** The reader that stands in for the original is held to what the original itself wrote, and to what it cannot read. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import {
  CATALOGUES,
  type ExpectedEntry,
  fixturePath,
  ORIGINALS,
  type OriginalArchive,
} from '../../../test/original-archives.ts'
import { listLikeOriginal, type OriginalEntry, partsLikeOriginal, readLikeOriginal } from './original-reader.ts'

/** Bases by archive, nearest first. */
const BASES: Readonly<Record<string, readonly string[]>> = {
  'diff/d1.tgz': ['diff/full.tgz'],
  'diff/d1-from-catalogue.tgz': ['diff/full.tgz'],
  'diff/d2.tgz': ['diff/d1.tgz', 'diff/full.tgz'],
  'diff/nochange.tgz': ['diff/d2.tgz', 'diff/d1.tgz', 'diff/full.tgz'],
  'diff-sliced/diff.tgz': ['diff-sliced/base.tgz'],
}

const TORN = ORIGINALS.filter(({ name }) => name.startsWith('sliced-torn'))
const SOUND = ORIGINALS.filter((archive) => !TORN.includes(archive))

function slicesOf({ paths }: Pick<OriginalArchive, 'paths'>): Buffer[] {
  return paths.map((path) => readFileSync(path))
}

function archiveOf(name: string): OriginalArchive {
  const found = ORIGINALS.find((archive) => archive.name === name)
  if (found === undefined) throw new Error(`no ${name}`)
  return found
}

function read(archive: OriginalArchive): readonly OriginalEntry[] {
  const bases = (BASES[archive.name] ?? []).map((name) => slicesOf(archiveOf(name)))
  return readLikeOriginal(slicesOf(archive), { bases }).entries
}

function expectFiles(entries: readonly OriginalEntry[], expected: ReadonlyMap<string, ExpectedEntry>): void {
  const files = [...expected.values()].filter(({ type }) => type === 'file')
  const found = entries.filter(({ type }) => type === 'file')
  const sums = found.map(({ data }) => createHash('sha256').update(data).digest('hex'))
  expect(sums.sort()).toEqual(files.map(({ sha256 = '' }) => sha256).sort())
}

describe('what the original wrote', () => {
  it.each(SOUND)('$name', (archive) => {
    const entries = read(archive)
    expect(entries.length).toBe(archive.listedPaths.length)
    if (archive.expected) expectFiles(entries, archive.expected)
  })

  it.each(CATALOGUES)('$name', ({ paths, listedPaths }) => {
    expect(listLikeOriginal(paths.map((path) => readFileSync(path))).lines.length).toBe(listedPaths.length)
  })

  it('format 2 of an independent writer', () => {
    const { entries, serviceInfo } = readLikeOriginal(readFileSync(fixturePath('format2/archive.tgz')))
    expect([entries.length, serviceInfo.get('format')]).toEqual([1502, '2'])
  })

  it('merged of parts', () => {
    const parts = partsLikeOriginal(read(archiveOf('merged/merged.tgz')))
    expect([...parts.keys()]).toEqual(['.full', '.d1', '.d2'])
    for (const [name, entries] of parts)
      expectFiles(entries, archiveOf(`merged/split_${name.slice(1)}`).expected ?? new Map())
  })
})

describe('what it cannot read', () => {
  it.each(TORN)('$name', (archive) => {
    expect(() => read(archive)).toThrow(/No header found|service info and trailer in the last slice/)
  })

  it('without its last slice', () => {
    expect(() => readLikeOriginal(slicesOf(archiveOf('sliced/archive.tgz')).slice(0, -1))).toThrow('No header found')
  })

  it('cut after it was written', () => {
    const whole = readFileSync(archiveOf('plain/archive.tgz').paths[0] ?? '')
    const half = whole.length >> 1
    expect(() => readLikeOriginal([whole.subarray(0, half), whole.subarray(half)])).toThrow('inside slice 1')
  })

  it('without a base, or with the wrong one', () => {
    const [d2, d1] = ['diff/d2.tgz', 'diff/d1.tgz'].map((name) => slicesOf(archiveOf(name)))
    expect(() => readLikeOriginal(d2 ?? [])).toThrow('base 1 beside the archive')
    expect(() => readLikeOriginal(d2 ?? [], { bases: [d1 ?? [], d1 ?? []] })).toThrow('the original demands')
  })
})
