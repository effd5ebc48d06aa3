import { cpSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { decodeText } from '../../src/bytes/text.ts'
import { MemorySource } from '../../src/io/memory-source.ts'
import { MemoryTarget } from '../../src/io/memory-target.ts'
import { packTree } from '../../src/node/pack-tree.ts'
import type { PackOptions } from '../../src/node/pack-tree.ts'
import { runCommand } from '../../src/node/run-command.ts'
import { openArchive } from '../../src/read/open-archive.ts'
import { fileSystemWith, makeFolder, walk } from './walk-support.ts'
import { nodeFileSystem } from '../../src/node/tree-file-system.ts'

let folder = ''

beforeEach(() => {
  folder = makeFolder()
  for (const path of ['srv/db/sub', 'srv/web', 'snap/sub']) mkdirSync(at(path), { recursive: true })
  for (const path of ['srv/db/live', 'srv/db/sub/live', 'srv/web/page', 'snap/frozen', 'snap/sub/frozen'])
    writeFileSync(at(path), path)
})

function at(path: string): string {
  return join(folder, path)
}

/** Path in the archive, and where it was read. */
async function places(roots: string | string[], readFrom: [string | Buffer, string | Buffer][]): Promise<string[]> {
  const { entries, problems } = await walk(roots, { cwd: at('srv'), readFrom: new Map(readFrom) })
  expect(problems).toEqual([])
  return entries.map(
    ({ path, sourcePath }) => `${decodeText(path)} < ${decodeText(sourcePath).slice(folder.length + 1)}`,
  )
}

const FROZEN = ['db < snap', 'db/frozen < snap/frozen', 'db/sub < snap/sub', 'db/sub/frozen < snap/sub/frozen']

describe('readFrom', () => {
  test.each<[root: string, path: string]>([
    ['db', 'db'],
    ['db', './db/'],
    ['./db//', 'db'],
    ['db', 'ABSOLUTE'],
  ])('a root %s is read elsewhere as %s', async (root, path) => {
    expect(await places(root, [[path === 'ABSOLUTE' ? at('srv/db') : path, at('snap')]])).toEqual(FROZEN)
  })

  test('a folder below a root is read elsewhere, the rest at its place', async () => {
    expect(await places('.', [['db', at('snap')]])).toEqual([...FROZEN, 'web < srv/web', 'web/page < srv/web/page'])
  })

  test('several are, also one in another', async () => {
    mkdirSync(at('second'))
    writeFileSync(at('second/deep'), '')
    const lines = await places(
      ['db', 'web'],
      [
        ['db', '../snap'],
        ['db/sub', at('second')],
        ['web', at('snap/sub')],
      ],
    )
    expect(lines).toEqual(
      [
        'db < srv/../snap',
        'db/frozen < srv/../snap/frozen',
        'db/sub < second',
        'db/sub/deep < second/deep',
        'web < snap/sub',
        'web/frozen < snap/sub/frozen',
      ].map((line) => line.replace('srv/../', '')),
    )
  })

  test('the root . and names of any bytes are', async () => {
    const name = Buffer.from([0x78, 0xe9])
    const place = Buffer.concat([Buffer.from(`${at('srv')}/`), name])
    mkdirSync(place)
    expect(await places('.', [['.', at('snap')]])).toEqual([
      'frozen < snap/frozen',
      'sub < snap/sub',
      'sub/frozen < snap/sub/frozen',
    ])
    expect(await places('.', [[name, at('snap/sub')]])).toContain('x\udce9/frozen < snap/sub/frozen')
  })

  test('a link to the folder is followed', async () => {
    symlinkSync('snap', at('latest'))
    expect(await places('db', [['db', at('latest')]])).toEqual(FROZEN)
  })

  test('one that is missing is a problem with its own name', async () => {
    const { lines, problems } = await walk('.', { cwd: at('srv'), readFrom: new Map([['db', at('none')]]) })
    expect(lines).toEqual(['web', 'web/page'])
    expect(problems).toMatchObject([{ path: at('none'), kind: 'vanished' }])
  })

  test('one that stands for nothing that exists is a problem', async () => {
    const { problems } = await walk('.', { cwd: at('srv'), readFrom: new Map([['dbb', at('snap')]]) })
    const message = `nothing that is packed lies there, so that nothing was read from ${JSON.stringify(at('snap'))}`
    expect(problems).toEqual([{ path: 'dbb', kind: 'vanished', message }])
  })

  test.each(['web', 'd', at('snap')])('%s, to which no root leads, is refused', async (path) => {
    const walking = walk('db', { cwd: at('srv'), readFrom: new Map([[path, at('snap')]]) })
    await expect(walking).rejects.toMatchObject({ code: 'storage', kind: 'not-found', location: path })
  })

  test.each([
    ['', 'x'],
    ['x', ''],
  ])('an empty name is refused: %j, %j', async (path, dir) => {
    await expect(walk('.', { cwd: at('srv'), readFrom: new Map([[path, dir]]) })).rejects.toThrow(TypeError)
  })

  test('is of a file system of its own when the walk is to stay in one', async () => {
    const fileSystem = fileSystemWith({
      lstat(path) {
        const stat = nodeFileSystem.lstat(path)
        return stat !== undefined && decodeText(path).startsWith(at('snap')) ? Object.assign(stat, { dev: 99n }) : stat
      },
    })
    const options = { cwd: at('srv'), oneFileSystem: true, fileSystem }
    const { lines } = await walk('.', { ...options, readFrom: new Map([['db', at('snap')]]) })
    expect(lines).toEqual(['db', 'db/frozen', 'db/sub', 'db/sub/frozen', 'web', 'web/page'])
  })
})

test('a snapshot that one hook makes and another drops is what is packed', async () => {
  rmSync(at('snap'), { recursive: true })
  const target = new MemoryTarget()
  const options: PackOptions = {
    cwd: at('srv'),
    readFrom: new Map([['db', at('snap')]]),
    hooks: {
      paths: [
        {
          pattern: 'db/',
          before: async ({ path, sourcePath }) => {
            expect({ path, sourcePath }).toEqual({ path: 'db', sourcePath: at('snap') })
            await runCommand(['cp', '-a', at('srv/db'), '%s'], { source: sourcePath })
            // The live folder goes on changing.
            writeFileSync(at('srv/db/live'), 'changed')
            writeFileSync(at('srv/db/later'), '')
          },
          after: ({ sourcePath }) => runCommand(['rm', '-r', '%s'], { source: sourcePath }),
        },
      ],
    },
  }
  cpSync(at('srv/web'), at('srv/db/web'), { recursive: true })
  const report = await packTree('.', target, options)
  expect(report).toMatchObject({ ok: true, notices: [] })
  await using archive = await openArchive(new MemorySource(target.bytes()))
  const paths: string[] = []
  for await (const { path } of archive.entries()) paths.push(path)
  expect(paths).toEqual(['db', 'db/live', 'db/sub', 'db/sub/live', 'db/web', 'db/web/page', 'web', 'web/page'])
  expect(await archive.text('db/live')).toBe('srv/db/live')
  expect(existsSync(at('snap'))).toBe(false)
})
