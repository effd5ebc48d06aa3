/** Archives opened with the bases that lie beside them. */
import { randomBytes } from 'node:crypto'
import { copyFileSync, linkSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Target } from '../../src/io/target.ts'
import { createArchive } from '../../src/write/archive-writer.ts'
import { extractTree } from '../../src/node/extract-tree.ts'
import { FileTarget } from '../../src/node/file-target.ts'
import { openChain } from '../../src/node/open-chain.ts'
import { packTree } from '../../src/node/pack-tree.ts'
import type { FetchSlice } from '../../src/node/slice-files.ts'
import { SlicedFileTarget } from '../../src/node/sliced-file-target.ts'
import { contentOf, restoreInto, subfolder } from './pack-support.ts'
import { makeFolder } from './walk-support.ts'

interface Chain {
  readonly base: string
  readonly tree: string
  readonly at: (name: string) => string
}

/** A folder of archives, `0.tgz` the full one and each further one a differential of that before it. */
async function makeChain(length: number, suffix = '.tgz'): Promise<Chain> {
  const base = makeFolder()
  const tree = subfolder(base, 'tree')
  const archives = subfolder(base, 'archives')
  const at = (name: string): string => join(archives, name)
  for (let n = 0; n < length; n += 1) {
    writeFileSync(join(tree, `file${n}`), `of archive ${n}`)
    await using nearest = n === 0 ? undefined : await openChain(at(`${n - 1}${suffix}`))
    await packTree('.', new FileTarget(at(`${n}${suffix}`)), { cwd: tree, base: nearest })
  }
  return { base, tree, at }
}

test('bases are found beside the archive, however many', async () => {
  // More than an archive remembers: the ninth base is named by the eighth.
  const { base, tree, at } = await makeChain(12)
  await using archive = await openChain(at('11.tgz'))
  expect(archive.baseNames).toHaveLength(8)
  expect(archive.bases.map((found) => found?.name)).toEqual(
    Array.from({ length: 11 }, (_, index) => at(`${10 - index}.tgz`)),
  )
  expect(await restoreInto(archive, base)).toEqual(contentOf(tree))
})

test('names that an archive has no room for are told by its bases', async () => {
  const suffix = `-${'of-a-host-with-a-long-name'.repeat(3)}.tgz`
  const { base, tree, at } = await makeChain(11, suffix)
  await using archive = await openChain(at(`10${suffix}`))
  expect(archive.baseNames).toHaveLength(3)
  expect(await restoreInto(archive, base)).toEqual(contentOf(tree))
})

describe('a base without a name, as of an archive made with a catalogue,', () => {
  /** `1.tgz`, made with `0.cat`, beside what that is the catalogue of; and an archive that is neither. */
  async function makeOfCatalogue(open: (path: string) => Target): Promise<Chain> {
    const chain = await makeChain(0)
    const { tree, at } = chain
    writeFileSync(join(tree, 'file0'), randomBytes(10_000))
    const catalogue = new FileTarget(at('0.cat'))
    await packTree('.', open(at('0.backup')), { cwd: tree, catalogue })
    writeFileSync(join(tree, 'file1'), 'of archive 1')
    await using nearest = await openChain(at('0.cat'))
    await packTree('.', new FileTarget(at('1.tgz')), { cwd: tree, base: nearest })
    await packTree('.', new FileTarget(at('2.tar.gz')), { cwd: tree })
    writeFileSync(at('no-archive.tgz'), 'no archive')
    mkdirSync(at('folder.tgz'))
    return chain
  }

  test('is known by its identity', async () => {
    const { base, tree, at } = await makeOfCatalogue((path) => new FileTarget(path))
    renameSync(at('0.backup'), at('renamed.tgz'))
    copyFileSync(at('0.cat'), at('0.tgz'))
    await using archive = await openChain(at('1.tgz'))
    expect(archive.baseNames).toEqual([])
    expect(archive.bases.map((found) => found?.name)).toEqual([at('renamed.tgz')])
    expect(await restoreInto(archive, base)).toEqual(contentOf(tree))
  })

  test('may be in slices, and nothing is fetched to find it', async () => {
    const { base, tree, at } = await makeOfCatalogue((path) => new SlicedFileTarget(path, { sliceBytes: 4096 }))
    const fetched: string[] = []
    const fetchSlice: FetchSlice = async ({ path }) => {
      fetched.push(path)
      renameSync(`${path}.gone`, path)
    }
    renameSync(at('0.backup.part1'), at('0.backup.part1.gone'))
    writeFileSync(at('3.tgz.part2'), 'no end of an archive')
    await using archive = await openChain(at('1.tgz'), { fetchSlice })
    expect([archive.bases.map((found) => found?.name), fetched]).toEqual([[at('0.backup')], []])
    expect(await restoreInto(archive, base)).toEqual(contentOf(tree))
    expect(fetched).toEqual([at('0.backup.part1')])
  })

  test('is not found under another kind of name, or elsewhere', async () => {
    const { at } = await makeOfCatalogue((path) => new FileTarget(path))
    await using archive = await openChain(at('1.tgz'))
    expect(archive.bases).toEqual([undefined])
    await expect(archive.text('file0')).rejects.toMatchObject({ code: 'base-mismatch' })
  })
})

