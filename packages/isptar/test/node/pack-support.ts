/** Packs folders into memory, on bases or without, and restores them, for tests. */
import { mkdirSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { MemorySource } from '../../src/io/memory-source.ts'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import { type ExtractOptions } from '../../src/node/extract-options.ts'
import { extractTree } from '../../src/node/extract-tree.ts'
import { packWith } from '../../src/node/pack-tree.ts'
import type { PackOptions, PackReport } from '../../src/node/pack-tree.ts'
import type { WalkInternals } from '../../src/node/walk-options.ts'
import { type Archive } from '../../src/read/archive.ts'
import { type OpenOptions, openArchive } from '../../src/read/open-archive.ts'
import { type NodeSnapshot, snapshotTree } from './tree-snapshot.ts'

/** An archive that was packed. */
export interface Packed {
  readonly bytes: Uint8Array
  readonly report: PackReport
}

/** Packs what is in a folder. */
export async function packFolder(
  folder: string,
  options: PackOptions & Pick<WalkInternals, 'fileSystem'> = {},
): Promise<Packed> {
  const target = new MemoryTarget()
  const report = await packWith('.', target, { cwd: folder, ...options })
  return { bytes: target.bytes(), report }
}

/** Opens an archive in memory. */
export function openBytes(bytes: Uint8Array, name: string, options?: OpenOptions): Promise<Archive> {
  return openArchive(new MemorySource(bytes, name), options)
}

/** Restores an archive into a new folder beside others and gives what is then there. */
export async function restoreInto(
  archive: Archive,
  parent: string,
  options: ExtractOptions = {},
): Promise<Map<string, unknown>> {
  const out = mkdtempSync(join(parent, 'out-'))
  const report = await extractTree(archive, out, options)
  expect(report).toMatchObject({ ok: true, problems: [], refused: [] })
  return contentOf(out)
}

/** What of a tree an archive of `.` keeps, by path as latin1: all but the folder itself. Names of one file share a group. */
export function contentOf(folder: string): Map<string, unknown> {
  const nodes = snapshotTree(folder)
  nodes.delete('')
  const firstNames = new Map<bigint, string>()
  const view = new Map<string, unknown>()
  for (const [path, node] of [...nodes].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (node.type === 'file' && !firstNames.has(node.inode)) firstNames.set(node.inode, path)
    view.set(path, viewOf(node, firstNames.get(node.inode)))
  }
  return view
}

function viewOf(node: NodeSnapshot, sameAs: string | undefined): unknown {
  const { type, mode, mtimeNs, sha256, target, device } = node
  return { type, mode, mtimeNs, sha256, target: target?.toString('latin1'), device, sameAs }
}

/** Makes a folder in another. */
export function subfolder(parent: string, name: string): string {
  const folder = join(parent, name)
  mkdirSync(folder)
  return folder
}
