import { execFileSync, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { needs } from '../packages/isptar/test/node/needs.ts'

const BENCHMARKS = join(import.meta.dirname, '../benchmarks')
const NAMES = ['source', 'mixed', 'dump', 'tiny', 'many']
const SCALE = 0.001

interface Verdict {
  text: string
  value: string
  met: boolean
  verdict: string
}
interface Corpus {
  tree: string
  entries: number
}
interface Checks {
  checkTar: (archive: string, corpus: Corpus) => void
  checkTree: (tree: string, corpus: Corpus) => void
  checkPaths: (file: string, corpus: Corpus) => void
}
interface Targets {
  judge: (results: readonly object[], targets: readonly object[]) => Verdict[]
}

let scratch: string
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'isptar-test-'))
})
afterEach(() => rmSync(scratch, { recursive: true, force: true }))

describe('corpora of the benchmarks', () => {
  test('are the same each time, to the byte and the time, and differ from each other', () => {
    const digests = NAMES.map((name) => digestOf(make(name, join(scratch, 'a'))))
    expect(NAMES.map((name) => digestOf(make(name, join(scratch, 'b'))))).toEqual(digests)
    expect(new Set(digests).size).toBe(NAMES.length)
  })

  test('report the entries and bytes that are there', () => {
    const said = makeCorpus('mixed', scratch)
    const paths = readdirSync(join(scratch, `mixed-${SCALE}`, 'tree'), { recursive: true, encoding: 'utf8' })
    const stats = paths.map((path) => statSync(join(scratch, `mixed-${SCALE}`, 'tree', path)))
    const bytes = stats.filter((stat) => stat.isFile()).reduce((sum, { size }) => sum + size, 0)
    expect(said).toContain(`${paths.length} entries, ${bytes} bytes`)
  })

  test('are kept, and made anew when their stamp is of another generator', () => {
    const tree = make('tiny', scratch)
    const { ino } = statSync(tree)
    make('tiny', scratch)
    expect(statSync(tree).ino).toBe(ino)
    writeFileSync(join(tree, 'left over'), '')
    writeFileSync(join(scratch, `tiny-${SCALE}`, 'stamp.json'), '{"version":"another","entries":1,"bytes":1}')
    make('tiny', scratch)
    expect(readdirSync(tree)).not.toContain('left over')
  })
})

describe('what the benchmarks check', () => {
  test('is an archive that lacks a file, or has another one', async ({ skip }) => {
    needs(skip, isGnuTar(), 'tar is not GNU tar')
    const { checkTar } = await loadChecks()
    const { tree, corpus } = someCorpus()
    const archive = join(scratch, 'a.tgz')
    execFileSync('tar', ['-czf', archive, '-C', tree, '.'])
    checkTar(archive, corpus)
    expect(() => checkTar(archive, { ...corpus, entries: corpus.entries + 1 })).toThrow(/has \d+ entries/)
    appendFileSync(join(tree, 'a/file'), 'more')
    expect(() => checkTar(archive, corpus)).toThrow('Size differs')
    writeFileSync(join(tree, 'a/file'), 'Content')
    expect(() => checkTar(archive, corpus)).toThrow('Contents differ')
    rmSync(join(tree, 'a/file'))
    expect(() => checkTar(archive, corpus)).toThrow('No such file')
  })

  test('is an extracted tree that lacks a file, or has another one', async () => {
    const { checkTree } = await loadChecks()
    const { tree, corpus } = someCorpus()
    const copy = join(scratch, 'copy')
    cpSync(tree, copy, { recursive: true })
    checkTree(copy, corpus)
    writeFileSync(join(copy, 'a/file'), 'Content')
    expect(() => checkTree(copy, corpus)).toThrow('differ')
    rmSync(join(copy, 'a/file'))
    expect(() => checkTree(copy, corpus)).toThrow('Only in')
  })

  test('is a listing that lacks a path, or has another one', async () => {
    const { checkPaths } = await loadChecks()
    const { corpus } = someCorpus()
    const listing = join(scratch, 'listing')
    for (const [text, isRight] of [
      ['a/file\na\nb\n', true],
      ['a/file\na\n', false],
      ['a/file\na\nb\nc\n', false],
      ['a/file\na\nc\n', false],
    ] as const) {
      writeFileSync(listing, text)
      if (isRight) checkPaths(listing, corpus)
      else expect(() => checkPaths(listing, corpus)).toThrow('does not list')
    }
  })
})

