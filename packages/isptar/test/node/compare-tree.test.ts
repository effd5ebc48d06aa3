/** An archive against the folder it was packed from: real files, each kind of change, and what cannot be read. */
import { execFileSync } from 'node:child_process'
import {
  appendFileSync,
  chmodSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { type Archive, MemorySource, MemoryTarget, openArchive, StorageError } from 'isptar'
import { compareWithTree, type CompareTreeOptions, extractTree, packTree, type TreeProblem } from 'isptar/node'
import { describe, expect, it } from 'vitest'
import { craftFiles } from '../read/craft-archive.ts'
import { makeFolder } from './walk-support.ts'

const TIME = new Date('2024-01-02T03:04:05.678Z')

/** A folder with a bit of everything, in one above it. */
function makeSite(): string {
  const folder = makeFolder()
  mkdirSync(join(folder, 'site/sub'), { recursive: true })
  writeFileSync(join(folder, 'site/a'), 'one')
  writeFileSync(join(folder, 'site/sub/b'), 'two')
  writeFileSync(join(folder, 'site/sub/empty'), '')
  linkSync(join(folder, 'site/a'), join(folder, 'site/hard'))
  symlinkSync('a', join(folder, 'site/link'))
  writeFileSync(join(folder, 'site.txt'), 'beside')
  for (const path of ['site/a', 'site/sub/b', 'site/sub/empty', 'site/sub', 'site']) touch(folder, path)
  lutimesSync(join(folder, 'site/link'), TIME, TIME)
  return folder
}

function touch(folder: string, path: string, time = TIME): void {
  utimesSync(join(folder, path), time, time)
}

async function pack(folder: string, roots: string | string[], digest: 'sha256' | 'none' = 'sha256'): Promise<Archive> {
  const target = new MemoryTarget()
  await packTree(roots, target, { cwd: folder, digest })
  return openArchive(new MemorySource(target.bytes()))
}

async function compare(archive: Archive, folder: string, options: CompareTreeOptions = {}): Promise<string[]> {
  const found: string[] = []
  for await (const { kind, path, changes } of compareWithTree(archive, folder, options))
    found.push([kind, path, ...changes].join(' '))
  return found
}

/** Root may read everything: the folder is given to somebody who may not, and looked at as that one. */
async function withoutRights<T>(folder: string, task: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return task()
  execFileSync('chown', ['-hR', '65534', folder])
  process.seteuid?.(65534)
  try {
    return await task()
  } finally {
    process.seteuid?.(0)
  }
}

describe('a folder', () => {
  it('that nothing happened to is the same', async () => {
    const folder = makeSite()
    for (const roots of ['site', '.', ['site', 'site.txt'], ['site.txt', 'site/sub', 'site/a']]) {
      const archive = await pack(folder, roots)
      expect(await compare(archive, folder)).toEqual([])
      expect(await compare(archive, folder, { by: 'content' })).toEqual([])
    }
  })

  it('that was restored is the same', async () => {
    const folder = makeSite()
    const archive = await pack(folder, 'site')
    const restored = makeFolder()
    expect((await extractTree(archive, restored)).ok).toBe(true)
    expect(await compare(archive, restored, { by: 'content' })).toEqual([])
  })

  it('tells what happened, in the order of paths', async () => {
    const folder = makeSite()
    const archive = await pack(folder, 'site')
    appendFileSync(join(folder, 'site/a'), '!')
    touch(folder, 'site/a')
    rmSync(join(folder, 'site/sub/b'))
    writeFileSync(join(folder, 'site/sub/new'), '')
    chmodSync(join(folder, 'site/sub/empty'), 0o600)
    rmSync(join(folder, 'site/link'))
    symlinkSync('b', join(folder, 'site/link'))
    lutimesSync(join(folder, 'site/link'), TIME, TIME)
    touch(folder, 'site')
    const expected = ['changed site/a size', 'changed site/link link', 'changed site/sub mtime', 'removed site/sub/b']
    expect(await compare(archive, folder)).toEqual([...expected, 'changed site/sub/empty mode', 'added site/sub/new'])
    expect(await compare(archive, folder, { ignore: new Set(['mtime', 'mode']), exclude: ['new'] })).toEqual(
      expected.filter((line) => !line.endsWith('mtime')),
    )
  })

  it('of which only part was packed: what lies beside it is not told', async () => {
    const folder = makeSite()
    writeFileSync(join(folder, 'beside'), '')
    touch(folder, 'site')
    expect(await compare(await pack(folder, 'site'), folder)).toEqual([])
    const part = await pack(folder, ['site/sub', 'site.txt'])
    writeFileSync(join(folder, 'site/sub/new'), '')
    touch(folder, 'site/sub')
    expect(await compare(part, folder)).toEqual(['added site/sub/new'])
  })

  it('that was packed as a whole: what is new in it is told', async () => {
    const folder = makeSite()
    const archive = await pack(folder, '.')
    writeFileSync(join(folder, 'new'), '')
    expect(await compare(archive, folder)).toEqual(['added new'])
    const original = await openArchive(new MemorySource(craftFiles({ './site.txt': 'beside' })))
    const ignore = new Set(['mtime', 'mode', 'owner'] as const)
    const kinds = await compare(original, folder, { ignore })
    expect(kinds).toContain('added new')
    expect(kinds.filter((line) => line.includes('site.txt'))).toEqual([])
  })

  it('whose root is gone', async () => {
    const folder = makeSite()
    const archive = await pack(folder, ['site/sub', 'site.txt'])
    rmSync(join(folder, 'site'), { recursive: true })
    expect(await compare(archive, folder)).toEqual(['removed site/sub', 'removed site/sub/b', 'removed site/sub/empty'])
  })

  it('that has a file where a folder was', async () => {
    const folder = makeSite()
    const archive = await pack(folder, 'site')
    rmSync(join(folder, 'site/sub'), { recursive: true })
    writeFileSync(join(folder, 'site/sub'), 'file')
    touch(folder, 'site')
    expect(await compare(archive, folder)).toEqual([
      'changed site/sub type',
      'removed site/sub/b',
      'removed site/sub/empty',
    ])
  })
})

describe('content', () => {
  it.each(['sha256', 'none'] as const)('is compared with digests or with data: %s', async (digest) => {
    const folder = makeSite()
    const archive = await pack(folder, 'site', digest)
    writeFileSync(join(folder, 'site/sub/b'), 'TWO')
    touch(folder, 'site/sub/b')
    expect(await compare(archive, folder)).toEqual([])
    expect(await compare(archive, folder, { by: 'content' })).toEqual(['changed site/sub/b content'])
  })
})

describe('what cannot be read', () => {
  it('a folder that cannot be listed is told, and nothing in it is said to be gone', async () => {
    const folder = makeSite()
    const archive = await pack(folder, 'site')
    chmodSync(join(folder, 'site/sub'), 0)
    const problems: TreeProblem[] = []
    const found = await withoutRights(folder, () =>
      compare(archive, folder, { ignore: new Set(['owner']), onProblem: (problem) => void problems.push(problem) }),
    )
    chmodSync(join(folder, 'site/sub'), 0o700)
    expect(found).toEqual(['changed site/sub mode'])
    expect(problems).toMatchObject([{ path: join(folder, 'site/sub'), kind: 'unreadable' }])
  })

  it('a file that cannot be read is told, and not compared', async () => {
    const folder = makeSite()
    chmodSync(join(folder, 'site/sub/b'), 0)
    const archive = await pack(folder, 'site')
    const problems: TreeProblem[] = []
    const found = await withoutRights(folder, () =>
      compare(archive, folder, {
        by: 'content',
        ignore: new Set(['owner']),
        onProblem: (problem) => void problems.push(problem),
      }),
    )
    expect(found).toEqual([])
    expect(problems).toMatchObject([{ path: join(folder, 'site/sub/b'), kind: 'unreadable' }])
  })

  it('a name that is too long for the file system is told', async () => {
    const folder = makeSite()
    const name = 'x'.repeat(300)
    const archive = await openArchive(new MemorySource(craftFiles({ [name]: 'data', [`${name}.d/in`]: 'data' })))
    const problems: TreeProblem[] = []
    expect(await compare(archive, folder, { onProblem: (problem) => void problems.push(problem) })).toEqual([])
    expect(problems.map(({ kind, path }) => [kind, path])).toEqual([
      ['unreadable', join(folder, name)],
      ['unreadable', join(folder, `${name}.d/in`)],
    ])
  })

  it('paths that no tree can have are not looked at', async () => {
    const folder = makeSite()
    const archive = await openArchive(new MemorySource(craftFiles({ '../site.txt': 'x', '/etc/passwd': 'x' })))
    const found = await compare(archive, join(folder, 'site'))
    expect(found.toSorted()).toEqual(['removed ../site.txt', 'removed /etc/passwd'])
  })

  it('a folder that is none, or not there', async () => {
    const folder = makeSite()
    const archive = await pack(folder, 'site')
    await expect(compare(archive, join(folder, 'gone'))).rejects.toMatchObject({ code: 'storage', kind: 'not-found' })
    await expect(compare(archive, join(folder, 'site.txt'))).rejects.toThrow(StorageError)
    await expect(compare(archive, '')).rejects.toThrow(TypeError)
  })

  it('an abort', async () => {
    const folder = makeSite()
    const archive = await pack(folder, 'site')
    const signal = AbortSignal.abort(new Error('enough'))
    await expect(compare(archive, folder, { signal })).rejects.toThrow('enough')
  })
})
