/** Differential archives of the original: restored with their bases, refused with others, and taken as bases themselves. */
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { extractTree } from '../../src/node/extract-tree.ts'
import { FileTarget } from '../../src/node/file-target.ts'
import { openChain } from '../../src/node/open-chain.ts'
import { packTree } from '../../src/node/pack-tree.ts'
import type { Archive } from '../../src/read/archive.ts'
import { collect } from '../read/collect.ts'
import { snapshotTree } from './tree-snapshot.ts'
import { makeFolder } from './walk-support.ts'

const ORIGINAL = new URL('../../../../fixtures/original/', import.meta.url).pathname
const IS_ROOT = process.geteuid?.() === 0

interface Case {
  readonly archive: string
  /** Nearest first. */
  readonly bases: readonly string[]
  readonly expected: string
}

const CASES: readonly Case[] = [
  { archive: 'diff/d1.tgz', bases: ['diff/full.tgz'], expected: 'diff/d1.expected.json' },
  { archive: 'diff/d1-from-catalogue.tgz', bases: ['diff/full.tgz'], expected: 'diff/d1.expected.json' },
  { archive: 'diff/d2.tgz', bases: ['diff/d1.tgz', 'diff/full.tgz'], expected: 'diff/d2.expected.json' },
  {
    archive: 'diff/nochange.tgz',
    bases: ['diff/d2.tgz', 'diff/d1.tgz', 'diff/full.tgz'],
    expected: 'diff/expected.json',
  },
  { archive: 'diff-sliced/diff.tgz', bases: ['diff-sliced/base.tgz'], expected: 'diff-sliced/expected.json' },
  { archive: 'copydata/archive.tgz', bases: [], expected: 'copydata/expected.json' },
  { archive: 'isolated/archive2.tgz', bases: [], expected: 'isolated/expected.json' },
]

async function open(archive: string, bases: readonly string[] = []): Promise<Archive> {
  const opened = await Promise.all(bases.map((base) => openChain(join(ORIGINAL, base))))
  return openChain(join(ORIGINAL, archive), { bases: opened })
}

interface Expected {
  path: string
  type: string
  mode: number
  uid: number
  gid: number
  mtime: number
  size?: number
  sha256?: string
  linkname?: string
}

/** Holds a restored folder to what the original was given. */
function expectTree(folder: string, expected: string): void {
  const wanted: Expected[] = JSON.parse(readFileSync(join(ORIGINAL, expected), 'utf8'))
  const tree = snapshotTree(folder)
  for (const { path, type, mode, uid, gid, mtime, sha256, linkname } of wanted) {
    const node = tree.get(path)
    const isFile = type === 'file' || type === 'hardlink'
    expect([path, node?.type]).toEqual([path, isFile ? 'file' : type])
    if (type !== 'symlink') expect([path, node?.mode]).toEqual([path, mode])
    if (IS_ROOT) expect([path, node?.uid, node?.gid]).toEqual([path, uid, gid])
    if (isFile) expect([path, node && node.mtimeNs / 1_000_000_000n]).toEqual([path, BigInt(mtime)])
    if (type === 'file') expect([path, node?.sha256]).toEqual([path, sha256])
    if (type === 'symlink') expect(node?.target?.toString()).toBe(linkname)
    if (type === 'hardlink') expect(node?.inode).toBe(tree.get(linkname ?? '')?.inode)
  }
  const parents = wanted.flatMap(({ path }) =>
    path.split('/').map((_, index, parts) => parts.slice(0, index).join('/')),
  )
  expect([...tree.keys()].sort()).toEqual([...new Set([...parents, ...wanted.map(({ path }) => path)])].sort())
}

async function restore(archive: Archive, parent: string): Promise<string> {
  const out = mkdtempSync(join(parent, 'out-'))
  expect(await extractTree(archive, out, { samePermissions: true })).toMatchObject({ ok: true, problems: [] })
  return out
}

describe.each(CASES)('$archive', ({ archive: name, bases, expected }) => {
  test('comes out as it went in', async () => {
    await using archive = await open(name, bases)
    expectTree(await restore(archive, makeFolder()), expected)
  })

  test('is the base of an archive that refers to all of it, or copies it', async () => {
    const folder = makeFolder()
    await using base = await open(name, bases)
    const tree = await restore(base, folder)
    const roots = readdirSync(tree)
    const make = async (file: string, copyData: boolean): Promise<string> => {
      const path = join(folder, file)
      const { summary } = await packTree(roots, new FileTarget(path), { cwd: tree, base, copyData })
      const withData = (await collect(base.entries())).filter(({ location }) => location !== undefined)
      expect(summary.referenceCount).toBe(copyData ? 0 : withData.length)
      return path
    }
    await using referring = await openChain(await make('new.tgz', false), {
      bases: [await open(name, bases), ...(await Promise.all(bases.map((each) => open(each))))],
    })
    expect(referring.baseIdentities).toHaveLength(1 + bases.length)
    expectTree(await restore(referring, folder), expected)
    await using copied = await openChain(await make('copied.tgz', true))
    expect(copied.baseIdentities).toEqual([])
    expectTree(await restore(copied, folder), expected)
  })
})

describe('without their bases', () => {
  test('only what needs none is restored, and all of it writes nothing', async () => {
    const folder = makeFolder()
    await using archive = await open('diff/d2.tgz')
    await expect(extractTree(archive, join(folder, 'out'))).rejects.toMatchObject({ code: 'base-mismatch' })
    expect(readdirSync(folder)).toEqual([])
    expect(await extractTree(archive, folder, { only: ['d/e', 'd/l'] })).toMatchObject({ ok: true, entryCount: 2 })
  })

  test.each([
    { what: 'another archive', bases: ['diff-sliced/base.tgz'] },
    { what: 'another order', bases: ['diff/full.tgz', 'diff/d1.tgz'] },
  ])('$what is refused before anything is written', async ({ bases }) => {
    await expect(open('diff/d2.tgz', bases)).rejects.toMatchObject({ code: 'base-mismatch' })
  })

  test('an archive refers only to what is in bases that are known', async () => {
    const folder = makeFolder()
    await using whole = await open('diff/d2.tgz', ['diff/d1.tgz', 'diff/full.tgz'])
    const tree = await restore(whole, folder)
    await using alone = await open('diff/d2.tgz')
    const path = join(folder, 'new.tgz')
    await packTree('d', new FileTarget(path), { cwd: tree, base: alone, moved: false })
    await using archive = await openChain(path, { bases: [await open('diff/d2.tgz')] })
    // What d2 has from its own bases is stored anew.
    expectTree(await restore(archive, folder), 'diff/d2.expected.json')
  })
})

describe('catalogues', () => {
  test.each(['diff/full.cat', 'isolated/isolated.cat', 'isolated/saved.cat'])('%s is a base', async (name) => {
    const folder = makeFolder()
    const whole = name.startsWith('diff') ? 'diff/full.tgz' : 'isolated/archive.tgz'
    await using full = await open(whole)
    const tree = await restore(full, folder)
    await using catalogue = await open(name)
    expect(catalogue.isCatalogue).toBe(true)
    const path = join(folder, 'new.tgz')
    const { summary } = await packTree(readdirSync(tree), new FileTarget(path), { cwd: tree, base: catalogue })
    expect(summary.referenceCount).toBeGreaterThan(0)
    await using archive = await openChain(path, { bases: [await open(whole)] })
    const expected = name.startsWith('diff') ? 'diff/full.expected.json' : 'isolated/expected.json'
    expectTree(await restore(archive, folder), expected)
  })
})
