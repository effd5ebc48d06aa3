/** Differential archives: what is taken from a base, what is stored anew, and what comes out. */
import {
  chmodSync,
  copyFileSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import { packTree, type PackOptions } from '../../src/node/pack-tree.ts'
import { nodeFileSystem } from '../../src/node/tree-file-system.ts'
import type { Archive } from '../../src/read/archive.ts'
import { contentOf, openBytes, packFolder, restoreInto, subfolder } from './pack-support.ts'
import { fileSystemWith, makeFolder, systemError } from './walk-support.ts'

const OLD = new Date('2020-01-01T00:00:00Z')

/** A folder `tree` with a few entries of all kinds, whose times lie back. */
function makeTree(): { base: string; tree: string; at: (path: string) => string } {
  const base = makeFolder()
  const tree = subfolder(base, 'tree')
  const at = (path: string): string => join(tree, path)
  mkdirSync(at('sub'))
  writeFileSync(at('a'), 'content of a\n')
  writeFileSync(at('b'), 'content of b, longer\n')
  writeFileSync(at('empty'), '')
  writeFileSync(at('sub/c'), 'c'.repeat(100_000))
  symlinkSync('a', at('link'))
  linkSync(at('a'), at('same-as-a'))
  for (const path of ['a', 'b', 'empty', 'sub/c', 'sub']) utimesSync(at(path), OLD, OLD)
  lutimesSync(at('link'), OLD, OLD)
  return { base, tree, at }
}

/** Packs a tree fully, then after a change on that base; gives where the data of each file lies. */
async function packTwice(
  { tree, base }: { tree: string; base: string },
  change: () => void,
  options: Parameters<typeof packFolder>[1] & { full?: PackOptions } = {},
): Promise<{ archive: Archive; full: Archive; depths: Record<string, number | undefined>; bytes: Uint8Array }> {
  const { full: fullOptions, ...others } = options
  const first = await packFolder(tree, fullOptions)
  change()
  const full = await openBytes(first.bytes, 'full.tgz')
  const second = await packFolder(tree, { ...others, base: full })
  expect(second.report).toMatchObject({ ok: true })
  const archive = await openBytes(second.bytes, 'd1.tgz', options.copyData ? {} : { bases: [full] })
  expect(await archive.verify()).toMatchObject({ ok: true, problems: [], baseCount: 0 })
  expect(await restoreInto(archive, base)).toEqual(contentOf(tree))
  const depths: Record<string, number | undefined> = {}
  for await (const { path, location } of archive.entries()) if (location) depths[path] = location.depth
  return { archive, full, depths, bytes: second.bytes }
}

test('nothing that is unchanged is stored again, and the base is recorded', async () => {
  const scene = makeTree()
  const { archive, full, depths, bytes } = await packTwice(scene, () => undefined)
  expect(depths).toEqual({ a: 1, b: 1, 'sub/c': 1 })
  expect(archive.baseIdentities).toEqual([full.identity])
  expect(archive.baseNames).toEqual(['full.tgz'])
  // Only the header of the tail is in the tar: its name stands at the very beginning.
  expect(archive.tail.listingOffset).toBeLessThan(600)
  expect(bytes.length).toBeLessThan(2000)
})

test('files as young as their base may have changed at the same time, and are read', async () => {
  const scene = makeTree()
  const createdAt = new Date('2024-05-06T07:08:09.500Z')
  const [before, same] = [new Date('2024-05-06T07:08:08.999Z'), new Date('2024-05-06T07:08:09.400Z')]
  const opened: string[] = []
  const fileSystem = fileSystemWith({
    open: (path) => {
      opened.push(path.toString().slice(-1))
      return nodeFileSystem.open(path)
    },
  })
  utimesSync(scene.at('a'), before, before)
  for (const path of ['b', 'sub/c']) utimesSync(scene.at(path), same, same)
  const change = (): void => {
    writeFileSync(scene.at('b'), 'CONTENT of b, longer\n')
    utimesSync(scene.at('b'), same, same)
    opened.length = 0
  }
  const { depths } = await packTwice(scene, change, { fileSystem, full: { createdAt }, moved: false })
  expect(depths).toEqual({ a: 1, b: 0, 'sub/c': 1 })
  expect(opened).toEqual(['b', 'b', 'c'])
})

test('what was changed, added, moved and removed is told apart', async () => {
  const scene = makeTree()
  const { at } = scene
  const { archive, depths } = await packTwice(
    scene,
    () => {
      writeFileSync(at('b'), 'another content of b\n')
      writeFileSync(at('new'), 'new\n')
      renameSync(at('sub/c'), at('sub/moved'))
      unlinkSync(at('empty'))
      chmodSync(at('a'), 0o600)
    },
    {},
  )
  expect(depths).toEqual({ a: 1, b: 0, new: 0, 'sub/moved': 1 })
  expect(await archive.find('empty')).toBeUndefined()
  expect((await archive.get('a')).mode).toBe(0o600)
})

test('counts say what was reused', async () => {
  const { tree, at } = makeTree()
  const full = await openBytes((await packFolder(tree)).bytes, 'full')
  renameSync(at('b'), at('z'))
  const { report } = await packFolder(tree, { base: full })
  // a, empty, link, sub, sub/c, and same-as-a, which is a hardlink.
  expect(report.reused).toEqual({ unchangedCount: 6, movedCount: 1, dataBytes: 13 + 21 + 100_000 })
  expect(report.summary).toMatchObject({ referenceCount: 3, referencedBytes: 13 + 21 + 100_000 })
})

describe('content', () => {
  test('of a file that was touched is found, and its new time is kept', async () => {
    const scene = makeTree()
    const { depths, archive } = await packTwice(scene, () => utimesSync(scene.at('b'), 1e9, 1e9))
    expect(depths['b']).toBe(1)
    expect((await archive.get('b')).mtime).toEqual({ seconds: 1e9, nanoseconds: 0 })
  })

  test('that moved is stored again where that was asked for, and where the base has no digests', async () => {
    for (const options of [{ moved: false }, { full: { digest: 'none' } }] as const) {
      const scene = makeTree()
      const { depths } = await packTwice(scene, () => renameSync(scene.at('b'), scene.at('z')), options)
      expect(depths['z']).toBe(0)
    }
  })

  test('of the same size only is hashed', async () => {
    const { tree, at } = makeTree()
    const full = await openBytes((await packFolder(tree)).bytes, 'full')
    writeFileSync(at('other-size'), 'no file of the base is as long as this one')
    writeFileSync(at('same-size'), 'content of x\n')
    const opened: string[] = []
    const open = (path: Buffer): number => {
      opened.push(path.toString().slice(tree.length + 1))
      return nodeFileSystem.open(path)
    }
    const { report } = await packFolder(tree, { base: full, fileSystem: fileSystemWith({ open }) })
    expect(report.ok).toBe(true)
    expect(opened.sort()).toEqual(['other-size', 'same-size', 'same-size'])
  })

  test('counts when metadata lies, if it is asked for', async () => {
    const forge =
      ({ at }: ReturnType<typeof makeTree>) =>
      (): void => {
        writeFileSync(at('b'), 'CONTENT of b, longer\n')
        utimesSync(at('b'), OLD, OLD)
      }
    const scene = makeTree()
    const { depths } = await packTwice(scene, forge(scene), { compare: 'content' })
    expect(depths).toEqual({ a: 1, b: 0, 'sub/c': 1 })

    const other = makeTree()
    const full = await openBytes((await packFolder(other.tree)).bytes, 'full')
    forge(other)()
    const fooled = await packFolder(other.tree, { base: full, compare: 'metadata' })
    expect(fooled.report.reused.unchangedCount).toBe(7)
  })

  test('is compared with the data of a base that has no digests, where that is at hand', async () => {
    const scene = makeTree()
    const compared = await packTwice(scene, () => utimesSync(scene.at('b'), 1e9, 1e9), {
      compare: 'content',
      moved: false,
      full: { digest: 'none' },
    })
    expect(compared.depths).toEqual({ a: 1, b: 1, 'sub/c': 1 })

    const other = makeTree()
    const catalogue = new MemoryTarget()
    await packFolder(other.tree, { digest: 'none', catalogue })
    const alone = await openBytes(catalogue.bytes(), 'full.cat')
    const { report } = await packFolder(other.tree, { base: alone, compare: 'content' })
    expect(report.summary.referenceCount).toBe(0)
  })

  test('that changes between being found and being referred to is stored', async () => {
    const { tree, at } = makeTree()
    const full = await openBytes((await packFolder(tree)).bytes, 'full')
    copyFileSync(at('b'), at('copy'))
    let opened: number | undefined
    let reads = 0
    const fileSystem = fileSystemWith({
      open: (path) => {
        const fd = nodeFileSystem.open(path)
        if (path.toString() === at('copy')) opened = fd
        return fd
      },
      read: (fd, into, offset) => {
        const count = nodeFileSystem.read(fd, into, offset)
        if (fd === opened && reads++ === 0) writeFileSync(at('copy'), 'CONTENT of b, longer\n')
        return count
      },
    })
    const { bytes, report } = await packFolder(tree, { base: full, fileSystem })
    expect(report.summary.referenceCount).toBe(3)
    const archive = await openBytes(bytes, 'd1', { bases: [full] })
    expect(await archive.text('copy')).toBe('CONTENT of b, longer\n')
    const { dirty, location } = await archive.get('copy')
    expect([dirty, location?.depth]).toEqual([false, 0])
  })

  test('that cannot be read is reported once, as without a base', async () => {
    const { tree, at } = makeTree()
    const full = await openBytes((await packFolder(tree)).bytes, 'full')
    copyFileSync(at('b'), at('copy'))
    const open = (path: Buffer): number => {
      if (path.toString() === at('copy')) throw systemError('EACCES')
      return nodeFileSystem.open(path)
    }
    const { report } = await packFolder(tree, { base: full, fileSystem: fileSystemWith({ open }) })
    expect(report.problems).toEqual([{ path: at('copy'), kind: 'unreadable', message: 'EACCES: made up' }])
  })

  test('of a dirty entry of the base is never taken', async () => {
    const { tree, at } = makeTree()
    const read = (fd: number, into: Uint8Array, offset: number): number => {
      const count = nodeFileSystem.read(fd, into, offset)
      if (Number(nodeFileSystem.fstat(fd).size) === 21) utimesSync(at('b'), OLD, new Date('2021-01-01'))
      return count
    }
    const first = await packFolder(tree, { fileSystem: fileSystemWith({ read }) })
    expect(first.report.problems).toMatchObject([{ kind: 'changed', path: at('b') }])
    utimesSync(at('b'), OLD, OLD)
    const full = await openBytes(first.bytes, 'full')
    for (const compare of ['metadata', 'content'] as const) {
      const { bytes } = await packFolder(tree, { base: full, compare })
      expect((await (await openBytes(bytes, 'd1')).get('b')).location?.depth).toBe(0)
    }
  })
})

describe('copied data', () => {
  test('needs no base, and restores the same', async () => {
    const scene = makeTree()
    const { archive, depths } = await packTwice(
      scene,
      () => {
        writeFileSync(scene.at('b'), 'changed')
        renameSync(scene.at('sub/c'), scene.at('moved'))
      },
      { copyData: true },
    )
    expect(depths).toEqual({ a: 0, b: 0, moved: 0 })
    expect(archive.baseIdentities).toEqual([])
    expect(archive.serviceInfo.has('base')).toBe(false)
  })

  test('is the very member of the base', async () => {
    const { tree, at } = makeTree()
    const level1 = await packFolder(tree, { level: 1 })
    const full = await openBytes(level1.bytes, 'full')
    rmSync(at('b'))
    const copied = await openBytes((await packFolder(tree, { base: full, copyData: true, level: 9 })).bytes, 'copy')
    for (const path of ['a', 'sub/c']) {
      const [then, now] = [await full.get(path), await copied.get(path)]
      expect(now.columns.get('crc')).toBe(then.columns.get('crc'))
      expect(now.packedBytes).toBe(then.packedBytes)
      expect(await now.digest()).toEqual(await then.digest())
    }
  })

  test('is asked of a catalogue in vain', async () => {
    const { tree } = makeTree()
    const catalogue = new MemoryTarget()
    await packFolder(tree, { catalogue })
    const alone = await openBytes(catalogue.bytes(), 'full.cat')
    await expect(packFolder(tree, { base: alone, copyData: true })).rejects.toMatchObject({
      code: 'base-mismatch',
      message: 'full.cat is a catalogue: data is copied from the archive, give that as base',
    })
  })
})

describe('bases', () => {
  /** Three archives in a chain, each of one more file. */
  async function makeChain(): Promise<{ tree: string; base: string; chain: Uint8Array[] }> {
    const { base, tree, at } = makeTree()
    const chain = [(await packFolder(tree)).bytes]
    for (const name of ['d1', 'd2']) {
      writeFileSync(at(name), `of ${name}`)
      const nearest = await openBytes(chain[0] as Uint8Array, `base of ${name}`)
      chain.unshift((await packFolder(tree, { base: nearest })).bytes)
    }
    return { base, tree, chain }
  }
  const open = (chain: Uint8Array[]): Promise<Archive[]> =>
    Promise.all(chain.map((bytes, index) => openBytes(bytes, `chain/${index}`)))

  test('are recorded to the last, the nearest first', async () => {
    const { tree, chain, base } = await makeChain()
    const bases = await open(chain)
    const identities = bases.map(({ identity }) => identity)
    for (const given of [bases, bases.slice(0, 1)]) {
      const { bytes } = await packFolder(tree, { base: given })
      const archive = await openBytes(bytes, 'd3', { bases: await open(chain) })
      expect(archive.baseIdentities).toEqual(identities)
      expect(await restoreInto(archive, base)).toEqual(contentOf(tree))
    }
  })

  test('that are another, or in another order, are refused before anything is written', async () => {
    const { tree, chain } = await makeChain()
    const [d2, d1, full] = (await open(chain)) as [Archive, Archive, Archive]
    for (const [given, message] of [
      [[d1, d2], 'chain/0 is not base 1 of chain/1: it was made from another; give bases nearest first'],
      [[d2, full], 'chain/2 is not base 1 of chain/0: it was made from another; give bases nearest first'],
      [[full, d1], 'chain/1 is not base 1 of chain/2: it needs none; give bases nearest first'],
    ] as const) {
      const target = new MemoryTarget()
      const attempt = packTree('.', target, { cwd: tree, base: given })
      await expect(attempt).rejects.toMatchObject({ code: 'base-mismatch', message })
      expect(() => target.bytes()).toThrow('has no bytes')
    }
    await expect(packFolder(tree, { base: [] })).rejects.toThrow(TypeError)
  })

  test('may be a catalogue, which is no hint at where data lies', async () => {
    const { base, tree, at } = makeTree()
    const catalogue = new MemoryTarget()
    const full = await packFolder(tree, { catalogue })
    renameSync(at('b'), at('z'))
    const alone = await openBytes(catalogue.bytes(), 'full.cat')
    const { bytes, report } = await packFolder(tree, { base: alone })
    expect(report.reused.movedCount).toBe(1)
    const archive = await openBytes(bytes, 'd1', { bases: [await openBytes(full.bytes, 'full')] })
    expect(archive.baseNames).toEqual([])
    expect(await restoreInto(archive, base)).toEqual(contentOf(tree))
  })

  test('that are damaged in their listing are refused', async () => {
    const { tree } = makeTree()
    const { bytes } = await packFolder(tree)
    const { tail } = await openBytes(bytes, 'full')
    const damaged = new Uint8Array(bytes)
    damaged[tail.listingOffset + 40] = (damaged[tail.listingOffset + 40] ?? 0) ^ 0x10
    const base = await openBytes(damaged, 'full')
    await expect(packFolder(tree, { base })).rejects.toMatchObject({ code: expect.stringMatching(/integrity|format/) })
  })
})

test('a base of several roots out of order is looked up in any order', async () => {
  const { base, tree } = makeTree()
  const other = subfolder(base, 'aaa')
  writeFileSync(join(other, 'file'), 'of the other')
  const target = new MemoryTarget()
  await packTree(['tree', 'aaa'], target, { cwd: base })
  const full = await openBytes(target.bytes(), 'full')
  expect(full.serviceInfo.has('order')).toBe(false)
  for (const roots of [
    ['aaa', 'tree'],
    ['tree', 'aaa'],
  ]) {
    const again = new MemoryTarget()
    const { summary } = await packTree(roots, again, { cwd: base, base: full })
    expect(summary.referenceCount).toBe(4)
  }
  // And the other way round: a base in order, roots that are not.
  const ordered = new MemoryTarget()
  await packTree(['aaa', 'tree'], ordered, { cwd: base })
  const { summary } = await packTree(['tree', 'aaa'], new MemoryTarget(), {
    cwd: base,
    base: await openBytes(ordered.bytes(), 'ordered'),
  })
  expect(summary.referenceCount).toBe(4)
  expect(tree).toContain('tree')
})

test('only an archive of the present folder says that its root is a folder', async () => {
  const { tree, base } = makeTree()
  const info = async (roots: string | string[], cwd: string): Promise<string | undefined> => {
    const target = new MemoryTarget()
    await packTree(roots, target, { cwd })
    return (await openBytes(target.bytes(), 'x')).serviceInfo.get('top')
  }
  expect(await info('.', tree)).toBe('folder')
  expect(await info('./', tree)).toBe('folder')
  expect(await info('tree', base)).toBeUndefined()
  expect(await info(['.', 'tree'], base)).toBeUndefined()
  expect(await info('a', tree)).toBeUndefined()
  expect(readFileSync(join(tree, 'a'), 'utf8')).toBe('content of a\n')
})
