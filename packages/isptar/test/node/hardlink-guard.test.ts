import { linkSync, lstatSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { HardlinkGuard } from '../../src/node/hardlink-guard.ts'
import type { TreeEntry } from '../../src/node/tree-entry.ts'
import { makeFolder, walk } from './walk-support.ts'

/** Walks a file of four names and one of two. */
async function makeEntries(guard: HardlinkGuard): Promise<Map<string, TreeEntry>> {
  const cwd = makeFolder()
  for (const name of ['a', 'm']) writeFileSync(join(cwd, name), `of ${name}`)
  for (const name of ['b', 'c', 'd']) linkSync(join(cwd, 'a'), join(cwd, name))
  linkSync(join(cwd, 'm'), join(cwd, 'n'))
  const { entries } = await walk('.', { cwd, hardlinks: guard.hardlinks })
  return new Map(entries.map((entry) => [entry.path.toString(), entry]))
}

/** What entries are stored as, in their order; those that are lost are so when their turn comes. */
async function settleAll(lost: readonly string[]): Promise<string[]> {
  const guard = new HardlinkGuard()
  const lines: string[] = []
  for (const [path, entry] of await makeEntries(guard)) {
    const { type, linkTarget, sizeBytes } = guard.settle(entry)
    expect(guard.isOrphan(entry)).toBe(entry.type === 'hardlink' && lost.includes(String(entry.linkTarget)))
    if (lost.includes(path)) guard.lost(entry)
    else lines.push(type === 'hardlink' ? `${path} -> ${String(linkTarget)}` : `${path} ${type} ${sizeBytes}`)
  }
  return lines
}

test('nothing changes when nothing is lost', async () => {
  expect(await settleAll([])).toEqual(['a file 4', 'b -> a', 'c -> a', 'd -> a', 'm file 4', 'n -> m'])
})

test('the next name takes the place of one that is lost, and so on', async () => {
  expect(await settleAll(['a'])).toEqual(['b file 4', 'c -> b', 'd -> b', 'm file 4', 'n -> m'])
  expect(await settleAll(['a', 'b'])).toEqual(['c file 4', 'd -> c', 'm file 4', 'n -> m'])
  expect(await settleAll(['a', 'b', 'c', 'm'])).toEqual(['d file 4', 'n file 4'])
})

test('a file of one name is nobody’s to follow', async () => {
  const cwd = makeFolder()
  writeFileSync(join(cwd, 'a'), 'a')
  const { entries } = await walk('.', { cwd })
  const guard = new HardlinkGuard()
  for (const entry of entries) guard.lost(entry)
  const link = { ...entries[0], type: 'hardlink', linkTarget: Buffer.from('a') } as TreeEntry
  expect(lstatSync(join(cwd, 'a')).nlink).toBe(1)
  expect(guard.isOrphan(link)).toBe(false)
})