test('a full archive has none', async () => {
  const { at } = await makeChain(1)
  await using archive = await openChain(at('0.tgz'))
  expect(archive.bases).toEqual([])
})

test('given bases are used instead', async () => {
  const { base, tree, at } = await makeChain(2)
  renameSync(at('0.tgz'), join(base, 'elsewhere.tgz'))
  await using archive = await openChain(at('1.tgz'), { bases: [await openChain(join(base, 'elsewhere.tgz'))] })
  expect(await restoreInto(archive, base)).toEqual(contentOf(tree))
})

describe('given bases are completed', () => {
  test('from beside the archive', async () => {
    const { base, tree, at } = await makeChain(4)
    const moved = join(base, 'elsewhere.tgz')
    renameSync(at('2.tgz'), moved)
    await using archive = await openChain(at('3.tgz'), { bases: [await openChain(moved)] })
    expect(archive.bases.map((found) => found?.name)).toEqual([moved, at('1.tgz'), at('0.tgz')])
    expect(await restoreInto(archive, base)).toEqual(contentOf(tree))
  })

  test('from beside those that are given, past another archive of the name', async () => {
    const { base, tree, at } = await makeChain(3)
    copyFileSync(at('2.tgz'), join(base, '2.tgz'))
    copyFileSync(at('2.tgz'), join(base, '0.tgz'))
    await using archive = await openChain(join(base, '2.tgz'), { bases: [await openChain(at('1.tgz'))] })
    expect(archive.bases.map((found) => found?.name)).toEqual([at('1.tgz'), at('0.tgz')])
    expect(await restoreInto(archive, base)).toEqual(contentOf(tree))
    await archive.checkBases(undefined)
  })

  test('also where one before them is not at hand', async () => {
    const { at } = await makeChain(3)
    await using archive = await openChain(at('2.tgz'), { bases: [undefined, await openChain(at('0.tgz'))] })
    expect(archive.bases.map((found) => found?.name)).toEqual([at('1.tgz'), at('0.tgz')])
  })

  test('but a wrong one is an error, though the right one is at hand', async () => {
    const { at } = await makeChain(3)
    await expect(openChain(at('2.tgz'), { bases: [await openChain(at('0.tgz'))] })).rejects.toMatchObject({
      code: 'base-mismatch',
    })
  })
})

