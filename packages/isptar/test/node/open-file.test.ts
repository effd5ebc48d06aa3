import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { SliceSource } from '../../src/io/slice-source.ts'
import { FileSource } from '../../src/node/file-source.ts'
import { openFile } from '../../src/node/open-file.ts'
import { failureOf } from '../source-suite.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isptar-open-'))
})
afterEach(async () => rm(folder, { recursive: true }))

async function write(...names: string[]): Promise<void> {
  for (const name of names) await writeFile(join(folder, name), `<${name}>`)
}

async function read(name: string): Promise<string> {
  const source = await openFile(join(folder, name))
  const { sizeBytes } = await source.readTail(0)
  const bytes = await source.read(0, sizeBytes)
  await source.close()
  return Buffer.from(bytes).toString()
}

describe('openFile', () => {
  it('opens a file', async () => {
    await write('a.tgz')
    expect(await openFile(join(folder, 'a.tgz'))).toBeInstanceOf(FileSource)
    expect(await read('a.tgz')).toBe('<a.tgz>')
  })

  it('joins slices in the order of their numbers, whichever of them is named', async () => {
    const names = Array.from({ length: 11 }, (_, index) => `a.tgz.part${index + 1}`)
    await write(...names.toReversed(), 'a.tgz.part01', 'b.tgz.part12', 'a.tgz.part1.bak')
    for (const name of ['a.tgz', 'a.tgz.part1', 'a.tgz.part11']) {
      expect(await read(name)).toBe(names.map((part) => `<${part}>`).join(''))
    }
    const source = await openFile(join(folder, 'a.tgz.part2'))
    expect(source).toBeInstanceOf(SliceSource)
    expect(source.name).toBe(join(folder, 'a.tgz'))
  })

  it('prefers the file where both are', async () => {
    await write('a.tgz', 'a.tgz.part1')
    expect(await read('a.tgz')).toBe('<a.tgz>')
    expect(await read('a.tgz.part1')).toBe('<a.tgz.part1>')
  })

  it.each([
    [['a.tgz.part1'], 'a.tgz.part2', 'a.tgz.part2'],
    [['a.tgz.part1'], 'a.tgz.part9', 'a.tgz.part9'],
    [[], 'a.tgz.part2', 'a.tgz.part2'],
    [[], 'a.tgz', 'a.tgz'],
  ])('of %j names what is missing for %s: %s', async (present, name, missing) => {
    await write(...present)
    const error = await failureOf(openFile(join(folder, name)))
    expect(error).toMatchObject({ kind: 'not-found', operation: 'open', location: join(folder, missing) })
  })

  it('says that the folder is missing', async () => {
    expect(await failureOf(openFile(join(folder, 'no', 'a.tgz')))).toMatchObject({ kind: 'not-found' })
  })
})
