/** Trees to walk in tests: temporary folders, entries in a form that reads well, and a file system that fails on demand. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { decodeText } from '../../src/bytes/text.ts'
import type { TreeEntry, TreeProblem } from '../../src/node/tree-entry.ts'
import { nodeFileSystem } from '../../src/node/tree-file-system.ts'
import type { TreeFileSystem } from '../../src/node/tree-file-system.ts'
import { walkWith } from '../../src/node/walk-tree.ts'
import type { TreeRoots, WalkInternals, WalkOptions } from '../../src/node/walk-tree.ts'

/** Makes a folder that is gone after the test. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'isptar-tree-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Everything a walk gave and said. */
export interface Walked {
  entries: TreeEntry[]
  /** `path` or `path -> target` of each entry. */
  lines: string[]
  problems: TreeProblem[]
  notices: string[]
}

/** Walks to the end. */
export async function walk(roots: TreeRoots, options: WalkOptions & WalkInternals = {}): Promise<Walked> {
  const walked: Walked = { entries: [], lines: [], problems: [], notices: [] }
  const told = {
    onProblem: (problem: TreeProblem) => void walked.problems.push(problem),
    onNotice: (message: string) => void walked.notices.push(message),
  }
  for await (const entry of walkWith(roots, { ...told, ...options })) {
    walked.entries.push(entry)
    const target = entry.linkTarget === undefined ? '' : ` -> ${decodeText(entry.linkTarget)}`
    walked.lines.push(decodeText(entry.path) + target)
  }
  return walked
}

/** The machine's file system with some calls replaced. */
export function fileSystemWith(calls: Partial<TreeFileSystem>): TreeFileSystem {
  return { ...nodeFileSystem, ...calls }
}

/** An error as the file system throws it. */
export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made up`), { code })
}