describe('a base', () => {
  test('that is not there is missed only when it is needed', async () => {
    const { base, at } = await makeChain(3)
    rmSync(at('0.tgz'))
    await using archive = await openChain(at('2.tgz'))
    expect(archive.bases.map((found) => found?.name)).toEqual([at('1.tgz'), undefined])
    expect(await archive.text('file1')).toBe('of archive 1')
    await expect(archive.text('file0')).rejects.toMatchObject({ code: 'base-mismatch' })

    const out = join(base, 'out')
    await expect(extractTree(archive, out)).rejects.toMatchObject({
      code: 'base-mismatch',
      message: `${at('2.tgz')} needs its base 2 ("0.tgz" when it was made), which was not given: give the bases, nearest first`,
    })
    expect(readdirSync(base)).not.toContain('out')
    expect(await extractTree(archive, out, { only: ['file1', 'file2'] })).toMatchObject({ ok: true, entryCount: 2 })
  })

  test('that has the data of a hardlink is needed for the link alone', async () => {
    const { base, tree, at } = await makeChain(1)
    linkSync(join(tree, 'file0'), join(tree, 'name'))
    await using full = await openChain(at('0.tgz'))
    await packTree('.', new FileTarget(at('1.tgz')), { cwd: tree, base: full })
    renameSync(at('0.tgz'), join(base, 'elsewhere.tgz'))
    await using alone = await openChain(at('1.tgz'))
    await expect(extractTree(alone, join(base, 'out'), { only: ['name'] })).rejects.toMatchObject({
      code: 'base-mismatch',
    })
    expect(readdirSync(base)).not.toContain('out')
    await using whole = await openChain(at('1.tgz'), { bases: [await openChain(join(base, 'elsewhere.tgz'))] })
    expect(await extractTree(whole, join(base, 'out'), { only: ['name'] })).toMatchObject({ ok: true, entryCount: 1 })
  })

  test('that is another archive is not used, and the error says so', async () => {
    const { tree, at } = await makeChain(2)
    rmSync(at('0.tgz'))
    writeFileSync(join(tree, 'file0'), 'OF ARCHIVE 0')
    const { summary } = await packTree('.', new FileTarget(at('0.tgz')), { cwd: tree })
    await using archive = await openChain(at('1.tgz'))
    expect(archive.bases).toEqual([undefined])
    const why = `${at('0.tgz')} is another archive, of the identity ${summary.identity}`
    const error = { code: 'base-mismatch', message: expect.stringContaining(why) }
    await expect(archive.text('file0')).rejects.toMatchObject(error)
    await expect(archive.checkBases(undefined)).rejects.toMatchObject(error)
  })

  test('that cannot be opened is not used', async () => {
    const { at } = await makeChain(2)
    rmSync(at('0.tgz'))
    for (const make of [(path: string) => writeFileSync(path, 'no archive'), mkdirSync]) {
      make(at('0.tgz'))
      await using archive = await openChain(at('1.tgz'))
      expect(archive.bases).toEqual([undefined])
      rmSync(at('0.tgz'), { recursive: true })
    }
  })
})

describe('hostile names', () => {
  /** An archive that says of itself what it likes. */
  async function lie(path: string, info: Record<string, string>): Promise<void> {
    const writer = createArchive(new FileTarget(path), { serviceInfo: new Map(Object.entries(info)) })
    await writer.add({ path: 'x' })
    await writer.close()
  }

  test('lead to no other folder', async () => {
    const { base, at } = await makeChain(1)
    copyFileSync(at('0.tgz'), join(base, 'outside.tgz'))
    await using full = await openChain(at('0.tgz'))
    for (const name of ['..', '.', '\0', '..\\outside.tgz']) {
      rmSync(at('liar.tgz'), { force: true })
      await lie(at('liar.tgz'), { base: full.identity ?? '', base_name: name })
      await using archive = await openChain(at('liar.tgz'))
      expect(archive.bases).toEqual([undefined])
    }
  })

  test('lead round in a circle only once', async () => {
    const { at } = await makeChain(0)
    const [a, b] = ['a'.repeat(64), 'b'.repeat(64)]
    await lie(at('a.tgz'), { listing_sha256: a, base: b, base_name: 'b.tgz' })
    await lie(at('b.tgz'), { listing_sha256: b, base: a, base_name: 'a.tgz' })
    await using archive = await openChain(at('a.tgz'))
    expect(archive.bases.map((found) => found?.name)).toEqual([at('b.tgz'), at('a.tgz')])
  })
})
