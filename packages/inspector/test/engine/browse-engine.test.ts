/** Views are what a simple model says: folders by index and by pass, searches, orders, places. */
import fc from 'fast-check'
import { type Archive, MemorySource, openArchive } from 'isptar'
import { afterEach, describe, expect, it } from 'vitest'
import { VERSION_2 } from '../../../isptar/test/hostile-archive.ts'
import { compareLikeOriginal } from '../../../isptar/test/original-reader.ts'
import { craftIndexed } from '../../../isptar/test/read/craft-archive.ts'
import type { Row, SortOrder, ViewState, ViewSubject } from '../../src/contract/browse-calls.ts'
import { ArchiveHolder } from '../../src/engine/archive-holder.ts'
import { BrowseEngine } from '../../src/engine/browse-engine.ts'
import { wholeTable } from '../../src/engine/whole-table.ts'
import { baseName, parentPath } from '../../src/text/entry-path.ts'
import { buildArchive, hostileArchive, hostileSite, HOSTILE_NAMES, siteArchive } from '../archives.ts'

const STORED: SortOrder = { key: 'stored', descending: false }
const BY_NAME: SortOrder = { key: 'name', descending: false }

const opened: Archive[] = []
afterEach(async () => {
  for (const archive of opened.splice(0)) await archive.close()
})

interface Scene {
  readonly engine: BrowseEngine
  readonly archive: Archive
  /** All rows of a view that was completed. */
  rowsOf(subject: ViewSubject, sort?: SortOrder): Promise<readonly Row[]>
}

async function sceneOf(bytes: Uint8Array): Promise<Scene> {
  const archive = await openArchive(new MemorySource(bytes))
  opened.push(archive)
  const holder = new ArchiveHolder()
  await holder.hold({ archive, counters: [] })
  const engine = new BrowseEngine(holder)
  const rowsOf: Scene['rowsOf'] = async (subject, sort = STORED) => {
    const view = await engine.openView(subject, sort, () => {})
    const { count } = await engine.whenComplete(view)
    const rows = await engine.rows(view, 0, count)
    await engine.closeView(view)
    return rows
  }
  return { engine, archive, rowsOf }
}

const folder = (path: string): ViewSubject => ({ type: 'folder', folder: path })
const search = (pattern: string, under = ''): ViewSubject => ({ type: 'search', under, pattern })
const pathsOf = (rows: readonly Row[]): string[] => rows.map(({ path }) => path)

