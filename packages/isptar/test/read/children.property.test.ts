/** What lies in a folder is what a simple model says, in any tree: by index, by pass, in a worker, in a part. */
import fc from 'fast-check'
import {
  type ArchiveReader,
  decodeText,
  encodeText,
  type FolderItem,
  mergeArchives,
  MemorySource,
  MemoryTarget,
  normalizeEntryPath,
  openArchive,
  openArchiveInWorker,
} from 'isptar'
import { describe, expect, it } from 'vitest'
import { comparePaths } from '../../src/bytes/text.ts'
import { KiB } from '../../src/limits.ts'
import { sampleBytes } from '../gzip/samples.ts'
import { FakeWorker } from '../worker/fake-worker.ts'
import { arbitraryPath } from '../write/arbitrary-entries.ts'
import { buildArchive } from '../write/build-archive.ts'
import { collect } from './collect.ts'
import { craftArchive, craftIndexed } from './craft-archive.ts'

interface Line {
  readonly path: string
  readonly isDirectory: boolean
  /** Whether it is an entry, and not of a type that nobody knows. */
  readonly isEntry: boolean
}

type Shown = readonly [path: string, line: number | undefined, isFolder: boolean]

const showItem = ({ path, entry, isFolder }: FolderItem): Shown => [path, entry?.place.line, isFolder]

const shown = async (archive: ArchiveReader, folder?: string): Promise<Shown[]> =>
  (await collect(archive.children(folder))).map(showItem)

/** As it is said in words: names are taken off one by one. */
function model(lines: readonly Line[], folder: string): Shown[] {
  const prefix = folder === '' ? '' : `${folder}/`
  const children = new Map<string, { line: number | undefined; isDirectory: boolean; hasContent: boolean }>()
  for (const [line, { path, isDirectory, isEntry }] of lines.entries()) {
    const stored = path.replace(/^(\.\/)+/, '').replace(/^\.$/, '')
    if (!isEntry || !stored.startsWith(prefix)) continue
    const name = /^(?:\/*[^/]+|\/+)/.exec(stored.slice(prefix.length))?.[0]
    if (name === undefined) continue
    const child = children.get(prefix + name) ?? { line: undefined, isDirectory: false, hasContent: false }
    children.set(prefix + name, child)
    if (stored.slice(prefix.length + name.length).length > 1) child.hasContent = true
    else Object.assign(child, { line, isDirectory })
  }
  return [...children].map(([path, { line, isDirectory, hasContent }]) => [path, line, isDirectory || hasContent])
}

/** Every folder that there is or might be, by cutting paths at each slash. */
function foldersOf(lines: readonly Line[]): string[] {
  const cuts = lines.flatMap(({ path }) =>
    [...path].flatMap((char, at) => (char === '/' ? [path.slice(0, at), path.slice(0, at + 1)] : [])),
  )
  return [...new Set([...cuts, ...lines.map(({ path }) => path), '', 'none', 'a', './a/'])]
}

const hostileName = fc.constantFrom('a', 'b', '..', '.', '', 'a b', 'a\tb', 'é', '\udcff', '-', 'x')
const path = fc.oneof(
  { weight: 3, arbitrary: fc.array(hostileName, { minLength: 1, maxLength: 5 }).map((names) => names.join('/')) },
  { weight: 1, arbitrary: arbitraryPath.map(decodeText) },
)
const line: fc.Arbitrary<Line> = fc.record({
  path,
  isDirectory: fc.boolean(),
  isEntry: fc.integer({ min: 0, max: 5 }).map((dice) => dice > 0),
})

const textOf = ({ path: raw, isDirectory, isEntry }: Line): string => {
  const escaped = raw.replaceAll('\\', '\\\\').replaceAll('\t', '\\t').replaceAll('\n', '\\n')
  return `${escaped}\t#0\t#0\t420\t${isEntry ? (isDirectory ? 'dir' : 'fifo') : 'socket'}\n`
}

async function expectModel(archive: ArchiveReader, lines: readonly Line[]): Promise<void> {
  for (const folder of foldersOf(lines)) {
    const expected = model(lines, normalizeEntryPath(folder))
    expect(await shown(archive, folder), JSON.stringify(folder)).toEqual(expected)
  }
}

describe('children', () => {
  it('of any folder, in any order, with any names', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 14 }), async (lines) => {
        const listing = encodeText(`${lines.map(textOf).join('')}\n`)
        await using archive = await openArchive(new MemorySource(craftArchive({ listing })))
        await expectModel(archive, lines)
      }),
      { numRuns: 150 },
    )
  })

  it('are the same by the index, however the lines lie in blocks', async () => {
    const blocksOf = fc
      .uniqueArray(line, { minLength: 1, maxLength: 16, selector: (row) => row.path })
      .map((lines) =>
        lines
          .filter((row) => !row.path.startsWith('./'))
          .sort((a, b) => comparePaths(encodeText(a.path), encodeText(b.path))),
      )
      .filter((lines) => lines.length > 0)
      .chain((lines) => fc.tuple(fc.constant(lines), fc.infiniteStream(fc.boolean())))
    await fc.assert(
      fc.asyncProperty(blocksOf, async ([lines, cuts]) => {
        const blocks: Line[][] = []
        for (const row of lines) {
          const last = blocks.at(-1)
          if (last === undefined || cuts.next().value === true) blocks.push([row])
          else last.push(row)
        }
        const bytes = await craftIndexed(
          blocks.map((block) => block.map(({ path: raw }) => raw)),
          (block) => block,
          (_, number) => textOf(lines[number] ?? { path: '', isDirectory: false, isEntry: false }),
        )
        await using archive = await openArchive(new MemorySource(bytes))
        await expectModel(archive, lines)
      }),
      { numRuns: 400 },
    )
  })

  it('are the same in a worker and in the part of a merged archive', async () => {
    const tree = ['a', 'a/b', 'a/c/d', 'b/c', 'd'].map((each) => ({ path: each, data: each }))
    const lines = tree.map((each) => ({ path: each.path, isDirectory: false, isEntry: true }))
    const heavy = new Map([['user.heavy', sampleBytes(24 * KiB)]])
    const bytes = await buildArchive(tree.map((entry) => ({ ...entry, xattrs: heavy })))
    const startWorker = (): Worker => new FakeWorker()
    await using there = await openArchiveInWorker(new MemorySource(bytes), { startWorker })
    await expectModel(there, lines)
    for await (const { path: found, pathBytes, entry } of there.children('a')) {
      expect(decodeText(pathBytes)).toBe(found)
      if (entry) expect(await entry.text()).toBe(found)
    }
    const target = new MemoryTarget()
    const one = await openArchive(new MemorySource(bytes, 'one.tgz'))
    const other = await openArchive(new MemorySource(await buildArchive([{ path: 'b/else' }]), 'two.tgz'))
    await mergeArchives(
      [
        { archive: other, name: 'other' },
        { archive: one, name: 'one' },
      ],
      target,
    )
    await using merged = await openArchive(new MemorySource(target.bytes()))
    const part = await merged.part('one')
    const [ofPart, ...others] = await collect(part.children('b'))
    expect([await ofPart?.entry?.text(), others]).toEqual(['b/c', []])
    expect((await shown(merged, 'b')).map(([p]) => p)).toEqual(['b/else', 'b/c'])
  })
})
