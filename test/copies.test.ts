/**
 * Archives made of archives, read by stock tools and by the reader that stands in for the original: what was flattened,
 * merged and split is an ordinary tar.gz with the same entries.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { flattenArchive, mergeArchives, MemoryTarget, splitArchive } from 'isptar'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { open, openOriginal } from '../packages/isptar/test/chain/copy-support.ts'
import { readLikeOriginal } from '../packages/isptar/test/original-reader.ts'
import { needs } from '../packages/isptar/test/node/needs.ts'
import { STOCK_READERS } from '../packages/isptar/test/tar/stock-readers.ts'
import { buildArchive, SMALL_TREE } from '../packages/isptar/test/write/build-archive.ts'

let folder = ''

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-copies-'))
  const d2 = await openOriginal('diff/d2.tgz', 'diff/d1.tgz', 'diff/full.tgz')
  const small = await open(await buildArchive(SMALL_TREE))
  const flattened = new MemoryTarget()
  await flattenArchive(d2, flattened)
  put('flattened', flattened.bytes())
  const merged = new MemoryTarget()
  await mergeArchives(
    [
      { name: 'small', archive: small },
      { name: 'a d2', archive: d2 },
    ],
    merged,
  )
  put('merged', merged.bytes())
  const targets: MemoryTarget[] = []
  await splitArchive(await open(merged.bytes()), () => {
    const target = new MemoryTarget()
    targets.push(target)
    return target
  })
  for (const [i, target] of targets.entries()) put(`split ${i + 1}`, target.bytes())
})

/** Two of the readers take plain tars only. */
function put(name: string, bytes: Uint8Array): void {
  writeFileSync(join(folder, name), bytes)
  writeFileSync(join(folder, `${name}.tar`), gunzipSync(bytes))
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const NAMES = ['flattened', 'merged', 'split 1', 'split 2']

describe.each(NAMES)('%s', (name) => {
  describe.each(STOCK_READERS)('$name', (reader) => {
    it('sees the same entries', async ({ skip }) => {
      needs(skip, reader.present(), `${reader.name} is not installed`)
      const paths = (await reader.read(join(folder, `${name}.tar`))).map(({ path }) => path)
      const expected = [...(await pathsOf(name)), Buffer.from('.backup.info').toString('hex')]
      // What bsdtar writes for a reader is in another order, and has a path once.
      if (reader.name === 'bsdtar') expect(new Set(paths)).toEqual(new Set(expected))
      else expect(paths).toEqual(expected)
    })
  })

  it('is read by the original', async () => {
    const bytes = readFileSync(join(folder, name))
    await using archive = await open(bytes)
    expect(readLikeOriginal(bytes).entries.length).toBe(archive.entryCount)
    expect(await archive.verify()).toMatchObject({ ok: true, problems: [] })
  })
})

async function pathsOf(name: string): Promise<string[]> {
  await using archive = await open(readFileSync(join(folder, name)))
  const paths: string[] = []
  for await (const entry of archive.entries()) paths.push(Buffer.from(entry.pathBytes).toString('hex'))
  return paths
}