describe('folders', () => {
  it('show what lies in them, with what the listing says of it', async () => {
    const { rowsOf } = await sceneOf(await siteArchive())
    expect(pathsOf(await rowsOf(folder('')))).toEqual(['site'])
    const rows = await rowsOf(folder('site'), BY_NAME)
    expect(pathsOf(rows).slice(0, 4)).toEqual(['site/docs', 'site/etc', 'site/img', 'site/backup.tar.gz'])
    expect(rows.find(({ path }) => path === 'site/latest')).toMatchObject({
      type: 'symlink',
      linkTarget: 'docs/guide.txt',
      isFolder: false,
      isUnsafe: false,
    })
    expect(rows.find(({ path }) => path === 'site/noise.bin')).toMatchObject({
      type: 'file',
      sizeBytes: 12_000,
      depth: 0,
    })
    expect(pathsOf(await rowsOf({ type: 'folder', folder: 'site', onlyFolders: true }))).toEqual([
      'site/docs',
      'site/etc',
      'site/img',
    ])
    expect(await rowsOf(folder('no/such'))).toEqual([])
  })

  it('are the same by the index and out of the whole listing', async () => {
    const name = fc.constantFrom('a', 'b', 'A', '..', '', 'é', 'a b')
    const last = fc.constantFrom('a', 'b', 'a-', '..')
    const path = fc.tuple(fc.array(name, { maxLength: 3 }), last).map(([names, end]) => [...names, end].join('/'))
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(path, { minLength: 1, maxLength: 24 }), async (paths) => {
        const bytes = await craftIndexed([
          paths.toSorted((a, b) => compareLikeOriginal(Buffer.from(a), Buffer.from(b))),
        ])
        const { rowsOf } = await sceneOf(bytes)
        const folders = ['', ...new Set(paths.flatMap((one) => [parentPath(one), one]))]
        const byIndex = await Promise.all(folders.map((one) => rowsOf(folder(one))))
        const other = await sceneOf(bytes)
        await wholeTable(other.archive, () => {})
        for (const [index, one] of folders.entries()) {
          const whole = await other.rowsOf(folder(one))
          const last = new Map(whole.map((row) => [row.path, row]))
          // Of lines with one path, which no ordered archive has, the index gives the last.
          if (last.size === whole.length) expect(whole).toEqual(byIndex[index])
        }
      }),
      { numRuns: 150 },
    )
  })

  it('lose no line of an archive that nobody means well with', async () => {
    const { archive, rowsOf } = await sceneOf(hostileSite())
    const table = await wholeTable(archive, () => {})
    const reached = new Set<number>()
    const visit = async (path: string): Promise<void> => {
      for (const row of await rowsOf(folder(path))) {
        reached.add(row.line)
        if (row.isFolder) await visit(row.path)
      }
    }
    await visit('')
    expect([...reached].filter((line) => line >= 0).length).toBe(table.count)
    const root = await rowsOf(folder(''))
    const names = HOSTILE_NAMES.filter((name) => !name.includes('/'))
    expect(pathsOf(root)).toEqual(expect.arrayContaining(['..', '/etc', 'twice', ...names]))
    expect(root.filter(({ path }) => path === 'twice')).toHaveLength(2)
    expect(root.find(({ path }) => path === '/etc')).toMatchObject({ type: 'folder', line: -1, isUnsafe: true })
  })

  it('give rows while they are read, and what they fail with', async () => {
    const blocks = Array.from({ length: 40 }, (_, block) =>
      Array.from({ length: 500 }, (_, n) => `f${String(block * 500 + n).padStart(6, '0')}`),
    )
    const bytes = await craftIndexed(blocks)
    const { engine } = await sceneOf(bytes)
    const states: ViewState[] = []
    const view = await engine.openView(folder(''), BY_NAME, (state) => void states.push(state))
    expect((await engine.whenComplete(view)).count).toBe(20_000)
    expect(states.at(-1)).toMatchObject({ count: 20_000, isComplete: true, searchedCount: undefined })
    expect(states.slice(0, -1).every(({ isComplete, count }) => !isComplete && count > 0)).toBe(true)
    await engine.closeView(view)
    await expect(engine.rows(view, 0, 1)).rejects.toMatchObject({ trouble: { kind: 'aborted' } })
    // A flipped bit in the listing.
    const wrong = bytes.slice()
    wrong[600] = (wrong[600] ?? 0) ^ 1
    const broken = await sceneOf(wrong)
    const badView = await broken.engine.openView(folder(''), BY_NAME, () => {})
    await expect(broken.engine.whenComplete(badView)).rejects.toMatchObject({ name: expect.stringMatching(/Error$/) })
  })

  it('of another archive are gone once one is open', async () => {
    const archive = await openArchive(new MemorySource(await siteArchive()))
    const holder = new ArchiveHolder()
    await holder.hold({ archive, counters: [] })
    const engine = new BrowseEngine(holder)
    const view = await engine.openView(folder(''), STORED, () => {})
    await engine.whenComplete(view)
    const next = await openArchive(new MemorySource(await buildArchive([{ path: 'other' }])))
    opened.push(next)
    await holder.hold({ archive: next, counters: [] })
    const second = await engine.openView(folder(''), STORED, () => {})
    await engine.whenComplete(second)
    expect(pathsOf(await engine.rows(second, 0, 9))).toEqual(['other'])
    await expect(engine.whenComplete(view)).rejects.toMatchObject({ trouble: { kind: 'aborted' } })
  })
})

describe('searches', () => {
  it('find parts of names, and of paths where there is a slash', async () => {
    const { rowsOf } = await sceneOf(await siteArchive())
    expect(pathsOf(await rowsOf(search('GUIDE')))).toEqual(['site/docs/guide.txt'])
    expect(pathsOf(await rowsOf(search('docs')))).toEqual(['site/docs'])
    expect(pathsOf(await rowsOf(search('docs/l')))).toEqual(['site/docs/latin1.txt'])
    expect(pathsOf(await rowsOf(search('site/docs', 'site')))).toEqual([])
    expect(pathsOf(await rowsOf(search('o', 'site/etc')))).toEqual(['site/etc/config.json', 'site/etc/motd'])
  })

  it('find globs', async () => {
    const { rowsOf } = await sceneOf(await siteArchive())
    expect(pathsOf(await rowsOf(search('*.TXT')))).toEqual(['site/docs/guide.txt', 'site/docs/latin1.txt'])
    expect(pathsOf(await rowsOf(search('**/*.{png,svg}', 'site')))).toEqual([
      'site/img/dot.png',
      'site/img/drawing.svg',
    ])
    expect(pathsOf(await rowsOf(search('*/motd', 'site')))).toEqual(['site/etc/motd'])
    expect(pathsOf(await rowsOf(search('*/motd')))).toEqual([])
    expect(pathsOf(await rowsOf(search('[me]*y')))).toEqual(['site/empty'])
    expect(pathsOf(await rowsOf(search('[unclosed')))).toEqual([])
  })

  it('find what contains the text, as a model does', async () => {
    const path = fc.string({ unit: fc.constantFrom('a', 'B', 'ä', '/', '.'), minLength: 1, maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(path, { minLength: 1 }), path, async (paths, pattern) => {
        const { archive, rowsOf } = await sceneOf(
          hostileArchive(
            paths.map((one) => ({ path: one })),
            [VERSION_2],
          ),
        )
        const wanted = pattern.toLowerCase()
        const all: string[] = []
        for await (const entry of archive.entries()) all.push(entry.path.replace(/^(\.\/)+/, ''))
        const normal = all.map((one) => (one === '.' ? '' : one.length > 1 ? one.replace(/\/$/, '') : one))
        const found = normal.filter((one) => {
          const text = one === '' ? '.' : pattern.includes('/') ? one : baseName(one)
          return text.toLowerCase().includes(wanted)
        })
        expect(pathsOf(await rowsOf(search(pattern)))).toEqual(found)
      }),
      { numRuns: 200 },
    )
  })

  it('say how far they are, and end when they are closed', async () => {
    const paths = Array.from({ length: 60_000 }, (_, n) => `f${n}`)
    const { engine } = await sceneOf(await craftIndexed([paths]))
    const states: ViewState[] = []
    const view = await engine.openView(search('7'), STORED, (state) => void states.push(state))
    const { count, searchedCount } = await engine.whenComplete(view)
    expect({ count, searchedCount }).toEqual({
      count: paths.filter((path) => path.includes('7')).length,
      searchedCount: 60_000,
    })
    expect(states.length).toBeGreaterThan(3)
    expect(states.map((state) => state.searchedCount)).toEqual(
      states.map((state) => state.searchedCount).toSorted((a, b) => (a ?? 0) - (b ?? 0)),
    )
    const second = await engine.openView(search('1'), STORED, () => {})
    const ended = engine.whenComplete(second)
    await engine.closeView(second)
    await expect(ended).rejects.toMatchObject({ name: 'AbortError' })
  })
})