describe('targets of the benchmarks', () => {
  const results = [
    { name: 'isptar', seconds: 0.9, sizeBytes: 120, peakBytes: 300 * 1024 * 1024 },
    { name: 'tar', seconds: 1, sizeBytes: 100 },
  ]

  test('are met at the bound and missed above it', async () => {
    const { judge } = await loadTargets()
    const target = { of: 'isptar', metric: 'seconds', against: 'tar' }
    expect(judge(results, [{ ...target, times: 0.9 }])).toMatchObject([{ met: true, value: '0.90 ×', verdict: 'met' }])
    expect(judge(results, [{ ...target, times: 0.45 }])).toMatchObject([{ met: false, verdict: 'missed by 100 %' }])
    expect(judge(results, [{ ...target, times: 0.5, plus: 0.4 }])).toMatchObject([{ met: true, value: '0.900 s' }])
  })

  test('hold a value to a bound of its own', async () => {
    const { judge } = await loadTargets()
    const [verdict] = judge(results, [{ of: 'isptar', metric: 'peakBytes', atMost: 250 * 1024 * 1024 }])
    expect(verdict).toMatchObject({ text: 'isptar: peak memory ≤ 250 MiB', value: '300 MiB', met: false })
  })

  test('say nothing of what was not measured', async () => {
    const { judge } = await loadTargets()
    expect(judge(results, [{ of: 'isptar', metric: 'seconds', against: 'absent', times: 1 }])).toEqual([])
    expect(judge(results, [{ of: 'absent', metric: 'seconds', against: 'tar', times: 1 }])).toEqual([])
    expect(judge(results, [{ of: 'tar', metric: 'peakBytes', atMost: 1 }])).toEqual([])
  })
})

test('the README has a place for every section', () => {
  const help = execFileSync(process.execPath, [join(BENCHMARKS, 'bench.mjs'), '--help'], { encoding: 'utf8' })
  const sections = /only these of (.*)/.exec(help)?.[1]?.split(', ') ?? []
  const readme = readFileSync(join(BENCHMARKS, 'README.md'), 'utf8')
  expect(sections).toContain('scaling')
  for (const name of sections) {
    expect(readme.indexOf(`<!-- begin ${name}: written by pnpm bench -->`)).toBeGreaterThan(0)
    expect(readme.indexOf(`<!-- end ${name} -->`)).toBeGreaterThan(readme.indexOf(`<!-- begin ${name}:`))
  }
})

function makeCorpus(name: string, folder: string): string {
  const args = [join(BENCHMARKS, 'make-corpus.mjs'), name, folder, String(SCALE)]
  return execFileSync(process.execPath, args, { encoding: 'utf8' })
}

/** Makes a small corpus and gives the folder of its tree. */
function make(name: string, folder: string): string {
  makeCorpus(name, folder)
  return join(folder, `${name}-${SCALE}`, 'tree')
}

function digestOf(tree: string): string {
  const hash = createHash('sha256')
  for (const path of readdirSync(tree, { recursive: true, encoding: 'utf8' }).sort()) {
    const stat = statSync(join(tree, path))
    hash.update(`${path} ${stat.mode} `)
    if (stat.isFile()) hash.update(`${stat.mtimeMs} `).update(readFileSync(join(tree, path)))
  }
  return hash.digest('hex')
}

function someCorpus(): { tree: string; corpus: Corpus } {
  const tree = join(scratch, 'tree')
  mkdirSync(join(tree, 'a'), { recursive: true })
  writeFileSync(join(tree, 'a/file'), 'content')
  writeFileSync(join(tree, 'b'), '')
  return { tree, corpus: { tree, entries: 3 } }
}

function isGnuTar(): boolean {
  return spawnSync('tar', ['--version'], { encoding: 'utf8' }).stdout?.includes('GNU tar') === true
}

async function loadChecks(): Promise<Checks> {
  const loaded: Checks = await import(join(BENCHMARKS, 'sections/checks.mjs'))
  return loaded
}

/** It has no types, as it is a script that runs without a build. */
async function loadTargets(): Promise<Targets> {
  const loaded: Targets = await import(join(BENCHMARKS, 'measure/targets.mjs'))
  return loaded
}
