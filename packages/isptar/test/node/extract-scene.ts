/** A place to attack: a target folder, and a folder outside it that must stay as it is. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished } from 'vitest'
import { MemorySource } from '../../src/io/memory-source.ts'
import { extractInto } from '../../src/node/extract-tree.ts'
import { type ExtractOptions, resolveExtractOptions } from '../../src/node/extract-options.ts'
import type { ExtractReport } from '../../src/node/extract-report.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { type HostileEntry, hostileArchive, VERSION_2 } from '../hostile-archive.ts'
import { type NodeSnapshot, snapshotTree } from './tree-snapshot.ts'

/** A target folder `out` beside the folders `outside` and `out-evil`. */
export interface Scene {
  readonly base: string
  readonly out: string
  readonly outside: string
  /** Extracts an archive of these entries and checks that nothing outside `out` was made, changed or touched. */
  extract(entries: readonly HostileEntry[], options?: SceneOptions): Promise<ExtractReport>
  /** What is in `out`, by path as latin1. */
  tree(): Map<string, NodeSnapshot>
  /** The paths in `out`, in order. */
  paths(): string[]
}

/** Options of an attack. */
export interface SceneOptions extends ExtractOptions {
  /** Whether folders are held through `/proc` where that is there. @defaultValue true */
  proc?: boolean
  /** Whether the listing says how long members are (version 2), so that small files are restored in batches. @defaultValue true */
  batches?: boolean
  /** Whether threads are used however little there is to do. @defaultValue false */
  eagerThreads?: boolean
}

/** Makes a scene that is removed after the test. */
export function makeScene(): Scene {
  const base = mkdtempSync(join(tmpdir(), 'isptar-extract-'))
  // Not by Node, which cannot remove what is deeper than PATH_MAX.
  onTestFinished(() => void spawnSync('rm', ['-rf', base]))
  const [out, outside] = [join(base, 'out'), join(base, 'outside')]
  for (const folder of [out, outside, join(base, 'out-evil'), join(outside, 'folder')]) mkdirSync(folder)
  writeFileSync(join(outside, 'secret'), 'must not be read or changed\n')
  writeFileSync(join(outside, 'folder', 'inner'), 'neither this\n')
  chmodSync(join(outside, 'secret'), 0o600)
  return {
    base,
    out,
    outside,
    tree: () => snapshotTree(out),
    paths: () => [...snapshotTree(out).keys()].filter((path) => path !== '').sort(),
    async extract(entries, { proc, batches = true, eagerThreads, ...options } = {}) {
      const before = snapshotTree(base, 'out')
      await using archive = await openArchive(new MemorySource(hostileArchive(entries, batches ? [VERSION_2] : [])))
      const report = await extractInto(archive, out, resolveExtractOptions(options), { proc, eagerThreads })
      expect(snapshotTree(base, 'out')).toEqual(before)
      return report
    },
  }
}

/** The paths that were refused, in order; nothing may have gone wrong otherwise. */
export function refusedPaths(report: ExtractReport): string[] {
  expect(report.problems).toEqual([])
  return report.refused.map(({ path }) => path).sort()
}
