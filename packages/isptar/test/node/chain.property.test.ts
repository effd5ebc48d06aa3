/** Whatever becomes of a tree: every archive of a chain of full, differential, copied and flattened ones restores its state exactly. */
import {
  chmodSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { flattenArchive } from '../../src/chain/flatten.ts'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import { extractTree } from '../../src/node/extract-tree.ts'
import type { PackOptions } from '../../src/node/pack-tree.ts'
import type { Archive } from '../../src/read/archive.ts'
import { contentOf, openBytes, packFolder, restoreInto, subfolder } from './pack-support.ts'

const PATHS = ['a', 'b', 'd', 'd/a', 'd/b', 'd/e', 'd/e/f', 'd.x', 'é', 'd/e/\\odd\t']
// Some of a size, some of none, and one that is stored in chunks.
const CONTENTS = ['', 'one', 'two', 'longer than the others', 'x'.repeat(20_000)]

const path = fc.constantFrom(...PATHS)
const operation = fc.oneof(
  fc.record({ kind: fc.constant('write' as const), path, content: fc.constantFrom(...CONTENTS) }),
  fc.record({ kind: fc.constant('folder' as const), path }),
  fc.record({ kind: fc.constant('remove' as const), path }),
  fc.record({ kind: fc.constant('move' as const), path, to: path }),
  fc.record({ kind: fc.constant('mode' as const), path, mode: fc.constantFrom(0o644, 0o600, 0o755, 0o700) }),
  fc.record({ kind: fc.constant('symlink' as const), path, to: path }),
  fc.record({ kind: fc.constant('link' as const), path, to: path }),
  fc.record({ kind: fc.constant('touch' as const), path }),
)
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never

const step = fc.record({
  operations: fc.array(operation, { minLength: 1, maxLength: 12 }),
  how: fc.constantFrom('full', 'differential', 'differential', 'differential', 'copied', 'flattened'),
  compare: fc.constantFrom('metadata' as const, 'content' as const),
  moved: fc.boolean(),
  digest: fc.constantFrom('sha256' as const, 'sha256' as const, 'none' as const),
  seekBytes: fc.constantFrom(0, 4096),
})

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

/** Steps with at least one flattened archive, and a differential right on top of it. */
const steps = fc
  .tuple(fc.array(step, { minLength: 2, maxLength: 3 }), step, fc.array(step, { maxLength: 1 }))
  .map(([before, on, after]): readonly Step[] => [
    ...before,
    { ...on, how: 'flattened' },
    { ...on, how: 'differential' },
    ...after,
  ])

/** Does what can be done, as a user would; each change of a file has a time of its own. */
class Tree {
  readonly folder: string
  #clock = 1_600_000_000

  constructor(folder: string) {
    this.folder = folder
  }

  apply(change: Operation): void {
    const at = (name: string): string => join(this.folder, name)
    try {
      switch (change.kind) {
        case 'write':
          // Anew, so that other names of the file keep what was in it.
          if (!isFolder(at(change.path))) rmSync(at(change.path), { force: true })
          writeFileSync(at(change.path), change.content)
          return this.#touch(at(change.path))
        case 'folder':
          return mkdirSync(at(change.path))
        case 'remove':
          return rmSync(at(change.path), { recursive: true })
        case 'move':
          return renameSync(at(change.path), at(change.to))
        case 'mode':
          return isFolder(at(change.path)) && change.mode < 0o700 ? undefined : chmodSync(at(change.path), change.mode)
        case 'symlink':
          return symlinkSync(change.to, at(change.path))
        case 'link':
          return linkSync(at(change.to), at(change.path))
        case 'touch':
          return this.#touch(at(change.path))
      }
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
    }
  }

  #touch(file: string): void {
    this.#clock += 1.234567
    lutimesSync(file, this.#clock, this.#clock)
  }
}

function isFolder(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.isDirectory() ?? false
}

interface Link {
  readonly bytes: Uint8Array
  readonly bases: readonly Link[]
  readonly state: Map<string, unknown>
}

async function open({ bytes, bases }: Link): Promise<Archive> {
  const opened = await Promise.all(bases.map((base, index) => openBytes(base.bytes, `base-${index}`)))
  return openBytes(bytes, 'archive', { bases: opened })
}

/** The newest archive of a chain without its bases; it stands for the same state, and the chain goes on from it. */
async function flatten(newest: Link, { seekBytes }: Step): Promise<Link> {
  await using archive = await open(newest)
  const target = new MemoryTarget()
  expect(await flattenArchive(archive, target, { seekBytes })).toMatchObject({ referenceCount: 0, dirtyCount: 0 })
  return { bytes: target.bytes(), bases: [], state: newest.state }
}

async function pack(
  tree: Tree,
  chain: readonly Link[],
  { how, compare, moved, digest, seekBytes }: Step,
): Promise<Link> {
  const nearest = how === 'full' ? undefined : chain.at(-1)
  const options: PackOptions = {
    compare,
    moved,
    digest,
    seekBytes,
    copyData: how === 'copied' && nearest !== undefined,
  }
  const base = nearest && (await open(nearest))
  const { bytes, report } = await packFolder(tree.folder, { ...options, base })
  expect(report).toMatchObject({ ok: true, problems: [] })
  const bases = how === 'differential' && nearest ? [nearest, ...nearest.bases] : []
  return { bytes, bases, state: contentOf(tree.folder) }
}

/** Flattening is of the state before: what becomes of the tree meanwhile is for the next archive to tell. */
async function take(tree: Tree, chain: readonly Link[], each: Step): Promise<Link> {
  for (const change of each.operations) tree.apply(change)
  const newest = chain.at(-1)
  return each.how === 'flattened' && newest ? flatten(newest, each) : pack(tree, chain, each)
}

test('each state comes back, into an empty folder and over the one before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.array(step, { minLength: 4, maxLength: 5 }), steps), async (taken) => {
      const parent = mkdtempSync(join(tmpdir(), 'isptar-chain-'))
      try {
        const tree = new Tree(subfolder(parent, 'tree'))
        for (const folder of ['d', 'd/e']) tree.apply({ kind: 'folder', path: folder })
        const kept = subfolder(parent, 'kept')
        const chain: Link[] = []
        for (const each of taken) chain.push(await take(tree, chain, each))
        for (const link of chain) {
          await using archive = await open(link)
          expect(await restoreInto(archive, parent)).toEqual(link.state)
          const report = await extractTree(archive, kept, { existing: 'replace', delete: true })
          expect(report).toMatchObject({ ok: true, notices: [] })
          expect(contentOf(kept)).toEqual(link.state)
        }
      } finally {
        rmSync(parent, { recursive: true, force: true })
      }
    }),
    { numRuns: 40 },
  )
})