describe('orders and places', () => {
  const size = fc.oneof(fc.nat(3), fc.nat(70_000), fc.constantFrom(2 ** 32, 2 ** 40, 2 ** 52))
  const entry = fc.record({
    path: fc.string({ unit: fc.constantFrom('a', 'b', '1', '2', '10', '-', 'É'), minLength: 1, maxLength: 4 }),
    isFolder: fc.boolean(),
    sizeBytes: size,
    mtime: fc.integer({ min: -1e9, max: 4e9 }),
  })

  it('are stable, folders first, and what has no number last', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(entry, { minLength: 1, maxLength: 30, selector: ({ path }) => path }),
        fc.constantFrom('name', 'size', 'packed', 'time'),
        fc.boolean(),
        async (entries, key, descending) => {
          const bytes = hostileArchive(
            entries.map(({ path, isFolder, sizeBytes, mtime }) =>
              isFolder ? { path, type: 'dir' } : { path, sizeBytes, mtime, data: sizeBytes === 0 ? '' : 'x' },
            ),
            [VERSION_2],
          )
          const { rowsOf } = await sceneOf(bytes)
          const stored = await rowsOf(folder(''))
          const numbers: Record<string, (row: Row) => number | undefined> = {
            size: (row) => (row.type === 'file' ? row.sizeBytes : undefined),
            packed: (row) => row.packedBytes,
            time: (row) => row.mtimeSeconds,
          }
          const collator = new Intl.Collator(undefined, { numeric: true })
          const sign = descending ? -1 : 1
          const compare = (a: Row, b: Row): number => {
            if (a.isFolder !== b.isFolder) return a.isFolder ? -1 : 1
            if (key === 'name') return sign * collator.compare(a.path, b.path)
            const [x, y] = [numbers[key]?.(a), numbers[key]?.(b)]
            if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined)
            return sign * (x - y)
          }
          expect(pathsOf(await rowsOf(folder(''), { key, descending }))).toEqual(pathsOf(stored.toSorted(compare)))
        },
      ),
      { numRuns: 200 },
    )
  })

  it('are in the order of bytes where there are very many names', async () => {
    const names = Array.from({ length: 25_000 }, (_, n) => `f${n}`).toSorted()
    const { rowsOf } = await sceneOf(await craftIndexed([names]))
    expect(pathsOf(await rowsOf(folder(''), { key: 'name', descending: true }))).toEqual(names.toReversed())
  })

  it('say where a path is, and the next name that begins so', async () => {
    const { engine } = await sceneOf(await siteArchive())
    const view = await engine.openView(folder('site'), BY_NAME, () => {})
    await engine.whenComplete(view)
    const paths = await engine.paths(view)
    expect(await Promise.all(paths.map((path) => engine.indexOf(view, path)))).toEqual([...paths.keys()])
    expect(await engine.indexOf(view, 'site/none')).toBe(-1)
    const at = async (prefix: string, start: number): Promise<string | undefined> =>
      paths[await engine.indexOfPrefix(view, prefix, start)]
    expect(await at('E', 0)).toBe('site/etc')
    expect(await at('e', paths.indexOf('site/etc') + 1)).toBe('site/empty')
    expect(await at('d', paths.length - 1)).toBe('site/docs')
    expect(await engine.indexOfPrefix(view, 'q', 0)).toBe(-1)
    expect(await engine.paths(view, 1, 3)).toEqual(paths.slice(1, 3))
    expect((await engine.sortView(view, { key: 'name', descending: true })).count).toBe(paths.length)
    expect((await engine.paths(view)).slice(0, 2)).toEqual(['site/img', 'site/etc'])
  })
})
