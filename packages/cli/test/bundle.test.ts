/** What the bundle holds, and what of it a command loads: those that read are to start at once. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixture } from './fixture.ts'

const DIST = fileURLToPath(new URL('../dist', import.meta.url))
const WORKERS = fileURLToPath(new URL('../../isptar/src/node', import.meta.url))
const built = existsSync(join(DIST, 'main.js'))
if (!built) console.log('the command is not built: what it loads is not looked at; run the build first')

/** Prints at the end which scripts were loaded. */
const PRELOAD = `process.on('exit', () => console.error(JSON.stringify(Object.keys(require.cache))))`

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isptar-bundle-'))
  writeFileSync(join(folder, 'preload.cjs'), PRELOAD)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Gives the chunks that a command line loads, and the modules in them. */
function loadedBy(...args: readonly string[]): { chunks: readonly string[]; modules: readonly string[] } {
  const main = join(DIST, 'main.js')
  const { status, stderr } = spawnSync(process.execPath, ['-r', join(folder, 'preload.cjs'), main, ...args], {
    encoding: 'utf8',
  })
  expect(status, stderr).toBe(0)
  const files = (JSON.parse(stderr) as string[]).filter((file) => dirname(file) === DIST)
  return { chunks: files.map((file) => basename(file)), modules: files.flatMap(modulesOf) }
}

function modulesOf(file: string): readonly string[] {
  if (!existsSync(`${file}.map`)) return []
  return (JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] }).sources
}

describe.runIf(built)('the bundle', () => {
  const archive = fixture('plain/archive.tgz')

  test.each([
    ['list', archive],
    ['list', '-l', archive],
    ['cat', archive, 'data/big.log'],
    ['info', archive],
  ])('%s loads what reads, and nothing that writes, packs, extracts or calls natively', (...args) => {
    const { chunks, modules } = loadedBy(...args)
    expect(modules).toContainEqual(expect.stringMatching(/isptar\/src\/read\/archive\.ts$/))
    const others =
      /\/(write|extract|pipe|worker)\/|native-posix|pack-|restore-|walk-tree|-worker|run-command|pako|picomatch|ignore\//
    expect(modules.filter((module) => others.test(module))).toEqual([])
    expect(chunks.length).toBeLessThan(20)
  })

  test('a glob is matched by what only globs load', () => {
    const { modules } = loadedBy('list', archive, '*.log')
    expect(modules).toContainEqual(expect.stringMatching(/picomatch/))
  })

  test.each(['--version', '--help'])('%s loads nothing of the library', (flag) => {
    expect(loadedBy(flag).modules.filter((module) => module.includes('isptar/src'))).toEqual([])
  })

  test('has every worker script, by its name', () => {
    const scripts = readdirSync(WORKERS).filter((name) => name.endsWith('-worker.ts'))
    for (const name of scripts) expect(existsSync(join(DIST, name.replace(/ts$/, 'js'))), name).toBe(true)
  })

  test('names the licence of everything that is in it', () => {
    const licenses = readFileSync(join(DIST, 'licenses.txt'), 'utf8')
    const modules = readdirSync(DIST).flatMap((name) => modulesOf(join(DIST, name)))
    const packages = modules.map((module) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(module)?.[1])
    const named = [...new Set(packages.filter((name) => name !== undefined))]
    expect(named).toContain('commander')
    for (const name of named) expect(licenses).toMatch(new RegExp(`^${name} \\d`, 'm'))
  })
})
