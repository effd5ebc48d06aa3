/** Archives of the original come out exactly as its input trees were. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openFile } from '../../src/node/open-file.ts'
import { extractTree } from '../../src/node/extract-tree.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { type NodeSnapshot, snapshotTree } from './tree-snapshot.ts'

const ORIGINAL = new URL('../../../../fixtures/original/', import.meta.url).pathname
const IS_ROOT = process.geteuid?.() === 0

interface ExpectedEntry {
  path?: string
  path_b64?: string
  type: NodeSnapshot['type'] | 'hardlink'
  mode: number
  uid: number
  gid: number
  mtime: number
  size?: number
  sha256?: string
  linkname?: string
  linkname_b64?: string
}

function bytesOf(entry: ExpectedEntry, key: 'path' | 'linkname'): Buffer {
  const base64 = entry[`${key}_b64`]
  return base64 === undefined ? Buffer.from(entry[key] ?? '') : Buffer.from(base64, 'base64')
}

/** What the listing of the original holds of an entry: owners are restored by root only, times exist for files only. */
function view(node: NodeSnapshot | undefined): unknown {
  if (node === undefined) return undefined
  const { type, mode, uid, gid, mtimeNs, sizeBytes, sha256, target } = node
  return {
    type,
    mode: type === 'symlink' ? undefined : mode,
    owner: IS_ROOT ? [uid, gid] : undefined,
    mtime: type === 'file' ? mtimeNs / 1_000_000_000n : undefined,
    sizeBytes: type === 'file' ? sizeBytes : undefined,
    sha256,
    target: target?.toString('latin1'),
  }
}

function expectedView(entry: ExpectedEntry): unknown {
  const type = entry.type === 'hardlink' ? 'file' : entry.type
  return {
    type,
    mode: type === 'symlink' ? undefined : entry.mode & (IS_ROOT ? 0o7777 : 0o777),
    owner: IS_ROOT ? [entry.uid, entry.gid] : undefined,
    mtime: type === 'file' ? BigInt(entry.mtime) : undefined,
    sizeBytes: entry.size,
    sha256: entry.sha256,
    target: type === 'symlink' ? bytesOf(entry, 'linkname').toString('latin1') : undefined,
  }
}

/** Without root, device nodes cannot be made. */
function isRestorable(entry: ExpectedEntry): boolean {
  return IS_ROOT || (entry.type !== 'char' && entry.type !== 'block')
}

describe.each(['plain', 'types', 'longnames', 'oddnames', 'nocompress', 'argorder', 'isolated', 'sliced'])(
  '%s',
  (name) => {
    test('comes out as it went in', async () => {
      const out = mkdtempSync(join(tmpdir(), 'isptar-fixture-'))
      onTestFinished(() => rmSync(out, { recursive: true, force: true }))
      const expected: ExpectedEntry[] = JSON.parse(readFileSync(join(ORIGINAL, name, 'expected.json'), 'utf8'))
      await using archive = await openArchive(await openFile(join(ORIGINAL, name, 'archive.tgz')))

      const report = await extractTree(archive, out, { samePermissions: true, devices: IS_ROOT })

      const wanted = expected.filter(isRestorable)
      expect(report.problems).toEqual([])
      expect(report.refused.map(({ path }) => path)).toEqual(
        expected.filter((entry) => !isRestorable(entry)).map(({ path }) => path),
      )
      expect(report.entryCount).toBe(wanted.length)
      const tree = snapshotTree(out)
      for (const entry of wanted) {
        const path = bytesOf(entry, 'path').toString('latin1')
        expect([path, view(tree.get(path))]).toEqual([path, expectedView(entry)])
        if (entry.type === 'hardlink')
          expect(tree.get(path)?.inode).toBe(tree.get(bytesOf(entry, 'linkname').toString('latin1'))?.inode)
      }
      const parents = new Set(wanted.flatMap((entry) => parentsOf(bytesOf(entry, 'path').toString('latin1'))))
      expect(tree.size).toBe(
        new Set([...wanted.map((entry) => bytesOf(entry, 'path').toString('latin1')), ...parents]).size,
      )
    })
  },
)

function parentsOf(path: string): string[] {
  const parts = path.split('/')
  return parts.map((_, index) => parts.slice(0, index).join('/'))
}
